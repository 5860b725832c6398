"""Commands that run and look after an installation."""

from collections.abc import Callable
from typing import Any

import click

from kikubari.app import ServerAddress, Settings, describe_settings
from kikubari.cli.connection import connect, in_path
from kikubari.cli.output import as_json_option, console, show

scope_option = click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=["read"],
    show_default=True,
    help="read, write, send, export or admin; may be repeated.",
)


def limit_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what a source may send."""
    for option in (
        click.option(
            "--per-minute",
            "events_per_minute",
            type=click.IntRange(1),
            help="How many events it may send a minute.",
        ),
        click.option(
            "--event",
            "allowed_events",
            multiple=True,
            help="Event it may send, or identify, page, screen, group, alias; may be repeated.",
        ),
        click.option(
            "--origin",
            "allowed_origins",
            multiple=True,
            help="Origin a browser's key may be used on; may be repeated.",
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.pass_obj
def serve(settings: Settings) -> None:
    """Run the product: tracking API, console, sending."""

    def announce(address: ServerAddress) -> None:
        console.print(
            f"Kikubari serves at [bold]{address.url}[/bold]; data in {settings.folder}",
            soft_wrap=True,
        )

    run_server(settings, announce)


@click.command()
@as_json_option
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> None:
    """Check that copy and indexes hold exactly what the log holds; exits with 1 if not."""
    with connect(context.obj) as client:
        answer = client.get("/api/doctor")
    show(answer, as_json=as_json)
    context.exit(0 if answer["is_equal"] else 1)


@click.command()
@as_json_option
@click.pass_obj
def rebuild(settings: Settings, *, as_json: bool) -> None:
    """Make the columnar copy anew from the log."""
    with connect(settings) as client:
        show(client.post("/api/rebuild"), as_json=as_json)


@click.group()
def sources() -> None:
    """Where events come from, and their write keys."""


@sources.command("create")
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice(["server", "browser"]),
    default="server",
    show_default=True,
    help="A browser's key is public, so what it says is believed less.",
)
@limit_options
@as_json_option
@click.pass_obj
def create_source(
    settings: Settings, /, name: str, kind: str, *, as_json: bool, **limits: Any
) -> None:
    """Make a source; its write key goes into the SDK's settings.

    A server's key is a secret: it is shown now and never again.
    """
    with connect(settings) as client:
        body = {"name": name, "kind": kind, **limits}
        show(client.post("/api/sources", body), as_json=as_json)


@sources.command("limit")
@click.argument("source_id", type=int)
@limit_options
@as_json_option
@click.pass_obj
def limit_source(settings: Settings, /, source_id: int, *, as_json: bool, **limits: Any) -> None:
    """Say anew what a source may send; what is left out is not limited."""
    with connect(settings) as client:
        show(client.put(f"/api/sources/{source_id}/limits", limits), as_json=as_json)


@sources.command("rotate")
@click.argument("source_id", type=int)
@click.option(
    "--overlap-hours",
    type=click.IntRange(0, 720),
    default=0,
    show_default=True,
    help="For how long the old key still works.",
)
@as_json_option
@click.pass_obj
def rotate_source(settings: Settings, source_id: int, overlap_hours: int, *, as_json: bool) -> None:
    """Give a source a new write key."""
    with connect(settings) as client:
        body = {"overlap_hours": overlap_hours}
        show(client.post(f"/api/sources/{source_id}/rotate", body), as_json=as_json)


@sources.command("list")
@as_json_option
@click.pass_obj
def list_sources(settings: Settings, *, as_json: bool) -> None:
    """List sources."""
    with connect(settings) as client:
        rows = client.get("/api/sources")
    show(rows, as_json=as_json, columns=("id", "name", "kind", "key_end", "write_key"))


@click.group()
def keys() -> None:
    """API keys of the admin API."""


@keys.command("create")
@click.argument("name")
@scope_option
@as_json_option
@click.pass_obj
def create_key(settings: Settings, name: str, scopes: tuple[str, ...], *, as_json: bool) -> None:
    """Make an API key; its secret is shown once."""
    with connect(settings) as client:
        show(client.post("/api/keys", {"name": name, "scopes": list(scopes)}), as_json=as_json)


@keys.command("list")
@as_json_option
@click.pass_obj
def list_keys(settings: Settings, *, as_json: bool) -> None:
    """List API keys, without their secrets."""
    with connect(settings) as client:
        show(client.get("/api/keys"), as_json=as_json)


@keys.command("revoke")
@click.argument("key_id")
@as_json_option
@click.pass_obj
def revoke_key(settings: Settings, key_id: str, *, as_json: bool) -> None:
    """Make a key useless."""
    with connect(settings) as client:
        client.delete(in_path("/api/keys", key_id))
    show({"revoked": key_id}, as_json=as_json)


@keys.command("rotate-instance")
@as_json_option
@click.pass_obj
def rotate_instance(settings: Settings, *, as_json: bool) -> None:
    """Exchange the instance key and seal everything under the new one; stop the server first.

    Cut short, it is finished by running it again; until then the product does not start.
    """
    # Loads the rooms that seal: not for the other commands.
    from kikubari.app.key_rotation import rotate_instance_key  # noqa: PLC0415

    show(rotate_instance_key(settings), as_json=as_json)


@click.command("settings")
@as_json_option
@click.pass_obj
def show_settings(settings: Settings, *, as_json: bool) -> None:
    """Show the settings in force, without secrets."""
    show(describe_settings(settings), as_json=as_json)


@click.group()
def dkim() -> None:
    """The key that signs mail."""


@dkim.command("show")
@as_json_option
@click.pass_obj
def show_dkim(settings: Settings, *, as_json: bool) -> None:
    """Show the DNS record to publish, so that receivers can check signatures."""
    # Loads the delivery room: not for the other commands.
    from kikubari.app.secrets import dkim_record  # noqa: PLC0415

    show(dkim_record(settings), as_json=as_json)


def run_server(settings: Settings, on_ready: Callable[[ServerAddress], None]) -> None:
    """Serve until told to stop; `on_ready` is called once requests are answered."""
    # Loads every engine: not for the other commands.
    from kikubari.app.server import serve as run  # noqa: PLC0415
    from kikubari.demo import product_image  # noqa: PLC0415

    run(settings, on_ready=on_ready, draw_product=product_image)
