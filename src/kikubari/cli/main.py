"""Entry point: settings from the environment, errors as one clear line."""

import os
import sys
from collections.abc import Mapping, Sequence
from pkgutil import resolve_name
from typing import Any

import click

from kikubari.app import read_settings
from kikubari.cli.backup import backup, restore
from kikubari.cli.broadcasts import broadcasts
from kikubari.cli.connection import RemoteError
from kikubari.cli.governance import attributes, plan
from kikubari.cli.inspecting import (
    consents,
    inbox,
    messages,
    products,
    profiles,
    rejected,
    suppressions,
)
from kikubari.cli.journeys import journey
from kikubari.cli.life_stages import life_stages
from kikubari.cli.mail import mail
from kikubari.cli.members import members
from kikubari.cli.offers import offers
from kikubari.cli.operating import (
    dkim,
    doctor,
    keys,
    rebuild,
    serve,
    show_settings,
    sources,
)
from kikubari.cli.personas import lookalikes, personas
from kikubari.cli.recipes import recipe
from kikubari.cli.rights import rights
from kikubari.cli.segments import segments
from kikubari.cli.senders import senders
from kikubari.cli.simulating import simulate
from kikubari.cli.topics import topics
from kikubari.cli.tracking import tracking
from kikubari.cli.webhooks import webhooks
from kikubari.spec.errors import InvalidInputError, KikubariError

# Their modules load readers of every file format, or all that judges a message.
_HEAVY = {
    "demo": "kikubari.cli.demo:demo",
    "guard": "kikubari.cli.guard:guard",
    "import": "kikubari.cli.importing:import_command",
    "predict": "kikubari.cli.predicting:predict",
    "recommend": "kikubari.cli.recommending:recommend",
}
_MOST_PLACES = 20


class Commands(click.Group):
    """Loads the heavy commands only when they are asked for: most talk to a server, in no time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, those not loaded yet too."""
        return sorted([*super().list_commands(ctx), *_HEAVY])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loading it if need be."""
        if cmd_name in _HEAVY:
            command: click.Command = resolve_name(_HEAVY[cmd_name])
            return command
        return super().get_command(ctx, cmd_name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kikubari", prog_name="kikubari")
@click.pass_context
def cli(context: click.Context) -> None:
    """Attentive customer engagement: collect, understand, say something useful, measure.

    Commands talk to the server that owns KIKUBARI_HOME; without one they start their own for
    as long as they need it.
    """
    context.obj = read_settings(os.environ)


for command in (
    *(serve, show_settings, doctor, rebuild, sources, keys, members, dkim),
    *(backup, restore),
    *(attributes, plan),
    *(profiles, rights, consents, products, segments, personas, lookalikes, life_stages),
    *(
        broadcasts,
        messages,
        inbox,
        rejected,
        suppressions,
        mail,
        senders,
        topics,
        tracking,
        webhooks,
    ),
    *(offers, journey, recipe, simulate),
):
    cli.add_command(command)


def explain(error: KikubariError, arguments: Sequence[str]) -> None:
    """Say on standard error what was refused, where, and what to do about it.

    Args:
        error: the refusal.
        arguments: of the command line, to name the command that lists what there is.
    """
    code = error.remote_code if isinstance(error, RemoteError) else error.code
    click.secho(f"{error.message} ({code})", fg="red", err=True)
    for line in _places(error.detail)[:_MOST_PLACES]:
        click.echo(f"  {line}", err=True)
    hint = error.hint
    if not hint and code == "not_found":
        hint = _lister(arguments)
    if hint:
        click.echo(hint, err=True)


def _places(detail: Any) -> list[str]:
    """Return a line for each place that a refusal names."""
    if isinstance(detail, list):
        return [_place(one) for one in detail]
    return [_place(detail)] if detail else []


def _place(detail: Any) -> str:
    if not isinstance(detail, Mapping):
        return str(detail)
    where = detail.get("path") or detail.get("key")
    if where and detail.get("message"):
        # What a whole body lacks is said of `data`: the message names it.
        return str(detail["message"]) if where == "data" else f"{where}: {detail['message']}"
    plain = [
        (name, value) for name, value in detail.items() if isinstance(value, str | int | float)
    ]
    return ", ".join(f"{name} {value}" for name, value in plain)


def _lister(arguments: Sequence[str]) -> str:
    """Return where to look for what was not found, if its command has a list."""
    group = cli.commands.get(arguments[0]) if arguments else None
    has_list = isinstance(group, click.Group) and "list" in group.commands
    return f"`kikubari {arguments[0]} list` names what there is." if has_list else ""


def main() -> None:
    """Run the command line; a refusal is printed without a traceback and exits with 2."""
    try:
        cli(standalone_mode=False)
    except KikubariError as error:
        explain(error, sys.argv[1:])
        sys.exit(2)
    except OSError as error:
        if error.filename is None:  # no file that somebody named: a fault of ours, to be seen whole
            raise
        explain(InvalidInputError(f"{error.filename}: {error.strerror}"), sys.argv[1:])
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
