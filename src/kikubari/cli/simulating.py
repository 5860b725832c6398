"""`kikubari simulate`: a journey's draft, tried on the past."""

import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.progress import Progress

from kikubari.app import Settings
from kikubari.cli.connection import AdminClient, connect, in_path
from kikubari.cli.output import as_json_option, console, show
from kikubari.spec.errors import InvalidInputError, UnavailableError

_COLUMNS = ("step", "arrived", "waiting", "sent", "stopped", "ways")
_ASKS_EVERY = 0.5


@click.command()
@click.argument("journey_id")
@click.option("--from", "since", help="ISO 8601 instant; 90 days before the end by default.")
@click.option("--to", "until", help="ISO 8601 instant; now by default.")
@as_json_option
@click.pass_obj
def simulate(
    settings: Settings, journey_id: str, *, since: str | None, until: str | None, as_json: bool
) -> None:
    """Try a journey's draft on the past: who would have got what, and what stopped it.

    Nothing is sent and nobody enters.
    """
    body = {
        name: _read_instant(given, ZoneInfo(settings.timezone)).isoformat()
        for name, given in (("since", since), ("until", until))
        if given
    }
    with connect(settings) as client:
        begun = client.post(in_path("/api/journeys", journey_id, "simulations"), body)
        done = _wait(client, begun["id"], is_shown=not as_json)
    if done["state"] != "done":
        raise UnavailableError(
            f"the simulation is {done['state']}: {done['problem']}".removesuffix(": ")
        )
    result: dict[str, Any] = done["result"]
    if as_json:
        show(result, as_json=True)
        return
    show([_line(step) for step in result["steps"]], as_json=False, columns=_COLUMNS)
    console.print(_summary(result), soft_wrap=True)


def _read_instant(text: str, zone: ZoneInfo) -> datetime:
    """Return an instant; one that names no zone is by the shop's clock."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            f"{text!r} is no instant", hint="Such as 2026-11-22, or 2026-11-22T09:00+09:00."
        ) from error
    return read if read.tzinfo else read.replace(tzinfo=zone)


def _wait(client: AdminClient, simulation_id: str, *, is_shown: bool) -> dict[str, Any]:
    with Progress(console=console, disable=not is_shown, transient=True) as bar:
        task = bar.add_task("Simulating", total=1.0)
        while True:
            found: dict[str, Any] = client.get(in_path("/api/simulations", simulation_id))
            bar.update(task, completed=found["progress"])
            if found["state"] != "running":
                return found
            time.sleep(_ASKS_EVERY)


def _line(step: dict[str, Any]) -> dict[str, Any]:
    return {
        "step": step["step"],
        "arrived": step["arrived"],
        "waiting": step["waiting"],
        "sent": step["sent"],
        "stopped": ", ".join(f"{n} {reason}" for reason, n in step["stopped"].items()),
        "ways": ", ".join(f"{one['way']} {one['people']}" for one in step["ways"]),
    }


def _summary(result: dict[str, Any]) -> str:
    per_person = ", ".join(
        f"{people} got {n}" for n, people in result["messages_per_person"].items()
    )
    return (
        f"{result['people']:,} people in {result['entries']:,} entries, "
        f"{result['held_out']:,} held out; {result['sent']:,} messages ({per_person}); "
        f"{result['seconds']} s"
    )
