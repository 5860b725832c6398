"""Fills the disk under a server that takes events in, and gives the space back after a while.

The disks are small tmpfs mounts (this needs root). Three cases: the intake's disk is full, so
nothing can be acknowledged; the log's is, so acknowledged events must wait; both are one.

Checked in each: refusals are 503 with Retry-After; the same process goes on and is back at work
30 seconds after the space is there at the latest; every acknowledged event is in the log once;
the files are sound.

Run: ``python tests/faults/disk_full.py``.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from shop_load import Load, read_told
from shop_process import Child, Place, listen, set_up, start_shop
from shop_verdict import Verdict, judge

CASES = ("intake", "log", "both")
# Room for the schema, the write-ahead logs and a minute of load that waited for the log.
_DISK_MEBIBYTES = 64
_RESUME_SECONDS = 30.0


class CannotMountError(Exception):
    """This machine does not let us mount a small disk."""


class Findings(msgspec.Struct, kw_only=True):
    """What came of one case."""

    case: str
    answers: dict[int, int]
    n_without_retry_after: int
    n_refused_while_full: int
    acknowledging_after_seconds: float  # the first 200 after the space was given back
    log_moving_after_seconds: float  # until nothing waited for the log
    verdict: Verdict

    def list_faults(self) -> list[str]:
        """Return what was not as it should be, in words."""
        is_refusing = self.n_refused_while_full > 0
        checks = {
            "events were lost, doubled or damaged": self.verdict.is_clean,
            "what could not be kept was taken": is_refusing or self.case == "log",
            "what could be kept was refused": not is_refusing or self.case != "log",
            "a refusal without Retry-After": self.n_without_retry_after == 0,
            "an answer other than 200 and 503": self.answers.keys() <= {200, 503},
            "acknowledging came back late": self.acknowledging_after_seconds <= _RESUME_SECONDS,
            "the log moved again late": self.log_moving_after_seconds <= _RESUME_SECONDS,
        }
        return [f"{self.case}: {fault}" for fault, is_well in checks.items() if not is_well]


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a small disk.

    Raises:
        CannotMountError: we may not.
    """
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_MEBIBYTES}m", "kikubari-test", folder]
    tried = subprocess.run(mount, check=False, capture_output=True, text=True)
    if tried.returncode:
        raise CannotMountError(f"mounting a tmpfs needs root: {tried.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> Path:
    """Write a file until nothing more fits."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


def check(folder: Path, case: str, *, full_seconds: float) -> Findings:
    """Run one case in an empty folder."""
    with small_disk(folder / "a") as first, small_disk(folder / "b") as second:
        place = Place(
            keys=folder / "instance.key",
            state=first / "state.db",
            intake=(first if case == "both" else second) / "intake.db",
        )
        return _run(folder, place, case, full_seconds)


def _run(folder: Path, place: Place, case: str, full_seconds: float) -> Findings:
    listener = listen()
    made = Child(lambda report: report(set_up(place).encode()))
    write_key = made.wait_ready().decode()
    made.reap()
    server = start_shop(place, listener)
    server.wait_ready()
    oracle = folder / "acknowledged"
    load = Load(listener.getsockname(), write_key, oracle, pause=0.02, padding=300)
    time.sleep(1)
    ballast = fill((place.intake if case == "intake" else place.state).parent)
    filled_at = time.monotonic()
    time.sleep(full_seconds)
    if case != "log":
        _wait_until_refused(oracle, filled_at)
    freed_at = time.monotonic()
    ballast.unlink()
    load.settle()
    acknowledged_at = time.monotonic()
    sequenced_at = _wait_until_sequenced(place)
    assert server.is_alive()
    server.kill(signal.SIGTERM)
    server.reap()
    load.end()
    told = read_told(oracle)
    refused = [answer for answer in told.answers if answer.status != 200]
    back = [a.at for a in told.answers if a.status == 200 and a.at > freed_at]
    return Findings(
        case=case,
        answers=dict(told.statuses),
        n_without_retry_after=sum(not answer.retry_after.isdigit() for answer in refused),
        n_refused_while_full=sum(filled_at < answer.at < freed_at for answer in refused),
        acknowledging_after_seconds=round((back[0] if back else acknowledged_at) - freed_at, 2),
        log_moving_after_seconds=round(sequenced_at - freed_at, 2),
        verdict=judge(place, told),
    )


def _wait_until_refused(oracle: Path, since: float) -> None:
    """Wait for a refusal: what the log takes over leaves room, so the first may take a while."""
    deadline = time.monotonic() + _RESUME_SECONDS
    while time.monotonic() < deadline:
        if any(one.at > since and one.status != 200 for one in read_told(oracle).answers):
            return
        time.sleep(0.2)


def _wait_until_sequenced(place: Place) -> float:
    """Return when the server had brought all that was acknowledged into the log."""
    asking = "import sys, sqlite3; print(sqlite3.connect(sys.argv[1]).execute("
    asking += "'SELECT count(*) FROM inbox').fetchone()[0])"
    deadline = time.monotonic() + 2 * _RESUME_SECONDS
    while time.monotonic() < deadline:
        # In a process of its own: closing a file here would drop the locks a fork inherits.
        answer = subprocess.check_output([sys.executable, "-c", asking, place.intake])
        if int(answer) == 0:
            break
        time.sleep(0.1)
    return time.monotonic()


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=4.0, help="how long the disk is full")
    options = parser.parse_args()
    found = []
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            try:
                found.append(check(Path(folder), case, full_seconds=options.seconds))
            except CannotMountError as error:
                sys.exit(str(error))
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    sys.exit("\n".join(fault for one in found for fault in one.list_faults()) or 0)


if __name__ == "__main__":
    main()
