"""What the goal was reached for, or an exit, is not written about any more."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

import msgspec
import pytest
from journey_world import World, journey, message, wait
from sqlalchemy import text
from test_journey_crashes import Dying

from kikubari.deliver import Outbox, Purpose, withdraw
from kikubari.events.codec import decode_batch
from kikubari.journeys.definition import AnyStep, Exit, Goal, Reentry, Rules
from kikubari.journeys.running import Explaining, Follower, Programs
from kikubari.spec.conditions import Duration, Events
from kikubari.spec.topics import EMAIL_SKIPPED
from kikubari.testing.events import PlainSealing

BOUGHT = Goal(events=Events("Order Completed"), within=Duration(days=7))
GAVE_UP = Exit(id="gone", events=Events("Gave Up"))
RULES = Rules(goal=BOUGHT, exits=(GAVE_UP,), reentry=Reentry(allowed=True))
HOUR = Duration(hours=1)
TWO = (message("one", "pause"), wait("pause", "two", days=1), message("two"))


def goal(**changes):
    return msgspec.structs.replace(BOUGHT, **changes)


def rules_with(**changes):
    return msgspec.structs.replace(RULES, **changes)


def begin(state, *steps: AnyStep, rules=RULES, people=(1, 2), **more):
    world = World(state, **more)
    world.publish(journey(*steps, rules=rules))
    for number in people:
        world.happen(number, "Signed Up")
    world.settle()
    return world


def letters(world):
    """Return (state, reason) of every message by step, entry and person."""
    rows = world.rows(
        "SELECT d.origin_id, m.number, m.state, m.reason"
        " FROM messages m JOIN dispatches d ON d.id = m.dispatch_id"
    )
    found = {}
    for origin, number, state, reason in rows:
        _, _, step, ordinal = origin.split("/")
        found[step, int(ordinal), number] = (state, reason)
    return found


def happen(world, number, event, **more):
    world.clock.advance(timedelta(minutes=1))
    world.happen(number, event, **more)
    world.settle()


def become(world, state, number):
    """Let a person's messages be in another state."""
    world.store.write(
        lambda connection: connection.execute(
            text("UPDATE messages SET state = :state WHERE number = :number"),
            {"state": state, "number": number},
        )
    )


@pytest.mark.parametrize(
    ("event", "reason", "outcome"),
    [("Order Completed", "goal_reached", "goal"), ("Gave Up", "journey_left", "exit:gone")],
)
def test_who_leaves_gets_nothing_that_still_waits(state, event, reason, outcome):
    world = begin(state, *TWO)
    happen(world, 1, event)
    assert letters(world) == {("one", 1, 1): ("skipped", reason), ("one", 1, 2): ("queued", None)}
    outbox = Outbox(world.store, PlainSealing(), world.clock)
    [entry] = Explaining(world.around, outbox).explain("jny_1", 1).entries
    assert entry.outcome == outcome
    told = outbox.get_message(entry.path[0].message_id)
    assert (told.state, told.reason) == ("skipped", reason)
    world.pass_time(days=2)
    assert ("two", 1, 1) not in letters(world)


@pytest.mark.parametrize("is_exit", [False, True])
def test_whose_way_has_ended_is_still_not_written_to(state, is_exit):
    world = begin(state, message("one"))
    assert world.rows("SELECT DISTINCT state FROM journey_enrolments") == [(2,)]
    happen(world, 1, "Gave Up" if is_exit else "Order Completed")
    assert letters(world) == {
        ("one", 1, 1): ("skipped", "journey_left" if is_exit else "goal_reached"),
        ("one", 1, 2): ("queued", None),
    }


def test_nothing_is_withdrawn_where_the_goal_ends_nothing(state):
    rules = Rules(goal=goal(ends_journey=False))
    world = begin(state, *TWO, rules=rules)
    happen(world, 1, "Order Completed")
    assert set(letters(world).values()) == {("queued", None)}


def test_a_goal_after_its_window_withdraws_nothing(state):
    world = begin(state, message("one"), rules=Rules(goal=goal(within=HOUR)))
    world.clock.advance(timedelta(hours=1))
    happen(world, 1, "Order Completed")
    assert letters(world)["one", 1, 1] == ("queued", None)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("queued", ("skipped", "goal_reached")),
        ("sending", ("skipped", "goal_reached")),
        ("committing", ("committing", None)),
        ("sent", ("sent", None)),
        ("unknown", ("unknown", None)),
        ("failed", ("failed", None)),
    ],
)
def test_only_what_has_not_passed_the_last_gate_is_withdrawn(state, before, after):
    world = begin(state, *TWO)
    become(world, before, 1)
    happen(world, 1, "Order Completed")
    assert letters(world)["one", 1, 1] == after


def test_transactional_messages_go_on(state):
    world = begin(
        state, message("receipt", "one", purpose=Purpose.TRANSACTIONAL), *TWO, people=(1,)
    )
    happen(world, 1, "Order Completed")
    assert letters(world) == {
        ("receipt", 1, 1): ("queued", None),
        ("one", 1, 1): ("skipped", "goal_reached"),
    }


def test_each_entry_is_withdrawn_for_itself(state):
    world = begin(state, message("one"), rules=rules_with(goal=goal(within=HOUR)))
    world.clock.advance(timedelta(hours=2))
    happen(world, 1, "Signed Up")
    happen(world, 1, "Order Completed")
    assert letters(world)["one", 1, 1] == ("queued", None)
    assert letters(world)["one", 2, 1] == ("skipped", "goal_reached")


def test_who_was_moved_gets_nothing_of_the_older_version_either(state):
    world = begin(state, *TWO, people=(1,))
    world.publish(journey(*TWO, rules=RULES), people="move")
    happen(world, 1, "Order Completed")
    assert letters(world) == {("one", 1, 1): ("skipped", "goal_reached")}


def test_who_is_let_out_by_what_they_are_gets_nothing_more(state):
    rules = rules_with(exits=(Exit(id="left", when="leavers"),))
    world = begin(state, *TWO, rules=rules, leavers=[])
    world.segments.members["leavers"].add(1)
    world.pass_time(days=1, minutes=1)
    assert letters(world) == {
        ("one", 1, 1): ("skipped", "journey_left"),
        ("one", 1, 2): ("queued", None),
        ("two", 1, 2): ("queued", None),
    }


class Codes:
    """Notes whose codes were taken back."""

    def __init__(self) -> None:
        self.released = []

    def release_in(self, connection, message_ids):
        self.released += [message_id & 0xFFFFFFFF for message_id in message_ids]


def test_the_log_tells_of_it_and_codes_come_back(state):
    world = World(state)
    codes = Codes()
    world.around = replace(world.around, withdraw=partial(withdraw, coupons=codes))
    world.follower = Follower(world.around, Programs(state, workspace_id=1))
    world.publish(journey(*TWO, rules=RULES))
    world.happen(1, "Signed Up")
    world.settle()
    happen(world, 1, "Order Completed")
    assert codes.released == [1]
    [(body,)] = world.rows("SELECT body FROM inbox")
    [event] = decode_batch(body)
    [(origin,)] = world.rows("SELECT origin_id FROM dispatches")
    assert (event.type, event.number, event.occurred_at) == (EMAIL_SKIPPED, 1, world.clock.now())
    assert event.properties["reason"] == "goal_reached"
    assert event.properties["journey_id"] == origin
    assert event.properties["purpose"] == "marketing"


@pytest.mark.parametrize("is_committed", [False, True])
def test_a_process_may_die_while_it_withdraws(state, is_committed):
    people = (1, 2, 3)
    world = begin(state, *TWO, people=people)
    world.clock.advance(timedelta(minutes=1))
    for number in people:
        world.happen(number, "Order Completed")
    seen = []
    for writes in range(2):
        dying = replace(world.around, store=Dying(state, writes, is_committed=is_committed))
        follower = Follower(dying, Programs(dying.store, workspace_id=1), limit=1)
        with suppress(KeyboardInterrupt):
            while follower.step():
                pass
        mail = letters(world)
        over = world.rows("SELECT number FROM journey_enrolments WHERE state = 2")
        withdrawn = {number for (_, _, number), one in mail.items() if one[0] == "skipped"}
        assert withdrawn == {row.number for row in over}
        seen.append(len(withdrawn))
    assert seen[-1] > 0
    world.settle()
    assert {one[0] for one in letters(world).values()} == {"skipped"}
    assert world.rows("SELECT sum(n_events) FROM inbox") == [(len(people),)]
