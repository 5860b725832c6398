"""Who turns out to be somebody else on the way goes on as that person."""

from functools import partial

import pytest
from journey_world import NOW, World, branch, end, journey, message, wait
from pyroaring import BitMap

from kikubari.journeys.definition import Exit, Goal, ListStep, Rules
from kikubari.journeys.running import Actions
from kikubari.segments import StoredLists
from kikubari.spec.conditions import Events


def test_a_branch_and_an_exit_ask_about_the_person_somebody_is_now(state):
    world = World(state, vip=[9], leavers=[8])
    rules = Rules(goal=Goal(events=Events("Bought")), exits=(Exit(id="left", when="leavers"),))
    world.publish(
        journey(
            wait("later", "who", hours=1),
            branch("who", "plain", vip="gold"),
            message("gold"),
            message("plain"),
            rules=rules,
        )
    )
    for number in (1, 2, 3):
        world.happen(number, "Signed Up")
    world.settle()
    world.people.merged = {1: 9, 2: 8}
    world.pass_time(hours=1)
    assert world.sent() == [("gold", 1, 1), ("plain", 1, 3)]


@pytest.mark.parametrize("number", [1, 9])
def test_a_list_loses_somebody_under_every_number_they_had(state, number):
    world = World(state)
    lists = StoredLists(state, None)
    listed = BitMap([number, 5])
    save = partial(lists.save_in, list_id="old", members=listed, name_ja="", name_en="", at=NOW)
    state.write(save)
    world.stepper = world.make_stepper(acting=Actions(lists, world.people))
    world.publish(
        journey(
            wait("later", "off", hours=1),
            ListStep(id="off", list="old", act="remove", next="end"),
            end(),
        )
    )
    world.happen(1, "Signed Up")
    world.settle()
    world.people.merged = {1: 9}
    world.pass_time(hours=1)
    assert lists.members_as_listed("old", lists.get("old").version) == BitMap([5])
