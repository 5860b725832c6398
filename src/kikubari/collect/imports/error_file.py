"""The file that lists every row that was not taken, for a person with a spreadsheet."""

import csv
import io
import os
import re
from pathlib import Path
from typing import BinaryIO

from kikubari.collect.imports.contracts import Problem
from kikubari.spec.errors import UnavailableError

COLUMNS = ("line", "column", "code", "reason", "value")
_MAX_VALUE = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# What makes a spreadsheet take a cell for a formula, in full width too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BOM = b"\xef\xbb\xbf"  # spreadsheets read UTF-8 only with it


class ErrorFile:
    """A CSV file made at the first problem; its size is part of the checkpoint.

    Args:
        path: where; None writes nothing.
        keep_bytes: how much an earlier, interrupted run had written for certain. What comes
            after is cut off, for those rows are read again.
    """

    def __init__(self, path: Path | None, keep_bytes: int = 0) -> None:
        self.path = path
        self._keep_bytes = keep_bytes
        self._stream: BinaryIO | None = None
        if path is not None and path.exists():
            self._discard(path, keep_bytes)

    @property
    def is_written(self) -> bool:
        """Whether the file holds anything."""
        return self._stream is not None or self._keep_bytes > 0

    def write(self, problems: tuple[Problem, ...]) -> None:
        """Add problems.

        Raises:
            UnavailableError: the file cannot be written.
        """
        if self.path is None:
            return
        text = io.StringIO()
        writer = csv.writer(text)
        for one in problems:
            cells = (one.column, one.code, one.reason, one.value[:_MAX_VALUE])
            writer.writerow((one.line or "", *map(safe_cell, cells)))
        try:
            self._open().write(text.getvalue().encode())
        except OSError as error:
            raise self._unavailable(error) from error

    def sync(self) -> int:
        """Make what was written durable and return its size in bytes."""
        if self._stream is None:
            return self._keep_bytes
        try:
            self._stream.flush()
            os.fsync(self._stream.fileno())
        except OSError as error:
            raise self._unavailable(error) from error
        return self._stream.tell()

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()

    def _discard(self, path: Path, keep_bytes: int) -> None:
        """Cut off what is not certain; an older import's list that is not continued goes."""
        header = _header()
        with path.open("rb") as stream:
            is_ours = stream.read(len(header)) == header
        if not is_ours:
            return
        if keep_bytes:
            os.truncate(path, min(keep_bytes, path.stat().st_size))
        else:
            path.unlink()

    def _open(self) -> BinaryIO:
        if self._stream is None:
            assert self.path is not None  # noqa: S101 - write() returned otherwise
            if self.path.exists() and not self._keep_bytes:
                raise FileExistsError(f"{self.path} is there already and is no list of errors")
            self._stream = self.path.open("ab")
            if self._stream.tell() == 0:
                self._stream.write(_header())
        return self._stream

    def _unavailable(self, error: OSError) -> UnavailableError:
        return UnavailableError(
            f"the list of errors cannot be written: {error}", hint="name another with --errors PATH"
        )


def _header() -> bytes:
    return _BOM + ",".join(COLUMNS).encode() + b"\r\n"


def safe_cell(text: str) -> str:
    """Return text that no spreadsheet runs: control characters out, formulas behind an '."""
    text = _CONTROL.sub(" ", text)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
