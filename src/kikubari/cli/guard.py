"""`kikubari guard`."""

from pathlib import Path

import click
import msgspec

from kikubari.app.judging import guard_rules, judge_cases
from kikubari.cli.output import as_json_option, show
from kikubari.spec.errors import InvalidInputError


@click.group()
def guard() -> None:
    """Would a message be out of place? Judges drafts by the guard's rules; needs no server."""


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
