"""What steps tell staff and other systems, queued with the people who pass them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from kikubari.deliver import QueueAnswer, WebhookCall
from kikubari.journeys.definition import NotifyStep, WebhookStep
from kikubari.journeys.running.contracts import LogReader, Untold
from kikubari.journeys.running.notices import NoticeQueue
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.travellers import Traveller
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros
from kikubari.profiles import profile_id

STEP_REACHED = "journey.step_reached"
_UNTOLD = {
    QueueAnswer.NO_ENDPOINT: Untold.NO_ENDPOINT,
    QueueAnswer.SET_ASIDE: Untold.SET_ASIDE,
    QueueAnswer.TOO_LARGE: Untold.TOO_LARGE,
}


class Calls(Protocol):
    """Queues calls to other systems; `deliver.WebhookQueue` is one."""

    def queue_many_in(
        self, connection: Connection, calls: Sequence[WebhookCall], *, at: datetime
    ) -> Sequence[QueueAnswer]:
        """Queue calls in the caller's transaction; return what became of each."""
        ...


class Telling:
    """Queues calls and letters to staff.

    Args:
        calls: to other systems.
        notices: to staff.
        log: knows what let people in.
        clock: gives the instants.
    """

    def __init__(self, calls: Calls, notices: NoticeQueue, log: LogReader, clock: Clock) -> None:
        self._calls = calls
        self._notices = notices
        self._log = log
        self._clock = clock

    def __call__(
        self,
        connection: Connection,
        program: Program,
        step: NotifyStep | WebhookStep,
        here: Sequence[Traveller],
    ) -> Mapping[int, str]:
        """Return why nobody was told of some, by the enrolment's id."""
        now = self._clock.now()
        if isinstance(step, NotifyStep):
            return self._notices.add(connection, program, step, here, now=now)
        calls = self._write_calls(program, step, here)
        answers = self._calls.queue_many_in(connection, calls, at=now)
        return {
            one.id: _UNTOLD[answer].value
            for one, answer in zip(here, answers, strict=True)
            if answer in _UNTOLD
        }

    def _write_calls(
        self, program: Program, step: WebhookStep, here: Sequence[Traveller]
    ) -> list[WebhookCall]:
        events = {
            item.position: item.event
            for item in self._log.read_at({one.trigger_position for one in here})
        }
        calls = []
        for one in here:
            data: dict[str, Any] = {
                "journey": program.journey_id,
                "version": one.version,
                "step": step.id,
                "profile": profile_id(one.number),
                "entry": one.ordinal,
                "began_at": from_micros(one.began_us),
            }
            event = events.get(one.trigger_position)
            if event is not None:
                data["trigger"] = {"event": event.type, "properties": event.properties}
            calls.append(
                WebhookCall(
                    endpoint_id=step.endpoint,
                    type=STEP_REACHED,
                    data=data,
                    idempotency_key=f"{program.journey_id}/{one.id}/{one.version}/{step.id}",
                    number=one.number,
                )
            )
        return calls
