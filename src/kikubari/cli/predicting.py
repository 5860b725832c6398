"""`kikubari predict`: forecasts from any file of purchases; needs no server."""

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click

from kikubari.app.predicting import SUBJECTS, PurchaseFile, evaluate_file, export_file
from kikubari.cli.output import as_json_option, show

_FIGURES = ("value", "low", "high")


@click.group()
def predict() -> None:
    """Forecasts of purchases, their worth, churn and replenishment."""


def _about_a_file(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name a file of purchases and what is asked of it."""

    @wraps(command)
    def gathered(
        history: Path, as_of: str, horizon: str, what: Any, columns: dict[str, str], **others: Any
    ) -> None:
        names = (columns["customer"], columns["item"], columns["time"], columns["value"])
        asked = PurchaseFile(
            path=history, columns=names, as_of=as_of, horizon=horizon, subject=what
        )
        command(asked, **others)

    options = [
        click.option(
            "--history",
            required=True,
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Parquet or CSV: a line per product bought, or per purchase.",
        ),
        click.option("--as-of", required=True, help="Date, or time with zone; UTC without."),
        click.option(
            "--what",
            type=click.Choice(SUBJECTS),
            default="purchases",
            show_default=True,
            help="Purchases of customers, or products bought again.",
        ),
    ]
    for name in ("customer", "item", "time", "value"):
        gathered = _column_option(name)(gathered)
    for option in reversed(options):
        gathered = option(gathered)
    return gathered


def _column_option(name: str) -> Callable[..., Any]:
    def keep(context: click.Context, _option: click.Parameter, value: str) -> None:
        context.params.setdefault("columns", {})[name] = value

    return click.option(
        f"--{name}-column",
        default=name,
        show_default=True,
        callback=keep,
        expose_value=False,
        help=f"What the {name} is called in the file.",
    )


@predict.command()
@_about_a_file
@click.option("--horizon", required=True, help="How far ahead: 28d, 39w.")
@as_json_option
def evaluate(asked: PurchaseFile, *, as_json: bool) -> None:
    """Forecast as of an instant and hold it against what came after."""
    found = evaluate_file(asked)
    show(found if as_json else _lines(found), as_json=as_json)


@predict.command()
@_about_a_file
@click.option("--horizon", default="", help="How far ahead; by default the history says.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Parquet or CSV file to write.",
)
@as_json_option
def export(asked: PurchaseFile, *, out: Path, as_json: bool) -> None:
    """Write the forecast of every customer, or of every product bought by each."""
    found = export_file(asked, out)
    show(found if as_json else _lines(found), as_json=as_json)


def _lines(found: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Return figures as flat lines, with their intervals."""
    lines: dict[str, str] = {}
    for name, value in found.items():
        if isinstance(value, Mapping) and set(value) == set(_FIGURES):
            figure, low, high = (value[part] for part in _FIGURES)
            lines[prefix + name] = f"{_number(figure)} ({_number(low)} to {_number(high)})"
        elif isinstance(value, Mapping):
            lines |= _lines(value, f"{prefix}{name}.")
        elif not isinstance(value, list | tuple) and value is not None:
            lines[prefix + name] = _number(value)
    return lines


def _number(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
