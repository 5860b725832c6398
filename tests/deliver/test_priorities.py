"""Several messages want a person's attention: the caps hold, and what matters more goes first."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kikubari.deliver import (
    Cap,
    FrequencyCheck,
    FrequencyPolicies,
    FrequencyPolicy,
    MessageState,
    Origin,
    Outbox,
    PersonTime,
    Reason,
    Rehearsal,
    enqueue,
    open_dispatch,
)
from kikubari.kit.clock import ManualClock
from kikubari.storage import SqliteStateStore, metadata
from kikubari.testing.deliver import Selves, letter
from kikubari.testing.events import PlainSealing

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Post:
    """An outbox whose messages pass the real check, a few at a time."""

    def __init__(self, store, *caps: Cap, batch=100) -> None:
        self.store = store
        self.clock = ManualClock(NOW)
        self.outbox = Outbox(store, PlainSealing(), self.clock)
        policy = FrequencyPolicy(caps=list(caps))
        FrequencyPolicies(store).set(policy, at=NOW, by="test")
        self.told = []
        self.rehearsal = Rehearsal(
            store,
            self.clock,
            checks=(FrequencyCheck(Selves(), self.clock, is_last=True),),
            times=lambda numbers: dict.fromkeys(numbers, PersonTime()),
            told=self.hear,
            batch=batch,
        )

    def queue(self, name, *, priority=50, gives_way=False, person=1, topic=""):
        origin = Origin("journey", name)
        of = replace(letter(topic=topic), priority=priority, gives_way=gives_way)

        def work(connection):
            now = self.clock.now()
            dispatch = open_dispatch(connection, origin, of, now=now)
            enqueue(connection, dispatch, [person], now=now)

        self.store.write(work)
        return origin

    def hear(self, origin, message, verdict):
        self.told.append((self.clock.now(), origin.id, message.number, verdict))

    def go(self, **span):
        self.clock.advance(timedelta(**span))
        while self.rehearsal.step():
            pass

    def sent(self):
        return [(name, number, at) for at, name, number, verdict in self.told if verdict is None]


def change(store, statement):
    store.write(lambda connection: connection.exec_driver_sql(statement))


ONE_A_DAY = Cap(most=1, period=24, unit="hours")


def test_what_matters_more_goes_and_the_other_waits_its_turn(state):
    post = Post(state, ONE_A_DAY, batch=1)
    low = post.queue("low", priority=20)
    post.queue("high", priority=80)
    post.go()
    assert [name for name, _, _ in post.sent()] == ["high"]
    assert post.outbox.count(low).reasons == {Reason.OUTRANKED: 1}
    post.go(minutes=1)
    assert post.outbox.count(low).reasons == {Reason.OVER_CAP: 1}
    post.go(hours=24)
    assert [name for name, _, _ in post.sent()] == ["high", "low"]


def test_what_is_to_be_dropped_is_dropped_and_says_to_what_it_gave_way(state):
    post = Post(state, ONE_A_DAY, batch=1)
    low = post.queue("low", priority=20, gives_way=True)
    post.queue("high", priority=80)
    post.go()
    assert post.outbox.count(low).states == {MessageState.SKIPPED: 1}
    assert post.outbox.count(low).reasons == {Reason.GAVE_WAY: 1}


def test_with_room_for_both_nobody_gives_way(state):
    post = Post(state, Cap(most=2, period=24, unit="hours"), batch=1)
    post.queue("low", priority=20, gives_way=True)
    post.queue("high", priority=80)
    post.go()
    assert sorted(name for name, _, _ in post.sent()) == ["high", "low"]


@pytest.mark.parametrize("what", ["paused", "later", "another topic"])
def test_what_cannot_go_now_takes_no_room_from_anybody(state, what):
    cap = Cap(most=1, period=24, unit="hours", topic="tea" if what == "another topic" else "")
    post = Post(state, cap, batch=1)
    high = post.queue("high", priority=80, topic="shoes")
    if what == "paused":
        post.outbox.pause(high)
    if what == "later":
        later_us = int((NOW + 2 * HOUR).timestamp()) * 1_000_000
        change(post.store, f"UPDATE messages SET due_us = {later_us}")
    post.queue("low", priority=20, topic="tea")
    post.go()
    assert "low" in [name for name, _, _ in post.sent()]


def test_what_gives_way_for_too_long_is_given_up(state):
    post = Post(state, ONE_A_DAY, batch=1)
    FrequencyPolicies(state).set(FrequencyPolicy(caps=[ONE_A_DAY], hold_hours=1), at=NOW, by="test")
    low = post.queue("low", priority=20)
    high = post.queue("high", priority=80)
    # A worker has the other one, and does not come back.
    change(
        post.store,
        "UPDATE messages SET state = 'sending', worker = 'w', lease_us = 9999999999999999"
        f" WHERE dispatch_id = (SELECT id FROM dispatches WHERE origin_id = '{high.id}')",
    )
    post.go()
    for _ in range(3):
        post.go(minutes=30)
    assert post.outbox.count(low).reasons == {Reason.EXPIRED_OUTRANKED: 1}


LETTERS = st.tuples(
    st.integers(1, 2),
    st.sampled_from([10, 50, 50, 90]),
    st.booleans(),
    st.sampled_from(["", "tea"]),
)
ACTS = st.lists(st.one_of(LETTERS, st.integers(0, 30)), min_size=4, max_size=14)


@given(
    ACTS,
    st.integers(1, 2),
    st.sampled_from([1, 2, 100]),
    st.sampled_from([6, 24]),
)
@settings(max_examples=60, deadline=None)
def test_under_any_interleaving_caps_hold_and_nothing_overtakes_what_matters_more(
    acts, most, batch, period
):
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStateStore(Path(folder) / "state.db")
        try:
            store.write(metadata.create_all)
            cap = Cap(most=most, period=period, unit="hours")
            run(Post(store, cap, batch=batch), acts, cap)
        finally:
            store.close()


def run(post, acts, cap):
    queued = {}
    for place, act in enumerate(acts):
        if isinstance(act, int):
            post.go(hours=act)
            continue
        person, priority, gives_way, topic = act
        name = f"j{place}"
        post.queue(name, priority=priority, person=person, gives_way=gives_way, topic=topic)
        queued[name] = (person, priority, gives_way, len(post.told))
    post.go(hours=1)
    over = {
        name: at
        for at, name, _, verdict in post.told
        if verdict is None or verdict.state is not MessageState.QUEUED
    }
    for place, (at, name, number, verdict) in enumerate(post.told):
        if verdict is not None:
            continue
        sent = [one for _, whose, one in post.sent() if whose == number]
        in_span = sum(at - timedelta(hours=cap.period) < one <= at for one in sent)
        assert in_span <= cap.most
        for other, (person, priority, _, since) in queued.items():
            is_above = person == number and priority > queued[name][1] and since <= place
            if is_above and over.get(other, at + HOUR) > at:
                assert in_span < cap.most, (name, other)
    for _, name, _, verdict in post.told:
        assert verdict is None or verdict.reason is not Reason.GAVE_WAY or queued[name][2]
