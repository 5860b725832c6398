"""Queueing the messages of a started broadcast, chunk by chunk, each once, whatever dies."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from kikubari.deliver import enqueue
from kikubari.journeys import _repository as repository
from kikubari.journeys._views import decode_definition
from kikubari.journeys.timing import Schedule
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros
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
class _Chunk:
    """People of an audience that are queued in one transaction."""

    broadcast_id: str
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
            unfinished = repository.list_enqueuing(connection, self._workspace_id)
        for broadcast_id in unfinished:
            self.enqueue(broadcast_id)

    def enqueue(self, broadcast_id: str) -> None:
        """Queue the messages of a started broadcast.

        The mark of how far it got moves in the transaction that queues the chunk, so it can be
        called again at any time, by two processes even.
        """
        with self._store.read() as connection:
            audience = repository.get_audience(connection, self._workspace_id, broadcast_id)
            row = repository.find(connection, self._workspace_id, broadcast_id)
        if row is None:
            return
        schedule = Schedule(decode_definition(row.definition).timing, self._zone)
        done: int | None = row.n_enqueued
        while done is not None:
            numbers = list(audience[done : done + self._chunk])
            # Asked outside the transaction, and only where it matters.
            zones = self._zones(numbers) if schedule.timing.in_local_time else {}
            is_last = done + len(numbers) == len(audience)
            chunk = _Chunk(broadcast_id, done, numbers, zones, is_last)
            done = self._store.write(
                partial(self._enqueue_chunk, schedule, chunk), priority=Priority.BACKGROUND
            )

    def _enqueue_chunk(
        self, schedule: Schedule, chunk: _Chunk, connection: Connection
    ) -> int | None:
        """Queue a chunk; returns how many are queued now, None when all are."""
        row = repository.lock(connection, self._workspace_id, chunk.broadcast_id)
        if row is None or row.phase != repository.ENQUEUING:
            return None
        if row.n_enqueued != chunk.n_before:
            return int(row.n_enqueued)  # somebody else got here first
        due = schedule.list_due(
            chunk.numbers,
            chunk.zones,
            started_at=from_micros(row.started_us),
            n_before=chunk.n_before,
        )
        for due_at, group in due:
            enqueue(
                connection,
                row.dispatch_id,
                group,
                now=self._clock.now(),
                due_at=due_at,
                workspace_id=self._workspace_id,
            )
        end = chunk.n_before + len(chunk.numbers)
        repository.set_enqueued(
            connection,
            self._workspace_id,
            chunk.broadcast_id,
            n_enqueued=end,
            is_all=chunk.is_last,
        )
        return None if chunk.is_last else end
