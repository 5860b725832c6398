"""People whose whole history is held in memory: what they were at any instant, asked one by one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from kikubari.events import RowBuilder, SequencedEvent
from kikubari.segments.contracts import BaseValues, Others
from kikubari.segments.evaluate import evaluate
from kikubari.segments.moment import Moment
from kikubari.segments.person import Person
from kikubari.spec.conditions import Condition, InSegment, convert_condition


class RememberedPeople:
    """Says who was what, thousands of times a second, exact to the microsecond.

    What conditions ask of everybody else (percentiles, lists) is looked up once a day of the past.

    Args:
        others: knows segments, lists and thresholds; `SegmentEngine` does.
        builder: makes rows of events, as the copy has them.
        zone: the shop's.
    """

    def __init__(self, others: Others, builder: RowBuilder, *, zone: ZoneInfo) -> None:
        self._others = others
        self._builder = builder
        self._zone = zone
        # A person's rows are made when somebody first asks: of many nobody ever does.
        self._events: dict[int, Sequence[SequencedEvent]] = {}
        self._people: dict[int, Person] = {}
        self._trees: dict[bytes, Condition] = {}
        self._base: dict[tuple[bytes, int], BaseValues] = {}

    def remember(self, person: int, events: Sequence[SequencedEvent]) -> None:
        """Hold everything the log says about a person."""
        self._events[person] = events
        self._people.pop(person, None)

    def belongs(self, segment: str | dict[str, Any], person: int, *, as_of: datetime) -> bool:
        """Say whether a person was in a segment; who is not remembered was in none.

        Args:
            segment: id of a stored segment, or a condition tree in its JSON form.
            person: canonical number.
            as_of: an aware instant.

        Raises:
            NotFoundError: no such segment, or one that it refers to.
            InvalidInputError: not a condition tree.
        """
        known = self._find(person)
        if known is None:
            return False
        key = msgspec.json.encode(segment)
        if key not in self._trees:
            self._trees[key] = (
                InSegment(segment) if isinstance(segment, str) else convert_condition(segment)
            )
        tree, moment = self._trees[key], Moment.at(as_of, None, self._zone)
        day = (key, as_of.toordinal())
        if day not in self._base:
            self._base[day] = self._others.base_values(tree, moment)
        return evaluate(tree, known, self._base[day], moment)

    def _find(self, person: int) -> Person | None:
        events = self._events.pop(person, None)
        if events is not None:
            self._people[person] = Person.from_events(person, events, self._builder)
        return self._people.get(person)
