from collections import Counter
from datetime import timedelta

import pytest
from journey_world import World, branch, end, journey, message, split, wait, wait_for

from kikubari.journeys.definition import Exit, Goal, JourneyFaultError, Reentry, Rules
from kikubari.journeys.running import JourneyState, Programs, PublishOptions, forget_ways
from kikubari.journeys.running.moving import move_in_flight
from kikubari.spec.conditions import Duration, Events
from kikubari.spec.errors import ConflictError

GOAL = Goal(events=Events("Order Completed"))


def test_a_person_goes_all_the_way(state):
    world = World(state)
    world.publish(
        journey(message("hello", "later"), wait("later", "again", days=3), message("again"))
    )
    world.happen(1, "Signed Up")
    world.settle()
    assert world.sent() == [("hello", 1, 1)]
    world.pass_time(days=2, hours=23)
    assert world.sent() == [("hello", 1, 1)]
    world.pass_time(hours=1)
    assert world.sent() == [("again", 1, 1), ("hello", 1, 1)]
    assert world.journeys.get("jny_1").active == 0


def test_what_happened_before_publication_lets_nobody_in(state):
    world = World(state)
    world.happen(1, "Signed Up")
    world.settle()
    world.publish(journey(message("hello")))
    world.settle()
    assert world.sent() == []


def test_many_people_take_every_way_of_a_branch_in_batches(state):
    world = World(state, vip=range(0, 40, 4), big=range(0, 40, 2))
    world.publish(
        journey(
            branch("who", "plain", vip="gold", big="silver"),
            message("gold"),
            message("silver"),
            message("plain"),
        )
    )
    for number in range(1, 40):
        world.happen(number, "Signed Up")
    world.settle()
    ways = {number: step for step, _, number in world.sent()}
    assert ways == {
        n: "gold" if n % 4 == 0 else "silver" if n % 2 == 0 else "plain" for n in range(1, 40)
    }


def test_a_split_sends_everybody_one_way_and_always_the_same(state):
    world = World(state)
    steps = (split("lot", a=(30, "one"), b=(70, "two")), message("one"), message("two"))
    world.publish(journey(*steps, rules=Rules(goal=GOAL, reentry=Reentry(allowed=True))))
    for _ in range(2):
        for number in range(1, 301):
            world.happen(number, "Signed Up")
        world.settle()
        world.pass_time(minutes=1)
    first = {number: step for step, ordinal, number in world.sent() if ordinal == 1}
    second = {number: step for step, ordinal, number in world.sent() if ordinal == 2}
    assert first == second
    assert len(first) == 300
    assert 60 <= Counter(first.values())["one"] <= 120


def two_who_wait_for_a_click(state):
    """People 1 and 2 wait two hours for a click; it is thanked for, else there is a nudge."""
    world = World(state)
    world.publish(
        journey(
            wait_for("click", "Clicked", next_="thanks", on_timeout="nudge", hours=2),
            message("thanks"),
            message("nudge"),
        )
    )
    world.happen(1, "Signed Up")
    world.happen(2, "Signed Up")
    world.settle()
    return world


def test_waiting_ends_with_the_event_or_with_time(state):
    world = two_who_wait_for_a_click(state)
    world.clock.advance(timedelta(hours=1))
    world.happen(1, "Clicked")
    world.settle()
    assert world.sent() == [("thanks", 1, 1)]
    world.pass_time(hours=1)
    assert world.sent() == [("nudge", 1, 2), ("thanks", 1, 1)]


def test_an_event_that_arrives_late_counts_until_the_time_out_is_taken(state):
    world = two_who_wait_for_a_click(state)
    world.clock.advance(timedelta(hours=2, minutes=5))
    # It arrived, but neither the follower nor a worker has come round yet: the worker looks itself.
    world.happen(1, "Clicked", ago=timedelta(minutes=30))
    while world.stepper.step():
        pass
    assert world.sent() == [("nudge", 1, 2), ("thanks", 1, 1)]
    # Person 2's time-out is taken: what arrives now changes nothing.
    world.happen(2, "Clicked", ago=timedelta(minutes=40))
    world.settle()
    assert world.sent() == [("nudge", 1, 2), ("thanks", 1, 1)]


@pytest.mark.parametrize("order", [("trigger", "buy"), ("buy", "trigger")])
def test_an_exit_counts_in_whatever_order_events_arrive(state, order):
    world = World(state)
    rules = Rules(goal=GOAL, exits=(Exit(id="bought", events=Events("Paid")),))
    world.publish(journey(wait("soon", "mail", hours=1), message("mail"), rules=rules))
    happened = {
        "trigger": lambda: world.happen(1, "Signed Up", ago=timedelta(minutes=10)),
        "buy": lambda: world.happen(1, "Paid", ago=timedelta(minutes=5)),
    }
    for one in order:
        happened[one]()
        world.settle()
    world.pass_time(hours=2)
    assert world.sent() == []


def test_the_goal_ends_the_way_and_is_counted_with_its_value(state):
    world = World(state)
    world.publish(journey(wait("soon", "mail", hours=1), message("mail")))
    world.happen(1, "Signed Up")
    world.happen(2, "Signed Up")
    world.settle()
    world.clock.advance(timedelta(minutes=1))
    world.happen(1, "Order Completed", total=4200, currency="JPY")
    world.settle()
    world.pass_time(hours=1)
    assert world.sent() == [("mail", 1, 2)]
    [(converted, value)] = world.rows(
        "SELECT count(converted_us), sum(value_minor) FROM journey_enrolments"
    )
    assert (converted, int(value)) == (1, 4200)


def test_a_person_enters_once_unless_they_may_again(state):
    world = World(state)
    world.publish(journey(message("once")), "once")
    rules = Rules(goal=GOAL, reentry=Reentry(allowed=True, after=Duration(days=7), limit=2))
    world.publish(journey(message("again"), rules=rules), "again")
    for _ in range(6):
        world.happen(1, "Signed Up")
        world.settle()
        world.pass_time(days=5)
    assert world.sent() == [("again", 1, 1), ("again", 2, 1), ("once", 1, 1)]


def test_who_must_not_enter_does_not(state):
    world = World(state, vip=[1, 2])
    world.people.restricted = {2}
    world.publish(journey(message("mail"), segment="vip"))
    for number in (1, 2, 3):
        world.happen(number, "Signed Up")
    world.happen(1, "Signed Up", ago=timedelta(days=2))
    world.settle()
    assert world.sent() == [("mail", 1, 1)]
    refused = dict(world.rows("SELECT number, reason FROM journey_refusals"))
    assert refused == {2: "restricted", 3: "not_in_segment"}


def test_a_day_takes_so_many_and_some_are_held_out(state):
    world = World(state)
    rules = Rules(goal=GOAL, entry_limit_per_day=30, holdout_percent=50)
    world.publish(journey(message("mail"), rules=rules))
    for number in range(1, 101):
        world.happen(number, "Signed Up")
    world.settle()
    states = dict(world.rows("SELECT state, count(*) FROM journey_enrolments GROUP BY state"))
    assert states[2] + states[3] == 30
    assert 5 <= states[3] <= 25
    assert len(world.sent()) == states[2]


def test_a_pause_holds_everything_and_a_cancel_ends_it(state):
    world = World(state)
    world.publish(journey(message("one", "later"), wait("later", "two", hours=1), message("two")))
    world.happen(1, "Signed Up")
    world.settle()
    world.journeys.pause("jny_1")
    world.happen(2, "Signed Up")
    world.pass_time(hours=2)
    assert world.sent() == [("one", 1, 1)]
    assert world.rows("SELECT DISTINCT state FROM dispatches") == [("paused",)]
    world.journeys.resume("jny_1")
    world.settle()
    assert world.sent() == [("one", 1, 1), ("two", 1, 1)]
    world.journeys.cancel("jny_1")
    assert world.rows("SELECT DISTINCT state FROM dispatches") == [("cancelled",)]
    with pytest.raises(ConflictError):
        world.journeys.resume("jny_1")


def test_after_a_long_pause_messages_keep_their_distance(state):
    world = World(state)
    world.publish(
        journey(
            wait("a", "one", days=1),
            message("one", "b"),
            wait("b", "two", days=1),
            message("two"),
        )
    )
    world.happen(1, "Signed Up")
    world.settle()
    world.journeys.pause("jny_1")
    world.pass_time(days=10)
    world.journeys.resume("jny_1")
    world.settle()
    assert world.sent() == [("one", 1, 1)]
    world.pass_time(hours=22)
    assert world.sent() == [("one", 1, 1)]
    world.pass_time(hours=2)
    assert world.sent() == [("one", 1, 1), ("two", 1, 1)]


def test_a_pause_does_not_end_draining_but_whoever_resumes_twice_does(state):
    world = World(state)
    world.publish(journey(wait("w", days=1)))
    world.journeys.drain("jny_1")
    world.journeys.pause("jny_1")
    assert world.journeys.resume("jny_1").state is JourneyState.DRAINING
    assert world.journeys.resume("jny_1").state is JourneyState.RUNNING
    world.journeys.pause("jny_1")
    assert world.journeys.resume("jny_1").state is JourneyState.RUNNING


def test_draining_lets_nobody_in_and_everybody_on(state):
    world = World(state)
    world.publish(journey(wait("later", "mail", hours=1), message("mail")))
    world.happen(1, "Signed Up")
    world.settle()
    world.journeys.drain("jny_1")
    world.happen(2, "Signed Up")
    world.pass_time(hours=1)
    assert world.sent() == [("mail", 1, 1)]


def test_people_in_flight_stay_on_their_version_or_are_moved(state):
    world = World(state)
    old = journey(wait("later", "mail", hours=5), message("mail"))
    world.publish(old)
    world.happen(1, "Signed Up")
    world.settle()
    new = journey(wait("sooner", "letter", hours=1), message("letter"))
    world.publish(new)
    world.pass_time(hours=5)
    assert world.sent() == [("mail", 1, 1)]
    world.happen(2, "Signed Up")
    world.settle()
    with pytest.raises(ConflictError, match="sooner"):
        world.publish(old, people="move")
    assert world.journeys.get("jny_1").version == 2
    world.publish(old, people="move", moves={"sooner": "mail"})
    world.settle()
    assert world.sent() == [("mail", 1, 1), ("mail", 1, 2)]


def test_whoever_publishes_at_the_same_moment_moves_nobody_back(state):
    """Two that move people to versions of their own end: each takes those of older ones alone."""
    world = World(state)
    world.publish(journey(wait("w", days=9)))
    world.happen(1, "Signed Up")
    world.settle()
    world.publish(journey(wait("w", days=8)), people="move")
    live = Programs(state, workspace_id=1).list_live()
    [older] = [one.programs[1] for one in live.values()]
    options = PublishOptions(people="move")
    moved = state.write(lambda c: move_in_flight(c, 1, older, options, now_us=0))
    assert moved == 0
    assert [row.version for row in world.rows("SELECT version FROM journey_enrolments")] == [2]


def test_a_journey_with_faults_is_kept_and_not_published(state):
    world = World(state)
    world.journeys.create(journey(message("mail", "nowhere")), journey_id="jny_1")
    draft = world.journeys.get_draft("jny_1")
    assert [fault.path for fault in draft.faults] == ["steps.mail.next"]
    with pytest.raises(JourneyFaultError):
        world.publish(draft.definition)


def test_people_who_became_one_are_one(state):
    world = World(state)
    world.publish(
        journey(
            wait_for("click", "Clicked", next_="thanks", on_timeout="end", hours=2),
            message("thanks"),
            end(),
        )
    )
    world.happen(1, "Signed Up")
    world.settle()
    world.people.merged = {1: 9}
    world.clock.advance(timedelta(minutes=5))
    world.happen(9, "Clicked")
    world.happen(9, "Signed Up")
    world.settle()
    assert world.sent() == [("thanks", 1, 1)]


def test_who_is_erased_is_in_no_journey(state):
    world = World(state)
    world.publish(journey(wait("later", "mail", hours=1), message("mail")))
    world.happen(1, "Signed Up")
    world.happen(2, "Signed Up")
    world.settle()
    world.store.write(lambda connection: forget_ways(connection, [1]))
    world.pass_time(hours=1)
    assert world.sent() == [("mail", 1, 2)]
