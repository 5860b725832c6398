"""`kikubari tracking`."""

import click

from kikubari.app import Settings
from kikubari.cli.connection import connect
from kikubari.cli.output import as_json_option, show

_PATH = "/api/policies/tracking"


@click.group()
def tracking() -> None:
    """What is kept of opens and clicks, at the most."""


@tracking.command("show")
@as_json_option
@click.pass_obj
def show_tracking(settings: Settings, *, as_json: bool) -> None:
    """Show what is kept of opens and clicks, and who said so when."""
    with connect(settings) as client:
        show(client.get(_PATH), as_json=as_json)


@tracking.command("set")
@click.option(
    "--tracking",
    type=click.Choice(["full", "last_open_day", "none"]),
    help="Of those who agreed: each open and click, the last day of an open alone, or nothing.",
)
@click.option(
    "--without-consent",
    type=click.Choice(["last_open_day", "none"]),
    help="Of those who never said anything about tracking.",
)
@as_json_option
@click.pass_obj
def set_tracking(
    settings: Settings, tracking: str | None, without_consent: str | None, *, as_json: bool
) -> None:
    """Say what is kept from now on, in mail already sent too; what is left out stays as it is."""
    chosen = {"tracking": tracking, "without_consent": without_consent}
    given = {name: value for name, value in chosen.items() if value is not None}
    if not given:
        raise click.UsageError("say what is kept: --tracking, --without-consent or both")
    with connect(settings) as client:
        policy = client.get(_PATH)["policy"]
        show(client.put(_PATH, policy | given), as_json=as_json)
