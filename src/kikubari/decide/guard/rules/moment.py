"""When and how often: R13, R14, R15, R19. Rule R30 says which messages they do not touch."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from kikubari.decide.guard.policy import is_quiet
from kikubari.decide.guard.reading import BUZZING, Reading
from kikubari.decide.guard.rules.rule import Judge, Objection, block, hold, warn
from kikubari.decide.guard.signs import Sign, occasions
from kikubari.decide.guard.vocabulary import normalise

_WAY_OUT = re.compile(
    r"\b(?:opt out|skip|leave (?:it|them|this) out|stop (?:it|them|these)|pause|mute|say so|tell us"
    r"|unsubscribe from (?:it|them|these))\b|停止|受け取らない|お送りしません|控え|お休み",
    re.IGNORECASE,
)


def judge_night(reading: Reading) -> Iterator[Objection]:
    """R13: nothing buzzes at night, and e-mail had better wait."""
    if not reading.is_marketing or reading.channel not in BUZZING | {"email"}:
        return
    now = reading.context.local_time
    quiet = is_quiet(reading.policy, now) if now is not None else None
    if quiet:
        yield hold(now or "") if reading.channel in BUZZING else warn(now or "")
    elif quiet is None or not reading.context.tz_known:
        yield warn("timezone")


def judge_frequency(reading: Reading) -> Iterator[Objection]:
    """R14: no more than agreed, and not the same on two channels."""
    if not reading.is_marketing:
        return
    cap = reading.context.cap_7d
    if cap is not None and reading.context.sent_7d >= cap:
        yield hold(f"{reading.context.sent_7d}/{cap}")
    elif reading.context.same_content_24h > 1:
        yield warn("same_content_24h")


def judge_balance(reading: Reading) -> Iterator[Objection]:
    """R15: who only ever asks is not listened to. One that gives is the way out."""
    context = reading.context
    # What is of much use to the person and of little to the shop is given, not asked for.
    gives = context.gives or (context.customer_value, context.marketer_value) == ("high", "low")
    if reading.is_marketing and context.gives_last5 == 0 and not gives:
        yield warn()


def judge_occasion(reading: Reading) -> Iterator[Objection]:
    """R19: who does not want to hear of an occasion does not; not by asking everybody either."""
    unwanted = {_occasion(one) for one in reading.context.occasion_optout}
    told = reading.context.occasion
    about = reading.copy.occasions | ({_occasion(told)} if told else set())
    if unwanted & about:
        yield block(min(unwanted & about))
    elif Sign.OPTS_OUT in reading.copy.signs:
        yield warn(reading.copy.where(Sign.OPTS_OUT))
    elif _asks_to_leave_out(reading):
        yield warn(min(reading.copy.occasions))


def _asks_to_leave_out(reading: Reading) -> bool:
    """Say whether a question about an occasion is followed by the way out of it."""
    sentences = reading.copy.sentences
    return any(
        bool(one.occasions) and one.text.endswith(("?", "か。")) and _WAY_OUT.search(after.text)
        for one, after in pairwise(sentences)
    )


@lru_cache(maxsize=256)
def _occasion(name: str) -> str:
    """Return an occasion's name as words speak of it, so that all its names are one."""
    plain = normalise(name)
    return min(occasions().find(plain), default=plain)


JUDGES: dict[str, Judge] = {
    "R13": judge_night,
    "R14": judge_frequency,
    "R15": judge_balance,
    "R19": judge_occasion,
}
