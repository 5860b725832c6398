"""A person's story is in order: what let them in, when they entered, the steps they passed."""

from datetime import timedelta
from itertools import pairwise

import pytest
from journey_world import NOW, World, journey, message, wait

from kikubari.journeys.definition import Goal, Reentry, Rules
from kikubari.journeys.running import Explaining
from kikubari.spec.conditions import Events

GOAL = Goal(events=Events("Order Completed"))


class _NoMail:
    def list_for_person(self, numbers, *, limit):
        return []


def story(world, number=1):
    return Explaining(world.around, _NoMail()).explain("jny_1", number).entries


@pytest.mark.parametrize(
    "ago",
    [
        timedelta(0),
        timedelta(seconds=2),
        timedelta(minutes=59),
        timedelta(hours=5),
        -timedelta(minutes=3),
    ],
)
def test_nobody_passes_a_step_before_they_entered(state, ago):
    world = World(state)
    world.publish(journey(message("hello", "w"), wait("w", "bye", days=1), message("bye")))
    world.happen(1, "Signed Up", ago=ago)
    world.settle()
    [entry] = story(world)
    instants = [entry.entered_at, *(one.at for one in entry.path)]
    assert [one.step for one in entry.path] == ["hello"]
    assert all(earlier <= later for earlier, later in pairwise(instants))
    assert entry.began_at == NOW - ago
    # As long as the machine was not off for an hour, the entry counts from what let them in.
    if timedelta(0) <= ago < timedelta(hours=1):
        assert entry.entered_at == entry.began_at
    world.pass_time(days=1, minutes=1)
    [entry] = story(world)
    assert entry.entered_at == instants[0]
    assert entry.entered_at <= entry.ended_at


def test_each_entry_names_the_event_that_let_in(state):
    world = World(state)
    rules = Rules(goal=GOAL, reentry=Reentry(allowed=True))
    world.publish(journey(message("hello"), rules=rules))
    for _ in range(3):
        world.happen(1, "Signed Up")
        world.settle()
        world.pass_time(hours=1)
    entries = story(world)
    assert [one.ordinal for one in entries] == [3, 2, 1]
    assert [one.trigger for one in entries] == ["Signed Up"] * 3
    assert [one.trigger_position for one in entries] == [3, 2, 1]
