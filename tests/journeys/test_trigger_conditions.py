"""Branches, exits and waits that read what let the person in."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from journey_world import NOW, World, end, journey, message, wait
from simulated_past import History

from kikubari.journeys.definition import (
    BranchStep,
    Exit,
    Goal,
    JourneyDefinition,
    Match,
    Reentry,
    Rules,
    WaitForStep,
    Way,
)
from kikubari.journeys.running import References
from kikubari.spec.conditions import Duration, Events
from kikubari.spec.errors import InvalidInputError

GOAL = Goal(events=Events("Gift Taken"))


def like(path, test):
    """Return the leaf: what let in has this at a path of keys."""
    return {
        "type": "trigger",
        "where": [{"on": "property", "path": path.split("."), "test": test}],
    }


def is_(value):
    return {"type": "is", "value": value}


DEAR = like("total", {"type": "number", "more_than": 10_000})
RED = like("product.colour", is_("red"))
CODED = like("coupon", {"type": "is_set"})


def fork(**ways):
    """Return a journey whose branch leads each way to a message of its name."""
    steps = [message(name) for name in ways]
    branches = tuple(Way(id=f"to-{name}", when=when, next=name) for name, when in ways.items())
    return journey(
        BranchStep(id="fork", ways=branches, otherwise="rest"),
        *steps,
        message("rest"),
        trigger="Cart Left",
        rules=Rules(goal=GOAL, reentry=Reentry(allowed=True)),
    )


def went(world):
    return {number: step for step, _, number in world.sent()}


def let_in(world, **people):
    for number, properties in people.items():
        world.happen(int(number[1:]), "Cart Left", **properties)
    world.settle()


def test_a_branch_reads_what_let_in(state):
    world = World(state, batch=2)
    world.publish(fork(dear=DEAR, red=RED, coded=CODED))
    let_in(
        world,
        n1={"total": 10_001, "product": {"colour": "red"}},
        n2={"total": 10_000, "product": {"colour": "red"}},
        n3={"total": "99999", "coupon": "TEN"},
        n4={"total": 3, "coupon": None, "product": {"colour": ["red"]}},
        n5={},
    )
    assert went(world) == {1: "dear", 2: "red", 3: "coded", 4: "rest", 5: "rest"}


def test_parts_are_joined_as_the_tree_says(state):
    world = World(state)
    definition = fork(
        both={"type": "all", "of": [DEAR, RED]},
        neither={"type": "not", "of": {"type": "any", "of": [DEAR, RED]}},
        other={"type": "any", "of": [CODED, {"type": "all", "of": [RED, DEAR]}]},
    )
    world.publish(definition)
    let_in(
        world,
        n1={"total": 20_000, "product": {"colour": "red"}},
        n2={"total": 20_000},
        n3={"total": 1},
        n4={"total": 20_000, "coupon": "TEN"},
    )
    assert went(world) == {1: "both", 2: "rest", 3: "neither", 4: "other"}


class Standing:
    """Answers trees of segments by the names in them."""

    def __init__(self, segments) -> None:
        self.segments = segments
        self.asked = []

    def evaluate(self, segment, *, as_of, workspace_id):
        self.asked.append(segment)
        if isinstance(segment, str):
            return self.segments.members[segment]
        inner = [
            self.evaluate(one["segment"], as_of=as_of, workspace_id=workspace_id)
            for one in segment.get("of", [segment])
        ]
        found = inner[0]
        for one in inner[1:]:
            found = found & one if segment["type"] == "all" else found | one
        return found


def named(segment):
    return {"type": "segment", "segment": segment}


def test_segments_are_asked_once_for_all_that_is_theirs(state):
    world = World(state, vip=[1, 2, 3], new=[2, 3, 4])
    standing = Standing(world.segments)
    world.around = replace(world.around, audience=standing)
    world.stepper = world.make_stepper()
    world.publish(fork(few={"type": "all", "of": [named("vip"), DEAR, named("new")]}))
    let_in(world, n1={"total": 20_000}, n2={"total": 20_000}, n3={"total": 1}, n4={})
    assert went(world) == {1: "rest", 2: "few", 3: "rest", 4: "rest"}
    assert {"type": "all", "of": [named("vip"), named("new")]} in standing.asked


def test_each_entry_is_asked_about_its_own_beginning(state):
    world = World(state)
    world.publish(fork(dear=DEAR))
    let_in(world, n1={"total": 20_000})
    world.clock.advance(timedelta(minutes=1))
    let_in(world, n1={"total": 1})
    assert world.sent() == [("dear", 1, 1), ("rest", 2, 1)]


def test_what_was_erased_from_the_log_is_like_nothing(state):
    world = World(state)
    world.publish(fork(dear=DEAR, known={"type": "not", "of": DEAR}))
    world.happen(1, "Cart Left", total=20_000)
    while world.follower.step():
        pass
    world.log.items.clear()
    world.settle()
    assert went(world) == {1: "known"}


def test_an_exit_reads_what_let_in(state):
    world = World(state)
    rules = Rules(goal=GOAL, exits=(Exit(id="dear", when=DEAR),))
    world.publish(journey(message("hello"), trigger="Cart Left", rules=rules))
    let_in(world, n1={"total": 20_000}, n2={"total": 1})
    assert went(world) == {2: "hello"}


SAME = (Match(trigger=("product_id",), path=("product_id",)),)
IN_ORDER = (Match(trigger=("product_id",), item="product_id"),)


def waiting(matches, *, is_exit):
    """Return a journey in which an order of the very product takes out, or lets go on."""
    bought = Events("Order Completed")
    rules = Rules(goal=GOAL)
    if is_exit:
        rules = Rules(goal=GOAL, exits=(Exit(id="bought", events=bought, matches=matches),))
        first = wait("pause", "late", days=1)
    else:
        first = WaitForStep(
            id="pause",
            events=bought,
            matches=matches,
            timeout=Duration(days=1),
            next="end",
            on_timeout="late",
        )
    return journey(first, message("late", "end"), end(), trigger="Cart Left", rules=rules)


LINES = {"products": [{"product_id": "B-2"}, {"product_id": "A-1"}]}
CASES = [
    (SAME, {"product_id": "A-1"}, {"product_id": "A-1"}, True),
    (SAME, {"product_id": "A-1"}, {"product_id": "B-2"}, False),
    (SAME, {"product_id": "A-1"}, {}, False),
    (SAME, {}, {}, False),
    (SAME, {"product_id": ""}, {"product_id": ""}, False),
    (SAME, {"product_id": 7}, {"product_id": 7}, True),
    (SAME, {"product_id": 7}, {"product_id": "7"}, False),
    (SAME, {"product_id": ["A-1"]}, {"product_id": ["A-1"]}, False),
    (IN_ORDER, {"product_id": "A-1"}, LINES, True),
    (IN_ORDER, {"product_id": "C-3"}, LINES, False),
    ((*SAME, *IN_ORDER), {"product_id": "A-1"}, {**LINES, "product_id": "B-2"}, False),
]


@pytest.mark.parametrize("is_exit", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_an_event_must_be_about_the_same(case, is_exit, state):
    matches, trigger, order, is_same = case
    world = World(state)
    world.publish(waiting(matches, is_exit=is_exit))
    let_in(world, n1=trigger)
    world.clock.advance(timedelta(minutes=1))
    world.happen(1, "Order Completed", **order)
    world.pass_time(days=2)
    assert world.sent() == ([] if is_same else [("late", 1, 1)])


def test_a_worker_that_looks_back_asks_the_same(state):
    """What came before the wait was written down is found by the worker, not the follower."""
    world = World(state)
    later = waiting(SAME, is_exit=False)
    first = message("first", "pause")
    world.publish(journey(first, *later.steps, trigger="Cart Left", rules=later.rules))
    for number, product in ((1, "A-1"), (2, "B-2")):
        world.happen(number, "Cart Left", product_id="A-1")
        world.log.add(number, "Order Completed", NOW + timedelta(seconds=1), product_id=product)
    world.pass_time(hours=1)
    world.pass_time(days=1)
    assert world.sent() == [("first", 1, 1), ("first", 1, 2), ("late", 1, 2)]


@pytest.mark.parametrize("is_exit", [True, False])
def test_a_simulation_comes_to_the_same(is_exit):
    history = History()
    for number, product in ((1, "A-1"), (2, "B-2")):
        history.did(number, "Cart Left", days=3, product_id="A-1", total=number * 10_000)
        history.did(number, "Order Completed", days=3.5, product_id=product)
    result = history.simulate(waiting(SAME, is_exit=is_exit))
    assert {one.step: one.sent for one in result.steps}["late"] == 1
    [late] = [one for one in result.sample if any(passed.step == "late" for passed in one.path)]
    assert late.number == 2
    forked = history.simulate(fork(dear=DEAR))
    assert {one.step: one.sent for one in forked.steps}["dear"] == 1


def faults_of(when):
    def check(who):
        if who == "gone":
            raise InvalidInputError("no such segment")

    return References(check, lambda _kind, _id: True).list_faults(fork(a=when))


def test_a_fault_in_a_part_has_its_place():
    assert faults_of(DEAR) == []
    assert faults_of({"type": "all", "of": [DEAR, named("vip")]}) == []
    wrong = [
        {"type": "trigger", "where": []},
        {"type": "trigger", "where": [{"on": "property", "path": ["a"], "test": {"type": "?"}}]},
        {"type": "all", "of": [{"type": "trigger", "wher": []}]},
        {"type": "trigger", "where": [{"on": "column", "column": "value_minor", "test": is_("5")}]},
    ]
    for when in wrong:
        assert [one.path for one in faults_of(when)] == ["steps.fork.ways.to-a"]
    assert [one.path for one in faults_of("gone")] == ["steps.fork.ways.to-a"]


def test_a_definition_says_what_is_the_same():
    definition = waiting(IN_ORDER, is_exit=True)
    written = msgspec.json.encode(definition)
    assert b'"matches":[{"trigger":["product_id"],"item":"product_id"}]' in written
    assert msgspec.json.decode(written, type=JourneyDefinition) == definition
    for wrong in ({}, {"path": ["a"], "item": "product_id"}, {"item": "colour"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"trigger": ["a"], **wrong}, Match)
    with pytest.raises(ValueError, match="when"):
        Exit(id="a", when="vip", matches=SAME)
