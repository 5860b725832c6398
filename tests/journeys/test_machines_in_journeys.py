"""What a machine did to a mail moves nobody: no trigger, wait, goal or exit, unless it is asked."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journey_world import NOW, TOKYO, World, journey, message, wait

from kikubari.events import SequencedEvent
from kikubari.journeys.definition import EventTrigger, Exit, Goal, Rules, WaitForStep
from kikubari.segments import EventTests
from kikubari.spec.conditions import ColumnFilter, Duration, Events, InRange, Is, PropertyFilter
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.topics import EMAIL_LINK_CLICKED, EMAIL_OPENED

ANYBODY = ColumnFilter("is_machine", InRange(at_least=0))
OF_MAIL = pytest.mark.parametrize("act", [EMAIL_OPENED, EMAIL_LINK_CLICKED])
HOUR = timedelta(hours=1)


def waiting(act, *, where=()):
    """Return a journey that thanks whoever does something to a mail within two hours."""
    return journey(
        WaitForStep(
            id="reads",
            events=Events(act, where),
            timeout=Duration(hours=2),
            next="thanks",
            on_timeout="nudge",
        ),
        message("thanks"),
        message("nudge"),
    )


@OF_MAIL
def test_no_machine_lets_anybody_in(state, act):
    world = World(state)
    world.publish(journey(message("hello"), trigger=act))
    world.happen(1, act, is_machine=True)
    world.happen(2, act, is_machine=False)
    world.settle()
    assert world.sent() == [("hello", 1, 2)]


@OF_MAIL
def test_whoever_asks_for_machines_gets_them(state, act):
    world = World(state)
    world.publish(journey(message("hello"), trigger=EventTrigger(Events(act, (ANYBODY,)))))
    world.happen(1, act, is_machine=True)
    world.happen(2, act, is_machine=False)
    world.settle()
    assert world.sent() == [("hello", 1, 1), ("hello", 1, 2)]


@OF_MAIL
@pytest.mark.parametrize("late", [False, True])
def test_a_wait_ends_by_a_person_only(state, act, late):
    world = World(state)
    world.publish(waiting(act))
    for number in (1, 2):
        world.happen(number, "Signed Up")
    world.settle()
    world.clock.advance(timedelta(hours=2, minutes=5) if late else HOUR)
    # Late, a worker that takes the time-out looks into the log by itself.
    ago = timedelta(minutes=30)
    world.happen(1, act, ago=ago, is_machine=True)
    world.happen(2, act, ago=ago, is_machine=False)
    while late and world.stepper.step():
        pass
    world.settle()
    world.pass_time(hours=2)
    assert world.sent() == [("nudge", 1, 1), ("thanks", 1, 2)]


@OF_MAIL
def test_a_wait_that_asks_for_machines_ends_by_one(state, act):
    world = World(state)
    world.publish(waiting(act, where=(ANYBODY,)))
    world.happen(1, "Signed Up")
    world.settle()
    world.clock.advance(HOUR)
    world.happen(1, act, is_machine=True)
    world.settle()
    assert world.sent() == [("thanks", 1, 1)]


@OF_MAIL
def test_neither_goal_nor_exit_is_reached_by_a_machine(state, act):
    world = World(state)
    exits = (Exit(id="read", events=Events(act)),)
    way = (wait("soon", "mail", hours=3), message("mail"))
    rules = Rules(goal=Goal(events=Events("Order Completed")), exits=exits)
    world.publish(journey(*way, rules=rules), "jny_exit")
    world.publish(journey(*way, rules=Rules(goal=Goal(events=Events(act)))), "jny_goal")
    for number in (1, 2):
        world.happen(number, "Signed Up")
    world.settle()
    world.clock.advance(HOUR)
    world.happen(1, act, is_machine=True)
    world.happen(2, act, is_machine=False)
    world.settle()
    reached = world.rows("SELECT number FROM journey_enrolments WHERE converted_us IS NOT NULL")
    assert [row.number for row in reached] == [2]
    world.pass_time(hours=3)
    # Person 1 is written to by both: nothing a machine did took them out.
    assert world.sent() == [("mail", 1, 1), ("mail", 1, 1)]


WHO = st.sampled_from([True, False, None, "true", 1])
KINDS = st.sampled_from([EMAIL_OPENED, EMAIL_LINK_CLICKED, "Page Viewed"])
FILTERS = st.lists(
    st.sampled_from(
        [
            ANYBODY,
            PropertyFilter(("is_machine",), Is(value=True)),
            ColumnFilter("message_id", Is(value="msg_1")),
            PropertyFilter(("url",), Is(value="x")),
        ]
    ),
    max_size=2,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=KINDS, named=KINDS | st.none(), who=WHO, where=FILTERS, position=st.integers(1))
def test_what_a_machine_did_is_no_event_of_anybody_who_does_not_ask(
    kind, named, who, where, position
):
    said = {"message_id": "msg_1", "url": "x", "is_machine": who}
    event = Event(
        message_id="m",
        kind=EventKind.TRACK,
        type=kind,
        occurred_at=NOW,
        received_at=NOW,
        source_id=0,
        properties=said,
    )
    tests = EventTests(currency="JPY", zone=TOKYO, workspace_id=1)
    holds = tests.holds(Events(named, tuple(where)), SequencedEvent(position, 1, event))
    asked = [one for one in where if isinstance(one, PropertyFilter)]
    asks = ANYBODY in where or any(one.path == ("is_machine",) for one in asked)
    is_one = named in (None, kind) and (
        who is True or all(one.path != ("is_machine",) for one in asked)
    )
    is_left_out = who is True and not asks and named != "Page Viewed"
    assert holds is (is_one and not is_left_out)
