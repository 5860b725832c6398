"""Commands on members, for whoever has the machine: the way in when nobody else has one."""

import sys
from typing import Any

import click

from kikubari.app import Settings
from kikubari.cli.connection import AdminClient, connect, in_path
from kikubari.cli.output import as_json_option, show
from kikubari.spec.errors import InvalidInputError, NotFoundError

_ROLES = ("viewer", "editor", "sender", "admin")
role_option = click.option(
    "--role",
    type=click.Choice(_ROLES),
    default="viewer",
    show_default=True,
    help="What the member may do.",
)


@click.group()
def members() -> None:
    """People who work in the console."""


@members.command("list")
@as_json_option
@click.pass_obj
def list_members(settings: Settings, *, as_json: bool) -> None:
    """List members."""
    with connect(settings) as client:
        rows = client.get("/api/members")
    show(rows, as_json=as_json, columns=("email", "role", "is_invited", "has_second_factor"))


@members.command("create")
@click.argument("email")
@role_option
@click.option("--password", help="Asked for when left out, so that it stays out of histories.")
@click.option(
    "--password-stdin",
    "is_piped",
    is_flag=True,
    help="Read it from standard input: the first line.",
)
@as_json_option
@click.pass_obj
def create_member(
    settings: Settings,
    email: str,
    role: str,
    password: str | None,
    *,
    is_piped: bool,
    as_json: bool,
) -> None:
    """Add a member with a password."""
    chosen = _read_password() if is_piped else password or _ask_password()
    with connect(settings) as client:
        body = {"email": email, "password": chosen, "role": role}
        show(client.post("/api/members", body), as_json=as_json)


@members.command("invite")
@click.argument("email")
@role_option
@as_json_option
@click.pass_obj
def invite_member(settings: Settings, email: str, role: str, *, as_json: bool) -> None:
    """Add a member who chooses a password by a one-time link, which this prints."""
    with connect(settings) as client:
        link = client.post("/api/members/invitations", {"email": email, "role": role})
    _show_link(link, as_json=as_json)


@members.command("reset")
@click.argument("email")
@click.option(
    "--forget-second-factor",
    is_flag=True,
    help="For who lost the device: app, passkeys and recovery codes are forgotten.",
)
@as_json_option
@click.pass_obj
def reset_member(
    settings: Settings, email: str, *, forget_second_factor: bool, as_json: bool
) -> None:
    """Make a one-time link by which a member chooses a new password."""
    with connect(settings) as client:
        address = f"{in_path('/api/members', _find(client, email)['id'])}/reset"
        link = client.post(address, {"forgets_second_factor": forget_second_factor})
    _show_link(link, as_json=as_json)


@members.command("change")
@click.argument("email")
@click.option("--role", type=click.Choice(_ROLES), required=True, help="What the member may do.")
@as_json_option
@click.pass_obj
def change_member(settings: Settings, email: str, role: str, *, as_json: bool) -> None:
    """Give a member another role; their sessions end."""
    with connect(settings) as client:
        member = _find(client, email)
        body = {"role": role, "name": member["name"]}
        show(client.put(in_path("/api/members", member["id"]), body), as_json=as_json)


@members.command("remove")
@click.argument("email")
@as_json_option
@click.pass_obj
def remove_member(settings: Settings, email: str, *, as_json: bool) -> None:
    """Remove a member; their sessions end."""
    with connect(settings) as client:
        client.delete(in_path("/api/members", _find(client, email)["id"]))
    show({"removed": email}, as_json=as_json)


def _read_password() -> str:
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise InvalidInputError(
            "no password came by standard input",
            hint="Write it there as one line, or invite the member: `kikubari members invite`.",
        )
    return line


def _ask_password() -> str:
    """Return a password typed twice.

    Raises:
        InvalidInputError: nobody is there to type it.
    """
    if not sys.stdin.isatty():
        raise InvalidInputError(
            "there is no terminal to ask for the password",
            hint="Pipe it in with --password-stdin, or invite the member: "
            "`kikubari members invite` prints a link by which they choose one.",
        )
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked


def _find(client: AdminClient, email: str) -> dict[str, Any]:
    wanted = email.strip().lower()
    for member in client.get("/api/members"):
        if member["email"] == wanted:
            return dict(member)
    raise NotFoundError(f"no member {email}", hint="kikubari members list")


def _show_link(link: dict[str, Any], *, as_json: bool) -> None:
    facts = {"email": link["member"]["email"], "url": link["url"], "until": link["expires_at"]}
    show(facts, as_json=as_json)
