"""Of the last five messages to people, how many gave: what the guard's rule on balance reads."""

import tempfile
from datetime import timedelta
from pathlib import Path

from delivery_world import World
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kikubari.deliver import Origin, Purpose, count_gives
from kikubari.deliver.providers.smtp import PermanentRefusal
from kikubari.storage import SqliteStateStore, metadata
from kikubari.testing.deliver import letter

GIVE, ASK, NEITHER = "give", "ask", "neither"


def send(world, kind, number=1):
    """Send one letter more, a while after the one before."""
    world.clock.advance(timedelta(hours=1))
    purpose = Purpose.TRANSACTIONAL if kind is NEITHER else Purpose.MARKETING
    of = replace(letter(purpose=purpose), gives=kind is GIVE)
    world.sent = getattr(world, "sent", 0) + 1
    world.enqueue([number], origin=Origin("broadcast", f"brd_{world.sent}"), of=of)
    world.deliver()


def count(world, people=None):
    with world.store.read() as connection:
        return count_gives(connection, people or {1: {1}})


def test_fewer_than_five_are_no_habit(state):
    world = World(state, [1])
    for _ in range(4):
        send(world, ASK)
    assert count(world) == {}
    send(world, ASK)
    assert count(world) == {1: 0}


def test_what_was_asked_for_is_neither(state):
    world = World(state, [1])
    for kind in (GIVE, ASK, ASK, ASK, ASK, NEITHER, NEITHER):
        send(world, kind)
    assert count(world) == {1: 1}
    send(world, ASK)
    assert count(world) == {1: 0}


def test_two_numbers_of_one_person_are_counted_together(state):
    world = World(state, [1, 2])
    for kind, number in ((GIVE, 1), (ASK, 2), (ASK, 1), (GIVE, 2), (ASK, 1)):
        send(world, kind, number)
    assert count(world, {1: {1}, 2: {2}}) == {}
    assert count(world, {7: {1, 2}}) == {7: 2}
    send(world, ASK, 2)
    assert count(world, {7: {1, 2}}) == {7: 1}


def test_what_never_arrived_neither_gave_nor_asked(state):
    refused = PermanentRefusal("rcpt", 550, "5.1.1 no such user")
    world = World(state, [1, 2], answers={"p2@example.com": [refused]})
    for _ in range(5):
        send(world, ASK, 1)
    send(world, ASK, 2)
    for _ in range(4):
        send(world, ASK, 2)
    assert count(world, {1: {1}, 2: {2}}) == {1: 0}


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(st.sampled_from([1, 2]), st.sampled_from([GIVE, ASK, NEITHER]))))
def test_it_is_the_count_over_the_last_five(sent):
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStateStore(Path(folder) / "state.db")
        try:
            store.write(metadata.create_all)
            check(World(store, [1, 2]), sent)
        finally:
            store.close()


def check(world, sent):
    for number, kind in sent:
        send(world, kind, number)
    expected = {}
    for number in (1, 2):
        own = [kind for to, kind in sent if to == number and kind is not NEITHER]
        if len(own) >= 5:
            expected[number] = own[-5:].count(GIVE)
    assert count(world, {1: {1}, 2: {2}}) == expected
