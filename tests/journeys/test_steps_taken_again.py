"""Whom a new version moves back to a step takes it once more, whatever the step does."""

from journey_world import World, journey, wait
from model_world import Calls

from kikubari.events import EventLog, Sequencer
from kikubari.journeys.definition import EnterStep, SetTraitStep, WebhookStep
from kikubari.journeys.running import Actions, NoticeQueue, Telling
from kikubari.testing.events import CountingNumbers, PlainSealing


def steps(told, *, has_wait):
    """Return a call, a trait and a wish to enter another journey, and perhaps a day after them."""
    found = (
        WebhookStep(id="crm", endpoint="till", next="trait"),
        SetTraitStep(id="trait", traits={"told": told}, next="other"),
        EnterStep(id="other", journey="jny_2", next="day" if has_wait else None),
    )
    return (*found, wait("day", days=1)) if has_wait else found


def test_a_call_a_trait_and_a_wish_are_new_ones(state):
    world, calls = World(state), Calls()
    world.stepper = world.make_stepper(
        acting=Actions(None, world.people),
        tell=Telling(calls, NoticeQueue(), world.log, world.clock),
    )
    world.publish(journey(*steps("first", has_wait=True)))
    world.happen(1, "Signed Up")
    world.settle()
    again = journey(*steps("second", has_wait=False))
    world.publish(again, people="move", moves={"day": "crm"})
    world.settle()
    assert list(calls.keys) == ["jny_1/1/1/crm", "jny_1/1/2/crm"]
    Sequencer(state, [state], CountingNumbers(), PlainSealing()).run_once()
    log = EventLog(state, PlainSealing())
    events = [one.event for one in log.read_range(1, log.position())]
    assert [one.traits["told"] for one in events if one.traits] == ["first", "second"]
    assert len([one for one in events if not one.traits]) == 2
