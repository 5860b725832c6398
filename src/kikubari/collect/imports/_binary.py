"""Parquet and XLSX, read through a child process with a memory limit."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

from kikubari.collect.imports._delimited import header_names
from kikubari.collect.imports.contracts import (
    MAX_RECORD_BYTES,
    FileFormat,
    Position,
    Problem,
    Row,
    UnreadableRow,
)
from kikubari.spec.errors import InvalidInputError, TooLargeError

CHILD_MEMORY_BYTES = 192 * 1024 * 1024
_CHILD = Path(__file__).with_name("_binary_child.py")
# A piece of a row longer than a record is read no further than this at a time.
_CHUNK_BYTES = 1 << 20


class BinaryFile:
    """A Parquet file, or the first sheet of a workbook; offsets are row numbers.

    Raises:
        InvalidInputError: not such a file, or a header that cannot be used.
        TooLargeError: more memory needed than the limit.
    """

    def __init__(self, path: Path, file_format: FileFormat) -> None:
        self._path = path
        self._format = file_format
        self.bytes_total = path.stat().st_size
        with self._child(0) as child:
            self.columns = header_names([str(name) for name in self._next(child) or []])
        self.start = Position(0, 1)
        self._n_read = 0

    def bytes_read(self) -> int:
        """Return 0: how far the child has come in the file is not known in bytes."""
        return 0

    def iter_rows(self, start_at: Position) -> Iterator[Row | UnreadableRow]:
        """Yield the rows below the header, or from a position handed out before."""
        index, columns = start_at.offset, self.columns
        with self._child(index) as child:
            self._next(child)
            while (cells := self._next(child)) is not None:
                index += 1
                line = index + 1
                after = Position(index, line)
                if isinstance(cells, str):
                    yield UnreadableRow(Problem(line, "row_too_long", cells), after)
                elif any(cell is not None and cell != "" for cell in cells):
                    yield Row(line, dict(zip(columns, cells, strict=True)), after)

    @contextmanager
    def _child(self, first_row: int) -> Iterator[subprocess.Popen[bytes]]:
        arguments = [self._format.value, str(self._path), str(first_row), str(CHILD_MEMORY_BYTES)]
        process = subprocess.Popen(  # noqa: S603 - our own file, run by our own interpreter
            [sys.executable, "-P", str(_CHILD), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=_CHUNK_BYTES,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            _output(process).close()

    def _next(self, child: subprocess.Popen[bytes]) -> Any:
        """Return a row's cells, a reason for a row that is too long, or None at the end."""
        stream = _output(child)
        line = stream.readline(MAX_RECORD_BYTES + 1)
        if not line:
            if child.wait() != 0:
                raise self._memory_error()
            return None
        if not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(_CHUNK_BYTES)
            return f"longer than {MAX_RECORD_BYTES // 1024} KiB"
        cells = msgspec.json.decode(line)
        if isinstance(cells, list):
            return cells
        if cells["error"] == "memory":
            raise self._memory_error()
        raise InvalidInputError(cells["error"], hint="save it again, or as CSV")

    def _memory_error(self) -> TooLargeError:
        limit = CHILD_MEMORY_BYTES // 1024 // 1024
        return TooLargeError(
            f"reading {self._path.name} needs more than {limit} MiB of memory",
            hint="save it as CSV (UTF-8) and import that",
        )


def _output(child: subprocess.Popen[bytes]) -> IO[bytes]:
    assert child.stdout is not None  # noqa: S101 - PIPE was asked for
    return child.stdout
