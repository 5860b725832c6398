"""What a shop may set stricter than the rules, and never looser."""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from kikubari.decide.guard.contracts import Level, Sensitivity
from kikubari.spec.errors import InvalidInputError

_DAY_MINUTES = 24 * 60


class LooserThanLawError(InvalidInputError):
    """A policy would allow what the rules forbid; the message names setting and rule."""

    code = "guard_policy_too_loose"


class GuardPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of the guard. The defaults are the loosest there are.

    Attributes:
        quiet_from, quiet_until: ``HH:MM`` local; nothing buzzes between them. May only widen.
        min_confidence: below it a guess is not used; may only rise.
        min_group: fewest people a published figure may be about; may only rise.
        interest_days, declared_days: how long a fact is fresh; may only sink.
        levels: rule → level it has at least when it objects.
        sensitivities: attribute → sensitivity it has at least.
        banned: attributes that no message may use.
    """

    quiet_from: str = "21:00"
    quiet_until: str = "08:00"
    min_confidence: float = 0.6
    min_group: int = 100
    interest_days: int = 90
    declared_days: int = 730
    levels: dict[str, Level] = {}
    sensitivities: dict[str, Sensitivity] = {}
    banned: tuple[str, ...] = ()


LAW = GuardPolicy()


def minutes_of(text: str) -> int | None:
    """Return minutes since midnight of ``HH:MM`` (a suffix such as seconds is ignored)."""
    hours, _, rest = text.partition(":")
    if not (hours.isdecimal() and rest[:2].isdecimal()):
        return None
    minutes = int(hours) * 60 + int(rest[:2])
    return minutes if minutes < _DAY_MINUTES else None


def is_quiet(policy: GuardPolicy, local_time: str) -> bool | None:
    """Say whether it is night at ``HH:MM``; None when that is no time of day."""
    now = minutes_of(local_time)
    start, end = minutes_of(policy.quiet_from), minutes_of(policy.quiet_until)
    if now is None or start is None or end is None:
        return None
    return now >= start or now < end


def check_policy(policy: GuardPolicy) -> GuardPolicy:
    """Return a policy that is nowhere looser than the rules.

    Raises:
        LooserThanLawError: it is, with the setting's name.
        InvalidInputError: a time of day is none.
    """
    for name in ("quiet_from", "quiet_until"):
        if minutes_of(getattr(policy, name)) is None:
            raise InvalidInputError(f"guard policy: {name} must be a time of day such as 21:00")
    unknown = sorted(set(policy.levels) - set(_levels()))
    if unknown:
        raise InvalidInputError(
            f"guard policy: levels: there is no rule {unknown[0]}",
            hint="GET /api/guard/rules lists them",
        )
    loose = [f"{name} (rule {rule})" for name, rule in _list_loose(policy)]
    if loose:
        raise LooserThanLawError(
            f"guard policy: {', '.join(loose)} would allow what the rules forbid",
            hint="a policy may only be stricter than the rules",
        )
    return policy


def _list_loose(policy: GuardPolicy) -> Iterator[tuple[str, str]]:
    """Yield each setting that is looser than the law, with the rule it would weaken."""
    noon = _DAY_MINUTES // 2
    allowed = {
        ("quiet_from", "R13"): noon <= _time(policy.quiet_from) <= _time(LAW.quiet_from),
        ("quiet_until", "R13"): _time(LAW.quiet_until) <= _time(policy.quiet_until) <= noon,
        ("min_confidence", "R07"): LAW.min_confidence <= policy.min_confidence <= 1,
        ("min_group", "R26"): policy.min_group >= LAW.min_group,
        ("interest_days", "R24"): 0 <= policy.interest_days <= LAW.interest_days,
        ("declared_days", "R24"): 0 <= policy.declared_days <= LAW.declared_days,
    }
    yield from (name for name, is_allowed in allowed.items() if not is_allowed)
    for rule, level in policy.levels.items():
        least = min(_levels()[rule], key=lambda one: one.rank, default=Level.BLOCK)
        if level.rank < least.rank:
            yield "levels", rule


@cache
def _levels() -> dict[str, list[Level]]:
    """Return what each rule may answer by law."""
    text = (files("kikubari.decide.guard") / "rules.toml").read_text(encoding="utf-8")
    return {
        rule: [Level(one) for one in told["levels"]] for rule, told in tomllib.loads(text).items()
    }


def read_policy(settings: dict[str, Any]) -> GuardPolicy:
    """Return the policy of plain settings.

    Raises:
        InvalidInputError: a setting is unknown or of the wrong type.
        LooserThanLawError: a setting is looser than the rules.
    """
    try:
        return check_policy(msgspec.convert(settings, GuardPolicy))
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"guard policy: {error}") from error


def _time(text: str) -> int:
    return minutes_of(text) or 0
