"""What let people in, as far as the log still has it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from kikubari.events import SequencedEvent
from kikubari.journeys.running.contracts import LogReader
from kikubari.journeys.running.matching import Tests
from kikubari.journeys.running.travellers import Traveller
from kikubari.spec.conditions import EventFilter, Events


class Beginnings:
    """Reads the events that let people in, each once.

    Args:
        log: has the events; of people who were erased it has none.
        tests: reads events as segments do.
    """

    def __init__(self, log: LogReader, tests: Tests) -> None:
        self._log = log
        self._tests = tests
        self._known: dict[int, SequencedEvent] = {}
        self._asked: set[int] = set()

    def properties(self, positions: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
        """Return the properties of events by their positions; those that are gone are missing."""
        found = self._find(positions)
        return {position: item.event.properties for position, item in found.items()}

    def let_in(
        self, where: tuple[EventFilter, ...], people: Sequence[Traveller]
    ) -> Collection[int]:
        """Return the enrolments, by id, that an event with all of these properties began."""
        found = self._find({one.trigger_position for one in people})
        fitting = {
            position
            for position, item in found.items()
            if self._tests.holds(Events(item.event.type, where), item)
        }
        return {one.id for one in people if one.trigger_position in fitting}

    def _find(self, positions: Iterable[int]) -> Mapping[int, SequencedEvent]:
        wanted = set(positions) - {0}  # no event lets in at 0
        missing = wanted - self._asked
        if missing:
            self._known |= {item.position: item for item in self._log.read_at(missing)}
            self._asked |= missing
        return {one: self._known[one] for one in wanted if one in self._known}
