"""The sequencer: turns acknowledged batches into the log, exactly once."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from kikubari.events import _repository as repository
from kikubari.events.codec import decode_batch, encode_event, message_key
from kikubari.events.contracts import Numbering, Projection, Sealing, SequencedEvent
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event
from kikubari.storage import Priority, StateStore

# Events of one transaction: enough to amortise its commit, few enough that another writer of
# the same store waits about a tenth of a second.
TRANSACTION_EVENTS = 2_000
_BATCHES_PER_READ = 64


class Sequenced(msgspec.Struct, frozen=True):
    """What one step did."""

    n_new: int
    n_duplicates: int


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
    """

    def __init__(
        self,
        state: StateStore,
        inboxes: Sequence[StateStore],
        numbering: Numbering,
        sealing: Sealing,
        projections: Sequence[Projection] = (),
    ) -> None:
        self._state = state
        self._inboxes = inboxes
        self._numbering = numbering
        self._sealing = sealing
        self._projections = projections

    def run_once(self) -> Sequenced:
        """Sequence one transaction's worth of each inbox; zero of both when all are empty."""
        new = duplicates = 0
        for store in self._inboxes:
            done = self._drain(store)
            new += done.n_new
            duplicates += done.n_duplicates
        return Sequenced(new, duplicates)

    def waiting(self) -> int:
        """Return how many acknowledged events are not in the log yet."""
        total = 0
        for store in self._inboxes:
            with store.read() as connection:
                total += repository.count_waiting(connection)
        return total

    def _drain(self, store: StateStore) -> Sequenced:
        with store.read() as connection:
            waiting = repository.list_inbox(connection, limit=_BATCHES_PER_READ)
        batches = _take(waiting, TRANSACTION_EVENTS)
        if not batches:
            return Sequenced(0, 0)
        workspace_id = batches[0].workspace_id
        events = [event for batch in batches for event in decode_batch(batch.body)]
        ids = [batch.id for batch in batches]
        is_own_inbox = store is self._state

        def work(connection: Connection) -> Sequenced:
            done = self.extend(connection, events, workspace_id=workspace_id)
            if is_own_inbox:
                repository.delete_inbox(connection, ids)
            return done

        done = self._state.write(work, priority=Priority.BACKGROUND)
        if not is_own_inbox:
            store.write(lambda connection: repository.delete_inbox(connection, ids))
        return done

    def extend(
        self,
        connection: Connection,
        events: Sequence[Event],
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> Sequenced:
        """Append those events that the log does not hold, and derive what follows from them."""
        last = repository.lock_mark(connection, workspace_id)
        fresh = _without_known(connection, events, workspace_id)
        if fresh:
            numbers = self._numbering.number(connection, [event for _, event in fresh])
            sealed = self._sealing.seal(
                connection, numbers, [encode_event(event) for _, event in fresh]
            )
            sequenced = [
                SequencedEvent(position, number, event)
                for position, (number, (_, event)) in enumerate(
                    zip(numbers, fresh, strict=True), start=last + 1
                )
            ]
            rows = [
                _log_row(workspace_id, item, key, body)
                for item, (key, _), body in zip(sequenced, fresh, sealed, strict=True)
            ]
            repository.insert_events(connection, rows)
            for projection in self._projections:
                projection.apply(connection, sequenced)
        n_duplicates = len(events) - len(fresh)
        repository.move_mark(
            connection, workspace_id, position=last + len(fresh), duplicates=n_duplicates
        )
        return Sequenced(len(fresh), n_duplicates)


def _take(waiting: Sequence[repository.InboxBatch], max_events: int) -> list[repository.InboxBatch]:
    """Return the leading batches of one workspace that fit one transaction, at least one."""
    taken: list[repository.InboxBatch] = []
    total = 0
    for batch in waiting:
        total += batch.n_events
        if taken and (total > max_events or batch.workspace_id != taken[0].workspace_id):
            break
        taken.append(batch)
    return taken


def _without_known(
    connection: Connection, events: Sequence[Event], workspace_id: int
) -> list[tuple[bytes, Event]]:
    """Return (message key, event) of events new to the log, each messageId once."""
    keyed: dict[tuple[int, bytes], Event] = {}
    for event in events:
        keyed.setdefault((event.source_id, message_key(event.message_id)), event)
    known = repository.list_known_keys(connection, workspace_id, keyed)
    return [(key[1], event) for key, event in keyed.items() if key not in known]


def _log_row(
    workspace_id: int, item: SequencedEvent, key: bytes, body: bytes
) -> tuple[object, ...]:
    event = item.event
    return (
        workspace_id,
        item.position,
        item.number,
        event.source_id,
        key,
        event.type,
        to_micros(event.occurred_at),
        to_micros(event.received_at),
        body,
    )
