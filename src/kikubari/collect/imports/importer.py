"""Runs an import: rows → messages → sink, resumable, with every problem told."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

import msgspec

from kikubari.collect.imports.contracts import (
    MAX_MESSAGE_BYTES,
    Checkpoint,
    CheckpointStore,
    ImportKind,
    ImportOptions,
    ImportProgress,
    ImportReport,
    ImportSink,
    Mapping,
    Novelty,
    Position,
    Problem,
    Row,
    WireMessage,
)
from kikubari.collect.imports.error_file import ErrorFile
from kikubari.collect.imports.message_ids import MessageIds, OccurrenceCounter
from kikubari.collect.imports.orders import OrderRows
from kikubari.collect.imports.products import ProductRows, ShopifyRows, is_shopify_export
from kikubari.collect.imports.readers import RowSource
from kikubari.collect.imports.rows_to_messages import ROW_CONVERTERS, Outcome, RowConverter
from kikubari.kit.clock import Clock, SystemClock
from kikubari.kit.instants import format_instant

# The tracking API takes 500 KB a batch; the rest is room for its envelope.
MAX_BATCH_BYTES = 450_000
# Without messages, problems alone also move the checkpoint on.
_MAX_QUIET_ROWS = 20_000
_FIRST_PROBLEMS = 20
# Clocks differ, and a day may have been written in another zone than was assumed.
_CLOCK_TOLERANCE = timedelta(days=1)
_ID_BYTES = 200  # messageId and timestamp, which are added after the size is known


def run_import(
    source: RowSource,
    mapping: Mapping,
    sink: ImportSink | None,
    checkpoints: CheckpointStore | None,
    *,
    options: ImportOptions | None = None,
    errors_path: Path | None = None,
    batch_rows: int = 500,
    progress: Callable[[ImportProgress], None] | None = None,
    clock: Clock | None = None,
    novelty: Novelty | None = None,
) -> ImportReport:
    """Import a file, or check it.

    The same file, mapping and options give the same message ids whenever they are run, so a run
    that is killed anywhere and started again ends as one that was not. The checkpoint, moved on
    only after the sink has acknowledged, saves the work of sending again.

    Args:
        source: the opened file.
        mapping: what its columns mean.
        sink: takes batches durably; None is a dry run: everything is checked, nothing sent.
        checkpoints: where to take up an interrupted run; None starts at the first row.
        options: zone, provenance and instant of the file.
        errors_path: where every problem is listed; made at the first one.
        batch_rows: messages a batch, at most.
        progress: told after each batch.
        clock: for rows without an own time, and to tell instants of the future.
        novelty: of a products file, leaves out what stands already; each run is then a statement
            of its own time, so that a value which comes back counts.

    Raises:
        UnavailableError: the sink or a file cannot be written just now; run again to go on.
        InvalidInputError: the file cannot be read on (cut short).
    """
    run = _Run(source, mapping, options or ImportOptions(), clock or SystemClock(), novelty)
    store = checkpoints if sink is not None else None
    return run.execute(sink, store, errors_path, batch_rows, progress)


def default_errors_path(path: Path) -> Path:
    """Return the name of the list of errors beside a file: `orders.csv.errors.csv`."""
    return path.with_name(f"{path.name}.errors.csv")


def checkpoint_key(source: RowSource, mapping: Mapping, options: ImportOptions) -> str:
    """Return what identifies an import: the file's content, how it is read, and as what."""
    digest = blake2b(digest_size=16)
    with source.path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    fields = [(column.column, column.field) for column in mapping.columns]
    meaning = (
        *(mapping.kind, fields, sorted(mapping.constants.items())),
        *(source.format, source.encoding, source.delimiter),
        *(str(options.zone), options.provenance, options.as_of),
    )
    digest.update(msgspec.json.encode(meaning))
    return digest.hexdigest()


class _Batch:
    """Messages not yet acknowledged, and where to read on after them."""

    def __init__(self, position: Position) -> None:
        self.position = position
        self.messages: list[WireMessage] = []
        self.lines: list[int] = []
        self.n_bytes = 0
        self.n_rows = 0

    def is_full(self, batch_rows: int) -> bool:
        return (
            len(self.messages) >= batch_rows
            or self.n_bytes >= MAX_BATCH_BYTES - MAX_MESSAGE_BYTES
            or self.n_rows >= _MAX_QUIET_ROWS
        )


class _Run:
    """One run over a file."""

    def __init__(
        self,
        source: RowSource,
        mapping: Mapping,
        options: ImportOptions,
        clock: Clock,
        novelty: Novelty | None,
    ) -> None:
        self._source = source
        self._mapping = mapping
        self._options = options
        self._novelty = novelty
        self._state = Checkpoint(position=source.start, started_at=clock.now())
        self._first_problems: list[Problem] = []
        self._codes: dict[str, int] = {}
        self._default_time = ""
        self._latest = ""

    def execute(
        self,
        sink: ImportSink | None,
        store: CheckpointStore | None,
        errors_path: Path | None,
        batch_rows: int,
        progress: Callable[[ImportProgress], None] | None,
    ) -> ImportReport:
        """Read, convert, send and report."""
        key = checkpoint_key(self._source, self._mapping, self._options) if store else ""
        found = store.find_checkpoint(key) if store else None
        self._state = found or self._state
        self._codes = dict(self._state.problem_codes)
        self._default_time = _text(self._options.as_of or self._state.started_at)
        self._latest = _text(self._state.started_at + _CLOCK_TOLERANCE)
        self._errors = ErrorFile(errors_path, self._state.error_file_bytes)
        try:
            with OccurrenceCounter() as counter:
                for batch in self._batches(counter, batch_rows):
                    self._acknowledge(batch, sink, store, key)
                    if progress:
                        progress(self._progress())
        finally:
            self._errors.close()
        if store:
            store.remove_checkpoint(key)
        return self._report(found, is_dry_run=sink is None)

    def _batches(self, counter: OccurrenceCounter, batch_rows: int) -> Iterator[_Batch]:
        converter = self._converter(counter)
        ids = MessageIds(self._mapping.kind, counter)
        done = self._state.position
        # Ordinals and closed orders depend on all rows before: read again, but not sent again.
        start_at = self._source.start if self._has_memory() else done
        batch = _Batch(done)
        for outcome in self._outcomes(converter, start_at):
            sized = [self._stamp(message, ids) for message in outcome.messages]
            if outcome.resume.offset <= done.offset:
                continue
            self._fill(batch, outcome, sized)
            if batch.is_full(batch_rows):
                yield batch
                batch = _Batch(batch.position)
        if batch.n_rows:
            yield batch

    def _converter(self, counter: OccurrenceCounter) -> RowConverter:
        if self._mapping.kind is ImportKind.ORDERS:
            return OrderRows(self._mapping, self._options, counter)
        if self._mapping.kind is ImportKind.PRODUCTS:
            return product_converter(self._mapping, self._options, self._state.started_at)
        return ROW_CONVERTERS[self._mapping.kind](self._mapping, self._options)

    def _has_memory(self) -> bool:
        kind = self._mapping.kind
        has_ids = any(column.field == "message_id" for column in self._mapping.columns)
        return kind is ImportKind.ORDERS or (kind is ImportKind.EVENTS and not has_ids)

    def _outcomes(self, converter: RowConverter, start_at: Position) -> Iterator[Outcome]:
        for row in self._source.iter_rows(start_at):
            if isinstance(row, Row):
                yield from converter.add(row)
            else:
                yield from converter.add_unreadable(row)
        yield from converter.finish()

    def _stamp(self, message: WireMessage, ids: MessageIds) -> tuple[int, tuple[str, str] | None]:
        """Return the size of a message and, if it cannot be sent, code and reason."""
        is_timed = "timestamp" in message
        is_dated = self._options.as_of is not None or self._novelty is not None
        if not is_timed and is_dated:
            message["timestamp"] = self._default_time
        try:
            encoded = ids.stamp(message)
        except RecursionError:
            return 0, ("bad_json", "nested too deeply")
        if not is_timed:
            message["timestamp"] = self._default_time
        size = len(encoded) + _ID_BYTES
        if is_timed and message["timestamp"] > self._latest:
            return size, ("date_in_future", f"{message['timestamp']} is still to come")
        if size > MAX_MESSAGE_BYTES:
            limit = MAX_MESSAGE_BYTES // 1024
            return size, ("event_too_large", f"{size:,} bytes as a message; at most {limit} KiB")
        if b"\\u0000" in encoded:
            return size, ("nul_byte", "holds a NUL character")
        return size, None

    def _fill(
        self, batch: _Batch, outcome: Outcome, sized: list[tuple[int, tuple[str, str] | None]]
    ) -> None:
        faults = tuple(Problem(outcome.line, *fault) for _, fault in sized if fault is not None)
        problems = outcome.problems + faults
        batch.position = outcome.resume
        batch.n_rows += outcome.n_rows
        is_taken = bool(outcome.messages) and not faults
        if problems:
            # Of a product some rows may be bad and the others taken.
            n_bad = len({one.line for one in problems}) if is_taken else outcome.n_rows
            self._note(problems, n_bad)
        if is_taken:
            batch.messages += outcome.messages
            batch.lines += [outcome.line] * len(outcome.messages)
            batch.n_bytes += sum(size for size, _ in sized)

    def _note(self, problems: tuple[Problem, ...], n_rows: int) -> None:
        self._errors.write(problems)
        for problem in problems:
            self._codes[problem.code] = self._codes.get(problem.code, 0) + 1
        room = _FIRST_PROBLEMS - len(self._first_problems)
        self._first_problems += problems[:room]
        self._state = msgspec.structs.replace(self._state, problems=self._state.problems + n_rows)

    def _acknowledge(
        self,
        batch: _Batch,
        sink: ImportSink | None,
        store: CheckpointStore | None,
        key: str,
    ) -> None:
        """Send a batch and, once it is durable, move the checkpoint on."""
        state = self._state
        accepted, duplicates, n_rejected = 0, state.duplicates, 0
        n_unchanged = self._leave_out_unchanged(batch) if sink is not None else 0
        if sink is not None and batch.messages:
            result = sink.append(batch.messages, self._progress())
            accepted, n_rejected = result.accepted, len(result.rejected)
            is_known = duplicates is not None and result.duplicates is not None
            duplicates = (duplicates or 0) + (result.duplicates or 0) if is_known else None
            for one in result.rejected:
                problem = Problem(batch.lines[one.index], one.code, one.reason)
                self._note((problem,), 1)
        self._state = msgspec.structs.replace(
            self._state,
            position=batch.position,
            rows=state.rows + batch.n_rows,
            messages=state.messages + len(batch.messages) - n_rejected,
            accepted=state.accepted + accepted,
            duplicates=duplicates,
            unchanged=state.unchanged + n_unchanged,
            problem_codes=dict(self._codes),
            error_file_bytes=self._errors.sync(),
        )
        if store is not None:
            store.save_checkpoint(key, self._state)

    def _leave_out_unchanged(self, batch: _Batch) -> int:
        if self._novelty is None or not batch.messages:
            return 0
        n_messages = len(batch.messages)
        new = self._novelty.select_new(batch.messages)
        batch.messages = [batch.messages[index] for index in new]
        batch.lines = [batch.lines[index] for index in new]
        return n_messages - len(new)

    def _progress(self) -> ImportProgress:
        return ImportProgress(
            rows=self._state.rows,
            messages=self._state.messages,
            problems=self._state.problems,
            bytes_read=self._source.bytes_read(),
            bytes_total=self._source.bytes_total,
        )

    def _report(self, found: Checkpoint | None, *, is_dry_run: bool) -> ImportReport:
        state = self._state
        return ImportReport(
            kind=self._mapping.kind,
            mapping=self._mapping,
            dry_run=is_dry_run,
            rows=state.rows,
            messages=state.messages,
            accepted=state.accepted,
            duplicates=state.duplicates,
            problems=state.problems,
            problem_codes=self._codes,
            first_problems=tuple(self._first_problems),
            error_file=str(self._errors.path) if self._errors.is_written else None,
            resumed_from_line=found.position.line if found else None,
            unchanged=state.unchanged,
        )


def product_converter(mapping: Mapping, options: ImportOptions, now: datetime) -> ProductRows:
    """Return what turns the rows of a products file into messages; sales hold as of `now`."""
    dated = msgspec.structs.replace(options, as_of=options.as_of or now)
    return (ShopifyRows if is_shopify_export(mapping) else ProductRows)(mapping, dated)


def _text(instant: datetime) -> str:
    return format_instant(instant.astimezone(UTC))
