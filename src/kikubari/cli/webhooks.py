"""`kikubari webhooks`."""

from typing import Any

import click

from kikubari.app import Settings
from kikubari.cli.connection import connect, in_path
from kikubari.cli.output import as_json_option, show

_COLUMNS = ("id", "name", "url", "state", "n_waiting", "n_dead")
_CALL_COLUMNS = ("id", "type", "state", "attempts", "status", "said", "queued_at")


@click.group()
def webhooks() -> None:
    """Other systems that are told what happens, by signed calls."""


@webhooks.command("list")
@as_json_option
@click.pass_obj
def list_endpoints(settings: Settings, *, as_json: bool) -> None:
    """List endpoints and how they fare."""
    with connect(settings) as client:
        found = client.get("/api/webhooks", limit=500)["endpoints"]
    lines = [{**one, **one["definition"]} for one in found]
    show(lines, as_json=as_json, columns=_COLUMNS)


@webhooks.command("create")
@click.argument("name")
@click.argument("url")
@click.option("--on", "types", multiple=True, help="An event it is told of; may be repeated.")
@as_json_option
@click.pass_obj
def create(
    settings: Settings, name: str, url: str, *, types: tuple[str, ...], as_json: bool
) -> None:
    """Set up an endpoint; prints the secret, which is shown this once."""
    with connect(settings) as client:
        made = client.post("/api/webhooks", {"name": name, "url": url, "types": list(types)})
    show(made if as_json else _line(made), as_json=as_json)


@webhooks.command("calls")
@click.argument("endpoint_id")
@click.option(
    "--state",
    type=click.Choice(["queued", "sending", "delivered", "dead"]),
    help="Only calls in this state.",
)
@as_json_option
@click.pass_obj
def list_calls(settings: Settings, endpoint_id: str, *, state: str | None, as_json: bool) -> None:
    """List calls to an endpoint, newest first."""
    with connect(settings) as client:
        found = client.get(in_path("/api/webhooks", endpoint_id, "calls"), limit=500, only=state)
    show(found, as_json=as_json, columns=_CALL_COLUMNS)


@webhooks.command("replay")
@click.argument("endpoint_id")
@click.argument("call_ids", nargs=-1)
@as_json_option
@click.pass_obj
def replay(
    settings: Settings, endpoint_id: str, *, call_ids: tuple[str, ...], as_json: bool
) -> None:
    """Send dead letters again: those named, or all."""
    body: dict[str, Any] = {"ids": list(call_ids) or None}
    with connect(settings) as client:
        show(client.post(in_path("/api/webhooks", endpoint_id, "replay"), body), as_json=as_json)


def _line(made: dict[str, Any]) -> dict[str, Any]:
    return {"id": made["endpoint"]["id"], "secret": made["secret"]}
