"""Every recipe, and a weekly letter to all repeat buyers, tried on 90 days of the demo shop.

The longest of them is what somebody waits for who asks what a journey would have done. On a data
folder that `kikubari demo` fills, which takes some minutes; `--keep` leaves it for the next time.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harness import Figure, Options, Report, main
from journeys import MAIL
from kikubari.app.house import House
from kikubari.app.settings import read_settings
from kikubari.journeys.definition import (
    Goal,
    JourneyDefinition,
    MessageStep,
    Reentry,
    Rules,
    ScheduleTrigger,
)
from kikubari.journeys.recipes import RECIPES, RecipeOptions
from kikubari.journeys.simulation import SimulationRequest, SimulationResult, SimulationState
from kikubari.spec.conditions import Events
from kikubari.spec.errors import NotFoundError

DAYS = 90
TARGET_SECONDS = 60
_LETTER = "weekly-letter"
_WEEKLY = JourneyDefinition(
    name="Weekly letter",
    trigger=ScheduleTrigger(cron="0 10 * * MON"),
    segment="builtin:repeat_buyers",
    start="letter",
    steps=(MessageStep(id="letter", template=MAIL),),
    rules=Rules(goal=Goal(events=Events("Order Completed")), reentry=Reentry(allowed=True)),
)
_COLUMNS = "{:<28} {:>8} {:>8} {:>9} {:>9}"
_LOADED = "Try next"  # the last that `kikubari demo` says


def run(options: Options) -> Report:
    """Simulate journeys one after the other, as the console does."""
    home = _demo(options.shared / "demo")
    house = House(read_settings({"KIKUBARI_HOME": str(home)}), local_token="none")  # noqa: S106 - not served
    until = datetime.now(UTC)
    span = SimulationRequest(
        since=until - timedelta(days=max(1, round(DAYS * options.scale))), until=until
    )
    notes = [_COLUMNS.format("journey", "seconds", "CPU s", "entries", "sent")]
    seconds: dict[str, float] = {}
    cpu: dict[str, float] = {}
    try:
        for name, definition in _definitions(house):
            started = time.process_time()
            result = _simulate(house, name, definition, span)
            seconds[name], cpu[name] = result.seconds, time.process_time() - started
            row = (f"{seconds[name]:.1f}", f"{cpu[name]:.1f}", f"{result.entries:,}")
            notes.append(_COLUMNS.format(name, *row, f"{result.sent:,}"))
    finally:
        house.close()
    return Report(benchmark="simulation", figures=_figures(seconds, cpu), notes=notes)


def _figures(seconds: dict[str, float], cpu: dict[str, float]) -> list[Figure]:
    longest, dearest = max(seconds, key=seconds.__getitem__), max(cpu, key=cpu.__getitem__)
    return [
        Figure(
            name=f"the longest simulation of {len(seconds)}, {longest}",
            value=seconds[longest],
            unit="s",
            target=TARGET_SECONDS,
            at_most=True,
        ),
        Figure(name=f"most processor time, {dearest}", value=cpu[dearest], unit="s"),
    ]


def _demo(home: Path) -> Path:
    """Return a data folder with the demo shop; it is filled where there is none."""
    note = home / "demo" / "state.json"
    if note.exists():
        return home
    own = {name: value for name, value in os.environ.items() if not name.startswith("KIKUBARI_")}
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "kikubari", "demo"],
        env={**own, "KIKUBARI_HOME": str(home), "KIKUBARI_PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        if not any(_LOADED in line for line in process.stdout):
            raise SystemExit("the demo shop could not be loaded")
        process.terminate()
    return home


def _definitions(house: House) -> Iterator[tuple[str, JourneyDefinition]]:
    yield _LETTER, _WEEKLY
    for recipe in RECIPES:
        yield recipe.id, house.services.recipes.make(recipe.id, RecipeOptions())


def _simulate(
    house: House, name: str, definition: JourneyDefinition, span: SimulationRequest
) -> SimulationResult:
    journeys, simulations = house.services.journeys, house.services.simulations
    journey_id = f"benchmark-{name}"
    try:
        journeys.get(journey_id)
    except NotFoundError:
        journeys.create(definition, journey_id=journey_id)
    done = simulations.start(journey_id, span)
    while done.state is SimulationState.RUNNING:
        time.sleep(0.2)
        done = simulations.get(done.id)
    assert done.result is not None, f"{name}: {done.problem}"
    return done.result


if __name__ == "__main__":
    main(run)
