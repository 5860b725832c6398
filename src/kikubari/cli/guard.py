"""`kikubari guard`."""

from pathlib import Path

import click
import msgspec

from kikubari.app import Settings
from kikubari.app.judging import guard_rules, judge_cases
from kikubari.cli.connection import connect
from kikubari.cli.output import as_json_option, show
from kikubari.cli.segments import read_json
from kikubari.spec.errors import InvalidInputError


@click.group()
def guard() -> None:
    """Would a message be out of place? Drafts are judged without a server, by the rules alone."""


@guard.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
def check(file: Path, *, as_json: bool) -> None:
    """Judge the cases in FILE: a JSON list; docs/guard.md says what a case holds."""
    try:
        body = file.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"{file}: {error.strerror}") from error
    verdicts = judge_cases(body)
    if as_json:
        show(list(verdicts), as_json=True)
        return
    rows = [
        {
            "id": one.id,
            "verdict": one.verdict,
            "rules": " ".join(one.rules),
            "mend": " ".join(mend.en for mend in one.mend),
        }
        for one in verdicts
    ]
    show(rows, as_json=False, columns=("id", "verdict", "rules", "mend"))


@guard.command("rules")
@as_json_option
def rules(*, as_json: bool) -> None:
    """List the rules."""
    rows = [
        {
            "id": rule_id,
            "levels": " ".join(rule.levels),
            "objects": rule.reason.en,
            "mend": rule.mend.en,
            **({"rule": msgspec.to_builtins(rule)} if as_json else {}),
        }
        for rule_id, rule in guard_rules().items()
    ]
    show(rows, as_json=as_json, columns=("id", "levels", "objects", "mend"))


@guard.group("policy")
def policy() -> None:
    """How much stricter than the rules the shop is."""


@policy.command("show")
@click.option("--versions", is_flag=True, help="All there were, newest first.")
@as_json_option
@click.pass_obj
def show_policy(settings: Settings, *, versions: bool, as_json: bool) -> None:
    """Show the policy in force, who set it and when."""
    with connect(settings) as client:
        found = client.get("/api/guard/policy/versions" if versions else "/api/guard/policy")
    show(found, as_json=as_json)


@policy.command("set")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
@click.pass_obj
def set_policy(settings: Settings, file: Path, *, as_json: bool) -> None:
    """Put the policy in FILE (JSON) in force; what is looser than a rule is refused."""
    with connect(settings) as client:
        show(client.put("/api/guard/policy", read_json(file)), as_json=as_json)


@guard.command("report")
@click.option("--days", default=30, show_default=True, help="How far back.")
@click.option("--broadcast", default="", help="Of this broadcast only.")
@as_json_option
@click.pass_obj
def report(settings: Settings, days: int, broadcast: str, *, as_json: bool) -> None:
    """Show what was stopped, and what went in spite of a warning, by rule."""
    with connect(settings) as client:
        found = client.get("/api/guard/report", days=days, broadcast=broadcast)
    columns = ("rule", "n_blocked", "n_held", "n_warned")
    show(found if as_json else found["rules"], as_json=as_json, columns=columns)
