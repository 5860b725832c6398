"""Ids are handed out in one order and become visible in another: nobody may be skipped.

Every test holds a transaction with the lower id back while one with a higher id commits.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from kikubari.events import (
    Copier,
    EventLog,
    Intake,
    RangeEncoder,
    SequencedEvent,
    Sequencer,
    append_in,
)
from kikubari.profiles import IdentityNumbering
from kikubari.spec.envelope import Event, EventKind
from kikubari.storage import ColumnarStore, PostgresStateStore
from kikubari.testing.events import PlainSealing

pytestmark = pytest.mark.postgres
PATIENCE_SECONDS = 20
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def store(copy_postgres: Callable[[], AbstractContextManager[str]]) -> Iterator[PostgresStateStore]:
    with copy_postgres() as url:
        opened = PostgresStateStore(url)
        yield opened
        opened.close()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


class Held:
    """A point at which a transaction waits until it is let go."""

    def __init__(self) -> None:
        self._reached = threading.Event()
        self._let_go = threading.Event()

    def wait_here(self) -> None:
        self._reached.set()
        assert self._let_go.wait(PATIENCE_SECONDS)

    @contextmanager
    def while_waiting(self) -> Iterator[None]:
        assert self._reached.wait(PATIENCE_SECONDS)
        try:
            yield
        finally:
            self._let_go.set()


class HoldingProjection:
    """Keeps a sequencer's transaction open after its events are written."""

    def __init__(self, held: Held) -> None:
        self._held = held

    def apply(self, connection: Connection, events: Sequence[SequencedEvent]) -> None:
        self._held.wait_here()


def an_event(name: str, user: str = "u1", device: str | None = None) -> Event:
    return Event(
        message_id=name,
        kind=EventKind.TRACK,
        type="Product Viewed",
        occurred_at=NOON,
        received_at=NOON,
        source_id=1,
        user_id=user,
        anonymous_id=device,
    )


def a_sequencer(store: PostgresStateStore, held: Held | None = None) -> Sequencer:
    projections = [HoldingProjection(held)] if held else []
    return Sequencer(store, [store], IdentityNumbering(), PlainSealing(), projections)


def append_held(store: PostgresStateStore, event: Event, held: Held) -> None:
    """Append in a transaction that has its inbox id and does not commit yet."""

    def work(connection: Connection) -> None:
        append_in(connection, [event])
        held.wait_here()

    store.write(work)


def logged(store: PostgresStateStore) -> list[tuple[int, str]]:
    items = EventLog(store, PlainSealing()).read_range(1, 1_000)
    return [(item.position, item.event.message_id) for item in items]


def inbox_ids(store: PostgresStateStore) -> list[int]:
    with store.read() as connection:
        return list(connection.execute(text("SELECT id FROM inbox ORDER BY id")).scalars())


def test_a_batch_that_commits_after_a_later_one_is_not_skipped(
    store: PostgresStateStore, threads: ThreadPoolExecutor
):
    held = Held()
    late = threads.submit(append_held, store, an_event("lower id"), held)
    with held.while_waiting():
        Intake(store).append([an_event("higher id")]).result(PATIENCE_SECONDS)
        assert inbox_ids(store) == [2]
        assert a_sequencer(store).run_once().n_new == 1
        assert logged(store) == [(1, "higher id")]
    late.result(PATIENCE_SECONDS)
    assert a_sequencer(store).run_once().n_new == 1
    assert logged(store) == [(1, "higher id"), (2, "lower id")]
    assert inbox_ids(store) == []


def test_a_batch_that_is_rolled_back_leaves_no_gap(
    store: PostgresStateStore, threads: ThreadPoolExecutor
):
    with pytest.raises(ZeroDivisionError):
        store.write(lambda c: (append_in(c, [an_event("never")]), 1 / 0))
    Intake(store).append([an_event("kept")]).result(PATIENCE_SECONDS)
    assert inbox_ids(store) == [2]
    a_sequencer(store).run_once()
    assert logged(store) == [(1, "kept")]


def test_positions_are_read_only_once_all_below_are_committed(
    store: PostgresStateStore, threads: ThreadPoolExecutor, columnar: ColumnarStore
):
    held = Held()
    Intake(store).append([an_event("first")]).result(PATIENCE_SECONDS)
    slow = threads.submit(a_sequencer(store, held).run_once)
    with held.while_waiting():
        Intake(store).append([an_event("second")]).result(PATIENCE_SECONDS)
        fast = threads.submit(a_sequencer(store).run_once)
        wait_for_a_lock(store)
        # The first transaction has written position 1; the second must not overtake it.
        log = EventLog(store, PlainSealing())
        copier = Copier(
            store, columnar, log, IdentityNumbering(), RangeEncoder(log, currency="JPY")
        )
        copier.prepare()
        assert log.position() == 0
        assert copier.run_once() == 0
        assert not fast.done()
    slow.result(PATIENCE_SECONDS)
    # The second read the first one's batch, too, and finds its event in the log.
    assert fast.result(PATIENCE_SECONDS).n_duplicates == 1
    assert logged(store) == [(1, "first"), (2, "second")]
    while copier.run_once():
        pass
    assert copier.check().is_equal
    assert copier.copied_position() == 2


def test_a_row_beyond_the_mark_is_not_a_position(store: PostgresStateStore):
    """Consumers go by the mark, whatever rows there are."""
    Intake(store).append([an_event("first")]).result(PATIENCE_SECONDS)
    a_sequencer(store).run_once()
    store.write(
        lambda c: c.execute(
            text(
                "INSERT INTO events SELECT workspace_id, 2, number, source_id,"
                " 'other'::bytea, type, occurred_us, received_us, body FROM events"
            )
        )
    )
    log = EventLog(store, PlainSealing())
    assert log.position() == 1


def test_moves_become_visible_in_the_order_of_their_versions(
    store: PostgresStateStore, threads: ThreadPoolExecutor
):
    """The copy asks for moves above the highest it has: a lower one must not come later."""
    held = Held()
    numbering = IdentityNumbering()
    Intake(store).append([an_event("a", "u1", "d1")]).result(PATIENCE_SECONDS)
    slow = threads.submit(a_sequencer(store, held).run_once)
    with held.while_waiting():
        Intake(store).append([an_event("b", "u2", "d2")]).result(PATIENCE_SECONDS)
        fast: Future[object] = threads.submit(a_sequencer(store).run_once)
        wait_for_a_lock(store)
        with store.read() as connection:
            assert numbering.list_moves(connection, after_version=0, limit=100) == []
    slow.result(PATIENCE_SECONDS)
    fast.result(PATIENCE_SECONDS)
    with store.read() as connection:
        versions = [m.version for m in numbering.list_moves(connection, after_version=0, limit=9)]
    assert versions == list(range(1, len(versions) + 1))
    assert len(versions) == 2


def wait_for_a_lock(store: PostgresStateStore) -> None:
    """Wait until some transaction waits for another."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    pause = threading.Event()
    for _ in range(PATIENCE_SECONDS * 100):
        with store.read() as connection:
            if connection.execute(waiting).scalar_one():
                return
        pause.wait(0.01)
    pytest.fail("no transaction waits")
