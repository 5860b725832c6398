"""What became of the messages of a journey, step by step, as a marketer asks it."""

from collections.abc import Collection, Iterable

import msgspec

from kikubari.deliver import Became, MessageState, Origin, Reason
from kikubari.journeys.running.letters import JOURNEY, read_origin

_WAITING = (MessageState.QUEUED, MessageState.SENDING, MessageState.COMMITTING)
# Too much at once, or at the wrong hour: what one person gets in all.
_BY_CAP = {
    Reason.EXPIRED_OVER_CAP,
    Reason.EXPIRED_QUIET_HOURS,
    Reason.EXPIRED_OUTRANKED,
    Reason.GAVE_WAY,
}
_BY_GUARD = {Reason.GUARD_BLOCKED, Reason.GUARD_HELD}
# The person said so, or never agreed.
_BY_CONSENT = {
    Reason.NO_CONSENT,
    Reason.SUPPRESSED,
    Reason.RESTRICTED,
    Reason.OBJECTED,
    Reason.TOPIC_UNWANTED,
    Reason.FACT_UNWANTED,
    Reason.EXPIRED_ASKED_TO_WAIT,
}


_KINDS = ("sent", "waiting", "by_cap", "by_guard", "by_consent", "withdrawn", "by_other")


class StepMessages(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the messages that one step queued.

    Attributes:
        sent: left the shop.
        waiting: may still leave: the hour, a cap or the guard keeps them.
        by_cap: given up because the person got enough, or the hour never came.
        by_guard: stopped by the guard.
        by_consent: the person did not agree, or asked not to be written to.
        withdrawn: the person reached the goal or left before, or the journey was ended.
        by_other: any other reason, such as no address.
        stopped: of those that will not leave, how many by each reason's code.
        held: of those that wait, how many by each reason's code.
    """

    step: str
    sent: int = 0
    waiting: int = 0
    by_cap: int = 0
    by_guard: int = 0
    by_consent: int = 0
    withdrawn: int = 0
    by_other: int = 0
    stopped: dict[str, int] = {}
    held: dict[str, int] = {}


def messages_by_step(
    found: Iterable[Became], versions: Collection[int] | None
) -> dict[str, StepMessages]:
    """Return what became of messages, by step.

    Args:
        found: of all entries of a journey.
        versions: that count; None: all.
    """
    steps: dict[str, list[Became]] = {}
    for one in found:
        _, version, step, _ = read_origin(Origin(JOURNEY, one.origin_id))
        if versions is None or version in versions:
            steps.setdefault(step, []).append(one)
    return {step: _summed(step, own) for step, own in steps.items()}


def _summed(step: str, found: Iterable[Became]) -> StepMessages:
    sums = dict.fromkeys(_KINDS, 0)
    stopped: dict[str, int] = {}
    held: dict[str, int] = {}
    for one in found:
        kind = _kind(one)
        sums[kind] += one.n
        if kind != "sent" and one.reason is not None:
            reasons = held if kind == "waiting" else stopped
            reasons[one.reason.value] = reasons.get(one.reason.value, 0) + one.n
    return StepMessages(step=step, stopped=stopped, held=held, **sums)


def _kind(one: Became) -> str:
    if one.state is MessageState.SENT:
        return "sent"
    if one.state in _WAITING:
        return "waiting"
    if one.state is MessageState.CANCELLED:
        return "withdrawn"
    groups = (("by_cap", _BY_CAP), ("by_guard", _BY_GUARD), ("by_consent", _BY_CONSENT))
    return next((name for name, reasons in groups if one.reason in reasons), "by_other")
