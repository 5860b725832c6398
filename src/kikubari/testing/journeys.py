"""Twins of what journeys need from the rooms around them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pyroaring import BitMap

from kikubari.events import SequencedEvent
from kikubari.spec.envelope import Event, EventKind


class ListedLog:
    """A log in memory."""

    def __init__(self) -> None:
        self.items: list[SequencedEvent] = []

    def add(
        self,
        number: int,
        type_: str,
        occurred_at: datetime,
        *,
        received_at: datetime | None = None,
        **properties: object,
    ) -> int:
        """Append an event about somebody; return its position."""
        position = len(self.items) + 1
        event = Event(
            message_id=f"m{position}",
            kind=EventKind.TRACK,
            type=type_,
            occurred_at=occurred_at,
            received_at=received_at or occurred_at,
            source_id=1,
            properties=dict(properties),
        )
        self.items.append(SequencedEvent(position, number, event))
        return position

    def position(self) -> int:
        """Return the last position."""
        return len(self.items)

    def read(
        self, first: int, last: int, types: Collection[str] | None
    ) -> Sequence[SequencedEvent]:
        """Return the events at positions first..last of some types."""
        return [
            one for one in self.items[first - 1 : last] if types is None or one.event.type in types
        ]

    def read_at(self, positions: Collection[int]) -> Sequence[SequencedEvent]:
        """Return the events at some positions."""
        return [one for one in self.items if one.position in positions]

    def read_since(
        self, numbers: Collection[int], types: Collection[str] | None, *, since: datetime, last: int
    ) -> Sequence[SequencedEvent]:
        """Return later events of these numbers, up to a position."""
        wanted = set(numbers)
        return [
            one
            for one in self.read(1, last, types)
            if one.number in wanted and one.event.occurred_at > since
        ]


class PlainPeople:
    """Everybody is who they are, but for listed merges."""

    def __init__(self) -> None:
        self.merged: dict[int, int] = {}
        self.restricted: set[int] = set()
        self.zone_names: dict[int, str] = {}

    def resolve(self, numbers: Collection[int]) -> Mapping[int, int]:
        """Return who these numbers are now."""
        return {number: self.merged.get(number, number) for number in numbers}

    def numbers_of(self, people: Collection[int]) -> Mapping[int, int]:
        """Return every number of these people."""
        own = {one: one for one in people}
        return own | {number: one for number, one in self.merged.items() if one in own}

    def list_restricted(self, people: Collection[int]) -> Collection[int]:
        """Return those whose data must not be used."""
        return self.restricted & set(people)

    def zones(self, people: Collection[int]) -> Mapping[int, str]:
        """Return the zones that are known."""
        return {one: self.zone_names[one] for one in people if one in self.zone_names}


class NamedSegments:
    """Segments by id, whose members a test sets."""

    def __init__(self, **members: Iterable[int]) -> None:
        self.members = {name: BitMap(numbers) for name, numbers in members.items()}
        self.watch: Callable[[str], None] = lambda _: None

    def evaluate(
        self, segment: str | dict[str, Any], *, as_of: datetime, workspace_id: int
    ) -> BitMap:
        """Return the members of a segment."""
        del as_of, workspace_id
        assert isinstance(segment, str)  # noqa: S101 - these segments have names only
        self.watch(segment)
        return self.members.get(segment, BitMap())
