"""What let each person in, for the templates of a journey's messages."""

from collections.abc import Mapping, Sequence
from typing import Any

from kikubari.decide.personalise import Facts, Lineage, Provenance
from kikubari.deliver import Dispatch
from kikubari.events import SequencedEvent
from kikubari.journeys.running import _enrolments as rows
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running.contracts import LogReader
from kikubari.journeys.running.letters import JOURNEY, read_origin
from kikubari.kit.instants import format_instant
from kikubari.storage import StateStore

_NOTHING: Mapping[int, Facts] = {}


class Occasions:
    """Implements `deliver.Occasions`: templates read the event as ``trigger``.

    The event is read from the log when the message is made: what was erased meanwhile is not there.

    Args:
        store: of enrolments.
        log: of events.
    """

    def __init__(self, store: StateStore, log: LogReader) -> None:
        self._store = store
        self._log = log

    def load(self, dispatch: Dispatch, numbers: Sequence[int]) -> Mapping[int, Facts]:
        """Return what let people into the journey whose messages these are, by number."""
        if dispatch.origin.kind != JOURNEY:
            return _NOTHING
        journey_id, _, _, ordinal = read_origin(dispatch.origin)
        with self._store.read() as connection:
            journey = repository.find_journey(connection, dispatch.workspace_id, journey_id)
            if journey is None:
                return _NOTHING
            found = rows.list_of_people(
                connection, dispatch.workspace_id, numbers, journey_nos=[journey.no]
            )
        positions = {row.number: row.trigger_position for row in found if row.ordinal == ordinal}
        events = {item.position: item for item in self._log.read_at(set(positions.values()))}
        return {
            number: _facts(events[position])
            for number, position in positions.items()
            if position in events
        }


def _facts(item: SequencedEvent) -> Facts:
    event = item.event
    values: dict[str, Any] = {
        **event.properties,
        "event": event.type,
        "at": format_instant(event.occurred_at),
    }
    lineage = Lineage(
        provenance=Provenance.OBSERVED,
        confidence=1.0,
        observed_at=event.occurred_at,
        sources_agree=True,
    )
    return Facts({"trigger": values}, {"trigger": lineage})
