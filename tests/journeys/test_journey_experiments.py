"""An experiment in a journey: parts are counted by the goal, and a proven winner takes all."""

from itertools import count

import pytest
from journey_world import World, journey, message

from kikubari.journeys.definition import ExperimentStep, Goal, Part, Rules
from kikubari.journeys.running import Experiments, Programs
from kikubari.measure import Tally, judge
from kikubari.spec.conditions import Events

GOAL = Goal(events=Events("Order Completed"))


def judge_parts(tallies):
    found = [
        Tally(part=one.part, people=one.people, reached=one.reached, share=one.share)
        for one in tallies
    ]
    return judge(found).winner


class Laboratory(World):
    """A journey that tries two mails."""

    def __init__(self, store, *, decides_winner=True) -> None:
        super().__init__(store, batch=50)
        parts = (Part(id="plain", percent=50, next="a"), Part(id="warm", percent=50, next="b"))
        step = ExperimentStep(id="try", parts=parts, decides_winner=decides_winner)
        definition = journey(step, message("a"), message("b"), rules=Rules(goal=GOAL))
        self.publish(definition)
        programs = Programs(store, workspace_id=1)
        self.experiments = Experiments(store, programs, self.clock, judge_parts)
        self._numbers = count(1)

    def enter(self, people):
        """Let people in; returns the mail each got."""
        before = len(self.sent())
        numbers = [next(self._numbers) for _ in range(people)]
        for number in numbers:
            self.happen(number, "Signed Up")
        self.settle()
        assert len(self.sent()) == before + people
        return {number: step for step, _, number in self.sent() if number in numbers}

    def read(self):
        (found,) = self.experiments.list_experiments("jny_1")
        return found


@pytest.fixture
def laboratory(state):
    return Laboratory(state)


def test_parts_are_counted_by_the_goal(laboratory):
    got = laboratory.enter(40)
    laboratory.pass_time(hours=1)
    buyers = [number for number, step in got.items() if step == "b"][:5]
    for number in buyers:
        laboratory.happen(number, "Order Completed", total=10)
        laboratory.happen(number, "Order Completed", total=20)  # counts once
    laboratory.settle()
    plain, warm = laboratory.read().parts
    assert plain.people + warm.people == 40
    assert (plain.reached, warm.reached) == (0, 5)
    counts = laboratory.experiments  # nothing is decided by reading
    assert counts.list_experiments("jny_1")[0].winner is None
    assert laboratory.experiments.list_experiments("jny_2") == []


def test_a_proven_winner_takes_everybody_from_then_on(laboratory):
    got = laboratory.enter(200)
    laboratory.experiments.decide()
    assert laboratory.read().winner is None
    laboratory.pass_time(hours=1)
    for number, step in got.items():
        if step == "b" and number % 2:
            laboratory.happen(number, "Order Completed", total=10)
    laboratory.settle()
    laboratory.experiments.decide()
    decided = laboratory.read()
    assert (decided.winner, decided.decided_at) == ("warm", laboratory.clock.now())
    assert set(laboratory.enter(60).values()) == {"b"}
    # What proved it is kept: those who came after compare nothing.
    assert laboratory.read().parts == decided.parts
    # The first decision stands.
    laboratory.pass_time(hours=1)
    laboratory.experiments.decide()
    assert laboratory.read().decided_at == decided.decided_at


def test_people_who_were_shared_out_otherwise_are_not_compared(laboratory):
    laboratory.enter(20)
    parts = (Part(id="plain", percent=10, next="a"), Part(id="warm", percent=90, next="b"))
    step = ExperimentStep(id="try", parts=parts)
    laboratory.publish(journey(step, message("a"), message("b"), rules=Rules(goal=GOAL)))
    assert [one.people for one in laboratory.read().parts] == [0, 0]
    laboratory.enter(30)
    assert sum(one.people for one in laboratory.read().parts) == 30


def test_without_being_asked_to_it_decides_nothing(state):
    laboratory = Laboratory(state, decides_winner=False)
    got = laboratory.enter(200)
    for number, step in got.items():
        if step == "b":
            laboratory.happen(number, "Order Completed", total=10)
    laboratory.settle()
    laboratory.experiments.decide()
    assert laboratory.read().winner is None
    assert set(laboratory.enter(60).values()) == {"a", "b"}


def test_a_conversion_counts_for_every_way_before_it(laboratory):
    got = laboratory.enter(10)
    laboratory.pass_time(hours=1)
    laboratory.happen(next(iter(got)), "Order Completed", total=10)
    laboratory.settle()
    rows = laboratory.rows("SELECT sum(n) AS n, sum(converted) AS c FROM journey_counts")
    assert rows[0].n >= 20
    # Its part of the experiment, and its message.
    assert rows[0].c in {2, 3}
