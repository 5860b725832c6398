"""`kikubari senders`."""

import sys

import click

from kikubari.app import Settings
from kikubari.cli.connection import connect, in_path
from kikubari.cli.output import as_json_option, print_json, show

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red", "unchecked": "cyan"}
_ALARM_COLUMNS = ("scope", "id", "level", "n_complaints", "n_sent", "at", "resumed_by")


@click.group()
def senders() -> None:
    """Domains that mail is from: how they stand with those who receive it."""


@senders.command("alarms")
@as_json_option
@click.pass_obj
def alarms(settings: Settings, *, as_json: bool) -> None:
    """List broadcasts and senders that too many recipients complained about."""
    with connect(settings) as client:
        show(client.get("/api/spam-alarms"), as_json=as_json, columns=_ALARM_COLUMNS)


@senders.command("check")
@click.argument("domain")
@as_json_option
@click.pass_obj
def check(settings: Settings, domain: str, *, as_json: bool) -> None:
    """Check what large mail providers ask of mail from DOMAIN; exits with 1 if it fails."""
    with connect(settings) as client:
        report = client.get(in_path("/api/senders", domain, "check"))
    if as_json:
        print_json(report)
    else:
        for finding in report["findings"]:
            click.secho(f"{finding['level']:<10}{finding['code']}", fg=_COLOURS[finding["level"]])
            click.echo(f"          {finding['en']}")
            if finding["publish"]:
                click.echo(f"          at {finding['where']}: {finding['publish']}")
        if report["is_blocked"]:
            click.echo(f"Broadcasts from {report['domain']} are not sent until this is mended.")
        elif report["is_sandbox"]:
            click.echo("Mail goes to the sandbox inbox: nothing is blocked.")
    if not report["is_ready"]:
        sys.exit(1)


@senders.command("resume")
@click.argument("domain")
@as_json_option
@click.pass_obj
def resume(settings: Settings, domain: str, *, as_json: bool) -> None:
    """Let the mail of a domain go on that was held for complaints."""
    with connect(settings) as client:
        answer = client.post(in_path("/api/senders", domain, "resume"))
        show(answer, as_json=as_json, columns=_ALARM_COLUMNS)
