"""Import of the demo shop by the command a user has, against a running server: rows/s, memory."""

import csv
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from harness import Figure, Options, Report, main
from kikubari.demo import write_demo_shop

_LIMIT_MIB = 256
_START_SECONDS = 60


def run(options: Options) -> Report:
    """Measure the import of every file of the demo shop."""
    files = _write_files(options)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KIKUBARI_")},
        "KIKUBARI_HOME": str(options.folder / "home"),
        "KIKUBARI_PORT": str(_free_port()),
    }
    notes = []
    seconds, peaks, n_rows = 0.0, [], 0
    with _server(environment):
        for kind, path in files:
            rows = _count_rows(path)
            spent, peak = _import(kind, path, environment)
            notes.append(f"{kind}: {rows:,} rows, {rows / spent:,.0f} rows/s, peak {peak:.0f} MiB")
            seconds, n_rows = seconds + spent, n_rows + rows
            peaks.append(peak)
    return Report(
        benchmark="import_demo",
        figures=[
            Figure(
                name="rows of the demo shop",
                value=n_rows / seconds,
                unit="rows/s",
                baseline=n_rows / _read_plainly([path for _, path in files]),
                baseline_name="reading the files alone",
            ),
            Figure(
                name="peak memory of the importing process",
                value=max(peaks),
                unit="MiB",
                target=_LIMIT_MIB,
                at_most=True,
            ),
        ],
        notes=notes,
    )


def _write_files(options: Options) -> list[tuple[str, Path]]:
    """Return the demo shop's files, cut to the scale."""
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    shop = write_demo_shop(options.folder / "shop", newest_on=yesterday)
    cut = []
    for file in shop.files:
        path = options.folder / file.path.name
        # A line is a row here, and not every file is in UTF-8.
        with file.path.open("rb") as whole, path.open("wb") as part:
            part.writelines(itertools.islice(whole, 1 + options.sized(file.rows)))
        cut.append((file.kind, path))
    return cut


def _import(kind: str, path: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Import a file; return the seconds it took and the most memory it used, in MiB."""
    command = [sys.executable, "-m", "kikubari", "import", kind, str(path), "--quiet"]
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the import of {kind} failed")
    return time.monotonic() - started, usage.ru_maxrss / 1024


@contextmanager
def _server(environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "kikubari", "serve"], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait_for(f"http://127.0.0.1:{environment['KIKUBARI_PORT']}/healthz", process)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
    return port


def _count_rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file) - (path.suffix == ".csv")


def _read_plainly(paths: Sequence[Path]) -> float:
    """Return the seconds that Python's own readers take to give dicts."""
    started = time.monotonic()
    for path in paths:
        with path.open(newline="", errors="replace") as file:
            for _ in csv.DictReader(file) if path.suffix == ".csv" else map(json.loads, file):
                pass
    return time.monotonic() - started


if __name__ == "__main__":
    main(run)
