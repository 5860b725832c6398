"""`kikubari segments`."""

from pathlib import Path
from typing import Any

import click
import msgspec

from kikubari.app import Settings
from kikubari.cli.connection import connect, in_path
from kikubari.cli.output import as_json_option, show
from kikubari.spec.errors import InvalidInputError


@click.group()
def segments() -> None:
    """Who is who: list, evaluate, explain."""


@segments.command("list")
@click.option("--counts", is_flag=True, help="Count the members of each.")
@as_json_option
@click.pass_obj
def list_segments(settings: Settings, *, counts: bool, as_json: bool) -> None:
    """List segments, ready-made ones first."""
    with connect(settings) as client:
        rows = client.get("/api/segments", counts=str(counts).lower())
    show(rows, as_json=as_json, columns=("id", "name_en", "name_ja", "count"))


@segments.command("evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", help="Instant the segment is evaluated for; default: now.")
@click.option("--known-at", help="Only count what had arrived by then.")
@click.option("--members", type=int, default=0, help="Also list this many members.")
@as_json_option
@click.pass_obj
def evaluate(
    settings: Settings,
    file: Path,
    as_of: str | None,
    known_at: str | None,
    members: int,
    *,
    as_json: bool,
) -> None:
    """Evaluate the condition tree in FILE (JSON), or the segment of an id."""
    body = {
        "condition": read_json(file),
        "as_of": as_of,
        "known_at": known_at,
        "members": members,
    }
    with connect(settings) as client:
        show(client.post("/api/segments/evaluate", body), as_json=as_json)


@segments.command("create")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
@click.pass_obj
def create(settings: Settings, name: str, file: Path, *, as_json: bool) -> None:
    """Store the condition tree in FILE under NAME."""
    with connect(settings) as client:
        body = {"name": name, "condition": read_json(file)}
        show(client.post("/api/segments", body), as_json=as_json)


@segments.command("describe")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
@click.pass_obj
def describe(settings: Settings, file: Path, *, as_json: bool) -> None:
    """Say the condition tree in FILE (JSON) in plain Japanese and English."""
    with connect(settings) as client:
        told = client.post("/api/segments/describe", {"condition": read_json(file)})
    if as_json:
        show(told, as_json=True)
    else:
        click.echo(f"{told['ja']['text']}\n\n{told['en']['text']}")


@segments.command("explain")
@click.argument("segment_id")
@click.argument("profile_id")
@as_json_option
@click.pass_obj
def explain(settings: Settings, segment_id: str, profile_id: str, *, as_json: bool) -> None:
    """Say, condition by condition, why a person is in a segment or not."""
    with connect(settings) as client:
        answer = client.get(in_path("/api/segments", segment_id, "explain"), profile_id=profile_id)
    show(answer, as_json=as_json)


def read_json(file: Path) -> Any:
    """Return the JSON in a file.

    Raises:
        InvalidInputError: it is not JSON.
    """
    try:
        return msgspec.json.decode(file.read_bytes())
    except msgspec.DecodeError as error:
        raise InvalidInputError(f"{file}: {error}") from error
