"""The sequencer: turns acknowledged batches into the log, exactly once."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial

import msgspec
from sqlalchemy import Connection

from kikubari.events import _repository as repository
from kikubari.events.codec import decode_batch, encode_event, message_key
from kikubari.events.contracts import Numbering, Projection, Sealing, SequencedEvent
from kikubari.events.log_index import KnownMessages, LogIndex
from kikubari.events.pace import MOST_EVENTS, TransactionSize
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event
from kikubari.storage import Priority, StateStore

# Batches that leave their inbox together, after one sync of the log: transactions filled by batches
# of a hundred.
_BATCHES_PER_SYNC = 280
# After so many syncs others have their turn.
_SYNCS_PER_STEP = 4


class Sequenced(msgspec.Struct, frozen=True):
    """What one step did."""

    n_new: int
    n_duplicates: int


class _Arrival(msgspec.Struct, frozen=True, gc=False):
    """An event with all of its row in the log that does not depend on what the log holds."""

    event: Event
    payload: bytes
    columns: tuple[object, ...]  # source_id to received_us of `LOG_COLUMNS`


class _Arrivals(msgspec.Struct, frozen=True):
    """The events of one transaction, each messageId once, by (source, message key)."""

    workspace_id: int
    n_events: int
    messages: dict[tuple[int, bytes], _Arrival]


class _Transaction(msgspec.Struct, frozen=True):
    """Batches to write at once, and those that may leave their inbox when that is durable."""

    batches: list[repository.InboxBatch]
    leaving: list[int]


class Sequencer:
    """Moves batches from the inboxes into the log, with everything derived in one transaction.

    A batch leaves its inbox only after its events are committed. If the process dies in between,
    the batch is sequenced again and every event of it is recognised by (source, messageId): so
    at-least-once from the inbox is exactly-once in the log, for ever.

    Args:
        state: store that holds the log.
        inboxes: stores whose inbox is drained, `state` itself among them.
        numbering: says whose events these are.
        sealing: seals payloads.
        projections: state kept in step with the log.
        stopwatch: seconds that never go back.
    """

    def __init__(
        self,
        state: StateStore,
        inboxes: Sequence[StateStore],
        numbering: Numbering,
        sealing: Sealing,
        projections: Sequence[Projection] = (),
        *,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._state = state
        self._inboxes = inboxes
        self._numbering = numbering
        self._sealing = sealing
        self._projections = projections
        self._known = KnownMessages()
        self._index = LogIndex(state)
        self._stopwatch = stopwatch
        self._size = TransactionSize()
        # Whether the log's end may be worth taking into its indexes; there may be one from before.
        self._may_index = True

    def run_once(self) -> Sequenced:
        """Sequence some transactions of each inbox; zero of both when all are empty."""
        new = duplicates = 0
        for store in self._inboxes:
            for done in self._drain(store):
                new += done.n_new
                duplicates += done.n_duplicates
        if new or self._may_index:
            self._index.run_once(is_busy=new >= MOST_EVENTS)
            self._may_index = new > 0
        return Sequenced(new, duplicates)

    def waiting(self) -> int:
        """Return how many acknowledged events are not in the log yet."""
        total = 0
        for store in self._inboxes:
            with store.read() as connection:
                total += repository.count_waiting(connection)
        return total

    def extend(
        self,
        connection: Connection,
        events: Sequence[Event],
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> Sequenced:
        """Append those events that the log does not hold, and derive what follows from them."""
        return self._append(connection, _arrivals(workspace_id, events))

    def _drain(self, store: StateStore) -> list[Sequenced]:
        done: list[Sequenced] = []
        leaving: list[Future[None]] = []
        writing: tuple[_Transaction, Future[Sequenced]] | None = None

        def finish(transaction: _Transaction, future: Future[Sequenced]) -> None:
            done.append(future.result())
            if transaction.leaving and store is not self._state:
                left = partial(repository.delete_inbox, ids=transaction.leaving)
                leaving.append(store.submit(left))

        for transaction in _list_transactions(store, self._size):
            # While this one is read and made ready, the one before it is written.
            arrivals = _read(transaction.batches)
            if writing:
                finish(*writing)
            writing = transaction, self._submit(arrivals, transaction, is_own=store is self._state)
        if writing:
            finish(*writing)
        for one in leaving:
            one.result()
        return done

    def _submit(
        self, arrivals: _Arrivals, transaction: _Transaction, *, is_own: bool
    ) -> "Future[Sequenced]":
        def work(connection: Connection) -> Sequenced:
            began = self._stopwatch()
            done = self._append(connection, arrivals)
            self._size.note(arrivals.n_events, self._stopwatch() - began)
            if is_own:
                ids = [batch.id for batch in transaction.batches]
                repository.delete_inbox(connection, ids)
            return done

        # One sync for several: until it has happened, the inbox keeps everything.
        return self._state.submit(
            work, priority=Priority.BACKGROUND, is_durable=bool(transaction.leaving)
        )

    def _append(self, connection: Connection, arrivals: _Arrivals) -> Sequenced:
        workspace_id = arrivals.workspace_id
        mark = repository.lock_mark(connection, workspace_id)
        last = mark.position
        known = self._known.find(connection, workspace_id, mark, arrivals.messages)
        fresh = [one for key, one in arrivals.messages.items() if key not in known]
        if fresh:
            numbers = self._numbering.number(connection, [one.event for one in fresh])
            sealed = self._sealing.seal(connection, numbers, [one.payload for one in fresh])
            positions = range(last + 1, last + 1 + len(fresh))
            placed = list(zip(positions, numbers, fresh, sealed, strict=True))
            rows = [
                (workspace_id, position, number, *one.columns, body)
                for position, number, one, body in placed
            ]
            repository.insert_events(connection, rows)
            sequenced = [
                SequencedEvent(position, number, one.event) for position, number, one, _ in placed
            ]
            for projection in self._projections:
                projection.apply(connection, sequenced)
        n_duplicates = arrivals.n_events - len(fresh)
        repository.move_mark(
            connection, workspace_id, position=last + len(fresh), duplicates=n_duplicates
        )
        return Sequenced(len(fresh), n_duplicates)


def _list_transactions(store: StateStore, size: TransactionSize) -> Iterator[_Transaction]:
    """Yield what waits in an inbox, oldest first."""
    last = 0
    for _ in range(_SYNCS_PER_STEP):
        with store.read() as connection:
            group = repository.list_inbox(connection, after=last, limit=_BATCHES_PER_SYNC)
        if not group:
            return
        last = group[-1].id
        *earlier, final = _cut(group, size.events)
        for batches in earlier:
            yield _Transaction(batches, [])
        yield _Transaction(final, [batch.id for batch in group])


def _cut(
    waiting: Sequence[repository.InboxBatch], max_events: int
) -> Iterator[list[repository.InboxBatch]]:
    """Cut batches into those of one transaction each: of one workspace, at least one batch."""
    taken: list[repository.InboxBatch] = []
    total = 0
    for batch in waiting:
        total += batch.n_events
        if taken and (total > max_events or batch.workspace_id != taken[0].workspace_id):
            yield taken
            taken, total = [], batch.n_events
        taken.append(batch)
    if taken:
        yield taken


def _read(batches: Sequence[repository.InboxBatch]) -> _Arrivals:
    events = [event for batch in batches for event in decode_batch(batch.body)]
    return _arrivals(batches[0].workspace_id, events)


def _arrivals(workspace_id: int, events: Sequence[Event]) -> _Arrivals:
    messages: dict[tuple[int, bytes], _Arrival] = {}
    for event in events:
        key = message_key(event.message_id)
        if (event.source_id, key) not in messages:
            messages[event.source_id, key] = _arrival(event, key)
    return _Arrivals(workspace_id, len(events), messages)


def _arrival(event: Event, key: bytes) -> _Arrival:
    occurred_us, received_us = to_micros(event.occurred_at), to_micros(event.received_at)
    columns = (event.source_id, key, event.type, occurred_us, received_us)
    return _Arrival(event, encode_event(event), columns)
