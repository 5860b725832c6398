"""Who is in two journeys at once: as if everybody were looked at, and read from an index alone."""

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journey_world import World, journey, message, wait

from empty_stores import open_empty_sqlite
from kikubari.journeys.definition import Goal, Rules
from kikubari.journeys.running import Explaining, _enrolments
from kikubari.journeys.running._tables import enrolments
from kikubari.spec.conditions import Events
from kikubari.storage import bulk_insert
from query_plans import list_plans

GOAL = Goal(events=Events("Order Completed"))
COLUMNS = (
    "workspace_id", "journey_no", "number", "state", "step", "due_us", "version", "ordinal",
    "began_us", "at_us", "entered_us", "trigger_position", "value_minor", "path",
)  # fmt: skip
ENTRIES = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(0, 3)), max_size=30)


def rows_of(entries):
    return [
        (1, no, number, 1 if step else 2, step, 7 if step else None, 1, n, 0, 0, 0, 0, 0, b"")
        for n, (no, number, step) in enumerate(entries)
    ]


class _UndoneError(Exception):
    """Nothing of an example stays."""


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(ENTRIES)
def test_travellers_are_those_of_all_entries_looked_at_one_by_one(state, entries):
    found = {}

    def work(connection):
        bulk_insert(connection, enrolments, COLUMNS, rows_of(entries))
        found.update(_enrolments.list_travellers(connection, 1, [1, 2, 3]))
        raise _UndoneError

    with pytest.raises(_UndoneError):
        state.write(work)
    expected = {}
    for no, number, step in entries:
        if step and no <= 3:
            expected.setdefault(no, set()).add(number)
    assert {no: set(numbers) for no, numbers in found.items()} == expected


def test_pairs_come_with_their_people_their_messages_and_who_wins(state):
    world = World(state)
    first = journey(message("hello", "w"), wait("w", days=9))
    second = journey(
        message("news", "w"),
        wait("w", "more", days=9),
        message("more"),
        trigger="Subscribed",
        rules=Rules(goal=GOAL, priority=90),
    )
    third = journey(wait("w", days=9), trigger="Subscribed")
    for id_, definition in {"one": first, "two": second, "three": third}.items():
        world.publish(definition, journey_id=id_)
    for number in (1, 2, 3):
        world.happen(number, "Signed Up")
    for number in (2, 3, 4):
        world.happen(number, "Subscribed")
    world.settle()
    found = Explaining(world.around, None).list_overlaps()
    told = {
        (one.one, one.other): (one.people, one.one_messages, one.other_messages, one.wins)
        for one in found
    }
    assert told == {
        ("two", "three"): (3, 2, 0, "two"),
        ("one", "two"): (2, 1, 2, "two"),
        ("one", "three"): (2, 1, 0, ""),
    }
    assert found[0].people == 3
    world.pass_time(days=10)
    assert Explaining(world.around, None).list_overlaps() == []


def test_those_whose_way_ended_are_not_read(tmp_path):
    """Only SQLite says from an empty table which index it will use."""
    store = open_empty_sqlite(tmp_path / "state.db")
    [plan] = list_plans(store, lambda c: _enrolments.list_travellers(c, 1, [1, 2, 3]))
    store.close()
    assert "USING COVERING INDEX ix_enrolments_lane" in plan
    assert "step>?" in plan
    assert "TEMP B-TREE" not in plan


def test_every_pair_is_told_once(state):
    world = World(state)
    ids = [f"j{n}" for n in range(4)]
    for id_ in ids:
        world.publish(journey(wait("w", days=9)), journey_id=id_)
    world.happen(1, "Signed Up")
    world.settle()
    found = Explaining(world.around, None).list_overlaps()
    assert {frozenset((one.one, one.other)) for one in found} == {
        frozenset(pair) for pair in combinations(ids, 2)
    }
