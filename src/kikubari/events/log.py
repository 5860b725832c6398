"""Reading the log: ranges for consumers, timelines for people."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from kikubari.events import _index_repository as index
from kikubari.events import _repository as repository
from kikubari.events.codec import decode_event
from kikubari.events.contracts import Sealing, SequencedEvent
from kikubari.kit.instants import LATEST, from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore


class TimelinePlace(msgspec.Struct, frozen=True):
    """A place in a timeline: after all events that happened later, or are later in the log."""

    occurred_us: int
    position: int


class TimelinePage(msgspec.Struct, frozen=True):
    """Some events, newest first, and where the next page begins; None at the end."""

    events: list[SequencedEvent]
    next: TimelinePlace | None


class TimelineCount(msgspec.Struct, frozen=True):
    """Events of one type within one hour, counted from 1970."""

    type: str
    hour: int
    n: int


class IndexCheck(msgspec.Struct, frozen=True):
    """How the log's indexes compare with the log, as far as they go."""

    indexed: int  # last position that they claim to hold
    position: int  # last position of the log
    missing_messages: int  # events up to there that would not be known again
    missing_places: int  # events up to there that a person's timeline would lack

    @property
    def is_equal(self) -> bool:
        """Say whether both indexes hold everything that they claim to hold."""
        return not self.missing_messages and not self.missing_places


class EventLog:
    """Read access to the log. Events of erased people are left out: nobody can open them."""

    def __init__(self, store: StateStore, sealing: Sealing) -> None:
        self._store = store
        self._sealing = sealing

    def position(self, *, workspace_id: int = DEFAULT_WORKSPACE) -> int:
        """Return the last committed position, 0 for an empty log."""
        with self._store.read() as connection:
            return repository.find_mark(connection, workspace_id)

    def read_range(
        self, first: int, last: int, *, workspace_id: int = DEFAULT_WORKSPACE
    ) -> list[SequencedEvent]:
        """Return the events at positions first..last, both included, in order."""
        with self._store.read() as connection:
            rows = repository.list_range(connection, workspace_id, first=first, last=last)
            return self._open(connection, rows)

    def list_readable(
        self, first: int, last: int, *, workspace_id: int = DEFAULT_WORKSPACE
    ) -> list[tuple[int, int]]:
        """Return (position, number) of the events at positions first..last, in order.

        Their bodies are opened, for whether they can be, and not read.
        """
        with self._store.read() as connection:
            rows = repository.list_range(connection, workspace_id, first=first, last=last)
            opened = self._sealing.open(
                connection, [row.number for row in rows], [row.body for row in rows]
            )
        return [
            (row.position, row.number)
            for row, payload in zip(rows, opened, strict=True)
            if payload is not None
        ]

    def read_types(
        self,
        first: int,
        last: int,
        types: Collection[str],
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> list[SequencedEvent]:
        """Return the events of some types at positions first..last, in order."""
        with self._store.read() as connection:
            rows = repository.list_range(
                connection, workspace_id, first=first, last=last, types=types
            )
            return self._open(connection, rows)

    def read_at(
        self, positions: Collection[int], *, workspace_id: int = DEFAULT_WORKSPACE
    ) -> list[SequencedEvent]:
        """Return the events at some positions."""
        with self._store.read() as connection:
            rows = repository.list_at_positions(connection, workspace_id, sorted(positions))
            return self._open(connection, rows)

    def read_since(
        self,
        numbers: Collection[int],
        since: datetime,
        *,
        last: int,
        types: Collection[str] | None = None,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> list[SequencedEvent]:
        """Return events of some numbers that happened after an instant, in order of arrival.

        Args:
            numbers: whose.
            since: itself does not count.
            last: position after which nothing counts.
            types: only events of these types; None: of any.
            workspace_id: whose log.
        """
        with self._store.read() as connection:
            rows = index.list_since(
                connection, workspace_id, numbers, since_us=to_micros(since), last=last, types=types
            )
            return self._open(connection, rows)

    def timeline(
        self,
        numbers: Sequence[int],
        *,
        before: datetime = LATEST,
        limit: int = 100,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> list[SequencedEvent]:
        """Return the newest events before an instant of the person these numbers are."""
        with self._store.read() as connection:
            rows = index.list_timeline(
                connection, workspace_id, numbers, before_us=to_micros(before), limit=limit
            )
            return self._open(connection, rows)

    def page_of_timeline(
        self,
        numbers: Sequence[int],
        *,
        before: TimelinePlace | None = None,
        types: Sequence[str] = (),
        excluded: Sequence[str] = (),
        limit: int = 100,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> TimelinePage:
        """Return the newest events of a person before a place in their timeline.

        Args:
            numbers: all of the person's.
            before: the place, from an earlier page; None: from the newest on.
            types: only events of these types, if any are named.
            excluded: no events of these types.
            limit: at most so many.
            workspace_id: whose log.
        """
        place = before or TimelinePlace(to_micros(LATEST), 0)
        with self._store.read() as connection:
            places = index.list_timeline_places(
                connection,
                workspace_id,
                numbers,
                before=(place.occurred_us, place.position),
                types=types,
                excluded=excluded,
                limit=limit + 1,
            )
            shown = places[:limit]
            rows = repository.list_at_positions(
                connection, workspace_id, [position for _, position in shown]
            )
            opened = {item.position: item for item in self._open(connection, rows)}
        return TimelinePage(
            [opened[position] for _, position in shown if position in opened],
            TimelinePlace(*shown[-1]) if len(places) > limit else None,
        )

    def count_timeline(
        self, numbers: Sequence[int], *, workspace_id: int = DEFAULT_WORKSPACE
    ) -> list[TimelineCount]:
        """Return how many events of each type a person has in each hour."""
        with self._store.read() as connection:
            rows = index.count_timeline(connection, workspace_id, numbers)
        return [TimelineCount(row.type, int(row.hour), int(row.n)) for row in rows]

    def list_recent_numbers(
        self, *, before: int | None = None, limit: int, workspace_id: int = DEFAULT_WORKSPACE
    ) -> list[tuple[int, int]]:
        """Return (position, number) of events about somebody, the last to arrive first."""
        with self._store.read() as connection:
            mark = repository.find_mark(connection, workspace_id) + 1
            rows = repository.list_recent_numbers(
                connection, workspace_id, before=mark if before is None else before, limit=limit
            )
        return [(row.position, row.number) for row in rows if row.number]

    def last_seen(
        self, numbers: Sequence[int], *, workspace_id: int = DEFAULT_WORKSPACE
    ) -> dict[int, datetime]:
        """Return when the latest event of each number happened."""
        with self._store.read() as connection:
            found = index.list_last_seen(connection, workspace_id, numbers)
        return {number: from_micros(at_us) for number, at_us in found.items()}

    def check_indexes(self, *, workspace_id: int = DEFAULT_WORKSPACE) -> IndexCheck:
        """Look up every event in the indexes, as far as they go."""
        with self._store.read() as connection:
            mark = index.list_marks(connection).get(workspace_id, repository.Mark(0, 0))
            keys, places = index.count_missing(connection, workspace_id, indexed=mark.indexed)
        return IndexCheck(mark.indexed, mark.position, keys, places)

    def _open(
        self, connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]
    ) -> list[SequencedEvent]:
        opened = self._sealing.open(
            connection, [row.number for row in rows], [row.body for row in rows]
        )
        return [
            SequencedEvent(row.position, row.number, decode_event(payload))
            for row, payload in zip(rows, opened, strict=True)
            if payload is not None
        ]
