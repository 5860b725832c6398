"""`kikubari offers`."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from kikubari.app import Settings
from kikubari.cli.connection import AdminClient, connect, in_path
from kikubari.cli.output import as_json_option, show
from kikubari.cli.segments import read_json
from kikubari.spec.errors import InvalidInputError

_COLUMNS = ("id", "name", "issued", "left", "redeemed")
_REDEMPTION_COLUMNS = ("at", "code", "order_id", "revenue_minor", "discount_minor")
# Codes sent, and asked for, at a time.
_AT_ONCE = 10_000


@click.group()
def offers() -> None:
    """Offers: their codes and what came of them."""


@offers.command("list")
@as_json_option
@click.pass_obj
def list_offers(settings: Settings, *, as_json: bool) -> None:
    """List offers, newest first, with their figures."""
    with connect(settings) as client:
        found = client.get("/api/offers")
    show(found if as_json else [_line(one) for one in found], as_json=as_json, columns=_COLUMNS)


@offers.command("create")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
@click.pass_obj
def create(settings: Settings, file: Path, *, as_json: bool) -> None:
    """Make an offer from FILE (JSON)."""
    with connect(settings) as client:
        show(client.post("/api/offers", read_json(file)), as_json=as_json)


@offers.command("show")
@click.argument("offer_id")
@as_json_option
@click.pass_obj
def show_offer(settings: Settings, offer_id: str, *, as_json: bool) -> None:
    """Show an offer with its figures."""
    with connect(settings) as client:
        show(client.get(in_path("/api/offers", offer_id)), as_json=as_json)


@offers.command("end")
@click.argument("offer_id")
@as_json_option
@click.pass_obj
def end(settings: Settings, offer_id: str, *, as_json: bool) -> None:
    """Hand out no more codes of an offer; those handed out keep their word."""
    path = in_path("/api/offers", offer_id)
    with connect(settings) as client:
        definition = client.get(path)["definition"]
        show(client.put(path, {"definition": definition, "is_ended": True}), as_json=as_json)


@offers.command("import-codes")
@click.argument("offer_id")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
@click.pass_obj
def import_codes(settings: Settings, offer_id: str, file: Path, *, as_json: bool) -> None:
    """Take in the shop's own codes from FILE: one a line, or the first column of a CSV."""
    report: dict[str, Any] = {"n_added": 0, "n_known": 0, "problems": []}
    path = in_path("/api/offers", offer_id, "codes")
    with connect(settings) as client:
        for part in _parts(file):
            answer = client.post(path, {"text": part})
            report = {name: report[name] + answer[name] for name in report}
    show(report, as_json=as_json)


@offers.command("codes")
@click.argument("offer_id")
@click.option("--since", help="Handed out at this instant or later, such as 2026-11-22T09:00Z.")
@click.option(
    "--format",
    "written",
    type=click.Choice(["csv", "jsonl"]),
    default="csv",
    help="What is printed.",
)
@as_json_option
@click.pass_obj
def codes(
    settings: Settings, offer_id: str, since: str | None, written: str, *, as_json: bool
) -> None:
    """Print the codes that were handed out, for the shop's checkout to know."""
    with connect(settings) as client:
        found = _list_codes(client, offer_id, since)
        if as_json:
            show(list(found), as_json=True)
            return
        for at, one in enumerate(found):
            if written == "jsonl":
                click.echo(msgspec.json.encode(one).decode())
                continue
            if at == 0:
                click.echo(_csv_line(one))
            click.echo(_csv_line(one.values()))


@offers.command("redemptions")
@click.argument("offer_id")
@as_json_option
@click.pass_obj
def redemptions(settings: Settings, offer_id: str, *, as_json: bool) -> None:
    """List the newest orders with codes of an offer."""
    with connect(settings) as client:
        found = client.get(in_path("/api/offers", offer_id, "redemptions"))
    show(found, as_json=as_json, columns=_REDEMPTION_COLUMNS)


def _line(offer: dict[str, Any]) -> dict[str, Any]:
    figures = offer["figures"]
    return {
        "id": offer["id"],
        "name": offer["definition"]["name"],
        "issued": figures["n_issued"],
        "left": figures["n_left"],
        "redeemed": figures["n_redeemed"],
    }


def _parts(file: Path) -> Iterator[str]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{file} is not UTF-8: {error}") from error
    for start in range(0, len(lines), _AT_ONCE):
        yield "\n".join(lines[start : start + _AT_ONCE])


def _list_codes(client: AdminClient, offer_id: str, since: str | None) -> Iterator[dict[str, Any]]:
    path, after = in_path("/api/offers", offer_id, "codes"), ""
    while page := client.get(path, since=since, after=after, limit=_AT_ONCE):
        yield from page
        after = page[-1]["code"]


def _csv_line(values: Any) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()
