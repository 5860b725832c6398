"""Opens a file of rows, whatever its format and encoding."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from kikubari.collect.imports._binary import BinaryFile
from kikubari.collect.imports._delimited import DelimitedFile
from kikubari.collect.imports._encoding import named_encoding
from kikubari.collect.imports._json_lines import JsonLinesFile
from kikubari.collect.imports._lines import TextFile
from kikubari.collect.imports._merchant_xml import MerchantFile
from kikubari.collect.imports.contracts import FileFormat, Position, Row, UnreadableRow
from kikubari.spec.errors import InvalidInputError, NotFoundError

_SUFFIXES = {
    ".csv": FileFormat.CSV,
    ".tsv": FileFormat.CSV,
    ".txt": FileFormat.CSV,
    ".jsonl": FileFormat.JSONL,
    ".ndjson": FileFormat.JSONL,
    ".json": FileFormat.JSONL,
    ".parquet": FileFormat.PARQUET,
    ".xlsx": FileFormat.XLSX,
    ".xml": FileFormat.XML,
}


class _RowFile(Protocol):
    columns: tuple[str, ...]
    start: Position

    def bytes_read(self) -> int: ...

    def iter_rows(self, start_at: Position) -> Iterator[Row | UnreadableRow]: ...


class RowSource:
    """An opened file.

    Attributes:
        path, format: the file and how it is written.
        encoding: codec of a text file, "" for the others.
        delimiter: of a CSV file, "" for the others.
        columns: names from the header, or keys of the first JSONL rows.
        bytes_total: size on disk, for progress.
        start: where the first row stands.
    """

    def __init__(
        self,
        path: Path,
        file_format: FileFormat,
        file: _RowFile,
        *,
        encoding: str = "",
        delimiter: str = "",
    ) -> None:
        self.path = path
        self.format = file_format
        self.encoding = encoding
        self.delimiter = delimiter
        self.columns = file.columns
        self.bytes_total = path.stat().st_size
        self.start = file.start
        self._file = file

    def iter_rows(self, start_at: Position | None = None) -> Iterator[Row | UnreadableRow]:
        """Yield rows in file order, each with the position of the next, without the blank ones."""
        return self._file.iter_rows(start_at or self.start)

    def bytes_read(self) -> int:
        """Return how far into the file on disk the last iteration is (0: not known)."""
        return min(self._file.bytes_read(), self.bytes_total)


def open_rows(
    path: Path,
    *,
    file_format: FileFormat | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> RowSource:
    """Open a CSV, JSONL or XML (all also gzipped), Parquet or XLSX file.

    The format comes from the name, then from the first bytes; the encoding and the delimiter from
    samples. Each can be told instead.

    Raises:
        NotFoundError: no such file.
        InvalidInputError: empty, no usable header, UTF-16, an encoding that cannot be told, or a
            file that is not what its name says.
        TooLargeError: too many columns, or a Parquet or XLSX file that needs too much memory.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
    except OSError as error:
        raise NotFoundError(f"{path} cannot be opened: {error.strerror}") from error
    if not head:
        raise InvalidInputError(f"{path.name} is empty")
    chosen = file_format or _format_of(path, head)
    if chosen in (FileFormat.PARQUET, FileFormat.XLSX):
        return RowSource(path, chosen, BinaryFile(path, chosen))
    if chosen is FileFormat.XML:
        return RowSource(path, chosen, MerchantFile(path))
    text = TextFile(path, encoding=named_encoding(encoding) if encoding else None)
    if not text.head[text.start :].strip():
        raise InvalidInputError(f"{path.name} is empty")
    if chosen is FileFormat.JSONL:
        return RowSource(path, chosen, JsonLinesFile(text), encoding=text.encoding)
    table = DelimitedFile(text, delimiter=delimiter)
    return RowSource(path, chosen, table, encoding=text.encoding, delimiter=table.delimiter)


def _format_of(path: Path, head: bytes) -> FileFormat:
    if head == b"PAR1":
        return FileFormat.PARQUET
    if head == b"PK\x03\x04":
        return FileFormat.XLSX
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    named = _SUFFIXES.get(suffixes[-1]) if suffixes else None
    if named in (FileFormat.PARQUET, FileFormat.XLSX):
        raise InvalidInputError(f"{path.name} is not a {named.value.upper()} file")
    if named is None:
        by_first = {b"{": FileFormat.JSONL, b"<": FileFormat.XML}
        return by_first.get(head.lstrip()[:1], FileFormat.CSV)
    return named
