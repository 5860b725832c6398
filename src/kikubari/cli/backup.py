"""Commands that take a back-up and start again from one."""

from pathlib import Path

import click

from kikubari.app import Settings
from kikubari.cli.output import as_json_option, show


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@as_json_option
@click.pass_obj
def backup(settings: Settings, folder: Path, *, as_json: bool) -> None:
    """Copy log, profiles, consent and outbox into a new FOLDER; the server may go on working.

    The keys are not in it. Keep them elsewhere: who has both can read everything, and without them
    nobody can read anything.
    """
    # Loads the delivery room: not for the other commands.
    from kikubari.app.backup import back_up  # noqa: PLC0415

    show(back_up(settings, folder.absolute()), as_json=as_json)


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@as_json_option
@click.pass_obj
def restore(settings: Settings, folder: Path | None, *, as_json: bool) -> None:
    """Start again from the back-up in FOLDER; put the keys into KIKUBARI_HOME/keys first.

    Without FOLDER the data are in place already, as after pg_restore. Nothing that may have been
    sent since the back-up is sent again: what waited then becomes unknown, broadcasts that were
    being queued, and journeys, are paused, and scheduled broadcasts are drafts again.
    """
    from kikubari.app.backup import restore as run  # noqa: PLC0415 - as above

    show(run(settings, folder), as_json=as_json)
