"""`kikubari personas` and `kikubari lookalikes`."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress

from kikubari.app import Settings
from kikubari.cli.connection import AdminClient, connect, in_path
from kikubari.cli.output import as_json_option, console, show
from kikubari.cli.segments import read_json
from kikubari.spec.errors import UnavailableError

_POLL_SECONDS = 0.2
_NOTHING = {
    "too_few_people": "There are too few customers to look for kinds.",
    "no_structure": "Customers differ, but not in kinds: nothing was found that chance does not"
    " explain.",
    "unstable": "Groups were found, but other customers of the shop would form others.",
}
_COLUMNS = ("name_en", "name_ja", "size", "share", "jaccard", "list_id")


@click.group()
def personas() -> None:
    """Kinds of customers: find, define, show."""


@personas.command("show")
@as_json_option
@click.pass_obj
def show_personas(settings: Settings, *, as_json: bool) -> None:
    """Show the personas assigned last, found and defined."""
    with connect(settings) as client:
        answer = client.get("/api/personas")
    if as_json:
        show(answer, as_json=True)
        return
    for source in ("found", "defined"):
        if answer[source] is not None:
            _show(answer[source])


@personas.command("find")
@click.option("--as-of", help="Look at the year before this instant; default: now.")
@as_json_option
@click.pass_obj
def find(settings: Settings, as_of: str | None, *, as_json: bool) -> None:
    """Look for kinds of customers in what people did in the past year."""
    with connect(settings) as client:
        client.post("/api/personas/search", {"as_of": as_of})
        _wait_for_search(client)
        found = client.get("/api/personas")["found"]
    if as_json:
        show(found, as_json=True)
    else:
        _show(found)


def _wait_for_search(client: AdminClient) -> None:
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Comparing a year of behaviour", total=1.0)
        while (search := client.get("/api/personas/search"))["state"] == "running":
            bar.update(task, completed=search["share"])
            time.sleep(_POLL_SECONDS)
    if search["state"] != "done":
        raise UnavailableError(
            f"the search for personas was {search['state']}: {search['error']}".rstrip(": "),
            hint="Personas are what they were before. `kikubari personas find` looks again.",
        )


@personas.command("define")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
@click.pass_obj
def define(settings: Settings, file: Path, *, as_json: bool) -> None:
    """Assign everybody by the rules in FILE (JSON): segments by priority, and a default."""
    with connect(settings) as client:
        made = client.put("/api/personas", read_json(file))
    if as_json:
        show(made, as_json=True)
    else:
        _show(made)


@personas.command("assign")
@as_json_option
@click.pass_obj
def assign(settings: Settings, *, as_json: bool) -> None:
    """Assign everybody anew by the rules defined last."""
    with connect(settings) as client:
        made = client.post("/api/personas/assign")
    if as_json:
        show(made, as_json=True)
    else:
        _show(made)


@click.command()
@click.argument("segment_id")
@click.option("--size", type=int, required=True, help="How many people the audience has.")
@click.option("--name", help="Keep the audience as a list of this name.")
@as_json_option
@click.pass_obj
def lookalikes(
    settings: Settings, segment_id: str, size: int, name: str | None, *, as_json: bool
) -> None:
    """Find those who behave most like the members of a segment."""
    with connect(settings) as client:
        found = client.post(
            in_path("/api/segments", segment_id, "lookalikes"), {"size": size, "name": name}
        )
    if as_json:
        show(found, as_json=True)
        return
    at = found["at_size"]
    click.echo(
        f"{found['size']:,} of {found['n_others']:,} others, learnt from {found['n_seeds']:,}"
        f" members.\nLift {at['lift']} (95 %: {at['low']} to {at['high']}) on"
        f" {found['n_held_back']:,} members held back."
    )
    if not found["is_better_than_chance"]:
        click.echo("This is no better than chance.")
    if found["list_id"]:
        click.echo(f"Kept as the list {found['list_id']}.")
    show(found["curve"], as_json=False, columns=("share", "captured", "lift", "low", "high"))


def _show(made: Mapping[str, Any]) -> None:
    click.echo(f"{made['source']}, version {made['version']}: {made['n_people']:,} people")
    if made["nothing"]:
        click.echo(_NOTHING[made["nothing"]])
        return
    show(made["personas"], as_json=False, columns=_COLUMNS)
    if made["n_hidden"]:
        click.echo(f"{made['n_hidden']:,} people are in groups too unstable to show.")
