"""`kikubari segments`."""

from pathlib import Path
from typing import Any

import click
import msgspec

from kikubari.app import Settings
from kikubari.cli.connection import connect, in_path
from kikubari.cli.output import as_json_option, show
from kikubari.cli.segment_files import apply, diff, export
from kikubari.spec.errors import InvalidInputError


@click.group()
def segments() -> None:
    """Who is who: list, evaluate, explain, and definitions as files."""


segments.add_command(export)
segments.add_command(diff)
segments.add_command(apply)


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


@segments.command("live")
@as_json_option
@click.pass_obj
def live(settings: Settings, *, as_json: bool) -> None:
    """List live sizes, who came and went in seven days, and how fresh that is."""
    with connect(settings) as client:
        page = client.get("/api/segments/live")
    columns = ("id", "size", "entered", "left", "lag_seconds", "changed_at")
    show(page if as_json else page["segments"], as_json=as_json, columns=columns)


@segments.command("changes")
@click.argument("segment_id")
@click.option("--limit", type=click.IntRange(1, 100), default=20, help="How many changes.")
@as_json_option
@click.pass_obj
def changes(settings: Settings, segment_id: str, limit: int, *, as_json: bool) -> None:
    """List who came and went lately, newest first."""
    with connect(settings) as client:
        page = client.get(in_path("/api/segments", segment_id, "changes"), limit=limit)
    columns = ("as_of", "cause", "size", "n_entered", "n_left")
    show(page if as_json else page["changes"], as_json=as_json, columns=columns)


@segments.command("thresholds")
@as_json_option
@click.pass_obj
def thresholds(settings: Settings, *, as_json: bool) -> None:
    """List what ready-made segments compare with, and what the shop's own values say."""
    with connect(settings) as client:
        found = client.get("/api/segments/thresholds")
    show(found, as_json=as_json, columns=("key", "unit", "value", "computed", "chosen"))


@segments.command("threshold")
@click.argument("key")
@click.argument("value", type=float, required=False)
@as_json_option
@click.pass_obj
def threshold(settings: Settings, key: str, value: float | None, *, as_json: bool) -> None:
    """Choose VALUE for the threshold KEY; without a value, the shop's own counts again."""
    with connect(settings) as client:
        chosen = client.put(in_path("/api/segments/thresholds", key), {"value": value})
    show(chosen, as_json=as_json)


@segments.command("rfm")
@click.option("--by", type=click.Choice(["monetary", "frequency"]), default="monetary",
              help="What the second dimension is.")  # fmt: skip
@as_json_option
@click.pass_obj
def rfm(settings: Settings, by: str, *, as_json: bool) -> None:
    """Count buyers in fifths by last order, and by revenue or number of orders."""
    with connect(settings) as client:
        grid = client.get("/api/segments/rfm", by=by)
    columns = ("recency", "value", "count", "segment_id")
    show(grid if as_json else grid["cells"], as_json=as_json, columns=columns)


def read_json(file: Path) -> Any:
    """Return the JSON in a file.

    Raises:
        InvalidInputError: it is not JSON.
    """
    try:
        return msgspec.json.decode(file.read_bytes())
    except msgspec.DecodeError as error:
        raise InvalidInputError(f"{file}: {error}") from error
