"""Queueing the messages of a started broadcast, chunk by chunk, each once, whatever dies."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from pyroaring import BitMap
from sqlalchemy import Connection, Row

from kikubari.deliver import enqueue, list_dispatch_ids
from kikubari.journeys import _repository as repository
from kikubari.journeys._views import decode_definition, origin_of
from kikubari.journeys.contracts import BroadcastDefinition
from kikubari.journeys.lots import draw_letters, share_out
from kikubari.journeys.timing import Schedule
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import Priority, StateStore

# Messages of one transaction: some 50 ms of the writer's time.
CHUNK = 5_000

# Returns the IANA time zone of each of these people whose own is known.
Zones = Callable[[Collection[int]], Mapping[int, str]]


def no_zones(numbers: Collection[int]) -> Mapping[int, str]:
    """Know nobody's zone: everybody has the shop's."""
    del numbers
    return {}


@dataclass(frozen=True)
class _Line:
    """People who are queued one after the other: of a test, of what its winner goes to, or all.

    Attributes:
        n_before: people of the audience that were queued before the first of these.
        begins_at: from when on the pace and everybody's own clock count.
        chosen: the one letter that all of them get; None: each the one by lot.
        next_phase: of the broadcast when all are queued.
    """

    broadcast_id: str
    definition: BroadcastDefinition
    people: BitMap
    n_before: int
    begins_at: datetime
    chosen: str | None
    next_phase: str

    def share(self, group: list[int]) -> Mapping[str, list[int]]:
        """Return which of these people get which letter."""
        if self.chosen is not None:
            return {self.chosen: group}
        return draw_letters(self.broadcast_id, group, self.definition.experiment)


@dataclass(frozen=True)
class _Chunk:
    """People of a line that are queued in one transaction, after `n_before` of the audience."""

    n_before: int
    numbers: list[int]
    zones: Mapping[int, str]
    is_last: bool


class Queueing:
    """Puts messages into the outbox, due as the broadcast's timing says.

    Args:
        store: of the definitions and of the outbox.
        clock: gives the instants.
        zone: the shop's.
        zones: people's own.
        chunk: messages queued per transaction.
        workspace_id: whose broadcasts.
    """

    def __init__(
        self,
        store: StateStore,
        clock: Clock,
        *,
        zone: ZoneInfo,
        zones: Zones = no_zones,
        chunk: int = CHUNK,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._zones = zones
        self._chunk = chunk
        self._workspace_id = workspace_id

    def resume(self) -> None:
        """Go on with what was started, or begun by a process that died."""
        with self._store.read() as connection:
            unfinished = repository.list_in_phase(
                connection, self._workspace_id, repository.ENQUEUING
            )
        for broadcast_id in unfinished:
            self.enqueue(broadcast_id)

    def enqueue(self, broadcast_id: str) -> None:
        """Queue the messages of a started broadcast, up to where it waits for a winner.

        The mark of how far it got moves in the transaction that queues the chunk, so it can be
        called again at any time, by two processes even.
        """
        with self._store.read() as connection:
            row = repository.find(connection, self._workspace_id, broadcast_id)
            if row is None or row.phase != repository.ENQUEUING:
                return
            audience = repository.get_audience(connection, self._workspace_id, broadcast_id)
        line = _line_up(row, audience)
        timing = line.definition.timing
        done: int | None = row.n_enqueued
        while done is not None:
            place = done - line.n_before
            numbers = list(line.people[place : place + self._chunk])
            # Asked outside the transaction, and only where it matters.
            zones = self._zones(numbers) if timing.in_local_time else {}
            is_last = place + len(numbers) == len(line.people)
            chunk = _Chunk(done, numbers, zones, is_last)
            done = self._store.write(
                partial(self._enqueue_chunk, line, chunk), priority=Priority.BACKGROUND
            )

    def _enqueue_chunk(self, line: _Line, chunk: _Chunk, connection: Connection) -> int | None:
        """Queue a chunk; returns how many are queued now, None when the line is."""
        row = repository.lock(connection, self._workspace_id, line.broadcast_id)
        if row is None or row.phase != repository.ENQUEUING or row.chosen != line.chosen:
            return None
        if row.n_enqueued != chunk.n_before:
            return int(row.n_enqueued)  # somebody else got here first
        now = self._clock.now()
        dispatches = list_dispatch_ids(
            connection, origin_of(line.broadcast_id), workspace_id=self._workspace_id
        )
        due = Schedule(line.definition.timing, self._zone).list_due(
            chunk.numbers,
            chunk.zones,
            started_at=line.begins_at,
            n_before=chunk.n_before - line.n_before,
        )
        for due_at, group in due:
            for letter, people in line.share(group).items():
                enqueue(
                    connection,
                    dispatches[letter],
                    people,
                    now=now,
                    due_at=due_at,
                    workspace_id=self._workspace_id,
                )
        end = chunk.n_before + len(chunk.numbers)
        repository.set_enqueued(
            connection,
            self._workspace_id,
            line.broadcast_id,
            n_enqueued=end,
            phase=line.next_phase if chunk.is_last else repository.ENQUEUING,
            last_due_us=to_micros(due[-1][0] if due else now),
        )
        return None if chunk.is_last else end


def _line_up(row: Row[*tuple[Any, ...]], audience: BitMap) -> _Line:
    """Return whose messages a broadcast queues now."""
    definition = decode_definition(row.definition)
    shares = share_out(row.id, audience, definition.experiment)
    is_first = row.chosen is None
    return _Line(
        broadcast_id=row.id,
        definition=definition,
        people=shares.first if is_first else shares.rest,
        n_before=0 if is_first else len(shares.first),
        begins_at=from_micros(row.started_us if is_first else row.chosen_us),
        chosen=row.chosen,
        next_phase=repository.WATCHING if is_first and shares.rest else repository.STARTED,
    )
