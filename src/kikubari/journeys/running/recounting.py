"""One person's entry into a journey, from the row that the engine wrote."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kikubari.deliver import MessageView
from kikubari.deliver import explain as explain_reason
from kikubari.journeys.definition import (
    AnyStep,
    WaitBestTimeStep,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
)
from kikubari.journeys.running._enrolments import Found
from kikubari.journeys.running.contracts import EnrolmentState, JourneyState, Waiting
from kikubari.journeys.running.letters import origin_of
from kikubari.journeys.running.paths import decode_path, split_reason
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.stories import EnrolmentStory, InWords, MessageFate, PassedStep
from kikubari.journeys.running.walking import shared_instant
from kikubari.kit.instants import from_micros

_WHY: dict[type, str] = {
    WaitStep: "duration",
    WaitUntilStep: "clock",
    WaitForStep: "event",
    WaitBestTimeStep: "best_time",
}


def story_of(
    row: Found,
    program: Program,
    state: JourneyState,
    *,
    messages: Mapping[str, MessageFate],
    triggers: Mapping[int, str],
) -> EnrolmentStory:
    """Return what is written down of an entry.

    Args:
        row: of the entry.
        program: its version.
        state: of the journey.
        messages: to the person, by the id of what caused each.
        triggers: types of events by their places in the log.
    """
    active = row.state == EnrolmentState.ACTIVE
    passed = _passed(row, program, messages)
    return EnrolmentStory(
        enrolment=row.id,
        version=row.version,
        ordinal=row.ordinal,
        state=EnrolmentState(row.state).name.lower(),
        began_at=from_micros(row.began_us),
        entered_at=_entered_at(row, passed),
        ended_at=None if row.ended_us is None else from_micros(row.ended_us),
        outcome="" if row.outcome is None else program.names[row.outcome],
        trigger=triggers.get(row.trigger_position, ""),
        trigger_position=row.trigger_position,
        path=passed,
        upcoming=program.names[row.step] if active else "",
        waiting=waiting_of(row, program, state) if active else None,
        converted_at=None if row.converted_us is None else from_micros(row.converted_us),
        value_minor=row.value_minor,
    )


def fate_of(view: MessageView) -> MessageFate:
    """Return what became of a message."""
    reason = view.reason
    text = None
    if reason is not None:
        text = InWords(explain_reason(reason, "ja"), explain_reason(reason, "en"))
    return MessageFate(
        id=view.id,
        state=view.state.value,
        reason="" if reason is None else reason.value,
        text=text,
        due_at=view.due_at,
        sent_at=view.sent_at,
    )


def waiting_of(row: Found, program: Program, state: JourneyState) -> Waiting:
    """Return why somebody stands where they stand."""
    step: AnyStep | None = program.steps.get(row.step)
    why = "paused" if state is JourneyState.PAUSED else _WHY.get(type(step), "due")
    event = step.events.event or "" if isinstance(step, WaitForStep) else ""
    return Waiting(
        enrolment=row.id,
        number=row.number,
        version=row.version,
        reached_at=from_micros(row.at_us),
        until=None if row.due_us is None else from_micros(row.due_us),
        why=why,
        event=event,
    )


def _passed(row: Found, program: Program, messages: Mapping[str, MessageFate]) -> list[PassedStep]:
    found = []
    for step, way, at in decode_path(bytes(row.path)):
        name, reason = split_reason(program.names[way])
        origin = origin_of(program.journey_id, row.version, program.names[step], row.ordinal)
        message = messages.get(origin.id)
        found.append(
            PassedStep(
                step=program.names[step],
                way=name,
                reason=reason,
                at=at,
                message_id="" if message is None else message.id,
                message=message,
            )
        )
    return found


def _entered_at(row: Found, passed: Sequence[PassedStep]) -> datetime:
    """Return since when an entry counts: from what let the person in, if that was not long before.

    The row is written a moment later, or much later where the machine was off, and its first steps
    are dated as if it had not been.
    """
    began_us = shared_instant(min(row.began_us, row.entered_us), row.entered_us)
    return min([from_micros(began_us), *(one.at for one in passed)])
