"""`kikubari broadcasts`."""

import time
from pathlib import Path

import click

from kikubari.app import Settings
from kikubari.cli.connection import AdminClient, connect, in_path
from kikubari.cli.output import as_json_option, show
from kikubari.cli.segments import read_json

# What is not waited for any more; a recurring one goes for ever, perhaps.
_ENDED = frozenset({"done", "cancelled", "repeating"})
_LETTER_COLUMNS = ("part", "people", "reached", "rate", "low", "high")
_LIST_COLUMNS = ("id", "state", "n_audience", "created_at")
_OCCURRENCE_COLUMNS = ("occurs_at", "state", "broadcast_id", "n_audience", "sent", "clicked")


@click.group()
def broadcasts() -> None:
    """Sends to a segment, once or again and again."""


@broadcasts.command("list")
@as_json_option
@click.pass_obj
def list_broadcasts(settings: Settings, *, as_json: bool) -> None:
    """List broadcasts, newest first."""
    with connect(settings) as client:
        show(client.get("/api/broadcasts"), as_json=as_json, columns=_LIST_COLUMNS)


@broadcasts.command("create")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
@click.pass_obj
def create(settings: Settings, file: Path, *, as_json: bool) -> None:
    """Write a draft from FILE (JSON)."""
    with connect(settings) as client:
        show(client.post("/api/broadcasts", read_json(file)), as_json=as_json)


@broadcasts.command("send")
@click.argument("broadcast_id")
@click.option("--wait", is_flag=True, help="Return when every message has met its end.")
@click.option("--unchecked", metavar="WHY", help="Send though the sender's check fails; recorded.")
@as_json_option
@click.pass_obj
def send(
    settings: Settings, broadcast_id: str, *, wait: bool, unchecked: str | None, as_json: bool
) -> None:
    """Send a draft to everybody in its segment who agreed."""
    with connect(settings) as client:
        if unchecked is None:
            answer = client.post(in_path("/api/broadcasts", broadcast_id, "send"))
        else:
            path = in_path("/api/broadcasts", broadcast_id, "send-unchecked")
            answer = client.post(path, {"reason": unchecked})
        if wait:
            answer = wait_until_sent(client, broadcast_id)
        show(answer, as_json=as_json)


@broadcasts.command("report")
@click.argument("broadcast_id")
@as_json_option
@click.pass_obj
def report(settings: Settings, broadcast_id: str, *, as_json: bool) -> None:
    """Show what became of a broadcast."""
    with connect(settings) as client:
        show(client.get(in_path("/api/broadcasts", broadcast_id, "report")), as_json=as_json)


@broadcasts.command("letters")
@click.argument("broadcast_id")
@click.option(
    "--language",
    type=click.Choice(["en", "ja"]),
    default="en",
    show_default=True,
    help="Of the sentences.",
)
@as_json_option
@click.pass_obj
def letters(settings: Settings, broadcast_id: str, language: str, *, as_json: bool) -> None:
    """Say which of a broadcast's letters does best, and whether that is proven."""
    with connect(settings) as client:
        found = client.get(in_path("/api/broadcasts", broadcast_id, "letters"))
    if as_json or found is None:
        show(found, as_json=as_json)
        return
    for words in found["told"]:
        click.echo(words[language])
    if found["verdict"] is not None:
        click.echo()
        show(found["verdict"]["parts"], as_json=False, columns=_LETTER_COLUMNS)


@broadcasts.command("show")
@click.argument("broadcast_id")
@as_json_option
@click.pass_obj
def show_broadcast(settings: Settings, broadcast_id: str, *, as_json: bool) -> None:
    """Show a broadcast as it was written, and how far it is."""
    with connect(settings) as client:
        show(client.get(in_path("/api/broadcasts", broadcast_id)), as_json=as_json)


@broadcasts.command("recipients")
@click.argument("broadcast_id")
@click.option("--after", help="Continue after this message id.")
@click.option("--limit", type=int, default=100, show_default=True, help="At most so many.")
@as_json_option
@click.pass_obj
def recipients(
    settings: Settings, broadcast_id: str, after: str | None, limit: int, *, as_json: bool
) -> None:
    """List what became of each message."""
    with connect(settings) as client:
        path = in_path("/api/broadcasts", broadcast_id, "recipients")
        show(client.get(path, after=after, limit=limit), as_json=as_json)


def _control(verb: str, explanation: str) -> None:
    @broadcasts.command(verb, help=explanation)
    @click.argument("broadcast_id")
    @as_json_option
    @click.pass_obj
    def control(settings: Settings, broadcast_id: str, *, as_json: bool) -> None:
        with connect(settings) as client:
            show(client.post(in_path("/api/broadcasts", broadcast_id, verb)), as_json=as_json)


_control("pause", "Hold every message that has not left; what recurs does not go meanwhile.")
_control("resume", "Go on with a paused broadcast.")
_control("cancel", "Stop every message that has not left, for good; what recurs goes no more.")
_control("unschedule", "Make a scheduled or recurring broadcast a draft again.")
_control("skip-next", "Leave out the next occurrence of a recurring broadcast.")


@broadcasts.command("occurrences")
@click.argument("broadcast_id")
@click.option("--to-come", type=int, default=5, show_default=True, help="At most so many.")
@click.option("--passed", type=int, default=50, show_default=True, help="At most so many.")
@as_json_option
@click.pass_obj
def occurrences(
    settings: Settings, broadcast_id: str, to_come: int, passed: int, *, as_json: bool
) -> None:
    """List when a recurring broadcast goes next, and what became of when it went."""
    with connect(settings) as client:
        path = in_path("/api/broadcasts", broadcast_id, "occurrences")
        found = client.get(path, to_come=to_come, passed=passed)
    if as_json:
        show(found, as_json=True)
        return
    coming = [{"occurs_at": one, "state": "to come"} for one in reversed(found["to_come"])]
    lines = [
        one | (one["outcomes"] or {}) | {"state": one["state"] or one["skipped"]}
        for one in found["passed"]
    ]
    show(coming + lines, as_json=False, columns=_OCCURRENCE_COLUMNS)


@broadcasts.command("test")
@click.argument("broadcast_id")
@click.option("--as", "profile_id", required=True, help="The customer it is written for.")
@click.option("--to", "addresses", multiple=True, required=True, help="A member; may be repeated.")
@as_json_option
@click.pass_obj
def test(
    settings: Settings,
    broadcast_id: str,
    profile_id: str,
    addresses: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Send a draft, as a customer would get it, to members; nothing in it acts or is counted."""
    body = {"profile_id": profile_id, "addresses": list(addresses)}
    with connect(settings) as client:
        answer = client.post(in_path("/api/broadcasts", broadcast_id, "test"), body)
    show(answer, as_json=as_json)


def wait_until_sent(client: AdminClient, broadcast_id: str) -> dict[str, object]:
    """Return the broadcast's progress once no message of it can still leave."""
    while True:
        progress: dict[str, object] = client.get(
            in_path("/api/broadcasts", broadcast_id, "progress")
        )
        if progress["state"] in _ENDED:
            return progress
        time.sleep(0.3)
