"""Runs every fault suite and prints what each found; exits with 1 if any promise was broken.

``--long`` is what `make fault` runs (up to 1,000 kills each); without it, the short form that every
change must pass. ``--json FILE`` also writes the findings. Each suite runs in a process of its
own and can be run by itself with other numbers.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec

_HERE = Path(__file__).parent


class Suite(msgspec.Struct, frozen=True):
    """A script that breaks something, and how hard."""

    name: str
    script: str
    short: tuple[str, ...]
    long: tuple[str, ...]

    def command(self, *, is_long: bool) -> list[str]:
        return [sys.executable, str(_HERE / self.script), *(self.long if is_long else self.short)]


SUITES = (
    Suite(
        "ingestion",
        "ingest_kill.py",
        ("--kills", "40", "--points", "12", "--calls", "6"),
        ("--kills", "1000", "--points", "150", "--calls", "60"),
    ),
    Suite(
        "broadcast",
        "broadcast_kill.py",
        ("--kills", "40", "--points", "--every", "2"),
        ("--kills", "1000", "--points", "--calls"),
    ),
    Suite("letters", "letter_kill.py", ("--kills", "5"), ("--kills", "200")),
    Suite("bad servers", "bad_servers.py", ("--people", "60"), ("--people", "3000")),
    Suite(
        "bad endpoints",
        "bad_endpoints.py",
        ("--endpoints", "300", "--seconds", "6"),
        ("--endpoints", "1000", "--seconds", "60"),
    ),
    Suite("overload", "overload.py", ("--seconds", "5"), ("--seconds", "600", "--strict")),
    Suite(
        "orders",
        "orders_under_way.py",
        ("--orders", "30"),
        ("--orders", "240", "--messages", "100000"),
    ),
    Suite("copy", "copy_kill.py", ("--kills", "5"), ("--kills", "40")),
    Suite("disk full", "disk_full.py", ("--seconds", "2"), ("--seconds", "30")),
    Suite(
        "postgresql",
        "postgres_restart.py",
        ("--restarts", "3"),
        ("--restarts", "67", "--beside", "3"),
    ),
    Suite(
        "cut line",
        "cut_line.py",
        ("--cuts", "2"),
        ("--cuts", "25", "--seconds", "10", "--beside", "8"),
    ),
    Suite("restored back-up", "restored_backup.py", ("--backups", "2"), ("--backups", "20")),
    Suite("old worker", "old_worker.py", ("--people", "150"), ("--people", "3000")),
    Suite("frozen workers", "frozen_workers.py", ("--freezes", "1"), ("--freezes", "20")),
)
# Those that pytest collects by themselves.
TESTED_BY_PYTEST = (
    "test_broken_input.py",
    "test_old_process.py",
    "test_outages.py",
    "test_sequence_visibility.py",
)
# Rules that are tried in any order; in the long form with so many times the cases of every change.
MACHINES = {
    "access/test_sessions_machine.py": 20,
    "deliver/test_delivery_machine.py": 20,
    "events/test_log_index.py": 20,
    "offers/test_offer_limits.py": 20,
    "profiles/test_any_order.py": 125,  # ten thousand people
    "profiles/test_ledger_machine.py": 20,
}


def run(suite: Suite, *, is_long: bool) -> "subprocess.CompletedProcess[str]":
    """Run one suite; its findings are on standard output, the product's logs are kept apart."""
    environment = {**os.environ, "PYTHONPATH": str(_HERE.parent)}
    return subprocess.run(
        suite.command(is_long=is_long), env=environment, capture_output=True, text=True, check=False
    )


def passes(tests: Path, times: int = 1) -> bool:
    """Run a file of tests, with so many times the cases; say whether all held."""
    environment = {**os.environ, "KIKUBARI_NIGHT": str(times)}
    command = [sys.executable, "-m", "pytest", str(tests)]
    return not subprocess.run(command, env=environment, check=False).returncode


def main() -> None:
    """Run all, or those named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="suites; default: all")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--json", type=Path, help="write the findings here")
    options = parser.parse_args()
    findings = {}
    broken = []
    for suite in SUITES:
        if options.names and suite.name not in options.names:
            continue
        started = time.monotonic()
        done = run(suite, is_long=options.long)
        seconds = time.monotonic() - started
        print(f"== {suite.name}: {'broken' if done.returncode else 'kept'}, {seconds:.0f} s")
        print(done.stdout or done.stderr[-4_000:], flush=True)
        findings[suite.name] = json.loads(done.stdout) if done.stdout else None
        if done.returncode:
            broken.append(suite.name)
    if not options.names:
        broken += [name for name in TESTED_BY_PYTEST if not passes(_HERE / name)]
        machines = MACHINES.items() if options.long else ()
        broken += [name for name, times in machines if not passes(_HERE.parent / name, times)]
    if options.json:
        options.json.write_text(json.dumps(findings, indent=2))
    sys.exit(f"broken: {', '.join(broken)}" if broken else 0)


if __name__ == "__main__":
    main()
