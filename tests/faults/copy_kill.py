"""Kills the process that keeps the columnar copy, at random moments of its inserts.

The log holds events of many months and kinds, so that every range goes to several tables and
several partitions, which the engine does not insert as one. Each run goes on where the last one
was killed; new events come in between. Judged at the end, and again after a rebuild.

Run: ``python tests/faults/copy_kill.py --kills 40``.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from kikubari.events import Copier, EventLog, Intake, RangeEncoder, Sequencer, copy
from kikubari.profiles import IdentityNumbering, InstanceKey, PersonKeys
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.topics import CONSENT_CHANGED
from kikubari.storage import ColumnarStore, SqliteStateStore, migrate

_ARRIVED = datetime(2026, 11, 20, 12, tzinfo=UTC)
_PEOPLE = 90
_FIRST_EVENTS = 2_000
_EVENTS_PER_KILL = 200
# Small ranges, so that a run makes many inserts and a kill seldom falls between them.
_RANGE_EVENTS = 250
_LONGEST_RUN_SECONDS = 0.8


class Findings(msgspec.Struct, kw_only=True):
    """What came of it."""

    n_kills: int
    n_kills_within_a_range: int  # planned and not confirmed when the process died
    n_events: int
    n_moves: int
    is_equal: bool
    is_equal_after_rebuild: bool
    tables_before_rebuild: dict[str, tuple[int, str]]  # rows, and a checksum of positions
    tables_after_rebuild: dict[str, tuple[int, str]]
    seconds: float = 0

    @property
    def is_clean(self) -> bool:
        return (
            self.is_equal
            and self.is_equal_after_rebuild
            and self.tables_before_rebuild == self.tables_after_rebuild
        )


class Copying:
    """The log of a folder and its copy."""

    def __init__(self, folder: Path, *, has_copy: bool = True) -> None:
        copy.RANGE_EVENTS = _RANGE_EVENTS
        self.state = SqliteStateStore(folder / "state.db")
        migrate(self.state)
        self._numbering = IdentityNumbering()
        self._keys = PersonKeys(InstanceKey.load_or_create(folder / "instance.key"))
        self.log = EventLog(self.state, self._keys)
        if has_copy:
            self.columnar = ColumnarStore(f"chdb://{folder / 'copy'}")
            self.copier = Copier(
                self.state,
                self.columnar,
                self.log,
                self._numbering,
                RangeEncoder(self.log, currency="JPY"),
            )
            self.copier.prepare()

    def take_in(self, first: int, count: int) -> None:
        """Put events into the log."""
        intake = Intake(self.state)
        intake.append([make_event(n) for n in range(first, first + count)]).result()
        sequencer = Sequencer(self.state, [self.state], self._numbering, self._keys)
        while sequencer.run_once().n_new:
            pass

    def copy_all(self) -> None:
        while self.copier.run_once() or self.copier.lag():
            pass

    def tables(self) -> dict[str, tuple[int, str]]:
        """Return rows and a checksum of every table."""
        found = {}
        for name, column in (
            ("events", "position"),
            ("traits", "position"),
            ("consents", "position"),
            ("profile_numbers", "version"),
        ):
            final = " FINAL" if name == "profile_numbers" else ""
            sql = f"SELECT count(), toString(sum(cityHash64({column}))) FROM {name}{final}"
            rows, checksum = self.columnar.query_rows(sql)[0]
            found[name] = (int(rows), str(checksum))
        return found


def make_event(n: int) -> Event:
    """Make the n-th event: purchases, traits, consents; now and then a login that merges."""
    person = n * 7 % _PEOPLE
    fields: dict[str, Any] = {
        "message_id": f"m{n}",
        "kind": EventKind.TRACK,
        "type": "Product Viewed",
        "occurred_at": _ARRIVED - timedelta(days=n * 37 % 400, seconds=n),
        "received_at": _ARRIVED,
        "source_id": 1,
        "anonymous_id": f"device-{n % (3 * _PEOPLE)}",
        "properties": {"product_id": f"p{n % 50}"},
    }
    if n % 5 < 3:
        fields["user_id"] = f"u{person}"
    match n % 5:
        case 0:
            fields |= {"kind": EventKind.IDENTIFY, "type": "Kikubari Identified"}
            fields["traits"] = {"plan": f"p{n % 3}", "email": f"u{person}@shop.example"}
        case 1:
            fields["type"] = "Order Completed"
            fields["properties"] = {"order_id": f"o{n}", "total": 1200, "currency": "JPY"}
        case 2:
            fields["type"] = CONSENT_CHANGED
            fields["properties"] = {
                "purpose": "marketing",
                "channel": "email",
                "status": "granted" if n % 2 else "withdrawn",
                "wording_version": "1",
            }
    return Event(**fields)


# The process that is killed


def run_copier(folder: Path) -> None:
    """Copy until killed."""
    copying = Copying(folder)
    print("ready", flush=True)
    while True:
        copying.copy_all()
        time.sleep(0.01)


def check(folder: Path, *, kills: int, seed: int = 1) -> Findings:
    """Kill the copier of an empty folder, and judge."""
    started = time.monotonic()
    randomness = random.Random(seed)
    n_events = _FIRST_EVENTS
    n_within = 0
    log = Copying(folder, has_copy=False)
    log.take_in(1, n_events)
    for _ in range(kills):
        command = [sys.executable, __file__, "--copy", folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(randomness.random() * _LONGEST_RUN_SECONDS)
            os.kill(process.pid, signal.SIGKILL)
        with log.state.read() as connection:
            sql = "SELECT count(*) FROM copy_ranges WHERE is_done = 0"
            n_within += connection.exec_driver_sql(sql).scalar_one()
        log.take_in(n_events + 1, _EVENTS_PER_KILL)
        n_events += _EVENTS_PER_KILL
    log.state.close()
    return _judge(folder, kills, n_within, time.monotonic() - started)


def _judge(folder: Path, kills: int, n_within: int, seconds: float) -> Findings:
    copying = Copying(folder)
    copying.copy_all()
    checked, tables = copying.copier.check(), copying.tables()
    copying.copier.rebuild()
    copying.copy_all()
    rebuilt, tables_rebuilt = copying.copier.check(), copying.tables()
    found = Findings(
        n_kills=kills,
        n_kills_within_a_range=n_within,
        n_events=checked.rows,
        n_moves=tables["profile_numbers"][0],
        is_equal=checked.is_equal and checked.copied == checked.position,
        is_equal_after_rebuild=rebuilt.is_equal,
        tables_before_rebuild=tables,
        tables_after_rebuild=tables_rebuilt,
        seconds=round(seconds, 1),
    )
    copying.state.close()
    copying.columnar.close()
    return found


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--copy", type=Path, help="be the process that is killed")
    options = parser.parse_args()
    if options.copy:
        run_copier(options.copy)
    with tempfile.TemporaryDirectory() as folder:
        found = check(Path(folder), kills=options.kills, seed=options.seed)
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    sys.exit(not found.is_clean)


if __name__ == "__main__":
    main()
