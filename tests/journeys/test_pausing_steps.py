"""A step that pauses somebody's news: what it says, and that the gate hears it."""

from datetime import timedelta

from journey_world import World, journey, message

from kikubari.deliver import WishProjection, load_wishes
from kikubari.events import SequencedEvent
from kikubari.journeys.definition import PauseStep
from kikubari.journeys.running import Actions
from kikubari.journeys.running import acting as acting_module
from kikubari.spec.conditions import Duration

_LONG = Duration(days=3650)


class NoLists:
    def change_in(self, connection, list_id, *, add, remove, at):
        raise AssertionError("nobody asked for a list")


def paused_world(state, monkeypatch):
    """Return a world of one who passed a pause, and what the step said."""
    said = []
    monkeypatch.setattr(
        acting_module, "append_in", lambda connection, events, **more: said.extend(events)
    )
    world = World(state)
    world.stepper = world.make_stepper(acting=Actions(NoLists()))
    world.publish(journey(PauseStep(id="rest", duration=_LONG, next="mail"), message("mail")))
    world.happen(7, "Signed Up")
    world.settle()
    return world, said


def test_who_passes_it_is_paused_as_if_they_had_asked(state, monkeypatch):
    world, said = paused_world(state, monkeypatch)
    (event,) = said
    assert event.number == 7
    found = [SequencedEvent(1, event.number, event)]
    state.write(lambda connection: WishProjection().apply(connection, found))
    with state.read() as connection:
        wishes = load_wishes(connection, {7: [7]})[7]
    assert wishes.paused_until == world.clock.now() + timedelta(days=3650)


def test_it_goes_on_and_says_it_once(state, monkeypatch):
    world, said = paused_world(state, monkeypatch)
    assert world.sent() == [("mail", 1, 7)]
    world.pass_time(days=30)
    assert len({one.message_id for one in said}) == len(said) == 1
