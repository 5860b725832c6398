"""What commands print: JSON for programs, short tables for people."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

# Into a file or a pipe lines are as long as they are: whoever reads there has no narrow window.
_UNFOLDED_WIDTH = 10_000
console = Console(highlight=False, width=None if sys.stdout.isatty() else _UNFOLDED_WIDTH)
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_json(value: Any) -> None:
    """Print indented JSON."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def show(value: Any, *, as_json: bool, columns: Sequence[str] = ()) -> None:
    """Print a value as JSON, a list of mappings as a table, a mapping as lines."""
    value = msgspec.to_builtins(value)
    if as_json:
        print_json(value)
    elif isinstance(value, list):
        _print_table(value, columns)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            console.print(f"[bold]{name}[/bold]  {_cell(inner)}", soft_wrap=True)
    else:
        click.echo(value)


def _print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    if not rows:
        click.echo("(none)")
        return
    names = list(columns) or list(rows[0])
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        # Ids are there to be copied: other columns give way to them, and nothing is left out.
        table.add_column(name, overflow="fold", no_wrap=name == "id" or name.endswith("_id"))
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in names))
    console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode().replace("[", r"\[")
    return str(value).replace("[", r"\[")
