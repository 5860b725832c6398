"""Commands about customers, and commands that look: products, inbox, refused events."""

import click

from kikubari.app import Settings
from kikubari.cli.connection import connect, in_path
from kikubari.cli.output import as_json_option, show
from kikubari.cli.portrait import show_portrait


@click.group()
def profiles() -> None:
    """Customers."""


@profiles.command("show")
@click.argument("profile_id")
@click.option("--timeline", type=int, default=20, show_default=True, help="Newest events shown.")
@as_json_option
@click.pass_obj
def show_profile(settings: Settings, profile_id: str, timeline: int, *, as_json: bool) -> None:
    """Show one customer: by profile id, user id, e-mail address or phone number."""
    with connect(settings) as client:
        answer = client.get("/api/profiles/lookup", reference=profile_id, timeline=timeline)
    if as_json:
        show(answer, as_json=True)
    else:
        show_portrait(answer)


@profiles.command("search")
@click.argument("text")
@as_json_option
@click.pass_obj
def search_profiles(settings: Settings, text: str, *, as_json: bool) -> None:
    """Find customers by id, e-mail address or name."""
    with connect(settings) as client:
        show(client.get("/api/profiles", q=text), as_json=as_json)


@profiles.command("merge")
@click.argument("left")
@click.argument("right")
@click.option("--reason", required=True, help="Why, in a sentence; the log keeps it.")
@as_json_option
@click.pass_obj
def merge(settings: Settings, left: str, right: str, reason: str, *, as_json: bool) -> None:
    """Say that two profiles are one person."""
    with connect(settings) as client:
        body = {"left": left, "right": right, "reason": reason}
        show(client.post("/api/profiles/merge", body), as_json=as_json)


@profiles.command("unmerge")
@click.argument("left")
@click.argument("right")
@click.option("--reason", required=True, help="Why, in a sentence; the log keeps it.")
@as_json_option
@click.pass_obj
def unmerge(settings: Settings, left: str, right: str, reason: str, *, as_json: bool) -> None:
    """Say that two identifiers are not one person: takes a merge back."""
    with connect(settings) as client:
        body = {"left": left, "right": right, "reason": reason}
        show(client.post("/api/profiles/unmerge", body), as_json=as_json)


@click.group()
def consents() -> None:
    """Who agreed to what."""


@consents.command("show")
@click.argument("profile_id")
@as_json_option
@click.pass_obj
def show_consents(settings: Settings, profile_id: str, *, as_json: bool) -> None:
    """Show all that a customer ever said about consent, and where that leaves it."""
    with connect(settings) as client:
        answer = client.get("/api/profiles/lookup", reference=profile_id, timeline=1)
    standing, history = answer["profile"]["consents"], answer["consent_history"]
    if as_json:
        show({"standing": standing, "history": history}, as_json=True)
    else:
        columns = ("at", "purpose", "channel", "status", "wording_version", "source", "proof")
        show(history, as_json=False, columns=columns)


@click.group()
def messages() -> None:
    """Single messages."""


@messages.command("show")
@click.argument("message_id")
@as_json_option
@click.pass_obj
def show_message(settings: Settings, message_id: str, *, as_json: bool) -> None:
    """Show what became of a message, and every fact about the person it read."""
    with connect(settings) as client:
        show(client.get(in_path("/api/messages", message_id)), as_json=as_json)


@click.group()
def products() -> None:
    """The catalogue."""


@products.command("list")
@click.option("--search", help="Words that id, titles or brand must all contain.")
@click.option("--category", help="Only of this category.")
@as_json_option
@click.pass_obj
def list_products(
    settings: Settings, search: str | None, category: str | None, *, as_json: bool
) -> None:
    """List products."""
    with connect(settings) as client:
        rows = client.get("/api/products", search=search, category=category)
    show(rows, as_json=as_json)


@click.group()
def inbox() -> None:
    """The sandbox inbox: what was sent, as received."""


@inbox.command("list")
@click.option("--to", "recipient", help="Only messages to this address.")
@click.option("--limit", type=int, default=20, show_default=True, help="At most so many.")
@as_json_option
@click.pass_obj
def list_inbox(settings: Settings, recipient: str | None, limit: int, *, as_json: bool) -> None:
    """List received messages, newest first."""
    with connect(settings) as client:
        rows = client.get("/api/inbox", recipient=recipient, limit=limit)
    show(rows, as_json=as_json, columns=("id", "received_at", "rcpt_to", "subject"))


@inbox.command("show")
@click.argument("message_id", type=int)
@click.option("--source", is_flag=True, help="The bytes as received.")
@as_json_option
@click.pass_obj
def show_inbox(settings: Settings, message_id: int, *, source: bool, as_json: bool) -> None:
    """Show one received message."""
    with connect(settings) as client:
        answer = client.get(f"/api/inbox/{message_id}")
    octets = answer.pop("source")
    if as_json or not source:
        show(answer | {"source": octets} if source else answer, as_json=as_json)
    else:
        click.echo(octets.encode("latin-1"), nl=False)


@click.group()
def rejected() -> None:
    """Events that were refused."""


@rejected.command("list")
@click.option("--limit", type=int, default=50, show_default=True, help="At most so many.")
@as_json_option
@click.pass_obj
def list_rejected(settings: Settings, limit: int, *, as_json: bool) -> None:
    """List refused events with the reason, newest first."""
    with connect(settings) as client:
        answer = client.get("/api/rejected-events", limit=limit)
    columns = ("at", "source_id", "code", "reason", "path", "message_id")
    show(answer if as_json else answer["events"], as_json=as_json, columns=columns)


@click.group()
def suppressions() -> None:
    """Addresses that are not mailed."""


@suppressions.command("list")
@as_json_option
@click.pass_obj
def list_suppressions(settings: Settings, *, as_json: bool) -> None:
    """List the newest suppressions."""
    with connect(settings) as client:
        show(client.get("/api/suppressions"), as_json=as_json)


@suppressions.command("find")
@click.argument("address")
@as_json_option
@click.pass_obj
def find_suppression(settings: Settings, address: str, *, as_json: bool) -> None:
    """Say whether an address is suppressed, and why."""
    with connect(settings) as client:
        show(client.get("/api/suppressions", address=address), as_json=as_json)


@suppressions.command("add")
@click.argument("address")
@as_json_option
@click.pass_obj
def add_suppression(settings: Settings, address: str, *, as_json: bool) -> None:
    """Mail nothing to an address from now on."""
    with connect(settings) as client:
        show(client.post("/api/suppressions", {"address": address}), as_json=as_json)


@suppressions.command("remove")
@click.argument("address")
@as_json_option
@click.pass_obj
def remove_suppression(settings: Settings, address: str, *, as_json: bool) -> None:
    """Take an address off the list, for all reasons; the log keeps who did."""
    with connect(settings) as client:
        show(client.post("/api/suppressions/remove", {"address": address}), as_json=as_json)
