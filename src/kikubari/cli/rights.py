"""Commands for what customers ask for about themselves."""

from pathlib import Path

import click
import msgspec

from kikubari.app import Settings
from kikubari.cli.asking import confirm
from kikubari.cli.connection import connect, in_path
from kikubari.cli.output import as_json_option, show

_limit_argument = click.argument(
    "limit", type=click.Choice(["restriction", "objection", "profiling"])
)
_reason_option = click.option(
    "--reason", required=True, help="Why, in a sentence that names nobody; the receipt keeps it."
)


@click.group()
def rights() -> None:
    """What customers ask for about themselves; each leaves a receipt."""


@rights.command("export")
@click.argument("profile_id")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@as_json_option
@click.pass_obj
def export_person(settings: Settings, profile_id: str, file: Path, *, as_json: bool) -> None:
    """Write everything about one customer into a file, which nobody else on the machine may read.

    A file that is there is written anew.
    """
    with connect(settings) as client:
        answer = client.post(in_path("/api/profiles", profile_id, "export"))
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(answer), indent=1))
    show({"file": str(file)}, as_json=as_json)


@rights.command("erase")
@click.argument("profile_id")
@_reason_option
@click.option("--yes", is_flag=True, help="Do not ask: it cannot be undone.")
@as_json_option
@click.pass_obj
def erase(settings: Settings, profile_id: str, reason: str, *, yes: bool, as_json: bool) -> None:
    """Erase one customer everywhere, for ever."""
    if not yes:
        confirm(f"Erase {profile_id} for ever?")
    with connect(settings) as client:
        body = {"confirm": profile_id, "reason": reason}
        show(client.post(in_path("/api/profiles", profile_id, "erase"), body), as_json=as_json)


@rights.command("limit")
@click.argument("profile_id")
@_limit_argument
@_reason_option
@as_json_option
@click.pass_obj
def limit_person(
    settings: Settings, profile_id: str, limit: str, reason: str, *, as_json: bool
) -> None:
    """Keep one customer's data and do not use it (restriction), or not for marketing (objection).

    They leave every segment, and get no message, or no marketing, whatever they agreed to. With
    profiling they get marketing by their own words alone, not by what they did.
    """
    with connect(settings) as client:
        body = {"limit": limit, "reason": reason}
        show(client.post(in_path("/api/profiles", profile_id, "limit"), body), as_json=as_json)


@rights.command("lift")
@click.argument("profile_id")
@_limit_argument
@as_json_option
@click.pass_obj
def lift(settings: Settings, profile_id: str, limit: str, *, as_json: bool) -> None:
    """End a restriction, an objection, or one to profiling."""
    with connect(settings) as client:
        body = {"limit": limit}
        show(client.post(in_path("/api/profiles", profile_id, "lift"), body), as_json=as_json)


@rights.command("receipts")
@as_json_option
@click.pass_obj
def list_receipts(settings: Settings, *, as_json: bool) -> None:
    """List the receipts of exports, erasures and limits."""
    with connect(settings) as client:
        show(client.get("/api/rights/receipts"), as_json=as_json)
