"""Codes that a step draws: within limits, once for each entry, shown by what follows."""

from datetime import timedelta

from journey_world import World, end, journey, message, offer, wait

from kikubari.decide.offers import Limits
from kikubari.deliver import Outbox, queue
from kikubari.journeys.definition import Goal, Reentry, Rules
from kikubari.journeys.running import Explaining
from kikubari.spec.conditions import Events
from kikubari.testing.deliver import person
from kikubari.testing.events import PlainSealing

DRAWING = (
    offer("draw", "gift", next_="mail", on_none="sorry"),
    message("mail"),
    message("sorry"),
)


def shown_codes(world):
    """Return the code that each queued message shows, by step and person."""
    now = world.clock.now()
    claims = world.store.write(
        lambda connection: queue.claim(
            connection, worker="w", now=now, lease=timedelta(minutes=1), limit=10
        )
    )
    found = {}
    with world.store.read() as connection:
        dispatches = queue.load_dispatches(connection, [one.dispatch_id for one in claims])
    for claim in claims:
        dispatch = dispatches[claim.dispatch_id]
        people = [(message, person(message.number)) for message in claim.messages]
        given = world.desk.provide(dispatch.letter.coupon, people)
        step = dispatch.origin.id.split("/")[2]
        found |= {
            (step, message.number): given[message.id].code if message.id in given else ""
            for message, _ in people
        }
    return found


def explaining(world):
    return Explaining(world.around, Outbox(world.store, PlainSealing(), world.clock))


def test_an_offer_gives_no_more_codes_than_it_has_and_says_why(state):
    world = World(state)
    world.make_offer("gift", limits=Limits(most=2))
    world.publish(journey(*DRAWING))
    for number in (1, 2, 3):
        world.happen(number, "Signed Up")
    world.settle()
    assert world.sent() == [("mail", 1, 1), ("mail", 1, 2), ("sorry", 1, 3)]
    assert world.rows("SELECT n_issued FROM offers") == [(2,)]
    held = dict(world.rows("SELECT number, code FROM offer_codes"))
    assert shown_codes(world) == {("mail", 1): held[1], ("mail", 2): held[2], ("sorry", 3): ""}
    [entry] = explaining(world).explain("jny_1", 3).entries
    assert [(one.step, one.way, one.reason) for one in entry.path] == [
        ("draw", "none", "limit_reached"),
        ("sorry", "next", ""),
    ]
    [drawn] = [one for one in explaining(world).counts("jny_1").steps if one.step == "draw"]
    assert [(way.way, way.passed) for way in drawn.ways] == [("next", 2), ("none", 1)]
    assert drawn.left == {}


def test_every_entry_draws_its_own_code(state):
    world = World(state)
    world.make_offer("gift", limits=Limits(per_person=2))
    again = Rules(goal=Goal(events=Events("Bought")), reentry=Reentry(allowed=True))
    world.publish(journey(*DRAWING, rules=again))
    for _ in range(3):
        world.happen(1, "Signed Up")
        world.settle()
        world.pass_time(minutes=5)
    assert world.sent() == [("mail", 1, 1), ("mail", 2, 1), ("sorry", 3, 1)]
    held = world.rows("SELECT claim FROM offer_codes ORDER BY claim")
    assert [claim for (claim,) in held] == ["jny_1/draw/1/1", "jny_1/draw/2/1"]


def test_a_later_step_counts_the_ways_of_those_who_got_none_as_converted(state):
    world = World(state)
    world.make_offer("gift", limits=Limits(most=1))
    world.publish(
        journey(
            offer("draw", "gift", next_="later", on_none="later"),
            wait("later", "end", days=1),
            end(),
        )
    )
    for number in (1, 2):
        world.happen(number, "Signed Up")
    world.settle()
    world.clock.advance(timedelta(hours=1))
    world.happen(2, "Order Completed", total=100, currency="JPY")
    world.settle()
    [drawn] = [one for one in explaining(world).counts("jny_1").steps if one.step == "draw"]
    assert [(way.way, way.passed, way.converted) for way in drawn.ways] == [
        ("next", 1, 0),
        ("none", 1, 1),
    ]


def test_the_code_drawn_last_is_shown(state):
    world = World(state)
    for name in ("small", "large"):
        world.make_offer(name)
    world.publish(
        journey(
            offer("first", "small", next_="second", on_none="second"),
            offer("second", "large", next_="mail", on_none="mail"),
            message("mail"),
        )
    )
    world.happen(1, "Signed Up")
    world.settle()
    [(large,)] = world.rows("SELECT code FROM offer_codes WHERE offer_id = 'large'")
    assert shown_codes(world) == {("mail", 1): large}
