"""The way into the log: append a batch, learn when it is durable."""

from collections.abc import Sequence
from concurrent.futures import Future

from sqlalchemy import Connection, insert

from kikubari.events import _repository as repository
from kikubari.events._tables import inbox
from kikubari.events.codec import encode_batch
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event
from kikubari.spec.errors import RateLimitedError
from kikubari.storage import Priority, StateStore

# Events that may wait for the sequencer before senders are asked to come back later: at
# 15,000 a second about eleven minutes of work, and some 5 GB of inbox at the very most.
MAX_WAITING_EVENTS = 10_000_000


class Intake:
    """Appends batches to the inbox; the sequencer takes them from there.

    Args:
        store: where batches from outside wait. A file of its own in embedded mode, so that an
            acknowledgement never waits for the sequencer's transaction.
        max_waiting: events that may wait before `append` refuses.
    """

    def __init__(self, store: StateStore, *, max_waiting: int = MAX_WAITING_EVENTS) -> None:
        self._store = store
        self._max_waiting = max_waiting
        self._waiting = self._count_waiting()

    def append(
        self, events: Sequence[Event], *, workspace_id: int = DEFAULT_WORKSPACE
    ) -> "Future[None]":
        """Store a batch; the future ends after the durable commit.

        Raises:
            RateLimitedError: too much waits for the sequencer already.
        """
        self.refuse_if_full()
        self._waiting += len(events)
        row = _inbox_row(events, workspace_id)

        def work(connection: Connection) -> None:
            connection.execute(insert(inbox), row)

        return self._store.submit(work, priority=Priority.INTAKE)

    def refuse_if_full(self) -> None:
        """Refuse before any work is put into what would be refused in the end.

        Raises:
            RateLimitedError: too much waits for the sequencer already.
        """
        if self._waiting > self._max_waiting:
            self._waiting = self._count_waiting()
            if self._waiting > self._max_waiting:
                raise RateLimitedError(
                    "the log is busy taking in earlier events", retry_after_seconds=30
                )

    def _count_waiting(self) -> int:
        with self._store.read() as connection:
            return repository.count_waiting(connection)


def append_in(
    connection: Connection, events: Sequence[Event], *, workspace_id: int = DEFAULT_WORKSPACE
) -> None:
    """Append internal events in the caller's state-store transaction: both commit or neither."""
    if events:
        connection.execute(insert(inbox), _inbox_row(events, workspace_id))


def _inbox_row(events: Sequence[Event], workspace_id: int) -> dict[str, object]:
    return {
        "workspace_id": workspace_id,
        "n_events": len(events),
        "body": encode_batch(events),
    }
