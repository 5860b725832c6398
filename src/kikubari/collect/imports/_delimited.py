"""CSV: RFC 4180 quoting, read record by record with the offset of each."""

import csv
from collections import Counter
from collections.abc import Iterator

from kikubari.collect.imports._lines import LineReader, TextFile
from kikubari.collect.imports.contracts import (
    MAX_COLUMNS,
    MAX_RECORD_BYTES,
    Position,
    Problem,
    Row,
    UnreadableRow,
)
from kikubari.spec.errors import InvalidInputError, TooLargeError

DELIMITERS = (",", ";", "\t", "|")
_SNIFFED_RECORDS = 50
_SHOWN = 80


class _TooLongError(Exception):
    """The record at hand is over the limit; the rest of its last line is unread."""


class _Records:
    """Feeds decoded lines to csv.reader and keeps count of bytes, lines and faults."""

    def __init__(self, lines: LineReader, encoding: str, line: int) -> None:
        self.lines = lines
        self._encoding = encoding
        self.line = line
        self.fault = ""
        self._record_bytes = 0
        self._last = b""

    def begin(self) -> None:
        """Start a new record."""
        self.fault = ""
        self._record_bytes = 0

    def __iter__(self) -> "_Records":
        return self

    def __next__(self) -> str:
        raw = self.lines.read_line()
        if not raw:
            raise StopIteration
        self.line += 1
        self._record_bytes += len(raw)
        if self._record_bytes > MAX_RECORD_BYTES:
            self._last = raw
            raise _TooLongError
        if b"\0" in raw:
            self.fault = "nul_byte"
        try:
            return raw.decode(self._encoding)
        except UnicodeDecodeError:
            self.fault = "encoding"
            return raw.decode(self._encoding, "replace")

    def skip_record(self, *, is_quoted: bool) -> None:
        """Read on, in bounded memory, to the line feed that ends a too long record.

        `is_quoted` says whether its last line began inside quotes.
        """
        raw = self._last
        while raw:
            is_quoted ^= bool(raw.count(b'"') & 1)
            is_line_over = raw.endswith(b"\n")
            if is_line_over and not is_quoted:
                return
            raw = self.lines.read_line()
            self.line += is_line_over and bool(raw)


class DelimitedFile:
    """A CSV file with a header line.

    Raises:
        InvalidInputError: empty, or a header that cannot be used.
        TooLargeError: a header over the size of a record or with too many columns.
    """

    def __init__(self, text: TextFile, *, delimiter: str | None = None) -> None:
        self._text = text
        self.delimiter = delimiter or _sniff_delimiter(text)
        self.columns, self.start = self._read_header()
        self._lines: LineReader | None = None

    def bytes_read(self) -> int:
        """Return how far into the file reading has come."""
        return self._lines.bytes_read() if self._lines else 0

    def iter_rows(self, start_at: Position) -> Iterator[Row | UnreadableRow]:
        """Yield every record after the header, or from a position handed out before."""
        lines = self._lines = self._text.open_at(start_at.offset)
        try:
            yield from self._iter_records(_Records(lines, self._text.encoding, start_at.line))
        finally:
            lines.close()

    def _iter_records(self, records: _Records) -> Iterator[Row | UnreadableRow]:
        columns, n_columns = self.columns, len(self.columns)
        reader = csv.reader(records, delimiter=self.delimiter, strict=True)
        while True:
            first_line = records.line + 1
            records.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except _TooLongError:
                yield self._skip_long(records, first_line)
                continue
            except csv.Error as error:
                yield _bad_quoting(records, first_line, error)
                continue
            after = Position(records.lines.offset, records.line)
            if not cells or (n_columns > 1 and not any(cells)):
                continue
            if len(cells) != n_columns:
                while len(cells) > n_columns and not cells[-1].strip():
                    cells.pop()
            if len(cells) != n_columns or records.fault:
                yield UnreadableRow(self._fault(cells, records.fault, first_line), after)
            else:
                yield Row(first_line, dict(zip(columns, cells, strict=True)), after)

    def _fault(self, cells: list[str], fault: str, line: int) -> Problem:
        if not fault:
            reason = f"{len(cells)} cells where the header has {len(self.columns)} columns"
            return Problem(line, "ragged_row", reason, value=self.delimiter.join(cells)[:_SHOWN])
        mark, code, reason = {
            "encoding": ("\ufffd", "bad_encoding", f"not valid {self._text.encoding} text"),
            "nul_byte": ("\0", "nul_byte", "holds a NUL byte"),
        }[fault]
        index = next((i for i, cell in enumerate(cells) if mark in cell), 0)
        column = self.columns[index] if index < len(self.columns) else ""
        value = cells[index] if cells else ""
        return Problem(line, code, reason, column=column, value=value[:_SHOWN])

    def _skip_long(self, records: _Records, first_line: int) -> UnreadableRow:
        # A record of several lines can only have grown long inside a quoted cell.
        is_quoted = records.line > first_line
        records.skip_record(is_quoted=is_quoted)
        span = _span(first_line, records.line)
        reason = f"{span}: longer than {MAX_RECORD_BYTES // 1024} KiB"
        if is_quoted:
            reason += " (a quote opened here is closed late or never)"
        return UnreadableRow(
            Problem(first_line, "row_too_long", reason),
            Position(records.lines.offset, records.line),
        )

    def _read_header(self) -> tuple[tuple[str, ...], Position]:
        records = _Records(self._text.open_at(self._text.start), self._text.encoding, 0)
        try:
            cells = next(csv.reader(records, delimiter=self.delimiter, strict=True), [])
        except _TooLongError:
            raise TooLargeError(
                f"the first line is longer than {MAX_RECORD_BYTES // 1024} KiB",
                hint="the first line must hold the names of the columns",
            ) from None
        except csv.Error as error:
            raise InvalidInputError(f"the header line cannot be read: {error}") from error
        finally:
            records.lines.close()
        if records.fault:
            raise InvalidInputError(f"the header line has a fault: {records.fault}")
        return header_names(cells), Position(records.lines.offset, records.line)


def header_names(cells: list[str]) -> tuple[str, ...]:
    """Return usable column names; a nameless column becomes `column_N`.

    Raises:
        InvalidInputError: no column at all, or two of the same name.
        TooLargeError: more than MAX_COLUMNS.
    """
    if len(cells) > MAX_COLUMNS:
        raise TooLargeError(f"{len(cells)} columns; at most {MAX_COLUMNS} can be read")
    if not any(cell.strip() for cell in cells):
        raise InvalidInputError(
            "the file has no header line", hint="the first line must name the columns"
        )
    names = [cell.strip() or f"column_{number}" for number, cell in enumerate(cells, 1)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InvalidInputError(
            f"columns that occur twice: {', '.join(twice[:10])}", hint="rename or remove one"
        )
    return tuple(names)


def _bad_quoting(records: _Records, first_line: int, error: csv.Error) -> UnreadableRow:
    reason = f"{_span(first_line, records.line)}: quotes do not match ({error})"
    return UnreadableRow(
        Problem(first_line, "bad_quoting", reason), Position(records.lines.offset, records.line)
    )


def _span(first: int, last: int) -> str:
    return f"line {first}" if last <= first else f"lines {first} to {last}"


def _sniff_delimiter(text: TextFile) -> str:
    """Choose what cuts the header into most columns, the same number in most records."""
    head = text.head[text.start :].decode(text.encoding, "replace").splitlines(keepends=True)
    complete = head[:-1] if len(text.head) < text.bytes_total and len(head) > 1 else head
    best, best_score = DELIMITERS[0], 0.0
    for delimiter in DELIMITERS:
        widths = _widths(complete, delimiter)
        if widths and widths[0] > 1:
            score = sum(width == widths[0] for width in widths) / len(widths) + widths[0] / 1e6
            if score > best_score:
                best, best_score = delimiter, score
    return best


def _widths(lines: list[str], delimiter: str) -> list[int]:
    widths: list[int] = []
    try:
        for cells in csv.reader(lines, delimiter=delimiter, strict=True):
            if cells:
                widths.append(len(cells))
            if len(widths) >= _SNIFFED_RECORDS:
                break
    except csv.Error:
        pass  # a broken record ends the sample
    return widths
