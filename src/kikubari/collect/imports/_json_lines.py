"""JSONL: one JSON object a line."""

from collections.abc import Iterator

import msgspec

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

_SAMPLED_ROWS = 200
_SHOWN = 80


class JsonLinesFile:
    """A JSONL file; `columns` are the keys of its first rows in order of appearance.

    Raises:
        InvalidInputError: empty, or one JSON array instead of a line for each object.
    """

    def __init__(self, text: TextFile) -> None:
        self._text = text
        self.start = Position(text.start, 0)
        if text.head[text.start :].lstrip().startswith(b"["):
            raise InvalidInputError(
                "the file is one JSON array", hint="write one object a line (JSON Lines)"
            )
        self._lines: LineReader | None = None
        self.columns = self._sample_columns()

    def bytes_read(self) -> int:
        """Return how far into the file reading has come."""
        return self._lines.bytes_read() if self._lines else 0

    def iter_rows(self, start_at: Position) -> Iterator[Row | UnreadableRow]:
        """Yield every object, or those from a position handed out before."""
        lines = self._lines = self._text.open_at(start_at.offset)
        encoding = self._text.encoding
        line = start_at.line
        try:
            while raw := lines.read_line():
                line += 1
                if len(raw) > MAX_RECORD_BYTES:
                    lines.skip_line()
                    reason = f"longer than {MAX_RECORD_BYTES // 1024} KiB"
                    problem = Problem(line, "row_too_long", reason)
                    yield UnreadableRow(problem, Position(lines.offset, line))
                elif not raw.isspace():
                    yield _decode(raw, encoding, line, Position(lines.offset, line))
        finally:
            lines.close()

    def _sample_columns(self) -> tuple[str, ...]:
        columns: dict[str, None] = {}
        is_empty = True
        for number, row in enumerate(self.iter_rows(self.start)):
            is_empty = False
            if isinstance(row, Row):
                columns.update(dict.fromkeys(row.values))
            if len(columns) > MAX_COLUMNS:
                raise TooLargeError(f"more than {MAX_COLUMNS} different keys")
            if number >= _SAMPLED_ROWS:
                break
        if is_empty:
            raise InvalidInputError("the file is empty")
        return tuple(columns)


def _decode(raw: bytes, encoding: str, line: int, after: Position) -> Row | UnreadableRow:
    try:
        values = msgspec.json.decode(raw if encoding == "utf-8" else raw.decode(encoding))
    except UnicodeDecodeError:
        code, reason = "bad_encoding", f"not valid {encoding} text"
    except msgspec.DecodeError as error:
        code, reason = "bad_json", str(error)
    except RecursionError:
        code, reason = "bad_json", "nested too deeply"
    else:
        if isinstance(values, dict):
            return Row(line, values, after)
        code, reason = "bad_json", "not a JSON object"
    shown = raw[:_SHOWN].decode(encoding, "replace").strip()
    return UnreadableRow(Problem(line, code, reason, value=shown), after)
