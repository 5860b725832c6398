"""Import of large files: peak memory and rows per second, by format.

At scale 1 each file has 100 MB; `--scale 20` makes them 2 GB.
"""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import pyarrow as pa
from pyarrow.parquet import ParquetFile, ParquetWriter

from harness import Figure, Options, Report, main, peak_mib
from kikubari.collect.imports import (
    AppendResult,
    FileCheckpoints,
    ImportKind,
    guess_mapping,
    open_rows,
    run_import,
)

_FULL_BYTES = 100_000_000
_COLUMNS = ("event", "customer_id", "timestamp", "product_id", "price", "quantity")
_LIMIT_MIB = 256
_TARGET_ROWS = 20_000
_CHUNK_ROWS = 20_000


def run(options: Options) -> Report:
    """Import one file of events without ids in each format, each in a process of its own."""
    size = options.sized(_FULL_BYTES, at_least=1_000_000)
    figures: list[Figure] = []
    notes: list[str] = []
    for name, write in _WRITERS.items():
        path = options.folder / f"events.{name}"
        n_rows = write(path, size)
        found = json.loads(
            subprocess.run(
                [sys.executable, __file__, "--import", str(path)],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        assert found["rows"] == found["messages"] == n_rows
        notes.append(f"{name}: {path.stat().st_size / 1e6:,.0f} MB, {n_rows:,} rows")
        figures += [
            Figure(
                name=f"{name} peak memory, reader's process included",
                value=found["peak_mib"],
                unit="MiB",
                target=_LIMIT_MIB,
                at_most=True,
            ),
            Figure(
                name=f"{name} rows",
                value=n_rows / found["seconds"],
                unit="rows/s",
                baseline=n_rows / _time_plain_reading(path),
                baseline_name="reading alone",
                target=_TARGET_ROWS,
            ),
        ]
        path.unlink()
    return Report(benchmark="import", figures=figures, notes=notes)


def _rows() -> Iterator[tuple[str, str, str, str, str, str]]:
    """Sixteen events a second; one in a thousand is there twice."""
    for number in count():
        second = number // 16
        at = f"2026-0{1 + second // 86400 % 9}-01T{second // 3600 % 24:02}:{second // 60 % 60:02}"
        row = (
            ("Product Viewed", "Product Added", "Cart Viewed")[number % 3],
            f"C{number * 7919 % 1_000_003}",
            f"{at}:{second % 60:02}Z",
            f"P{number % 5000}",
            f"{number % 97}.{number % 100:02}",
            str(1 + number % 3),
        )
        yield row
        if number % 1000 == 0:
            yield row


def _write_csv(path: Path, size: int) -> int:
    n_rows = 0
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for row in _rows():
            writer.writerow(row)
            n_rows += 1
            if n_rows % 1000 == 0 and file.tell() >= size:
                return n_rows
    raise AssertionError


def _write_jsonl(path: Path, size: int) -> int:
    n_rows = 0
    with path.open("wb") as file:
        for row in _rows():
            file.write(json.dumps(dict(zip(_COLUMNS, row, strict=True))).encode() + b"\n")
            n_rows += 1
            if n_rows % 1000 == 0 and file.tell() >= size:
                return n_rows
    raise AssertionError


def _write_parquet(path: Path, size: int) -> int:
    """Uncompressed, in one row group, the hardest to read in little memory."""
    schema = pa.schema([(name, pa.string()) for name in _COLUMNS])
    n_rows = 0
    rows = _rows()
    with ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        while n_rows * 60 < size:
            columns = [list(column) for column in zip(*islice(rows, _CHUNK_ROWS), strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=schema), row_group_size=1 << 40)
            n_rows += _CHUNK_ROWS
    return n_rows


_WRITERS: dict[str, Callable[[Path, int], int]] = {
    "csv": _write_csv,
    "jsonl": _write_jsonl,
    "parquet": _write_parquet,
}


def _time_plain_reading(path: Path) -> float:
    """Return the seconds that the format's own reader takes to give dicts."""
    started = time.monotonic()
    if path.suffix == ".csv":
        with path.open(newline="") as file:
            for _ in csv.DictReader(file):
                pass
    elif path.suffix == ".jsonl":
        with path.open("rb") as file:
            for line in file:
                json.loads(line)
    else:
        for batch in ParquetFile(path, buffer_size=1 << 16).iter_batches(1000):
            batch.to_pylist()
    return time.monotonic() - started


class _Counting:
    """Takes everything; what a server does with it is measured elsewhere."""

    def append(self, messages: object, progress: object) -> AppendResult:
        """Acknowledge."""
        del messages, progress
        return AppendResult(0)


def _import(path: Path) -> None:
    source = open_rows(path)
    mapping = guess_mapping(ImportKind.EVENTS, source)
    started = time.monotonic()
    report = run_import(source, mapping, _Counting(), FileCheckpoints(path.parent / "checkpoints"))
    print(
        json.dumps(
            {
                "rows": report.rows,
                "messages": report.messages,
                "seconds": time.monotonic() - started,
                "peak_mib": peak_mib(os.getpid())
                + (getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024 if path.suffix == ".parquet" else 0),
            }
        )
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--import"]:
        _import(Path(sys.argv[2]))
    else:
        main(run)
