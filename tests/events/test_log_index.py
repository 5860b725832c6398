"""The log's indexes are behind it, and nobody can tell: each message once, each event found."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, text

from empty_stores import open_empty_sqlite
from kikubari.events import EventLog, Sequencer, _index_repository
from kikubari.events.log_index import LogIndex
from kikubari.spec.envelope import Event, EventKind
from kikubari.storage import StateStore
from kikubari.testing.events import PlainSealing
from query_plans import list_plans

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TABLES = ("events", "message_keys", "event_places", "log_marks")
PEOPLE = range(1, 6)


class NumberOfUser:
    """Numbers people by the id that their events bear."""

    def number(self, connection: Connection, events: Sequence[Event]) -> list[int]:
        del connection
        return [int(event.user_id or 0) for event in events]


def an_event(name: int, source: int = 1) -> Event:
    return Event(
        message_id=f"m{name}",
        kind=EventKind.TRACK,
        type=("Product Viewed", "Order Completed")[name % 2],
        occurred_at=NOON - timedelta(seconds=name * 37 % 20),
        received_at=NOON,
        source_id=source,
        user_id=str(1 + name % len(PEOPLE)),
    )


def a_sequencer(state: StateStore) -> Sequencer:
    return Sequencer(state, [state], NumberOfUser(), PlainSealing())


def count(state: StateStore, table: str) -> int:
    with state.read() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


class UndoneError(Exception):
    """Ends a transaction that is not to be kept."""


NAMES = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 2)), min_size=1, max_size=12)


class LogMachine(RuleBasedStateMachine):
    """Appends by two sequencers, in transactions kept and undone, with indexing in between."""

    state: StateStore  # set by the test, emptied for each run

    @initialize()
    def begin(self) -> None:
        def empty(connection: Connection) -> None:
            for table in TABLES:
                connection.execute(text(f"DELETE FROM {table}"))

        self.state.write(empty)
        self.sequencers = [a_sequencer(self.state), a_sequencer(self.state)]
        self.log = EventLog(self.state, PlainSealing())
        self.kept: list[tuple[int, int]] = []

    @rule(names=NAMES, which=st.integers(0, 1))
    def append(self, names: list[tuple[int, int]], which: int) -> None:
        fresh = [one for one in dict.fromkeys(names) if one not in self.kept]
        events = [an_event(*one) for one in names]
        done = self.state.write(lambda c: self.sequencers[which].extend(c, events))
        assert (done.n_new, done.n_duplicates) == (len(fresh), len(names) - len(fresh))
        self.kept += fresh

    @rule(parts=st.lists(NAMES, min_size=1, max_size=3), which=st.integers(0, 1))
    def append_and_undo(self, parts: list[list[tuple[int, int]]], which: int) -> None:
        def work(connection: Connection) -> None:
            for names in parts:
                self.sequencers[which].extend(connection, [an_event(*one) for one in names])
            raise UndoneError

        with pytest.raises(UndoneError):
            self.state.write(work)

    @rule()
    def index(self) -> None:
        n_behind = len(self.kept) - self.indexed()
        assert LogIndex(self.state, short_end=1).run_once(is_busy=False) == n_behind
        assert self.indexed() == len(self.kept)

    @rule()
    def index_and_die_midway(self) -> None:
        """Entries are written and the mark is not moved."""
        index = LogIndex(self.state, short_end=1)
        before = self.indexed()
        index.run_once(is_busy=False)
        set_back = text("UPDATE log_marks SET indexed = :before")
        self.state.write(lambda c: c.execute(set_back, {"before": before}))
        self.sequencers = [a_sequencer(self.state), a_sequencer(self.state)]

    @rule(which=st.integers(0, 1))
    def restart(self, which: int) -> None:
        self.sequencers[which] = a_sequencer(self.state)

    @invariant()
    def each_message_is_there_once_in_order(self) -> None:
        found = self.log.read_range(1, len(self.kept) + 100)
        assert [item.position for item in found] == list(range(1, len(self.kept) + 1))
        assert [(int(i.event.message_id[1:]), i.event.source_id) for i in found] == self.kept

    @invariant()
    def every_event_of_a_person_is_found_once(self) -> None:
        theirs: dict[int, list[tuple[datetime, int, Event]]] = defaultdict(list)
        for position, one in enumerate(self.kept, start=1):
            event = an_event(*one)
            theirs[int(event.user_id or 0)].append((event.occurred_at, position, event))
        for number in PEOPLE:
            newest = sorted(theirs[number], key=lambda one: one[:2], reverse=True)
            assert [i.position for i in self.log.timeline([number])] == [at for _, at, _ in newest]
            page = self.log.page_of_timeline([number], limit=3, types=["Order Completed"])
            wanted = [at for _, at, event in newest if event.type == "Order Completed"][:3]
            assert [item.position for item in page.events] == wanted
            assert sum(c.n for c in self.log.count_timeline([number])) == len(newest)
        since = NOON - timedelta(seconds=9)
        late = self.log.read_since([1, 2], since, last=len(self.kept))
        both = sorted(at for n in (1, 2) for when, at, _ in theirs[n] if when > since)
        assert [item.position for item in late] == both
        seen = self.log.last_seen(list(PEOPLE))
        assert seen == {n: max(when for when, _, _ in theirs[n]) for n in PEOPLE if theirs[n]}

    def indexed(self) -> int:
        with self.state.read() as connection:
            found = connection.execute(text("SELECT coalesce(max(indexed), 0) FROM log_marks"))
            return int(found.scalar_one())


def test_nobody_can_tell_how_far_the_indexes_are(state: StateStore):
    machine = type("Machine", (LogMachine,), {"state": state})
    few = settings(
        # A commit of PostgreSQL waits for the disk.
        max_examples=40 if state.dialect == "sqlite" else 5,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=few)


def test_what_arrives_is_taken_into_the_indexes_when_there_is_time(state: StateStore):
    sequencer = a_sequencer(state)
    events = [an_event(name) for name in range(2_500)]
    state.write(lambda connection: sequencer.extend(connection, events))
    assert count(state, "message_keys") == 0
    sequencer.run_once()
    assert count(state, "message_keys") == count(state, "event_places") == len(events)
    again = state.write(lambda connection: sequencer.extend(connection, events))
    assert (again.n_new, again.n_duplicates) == (0, len(events))


def test_the_check_sees_what_an_index_lacks(state: StateStore):
    log, sequencer = EventLog(state, PlainSealing()), a_sequencer(state)
    state.write(lambda c: sequencer.extend(c, [an_event(name) for name in range(20)]))
    LogIndex(state, short_end=1).run_once(is_busy=False)
    state.write(lambda c: sequencer.extend(c, [an_event(20)]))
    check = log.check_indexes()
    assert (check.indexed, check.position, check.is_equal) == (20, 21, True)
    state.write(lambda c: c.execute(text("DELETE FROM event_places WHERE position > 18")))
    state.write(lambda c: c.execute(text("DELETE FROM message_keys WHERE source_id = 1")))
    check = log.check_indexes()
    assert (check.missing_messages, check.missing_places, check.is_equal) == (20, 2, False)


def test_a_database_that_lost_its_newest_commits_is_asked_again(state: StateStore):
    """PostgreSQL may lose the newest asynchronous commits; a sequencer may outlive that."""
    sequencer = a_sequencer(state)
    first, second, other = an_event(1), an_event(2), an_event(3)
    state.write(lambda connection: sequencer.extend(connection, [first, second]))

    def lose(connection: Connection) -> None:
        sequencer.extend(connection, [])
        connection.execute(text("DELETE FROM events"))
        connection.execute(text("UPDATE log_marks SET position = 0"))

    state.write(lose)
    # Another process is first, then what was lost comes from the inbox again, in its order.
    state.write(lambda connection: a_sequencer(state).extend(connection, [other, first]))
    done = state.write(lambda connection: sequencer.extend(connection, [first, second, other]))
    assert (done.n_new, done.n_duplicates) == (1, 2)


def test_the_check_reads_the_log_once_and_each_event_once_in_each_index(tmp_path):
    """Only SQLite says from empty tables how it will go about it."""
    store = open_empty_sqlite(tmp_path / "state.db")
    [plan] = list_plans(store, lambda c: _index_repository.count_missing(c, 1, indexed=20))
    store.close()
    steps = plan.splitlines()
    assert len(steps) == 3
    assert steps[0].startswith("SEARCH events USING INDEX")
    for index, step in zip(("message_keys", "event_places"), steps[1:], strict=True):
        assert step.startswith(f"SEARCH {index} USING PRIMARY KEY")
        assert step.endswith("LEFT-JOIN")


@pytest.mark.parametrize("indexed", [10, 20])
def test_people_are_looked_up_by_their_places_and_never_by_reading_the_log(tmp_path, indexed):
    """However many they are, and whatever bounds are put on positions."""
    store = open_empty_sqlite(tmp_path / "state.db")
    marks = "INSERT INTO log_marks VALUES (1, 20, 0, :indexed)"
    store.write(lambda c: c.execute(text(marks), {"indexed": indexed}))
    numbers = list(range(1, 201))
    asks = (
        lambda c: _index_repository.list_since(c, 1, numbers, since_us=0, last=20, types=None),
        lambda c: _index_repository.list_since(c, 1, numbers, since_us=0, last=20, types=["a"]),
        lambda c: _index_repository.count_timeline(c, 1, numbers),
    )
    for ask in asks:
        plan = list_plans(store, ask)[-1]
        searches = [step for step in plan.splitlines() if step.startswith(("SEARCH", "SCAN"))]
        assert searches[0].startswith("SEARCH event_places USING PRIMARY KEY"), plan
        whole = [step for step in searches if step.endswith("position>? AND position<?)")]
        assert len(whole) == (indexed < 20), plan  # what came after the index, and nothing else
        assert not any(step.endswith("position<?)") for step in searches if step not in whole), plan
    store.close()
