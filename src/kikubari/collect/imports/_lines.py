"""Physical lines of a text file, plain or gzip, in bounded memory, with their byte offsets."""

import gzip
import io
import sys
from pathlib import Path
from typing import BinaryIO

from kikubari.collect.imports._encoding import detect_encoding
from kikubari.collect.imports.contracts import MAX_RECORD_BYTES
from kikubari.spec.errors import InvalidInputError, TooLargeError

_BOM = b"\xef\xbb\xbf"
_SAMPLE_BYTES = 256 * 1024
_LINE_BYTES = 4096  # enough to begin a sample at the start of a line
# gzip packs at most about 1,030 to 1; honest logs stay far below this.
_MAX_RATIO = 300
_RATIO_APPLIES_FROM = 256 * 1024 * 1024


class _CarriageReturns(io.RawIOBase):
    """Shows lone carriage returns (files of old Macs) as line feeds; offsets stay the same."""

    def __init__(self, raw: BinaryIO) -> None:
        super().__init__()
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower than typeshed's Buffer
        chunk = self._raw.read(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._raw.seek(offset, whence)

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._raw.close()
        super().close()


class TextFile:
    """A text file on disk: encoding, where its text begins, and bounded reading of lines.

    Raises:
        InvalidInputError: UTF-16, or an encoding that cannot be told.
    """

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        self.path = path
        self.is_gzip = _starts_with(path, b"\x1f\x8b")
        self.bytes_total = path.stat().st_size
        self.head = self._read_head()
        self.has_bom = self.head.startswith(_BOM)
        self.start = len(_BOM) if self.has_bom else 0
        self._has_lone_cr = b"\n" not in self.head and b"\r" in self.head
        self.encoding = "utf-8" if self.has_bom else encoding or self._detect()

    def open_at(self, offset: int) -> "LineReader":
        """Read lines from a byte offset of the unpacked text."""
        packed = self.path.open("rb", buffering=1 << 20)
        stream: BinaryIO = gzip.GzipFile(fileobj=packed) if self.is_gzip else packed  # type: ignore[assignment]  # GzipFile is one in all but name
        if self._has_lone_cr:
            stream = io.BufferedReader(_CarriageReturns(stream), 1 << 18)
        stream.seek(offset)
        return LineReader(stream, packed if self.is_gzip else None, offset)

    def _read_head(self) -> bytes:
        try:
            with self._unpacked() as stream:
                return stream.read(_SAMPLE_BYTES)
        except (EOFError, OSError) as error:
            raise InvalidInputError(f"{self.path.name} cannot be read: {error}") from error

    def _unpacked(self) -> BinaryIO:
        if self.is_gzip:
            return gzip.open(self.path, "rb")  # type: ignore[return-value]  # GzipFile is one in all but name
        return self.path.open("rb")

    def _detect(self) -> str:
        return detect_encoding(self.head, self._sample)

    def _sample(self) -> bytes:
        """Return whole lines around the first text that is not ASCII, wherever in the file."""
        before = b""
        with self._unpacked() as stream:
            while chunk := _read_piece(stream):
                if not chunk.isascii():
                    sample = before + chunk + _read_piece(stream)
                    start = sample.find(b"\n") + 1 if before else 0
                    end = sample.rfind(b"\n") if len(chunk) == _SAMPLE_BYTES else len(sample)
                    return sample[start:end] or sample
                before = chunk[-_LINE_BYTES:]
        return b""


class LineReader:
    """Lines with their line feed; never more than one record's worth of bytes at once."""

    def __init__(self, stream: BinaryIO, packed: BinaryIO | None, offset: int) -> None:
        self._stream = stream
        self._packed = packed
        self._packed_read = 0  # once it is closed
        self.offset = offset
        self._checked_from = _RATIO_APPLIES_FROM if packed else sys.maxsize

    def read_line(self) -> bytes:
        """Return the next line, b"" at the end, or a piece without line feed if it is too long.

        Raises:
            InvalidInputError: a broken gzip stream.
            TooLargeError: a gzip bomb.
        """
        try:
            line = self._stream.readline(MAX_RECORD_BYTES + 1)
        except (EOFError, OSError) as error:
            raise InvalidInputError(
                f"the file cannot be read beyond byte {self.offset}: {error}",
                hint="it may be cut short; everything before was read",
            ) from error
        self.offset += len(line)
        if self.offset > self._checked_from:
            self._check_ratio()
        return line

    def skip_line(self) -> None:
        """Read to the end of a line of which a too long piece was returned."""
        while line := self.read_line():
            if line.endswith(b"\n"):
                return

    def bytes_read(self) -> int:
        """Return how far into the file on disk reading has come."""
        if self._packed is None:
            return self.offset
        return self._packed_read if self._packed.closed else self._packed.tell()

    def _check_ratio(self) -> None:
        self._checked_from = self.offset + (1 << 24)
        if self._packed is not None and self.offset > _MAX_RATIO * max(1, self._packed.tell()):
            raise TooLargeError(
                f"the file unpacks to more than {_MAX_RATIO} times its size",
                hint="unpack it yourself and import the plain file if this is right",
            )

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        if self._packed is not None and not self._packed.closed:
            self._packed_read = self._packed.tell()
            self._packed.close()


def _read_piece(stream: BinaryIO) -> bytes:
    """Return some bytes; none where a broken gzip stream ends, which reading rows will tell."""
    try:
        return stream.read(_SAMPLE_BYTES)
    except (EOFError, OSError):
        return b""


def _starts_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(magic)) == magic
