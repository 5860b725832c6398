"""Reads a Parquet or XLSX file in a process of its own and writes its rows as JSON lines.

Run by path (`python -P _binary_child.py FORMAT PATH FIRST_ROW MEMORY_BYTES`), never imported: it
imports nothing of this product. Both formats can ask for any amount of memory in a few bytes (two
cells at the far corners of a sheet make its reader abort the process), so they are read where a
hard limit can stand and where dying is harmless.

The first line written is the list of columns, each further one the list of a row's cells;
`{"error": …}` ends the stream early.
"""

import os
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec

_BATCH_ROWS = 500
_MAX_FOOTER_BYTES = 32 * 1024 * 1024


class FileFaultError(Exception):
    """The file itself cannot be used; the message says why."""


def main(arguments: list[str]) -> None:
    """Write the rows from FIRST_ROW on to standard output."""
    file_format, path, first_row, memory_bytes = arguments
    resource.setrlimit(resource.RLIMIT_DATA, (int(memory_bytes), int(memory_bytes)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    read = {"parquet": read_parquet, "xlsx": read_xlsx}[file_format]
    encoder = msgspec.json.Encoder(enc_hook=_plain)
    buffer = bytearray()
    with os.fdopen(sys.stdout.fileno(), "wb", buffering=1 << 18, closefd=False) as out:
        try:
            for cells in read(path, int(first_row)):
                encoder.encode_into(cells, buffer)
                out.write(buffer)
                out.write(b"\n")
        except MemoryError:
            out.write(encoder.encode({"error": "memory"}) + b"\n")
        except FileFaultError as error:
            out.write(encoder.encode({"error": str(error)}) + b"\n")


def read_parquet(path: str, first_row: int) -> Iterator[list[Any]]:
    """Yield the columns, then rows; whole row groups before the first row are not read."""
    with open(path, "rb") as stream:  # noqa: PTH123 - a child starts faster without pathlib
        stream.seek(0, os.SEEK_END)
        stream.seek(max(0, stream.tell() - 8))
        footer = stream.read(8)
    if footer[4:] != b"PAR1":
        raise FileFaultError("not a complete Parquet file")
    if int.from_bytes(footer[:4], "little") > _MAX_FOOTER_BYTES:
        raise FileFaultError("the Parquet file has too many columns or row groups")
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # the others reserve far ahead
    import pyarrow as pa  # noqa: PLC0415 - after the limit and the setting above

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    try:
        yield from _parquet_rows(path, first_row)
    except pa.ArrowMemoryError as error:
        raise MemoryError from error
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileFaultError(f"the Parquet file cannot be read: {error}") from error


def _parquet_rows(path: str, first_row: int) -> Iterator[list[Any]]:
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - as above

    # Without pre-buffering and with a small buffer, pages are read one by one, so the size of a
    # row group does not matter.
    file = ParquetFile(path, pre_buffer=False, buffer_size=1 << 16)
    yield list(file.schema_arrow.names)
    groups: list[int] = []
    skipped = 0
    for group in range(file.num_row_groups):
        n_rows = file.metadata.row_group(group).num_rows
        if not groups and skipped + n_rows <= first_row:
            skipped += n_rows
        else:
            groups.append(group)
    row = skipped
    for batch in file.iter_batches(_BATCH_ROWS, row_groups=groups, use_threads=False):
        columns = [column.to_pylist() for column in batch.columns]
        for cells in zip(*columns, strict=True):
            if row >= first_row:
                yield list(cells)
            row += 1


def read_xlsx(path: str, first_row: int) -> Iterator[list[Any]]:
    """Yield the first row of the first sheet, then the rows below it."""
    import python_calamine  # noqa: PLC0415 - after the limit is set

    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        rows = book.get_sheet_by_index(0).iter_rows()
    except (python_calamine.CalamineError, OSError, IndexError, ValueError) as error:
        raise FileFaultError(f"the workbook cannot be read: {error}") from error
    yield [str(cell) for cell in next(rows, [])]
    for number, cells in enumerate(rows):
        if number >= first_row:
            yield [_whole(cell) for cell in cells]


def _whole(cell: Any) -> Any:
    """A spreadsheet has only floating numbers; 17850.0 was typed as 17850."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return cell


def _plain(value: Any) -> Any:
    """Write what JSON lacks the way a text file would have it."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


if __name__ == "__main__":
    main(sys.argv[1:])
