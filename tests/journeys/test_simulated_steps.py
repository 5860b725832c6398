"""A simulation runs the engine of live journeys: the same functions, without knowing it."""

import ast
from contextlib import closing
from datetime import time
from pathlib import Path

from journey_world import World, branch, end, journey, message, split, wait, wait_for
from model_world import Calls
from simulated_past import History
from traced_engine import ACTS, DECIDES, names_in, traced

import kikubari
from kikubari.journeys import running
from kikubari.journeys.definition import (
    EnterStep,
    Exit,
    ExperimentStep,
    Goal,
    ListStep,
    NotifyStep,
    OfferStep,
    Part,
    Rules,
    SetTraitStep,
    WaitBestTimeStep,
    WaitUntilStep,
    WebhookStep,
)
from kikubari.journeys.running import NoticeQueue, Telling
from kikubari.spec.conditions import Duration, Events

PRODUCT = Path(kikubari.__file__).parent
# What takes part in a simulation, but for the room that puts one together.
ROOMS = ("segments", "decide", "deliver", "journeys")
# The simulation, and the cases of a journey that are tried by it.
PUTS_TOGETHER = {PRODUCT / "journeys" / "simulation", PRODUCT / "journeys" / "cases"}

EVERYTHING = journey(
    wait("pause", "morning", hours=2),
    WaitUntilStep(id="morning", at=time(9), next="best"),
    WaitBestTimeStep(id="best", within=Duration(days=1), next="hope"),
    wait_for("hope", "Product Viewed", next_="who", on_timeout="who", days=2),
    branch("who", "lot", vip="test"),
    split("lot", a=(50, "mail"), b=(50, "tell")),
    ExperimentStep(
        id="test",
        parts=(Part(id="test.a", percent=50, next="mail"), Part(id="test.b", percent=50)),
    ),
    message("mail", "done"),
    SetTraitStep(id="tell", traits={"told": True}, next="list"),
    ListStep(id="list", list="told", next="other"),
    EnterStep(id="other", journey="second", next="code"),
    OfferStep(id="code", offer="ten", next="till", on_none="till"),
    WebhookStep(id="till", endpoint="till", next="staff"),
    NotifyStep(id="staff", to=("team@shop.example",), subject="Look", text="Here", next="with"),
    message("with", "done"),
    end("done"),
    rules=Rules(
        goal=Goal(events=Events("Order Completed")),
        exits=(Exit(id="gone", events=Events("Account Deleted")), Exit(id="left", when="leavers")),
        holdout_percent=10,
    ),
)


def live(state):
    """Let forty people go through everything, over some days."""
    world = World(state, vip=range(1, 41, 2), leavers=[3])
    world.make_offer("ten")
    world.stepper = world.make_stepper(
        tell=Telling(Calls(), NoticeQueue(per_hour=1_000), world.log, world.clock)
    )
    world.publish(EVERYTHING)
    for number in range(1, 41):
        world.happen(number, "Signed Up")
    for day in range(8):
        for number, event in ((4, "Product Viewed"), (5, "Order Completed")):
            if day == 1:
                world.happen(number, event)
        if day == 2:
            world.happen(6, "Account Deleted")
        for _ in range(24):
            world.pass_time(hours=1)
    return world


def simulated():
    """Let the same be the past."""
    history = History(vip=range(1, 41, 2), leavers=[3])
    for number in range(1, 41):
        history.did(number, "Signed Up", days=1)
    history.did(4, "Product Viewed", days=2.5)
    history.did(5, "Order Completed", days=2.5)
    history.did(6, "Account Deleted", days=3.5)
    return history.simulate(EVERYTHING)


def test_every_function_that_decides_live_decides_in_a_simulation(open_state):
    ran_live, ran_simulated = set(), set()
    with traced(ran_live):
        state = open_state()
        world = live(state)
    with closing(state):
        passed = world_counts(world)
    with traced(ran_simulated):
        result = simulated()
    decided = names_in(ran_live, DECIDES)
    assert {"_Walk._branch", "_Walk._wait_for", "_Walk._message", "Doorman.let_in"} <= decided
    assert decided - names_in(ran_simulated, DECIDES) == set()
    # It hands out no code and tells nobody, and people go their ways as if it had.
    assert {"StepCodes.__call__", "Telling.__call__"} <= names_in(ran_live, ACTS)
    assert names_in(ran_simulated, ACTS) == set()
    # Not only the same code: the same people on the same ways.
    ways = {(step.step, way.way): way.passed for step in passed for way in step.ways if way.passed}
    simulated_ways = {
        (step.step, way.way): way.people
        for step in result.steps
        for way in step.ways
        if way.way not in ("goal", "exit:gone", "exit:left", "completed")
    }
    assert simulated_ways == ways


def world_counts(world):
    outbox = None  # names messages; figures need none
    return running.Explaining(world.around, outbox).counts("jny_1").steps


def test_nothing_that_decides_knows_of_simulations():
    """Below what puts it together no name speaks of simulating: there is no `if simulating`."""
    files = [
        file
        for room in ROOMS
        for file in sorted((PRODUCT / room).rglob("*.py"))
        if PUTS_TOGETHER.isdisjoint(file.parents)
    ]
    assert len(files) > 100
    found = [f"{file.name}: {name}" for file in files for name in names_of(file)]
    assert [one for one in found if speaks_of_it(one)] == []


def names_of(file):
    """Return every name, attribute and argument of a file."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        for field in ("id", "attr", "arg", "name", "module"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield name


def speaks_of_it(name):
    # A trait may be a made-up one of the demo shop: `is_simulated` says so of data, not of a run.
    return "simulat" in name.lower() and not name.endswith("is_simulated")
