"""What every benchmark shares: options, figures with their baselines, and the JSON they leave."""

import argparse
import math
import os
import resource
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

RESULTS = Path(__file__).parent / "results"
_MEBIBYTE = 1024 * 1024


class Figure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One measured number.

    Attributes:
        name: what was measured.
        value: the number.
        unit: of the number and its baseline.
        baseline: the same measured on something to compare with, in the same run.
        baseline_name: what that was.
        target: bound on the value, or on the ratio when `is_ratio`.
        is_ratio: the target bounds value / baseline.
        at_most: the target is the most there may be; else the least.
    """

    name: str
    value: float
    unit: str
    baseline: float | None = None
    baseline_name: str = ""
    target: float | None = None
    is_ratio: bool = False
    at_most: bool = False

    @property
    def ratio(self) -> float | None:
        """Value by baseline."""
        return self.value / self.baseline if self.baseline else None

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None without one."""
        judged = self.ratio if self.is_ratio else self.value
        if self.target is None or judged is None:
            return None
        return judged <= self.target if self.at_most else judged >= self.target


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a benchmark found; `notes` are further lines, `is_full_size` is False below scale 1."""

    benchmark: str
    figures: Sequence[Figure]
    notes: Sequence[str] = ()
    scale: float = 1.0
    cores: int = 0
    seconds: float = 0.0


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to run.

    Attributes:
        scale: fraction of the full size.
        folder: for heavy data; a folder of the benchmark's own.
        shared: for data that several benchmarks read.
    """

    scale: float
    folder: Path
    shared: Path

    def sized(self, full: int, *, at_least: int = 1) -> int:
        """Return a size at this scale."""
        return max(at_least, round(full * self.scale))


Run = Callable[[Options], Report]


def main(run: Run) -> None:
    """Run one benchmark from its own command line."""
    parser = argparse.ArgumentParser(description=run.__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="fraction of the full size")
    parser.add_argument("--folder", type=Path, help="where heavy data goes (default: temporary)")
    parser.add_argument("--keep", action="store_true", help="leave the data for the next run")
    parser.add_argument("--output", type=Path, help="write the report here as JSON")
    arguments = parser.parse_args()
    # Told to stop, it still leaves nothing behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    with working_folder(arguments.folder, keep=arguments.keep) as shared:
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=shared))
        started = time.monotonic()
        try:
            found = run(Options(scale=arguments.scale, folder=folder, shared=shared))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    report = msgspec.structs.replace(
        found,
        scale=arguments.scale,
        cores=os.cpu_count() or 0,
        seconds=round(time.monotonic() - started, 1),
    )
    print(describe(report), flush=True)
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_bytes(msgspec.json.format(msgspec.json.encode(report)))


@contextmanager
def working_folder(folder: Path | None, *, keep: bool) -> Iterator[Path]:
    """Make the folder for heavy data; remove it afterwards unless it is to be kept.

    A folder that existed before is never removed.
    """
    is_ours = folder is None or not folder.exists()
    chosen = folder or Path(tempfile.gettempdir()) / f"kikubari-benchmarks-{os.getuid()}"
    chosen.mkdir(parents=True, exist_ok=True)
    try:
        yield chosen
    finally:
        if is_ours and not keep:
            shutil.rmtree(chosen, ignore_errors=True)


def describe(report: Report) -> str:
    """Return the report as lines of text."""
    size = "" if report.scale == 1 else f" at {report.scale:g} of full size"
    lines = [f"{report.benchmark}{size}, {report.cores} cores, {report.seconds:.0f} s"]
    lines.extend(f"  {_describe(figure)}" for figure in report.figures)
    lines.extend(f"  {note}" for note in report.notes)
    return "\n".join(lines)


def _describe(figure: Figure) -> str:
    text = f"{figure.name}: {figure.value:,.4g} {figure.unit}"
    if abs(figure.value) >= 1000:
        text = f"{figure.name}: {figure.value:,.0f} {figure.unit}"
    if figure.baseline is not None:
        text += f"; {figure.baseline_name} {figure.baseline:,.4g}, ratio {figure.ratio or 0:.3g}"
    if figure.is_met is not None:
        bound = "at most" if figure.at_most else "at least"
        what = "ratio " if figure.is_ratio else ""
        verdict = "met" if figure.is_met else "MISSED"
        text += f"; target {what}{bound} {figure.target:,g}: {verdict}"
    return text


class Turns:
    """Milliseconds that sides of a comparison took, turn by turn."""

    def __init__(self) -> None:
        self._times: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def timed(self, side: str, clock: Callable[[], float]) -> Iterator[None]:
        """Add what the block takes by this clock."""
        started = clock()
        yield
        self._times[side].append((clock() - started) * 1000)

    def median(self, side: str) -> float:
        """Return a side's median."""
        return statistics.median(self._times[side])

    def p95(self, side: str) -> float:
        """Return what nineteen of twenty turns of a side stay within."""
        found = sorted(self._times[side])
        return found[math.ceil(len(found) * 0.95) - 1]


class Memory:
    """Samples this process's resident memory while a block runs, in MiB."""

    def __init__(self, every_seconds: float = 0.5) -> None:
        self._every = every_seconds
        self._stop = threading.Event()
        self.samples: list[tuple[float, float]] = []

    @contextmanager
    def watch(self) -> Iterator["Memory"]:
        """Sample until the block ends."""
        thread = threading.Thread(target=self._sample, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()

    def _sample(self) -> None:
        started = time.monotonic()
        while True:
            self.samples.append((time.monotonic() - started, resident_mib(os.getpid())))
            if self._stop.wait(self._every):
                return


def resident_mib(pid: int) -> float:
    """Return a process's resident memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / _MEBIBYTE


def peak_mib(pid: int) -> float:
    """Return the most resident memory a process ever had."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0
