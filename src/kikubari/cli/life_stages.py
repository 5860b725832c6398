"""`kikubari life-stages`."""

from pathlib import Path

import click

from kikubari.app import Settings
from kikubari.cli.connection import connect, in_path
from kikubari.cli.output import as_json_option, show
from kikubari.cli.segments import read_json
from kikubari.spec.errors import InvalidInputError

_COLUMNS = ("id", "name_en", "name_ja", "stages")


@click.group("life-stages")
def life_stages() -> None:
    """Needs that evolve: stages that customers move through."""


@life_stages.command("list")
@as_json_option
@click.pass_obj
def list_stages(settings: Settings, *, as_json: bool) -> None:
    """List what is defined."""
    with connect(settings) as client:
        found = client.get("/api/life-stages")
    lines = [{**one, "stages": ", ".join(stage["id"] for stage in one["stages"])} for one in found]
    show(found if as_json else lines, as_json=as_json, columns=_COLUMNS)


@life_stages.command("show")
@click.argument("stages_id")
@as_json_option
@click.pass_obj
def show_stages(settings: Settings, stages_id: str, *, as_json: bool) -> None:
    """Show a definition as the JSON that `apply` takes."""
    with connect(settings) as client:
        show(client.get(in_path("/api/life-stages", stages_id)), as_json=as_json)


@life_stages.command("apply")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
@click.pass_obj
def apply(settings: Settings, file: Path, *, as_json: bool) -> None:
    """Define stages as a JSON file says, anew or for the first time."""
    definition = read_json(file)
    if not isinstance(definition, dict) or not isinstance(definition.get("id"), str):
        raise InvalidInputError(f"{file.name} has no `id`", hint="docs/life-stages.md has examples")
    with connect(settings) as client:
        show(client.put(in_path("/api/life-stages", definition["id"]), definition), as_json=as_json)


@life_stages.command("remove")
@click.argument("stages_id")
@as_json_option
@click.pass_obj
def remove(settings: Settings, stages_id: str, *, as_json: bool) -> None:
    """Remove a definition; what it told of customers is withdrawn."""
    with connect(settings) as client:
        client.delete(in_path("/api/life-stages", stages_id))
    show({"removed": stages_id}, as_json=as_json)
