"""All journeys at once: who competes for the same people, and where people are lost."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journey_world import NOW, World, journey, message, wait, wait_for

from kikubari.deliver import MessageState, find_meetings
from kikubari.deliver._tables import messages
from kikubari.journeys.definition import Goal, Rules
from kikubari.journeys.mapping import map_conflicts, map_stages
from kikubari.journeys.mapping._repository import count_people, sum_by_stage
from kikubari.journeys.running import Explaining
from kikubari.journeys.running._tables import enrolments
from kikubari.kit.instants import to_micros
from kikubari.spec.conditions import Events
from kikubari.storage import bulk_insert

DAY = timedelta(days=1)
GOAL = Goal(events=Events("Order Completed"))


def explaining(world):
    outbox = None  # names messages; figures need none
    return Explaining(world.around, outbox)


def became(world, state, *, hours, reason=None, journey_id=None):
    """Let the messages that are queued now have this end, so many hours after the beginning."""
    at_us = to_micros(NOW + timedelta(hours=hours))
    ids = [
        row.id
        for row in world.rows(
            "SELECT m.id, d.origin_id FROM messages m JOIN dispatches d ON d.id = m.dispatch_id"
            " WHERE m.state = 'queued'"
        )
        if journey_id is None or row.origin_id.startswith(f"{journey_id}/")
    ]
    values = {"state": state.value, "reason": reason, "sent_us": at_us, "queued_us": at_us}
    world.store.write(
        lambda c: c.execute(messages.update().where(messages.c.id.in_(ids)).values(values))
    )


def two_that_compete(state, people=range(1, 13)):
    world = World(state)
    rules = Rules(goal=GOAL, priority=90)
    world.publish(journey(message("hello", "w"), wait("w", days=9)), journey_id="one")
    world.publish(
        journey(message("news", "w"), wait("w", days=9), trigger="Subscribed", rules=rules),
        journey_id="other",
    )
    for number in people:
        world.happen(number, "Signed Up")
    world.happen(1, "Subscribed")
    world.settle()
    return world


def conflicts(world):
    return map_conflicts(
        world.store,
        world.journeys,
        explaining(world),
        lambda id_: id_,
        since=NOW - 30 * DAY,
    )


def test_journeys_that_write_to_one_person_within_a_day_compete(state):
    world = two_that_compete(state)
    became(world, MessageState.SENT, hours=0, journey_id="one")
    became(world, MessageState.SENT, hours=23)
    (found,) = conflicts(world).conflicts
    assert (found.one, found.other) == ("journey:one", "journey:other")
    assert (found.together, found.close) == (1, 1)
    assert (found.wins, found.advice) == ("journey:other", "watch")
    assert [flow.name for flow in conflicts(world).flows] == ["Welcome", "Welcome"]


def test_a_day_apart_is_far_enough(state):
    world = two_that_compete(state)
    became(world, MessageState.SENT, hours=0, journey_id="one")
    became(world, MessageState.SENT, hours=25)
    (found,) = conflicts(world).conflicts
    assert (found.together, found.close) == (1, 0)


def test_what_a_cap_stopped_is_laid_to_what_came_before(state):
    world = two_that_compete(state)
    became(world, MessageState.SENT, hours=0, journey_id="other")
    became(world, MessageState.SKIPPED, hours=30, reason="expired_over_cap")
    (found,) = conflicts(world).conflicts
    assert (found.one_capped, found.other_capped) == (1, 0)
    # Which of the two gives way is settled: it can only come at another time.
    assert found.advice == "loser_waits"


def test_messages_of_one_group_do_not_meet_each_other(state):
    world = two_that_compete(state)
    became(world, MessageState.SENT, hours=1)
    with world.store.read() as connection:
        met = find_meetings(connection, lambda _: "all", since=NOW - DAY)
    assert (met.close, met.capped) == ({}, {})


def test_nothing_competes_where_nobody_is_in_two(state):
    world = World(state)
    assert conflicts(world).conflicts == []
    assert conflicts(world).flows == []


def test_stages_tell_who_went_on_and_who_reached_a_goal(state):
    world = World(state)
    first = journey(wait("w", days=1), stage="onboarding")
    later = journey(wait("w", days=1), trigger="Order Completed", stage="loyalty")
    world.publish(first, journey_id="first")
    world.publish(later, journey_id="later")
    for number in range(1, 11):
        world.happen(number, "Signed Up")
    world.settle()
    world.clock.advance(timedelta(hours=2))
    for number in (1, 2, 3):
        world.happen(number, "Order Completed", revenue=500, currency="JPY")
    world.settle()
    told = map_stages(world.store, world.journeys, since=NOW - DAY)
    stages = {one.stage: one for one in told.stages}
    assert list(stages) == ["onboarding", "loyalty"]
    assert told.people == 10
    assert (stages["onboarding"].people, stages["onboarding"].went_on) == (10, 3)
    assert (stages["onboarding"].reached_goal, stages["onboarding"].value_minor) == (3, 1_500)
    assert (stages["loyalty"].people, stages["loyalty"].went_on) == (3, 0)
    assert map_stages(world.store, world.journeys, since=NOW + DAY).stages == []


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(st.integers(1, 5), st.sampled_from([0, 1, 2]), max_size=4),
    st.lists(
        st.tuples(
            st.integers(1, 5), st.integers(1, 6), st.integers(0, 9), st.booleans(), st.booleans()
        ),
        max_size=30,
    ),
)
def test_sums_are_those_of_all_entries_looked_at_one_by_one(state, places, entries):
    columns = (
        "workspace_id", "journey_no", "number", "began_us", "state", "converted_us", "value_minor",
        "version", "ordinal", "step", "at_us", "entered_us", "trigger_position", "path",
    )  # fmt: skip
    rows = [
        (1, no, number, at, 3 if is_out else 2, at + 1 if goal else None, 7 * goal,
         1, n, 0, at, at, 0, b"")
        for n, (no, number, at, is_out, goal) in enumerate(entries)
    ]  # fmt: skip
    counted = []

    def work(connection):
        bulk_insert(connection, enrolments, columns, rows)
        counted.extend(sum_by_stage(connection, 1, places, since_us=3))
        counted.append(count_people(connection, 1, since_us=3))
        raise _UndoneError

    with pytest.raises(_UndoneError):
        state.write(work)
    first, reached = {}, set()
    for no, number, at, is_out, goal in entries:
        if at >= 3 and not is_out:
            key = (places.get(no, -1), no, number)
            first[key] = min(at, first.get(key, at))
            if goal:
                reached.add((key[0], number))
    assert counted.pop() == len({number for _, _, number in first})
    expected = {}
    for place in {place for place, _, _ in first}:
        mine = {}
        for (other, _, number), at in first.items():
            if other == place:
                mine[number] = min(at, mine.get(number, at))
        on = {
            number
            for (other, _, number), at in first.items()
            if other > place and number in mine and at > mine[number]
        }
        expected[place] = (len(mine), len({n for p, n in reached if p == place}), len(on))
    assert {row.place: (row.people, row.reached_goal, row.went_on) for row in counted} == expected


class _UndoneError(Exception):
    """Nothing of an example stays."""


def test_steps_at_which_time_runs_out_are_frictions(state):
    world = World(state)
    steps = wait_for("hope", "Product Viewed", next_="m", on_timeout=None, days=2), message("m")
    world.publish(journey(*steps, rules=Rules(goal=GOAL)), journey_id="one")
    for number in range(1, 31):
        world.happen(number, "Signed Up")
    world.settle()
    world.pass_time(hours=1)
    for number in range(1, 11):
        world.happen(number, "Product Viewed")
    world.settle()
    world.pass_time(days=3)
    told = map_stages(world.store, world.journeys, since=NOW - DAY)
    (friction,) = told.frictions
    assert (friction.step, friction.arrived, friction.lost) == ("hope", 30, 20)
    assert friction.how == "timeout"
