"""`kikubari journey test`: journeys in files, tried on made-up people."""

from pathlib import Path
from typing import Any

import click
import msgspec

from kikubari.app import Settings
from kikubari.cli.output import as_json_option, print_json


@click.command("test")
@click.argument("path", metavar="PATH", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--segments",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of segments' files; default: segments beside the journeys' folder.",
)
@as_json_option
@click.pass_context
def test_journeys(
    context: click.Context, path: Path, segments: Path | None, *, as_json: bool
) -> None:
    """Try a journey's file, or all of a folder, on the people of the tests beside it.

    Needs no server and changes nothing. Exits with 1 if anything came otherwise than expected.
    """
    # Loads the engine of journeys: not for commands that only talk to a server.
    from kikubari.app.journey_cases import try_journeys  # noqa: PLC0415

    settings: Settings = context.obj
    outcomes = try_journeys(path, settings, segments=segments)
    told = [{"is_passed": one.is_passed, **msgspec.to_builtins(one)} for one in outcomes]
    if as_json:
        print_json(told)
    else:
        _tell(told)
    context.exit(0 if all(one["is_passed"] for one in told) else 1)


def _tell(journeys: list[dict[str, Any]]) -> None:
    for one in journeys:
        has_nothing = not one["cases"] and not one["faults"]
        click.secho(one["journey"] + (": no tests" if has_nothing else ""), bold=True)
        for fault in one["faults"]:
            click.secho(f"  {fault['path']}: {fault['message']} ({fault['code']})", fg="red")
        for case in one["cases"]:
            _tell_case(case)
    cases = [case for one in journeys for case in one["cases"]]
    n_passed = sum(case["is_passed"] for case in cases)
    n_faulty = sum(bool(one["faults"]) for one in journeys)
    faulty = f", {n_faulty} journeys that cannot run" if n_faulty else ""
    click.echo(f"{n_passed} passed, {len(cases) - n_passed} failed{faulty}")


def _tell_case(case: dict[str, Any]) -> None:
    if case["is_passed"]:
        click.echo(f"  {click.style('passed', fg='green')}  {case['case']}")
        return
    click.echo(f"  {click.style('failed', fg='red')}  {case['case']}")
    if case["problem"]:
        click.echo(f"    {case['problem']}")
    for one in case["differences"]:
        click.echo(f"    {one['path']}")
        click.echo(f"      expected  {one['expected']}\n      found     {one['found']}")
    if case["differences"] and case["refused"]:
        told = ", ".join(f"{n} {reason}" for reason, n in sorted(case["refused"].items()))
        click.echo(f"    not let in: {told}")
