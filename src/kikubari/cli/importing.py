"""`kikubari import KIND FILE`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import httpx
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from kikubari.app import Settings
from kikubari.cli.connection import AdminClient, RemoteError, connect, read_answer
from kikubari.cli.output import as_json_option, console, print_json, show
from kikubari.cli.product_feeds import ServerCatalogue, find_gone, send_gone
from kikubari.collect.imports import (
    DEFAULT_MAX_GONE_PERCENT,
    AppendResult,
    FileCheckpoints,
    ImportKind,
    ImportOptions,
    ImportProgress,
    ImportReport,
    Mapping,
    RejectedMessage,
    RowSource,
    WireMessage,
    default_errors_path,
    guess_mapping,
    open_rows,
    parse_as_of,
    run_import,
)
from kikubari.spec.conditions.leaves import Provenance
from kikubari.spec.errors import UnavailableError

_PROVENANCES = get_args(Provenance)
_RETRIED = frozenset({429, 502, 503, 504})


class TrackingSink:
    """Sends batches by the public tracking API, as any program of the shop's could."""

    def __init__(self, client: AdminClient, write_key: str) -> None:
        self._client = client
        self._write_key = write_key

    def append(self, messages: Sequence[WireMessage], progress: ImportProgress) -> AppendResult:
        """Return when the batch is durable.

        Raises:
            UnavailableError: not just now.
            RemoteError: the server takes none of it.
        """
        del progress
        try:
            response = self._client.send_batch(self._write_key, list(messages))
        except httpx.TransportError as error:
            raise UnavailableError(f"the server cannot be reached: {error}") from error
        if response.status_code in _RETRIED:
            seconds = response.headers.get("retry-after", "5")
            raise UnavailableError(
                "the server cannot take more just now",
                retry_after_seconds=int(seconds) if seconds.isdigit() else 5,
                hint="Run the same command again: it goes on where it stopped.",
            )
        body = read_answer(response)
        if response.is_error and "errors" not in body:
            raise RemoteError(response.status_code, body)
        rejected = tuple(
            RejectedMessage(error["index"], error["code"], error["reason"])
            for error in body.get("errors", [])
        )
        return AppendResult(accepted=len(messages) - len(rejected), rejected=rejected)


@click.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in ImportKind]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "overrides",
    multiple=True,
    metavar="COLUMN=FIELD",
    help="What a column is; COLUMN=- leaves it out.",
)
@click.option(
    "--set",
    "constants",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Value where a row does not say.",
)
@click.option("--encoding", help="Of the text, if it is not UTF-8 or CP932: euc-jp, cp1252 …")
@click.option("--as-of", help="Instant the file was true, for rows without one of their own.")
@click.option("--zone", help="Time zone of times without one; default: the shop's.")
@click.option(
    "--provenance",
    type=click.Choice(_PROVENANCES),
    default="declared",
    show_default=True,
    help="How the traits of customers are known.",
)
@click.option("--dry-run", is_flag=True, help="Check everything, send nothing.")
@click.option("--strict", is_flag=True, help="Exit with 1 on any bad row.")
@click.option(
    "--errors",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where rows not taken are listed; default: FILE.errors.csv.",
)
@click.option(
    "--complete",
    is_flag=True,
    help="Of products: the file is the whole catalogue; what it lacks is gone.",
)
@click.option(
    "--max-gone",
    type=click.FloatRange(0, 100),
    default=DEFAULT_MAX_GONE_PERCENT,
    show_default=True,
    metavar="PERCENT",
    help="With --complete: refuse a file that lacks more of the shop's products.",
)
@click.option("--quiet", is_flag=True, help="Do not show the mapping.")
@as_json_option
@click.pass_obj
def import_command(
    settings: Settings,
    *,
    kind: str,
    file: Path,
    overrides: tuple[str, ...],
    constants: tuple[str, ...],
    encoding: str | None,
    as_of: str | None,
    zone: str | None,
    provenance: str,
    dry_run: bool,
    strict: bool,
    errors: Path | None,
    complete: bool,
    max_gone: float,
    quiet: bool,
    as_json: bool,
) -> None:
    """Import a CSV, JSONL, Parquet, XLSX or product feed (XML) file of one KIND.

    Interrupted, it goes on where it stopped; the same file twice changes nothing.
    """
    if complete and kind != ImportKind.PRODUCTS:
        raise click.BadParameter("--complete is for products")
    source = open_rows(file, encoding=encoding)
    given = _pairs(constants)
    if kind == ImportKind.PRODUCTS and "currency" not in given:
        # Exports of shops name no currency: prices are in the shop's own.
        given["currency"] = settings.currency
    mapping = guess_mapping(ImportKind(kind), source, overrides=_pairs(overrides), constants=given)
    options = _options(zone or settings.timezone, provenance, as_of)
    if not (as_json or quiet):
        _show_mapping(mapping, file)
    with _progress(file.name, is_hidden=as_json) as tell:
        arguments: dict[str, Any] = {
            "options": options,
            "errors_path": errors or default_errors_path(file),
            "progress": tell,
        }
        if dry_run:
            report = run_import(source, mapping, None, None, **arguments)
        else:
            report = _import(
                settings, source, mapping, arguments, max_gone=max_gone if complete else None
            )
    if as_json:
        print_json(report)
    else:
        _show_report(report)
    raise SystemExit(report.exit_status(is_strict=strict))


def _import(
    settings: Settings,
    source: RowSource,
    mapping: Mapping,
    arguments: dict[str, Any],
    *,
    max_gone: float | None,
) -> ImportReport:
    """Send a file to the server; `max_gone` is set when what it lacks is gone."""
    options: ImportOptions = arguments["options"]
    with connect(settings) as client:
        write_key = client.post("/api/sources/file-import")["write_key"]
        checkpoints = FileCheckpoints(settings.folder / "imports")
        sink = TrackingSink(client, write_key)
        if mapping.kind is not ImportKind.PRODUCTS:
            return run_import(source, mapping, sink, checkpoints, **arguments)
        catalogue = ServerCatalogue(client)
        catalogue.wait_until_known()
        gone = (
            []
            if max_gone is None
            else find_gone(catalogue, source, mapping, options, max_gone_percent=max_gone)
        )
        novelty = None if options.as_of else catalogue
        report = run_import(source, mapping, sink, checkpoints, **arguments, novelty=novelty)
        return send_gone(sink, gone, report, options, arguments["progress"])


def _options(zone: str, provenance: str, as_of: str | None) -> ImportOptions:
    try:
        chosen = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise click.BadParameter(f"no time zone {zone!r}; for example Asia/Tokyo") from error
    instant = parse_as_of(as_of, chosen) if as_of else None
    return ImportOptions(zone=chosen, provenance=provenance, as_of=instant)


def _pairs(options: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for option in options:
        name, separator, value = option.partition("=")
        if not separator:
            raise click.BadParameter(f"{option!r} is not NAME=VALUE")
        pairs[name.strip()] = value.strip()
    return pairs


class _Bar:
    """A progress bar over the bytes of a file."""

    def __init__(self, name: str, *, is_hidden: bool) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:>3.0f} %  {task.fields[rows]:,} rows"),
            TimeRemainingColumn(),
            console=console,
            disable=is_hidden,
        )
        self._task = self._bar.add_task(name, total=None, rows=0)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, progress: ImportProgress) -> None:
        self._bar.update(
            self._task,
            completed=progress.bytes_read,
            total=progress.bytes_total,
            rows=progress.rows,
        )


def _progress(name: str, *, is_hidden: bool) -> _Bar:
    return _Bar(name, is_hidden=is_hidden)


def _show_mapping(mapping: Mapping, file: Path) -> None:
    console.print(f"[bold]{file.name}[/bold] as {mapping.kind.value}")
    rows = [
        {
            "column": column.column,
            "field": column.field,
            "by": column.origin,
            "for example": ", ".join(column.samples[:2]),
        }
        for column in mapping.columns
    ]
    show(rows, as_json=False)


def _show_report(report: ImportReport) -> None:
    done = "would be sent" if report.dry_run else "taken in"
    resumed = f", resumed after line {report.resumed_from_line}" if report.resumed_from_line else ""
    unchanged = f", {report.unchanged:,} unchanged" if report.unchanged else ""
    gone = f", {report.gone:,} no longer in the shop" if report.gone else ""
    console.print(
        f"{report.rows:,} rows, {report.accepted:,} messages {done}{unchanged}{gone}{resumed}"
    )
    if report.problems:
        console.print(f"[red]{report.problems:,} rows not taken[/red]; see {report.error_file}")
        for problem in report.first_problems[:5]:
            place = (problem.line, *([problem.column] if problem.column else []))
            console.print(
                f"  line {' '.join(str(one) for one in place)}: {problem.reason} ({problem.code})",
                markup=False,
            )
