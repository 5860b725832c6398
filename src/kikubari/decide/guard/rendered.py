"""From what a render recorded to a message before the guard: nobody types lineage."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from kikubari.decide.guard.contracts import (
    Context,
    FactOfUse,
    Finding,
    Level,
    Message,
    Sensitivity,
    Verdict,
)
from kikubari.decide.personalise import FactUse, RenderedEmail, Use

EMAIL = "email"
NO_SIGNAL, OBJECTED_PROFILING = "none", "objected_profiling"
_INDEX = re.compile(r"\[\d+\]")
_SENSITIVITIES = frozenset(Sensitivity)


class Standing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a person beside facts: their word on the use of those, and their moment.

    Attributes:
        explicit_consent: categories they explicitly allowed to be used.
        privacy_signal: ``objected_profiling`` for who refuses profiling.
        third_party_disclosed: they agreed that others pass data on.
        recipient_age: in years, None when not known; 18 stands for any adult.
        open_issue: a complaint or refund is open.
        journey_stage: what they are in the middle of: checkout, cancelling, purchased.
        shares_device: others use their device side by side with them.
        gives_last5: of the last five messages to them, those that gave rather than asked; None
            when there were fewer.
    """

    explicit_consent: tuple[str, ...] = ()
    privacy_signal: str = NO_SIGNAL
    third_party_disclosed: bool = False
    recipient_age: int | None = None
    open_issue: bool = False
    journey_stage: str = ""
    shares_device: bool = False
    gives_last5: int | None = None


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """When and for what a message is: an aware instant, the person's zone, the purpose.

    `gives`: something of use, rather than asking for anything.
    """

    at: datetime
    zone: str
    is_zone_assumed: bool
    purpose: str
    gives: bool = False


class GuardNote(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the guard said of a message, kept with its record; `about` names facts or words."""

    level: Level = Level.OK
    rules: tuple[str, ...] = ()
    about: tuple[tuple[str, str], ...] = ()


def note_of(verdict: Verdict) -> GuardNote:
    """Return a verdict as a message's record keeps it."""
    return GuardNote(
        level=verdict.level,
        rules=verdict.rules,
        about=tuple((one.rule, one.subject) for one in _once(verdict.findings)),
    )


def _once(findings: Iterable[Finding]) -> list[Finding]:
    return list({(one.rule, one.subject): one for one in findings}.values())


def message_of(
    rendered: RenderedEmail,
    moment: Moment,
    standing: Standing,
    *,
    selected_by: tuple[FactOfUse, ...] = (),
    has_reason: bool = True,
) -> Message:
    """Return a rendered e-mail as the guard judges it.

    Consent, suppression and caps are the other checks' matter: whatever gets here passed them.

    Args:
        rendered: subject, text and every fact used.
        moment: when and for what.
        standing: the person's.
        selected_by: facts that chose the person.
        has_reason: the message says why it came and how to stop it.
    """
    used = [one for one in rendered.facts if one.use is not Use.ABSENT]
    uses = {_name(one.path): _fact(one) for one in used}
    printed = {_name(one.path) for one in used if one.use is Use.PRINTED}
    ages = {
        _name(one.path): (moment.at - one.lineage.observed_at).total_seconds() / 86_400
        for one in used
        if one.lineage.observed_at is not None
    }
    age = standing.recipient_age
    context = Context(
        purpose=moment.purpose,
        channel_consent=True,
        explicit_consent=standing.explicit_consent,
        local_time=moment.at.astimezone(ZoneInfo(moment.zone)).strftime("%H:%M"),
        tz_known=not moment.is_zone_assumed,
        rendered=tuple(sorted(printed)),
        why_link=has_reason,
        recipient_age="unknown" if age is None else age,
        privacy_signal=standing.privacy_signal,
        open_issue=standing.open_issue,
        journey_stage=standing.journey_stage,
        surface="shared_device" if standing.shares_device else "",
        third_party_disclosed=standing.third_party_disclosed,
        gives_last5=standing.gives_last5,
        gives=moment.gives,
        data_age_days=ages,
    )
    return Message(
        channel=EMAIL,
        title=rendered.subject,
        text=f"{rendered.preheader}\n{rendered.text}",
        uses=(*uses.values(), *(one for one in selected_by if one.attribute not in uses)),
        context=context,
    )


def _fact(use: FactUse) -> FactOfUse:
    lineage = use.lineage
    level = lineage.sensitivity
    return FactOfUse(
        attribute=_name(use.path),
        provenance=lineage.provenance,
        confidence=lineage.confidence,
        sources_agree=lineage.sources_agree,
        category=lineage.category or "",
        sensitivity=Sensitivity(level) if level in _SENSITIVITIES else None,
    )


@lru_cache(maxsize=4096)
def _name(path: str) -> str:
    """Return ``customer.orders[2].name`` as ``orders.name``."""
    return _INDEX.sub("", path).removeprefix("customer.")
