"""Kills a broadcast with SIGKILL, again and again, and asks the receiving server what came of it.

The server is the oracle: it writes every message it accepts to a file of its own and fsyncs that
before it says 250. Every run is a forked process that first goes on queueing what the last one
left, then sends. Three ways to die:

- ``--kills N``: at N random moments;
- ``--points``: at every commit and at every write and answer of the SMTP dialogue, one after the
  other (``--every K`` takes each K-th on average);
- ``--calls``: at every call of the system that writes to the files, syncs them or sends to the
  server, one after the other, by strace (``--every-call K`` takes each K-th on average).

Checked over all of it: nobody got a message twice; nobody is missing; whatever the server has is
recorded as sent or unknown; at most one message per connection and kill is unknown.

Run: ``python tests/faults/broadcast_kill.py --kills 1000 --points --calls``.
"""

import argparse
import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from broadcast_process import DEFINITION, DeathAt, Job, deliver, fork, reap
from mail_sink import Behaviour, count_taken, running_sink
from pyroaring import BitMap

from kikubari.journeys import BroadcastDefinition
from kikubari.storage import SqliteStateStore, metadata

CONNECTIONS = 3
PEOPLE = 40
# What SQLite writes and syncs with, and what the dialogue with the server is sent with.
CALLS = ("pwrite64", "fdatasync", "sendto")
STATES = ("enqueuing", "queued", "sending", "committing", "sent", "unknown")


@dataclass
class Findings:
    """What came of it."""

    n_kills: int = 0
    n_people: int = 0
    n_delivered: int = 0
    duplicates: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    unaccounted: list[int] = field(default_factory=list)
    n_unknown: int = 0
    most_unknown_per_kill: int = 0
    n_unknown_delivered: int = 0
    kills_by_state: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    states: dict[str, int] = field(default_factory=dict)

    @property
    def n_distinct_points(self) -> int:
        return self.points.total() + self.calls.total()

    @property
    def is_clean(self) -> bool:
        return not (self.duplicates or self.lost or self.unaccounted) and (
            self.most_unknown_per_kill <= CONNECTIONS
        )


class CannotTraceError(Exception):
    """This machine has no strace, or does not let us use it."""


class Harness:
    """One installation that is killed over and over, and its server."""

    def __init__(
        self,
        folder: Path,
        *,
        seed: int,
        definition: BroadcastDefinition,
        work: Callable[[Job], None] = deliver,
    ) -> None:
        self._definition = definition
        self._work = work
        self._random = random.Random(seed)
        self._database = folder / "state.db"
        self._sunk = folder / "sink"
        self._running = ExitStack()
        self._port = self._running.enter_context(
            running_sink(self._sunk, seed, Behaviour(is_greylisting=True))
        )
        self._runs = 0
        self.findings = Findings()
        child, report = fork(self._make_tables)
        reap(child, report)

    def close(self) -> None:
        self._running.close()

    def kill_at_random(self, n_kills: int) -> None:
        """Kill at moments within the time that a run takes undisturbed.

        Early ones are more frequent: queueing takes a small part of a run.
        """
        started = time.monotonic()
        job = self._next_job(PEOPLE)
        reap(*fork(lambda _report: self._work(job)))
        lifetime = time.monotonic() - started
        for _ in range(n_kills):
            job = self._next_job(PEOPLE)
            child, report = fork(lambda _report, job=job: self._work(job))
            moment = self._random.random() ** 2 * lifetime
            is_over, _, _ = select.select([report], [], [], moment)
            if not is_over:
                os.kill(child, signal.SIGKILL)
            reap(child, report)
            self._look()

    def kill_at_points(self, every: int) -> None:
        """Kill at the 1st, 2nd … point of a small broadcast until one survives."""
        number = 1
        while True:
            job = self._next_job(4, connections=2)

            def work(report: int, job: Job = job, number: int = number) -> None:
                DeathAt(number, report).install()
                self._work(job)

            is_killed, point = reap(*fork(work))
            if not is_killed:
                return
            self.findings.points[point] += 1
            self._look()
            self.finish()
            # At random, as the points of one kind come at regular distances.
            number += self._random.randint(1, 2 * every - 1)

    def kill_at_calls(self, every: int) -> None:
        """Kill as the 1st, 2nd … call of each kind begins until a run survives."""
        for call in CALLS:
            number = 1
            while self._kill_at_call(call, number):
                self.findings.calls[call] += 1
                self._look()
                self.finish()
                number += self._random.randint(1, 2 * every - 1)

    def _kill_at_call(self, call: str, number: int) -> bool:
        job = self._next_job(10, connections=2)
        is_traced, begin = os.pipe()

        def work(_report: int) -> None:
            os.read(is_traced, 1)
            self._work(job)

        child, report = fork(work)
        tracer = trace(child, call, number)
        os.write(begin, b"!")
        is_killed, _ = reap(child, report)
        tracer.wait()
        os.close(is_traced)
        os.close(begin)
        return is_killed

    def finish(self) -> None:
        """Let runs go through to the end, until nothing is waiting."""
        while self._count("queued") + self._count("sending") + self._count("committing") or (
            self._is_enqueuing()
        ):
            job = self._next_job(0)
            is_killed, _ = reap(*fork(lambda _report, job=job: self._work(job)))
            if is_killed:
                raise AssertionError("a run that nobody killed died")

    def judge(self) -> Findings:
        """Compare the server's files with our records."""
        found = self.findings
        delivered = count_taken(self._sunk)
        rows = self._rows("SELECT id, number, state FROM messages")
        state_of = {row[0]: row[2] for row in rows}
        found.n_people = len(rows)
        found.n_delivered = len(delivered)
        found.duplicates = sorted(i for i, times in delivered.items() if times > 1)
        found.lost = sorted(i for i, s in state_of.items() if s == "sent" and i not in delivered)
        found.lost += sorted(self._missing({row[1] for row in rows}))
        found.unaccounted = sorted(
            i for i in delivered if state_of.get(i) not in {"sent", "unknown"}
        )
        found.states = dict(Counter(state_of.values()))
        found.n_unknown = found.states.get("unknown", 0)
        found.n_unknown_delivered = sum(
            1 for i, s in state_of.items() if s == "unknown" and i in delivered
        )
        return found

    def _missing(self, numbers: set[int]) -> set[int]:
        """Return people of audiences that were fixed and who have no message."""
        expected: set[int] = set()
        for (audience,) in self._rows("SELECT audience FROM broadcasts WHERE audience NOT NULL"):
            expected |= set(BitMap.deserialize(audience))
        return expected - numbers

    def _look(self) -> None:
        """Note which states the kill left messages in."""
        found = self.findings
        found.n_kills += 1
        states = dict(self._rows("SELECT state, count(*) FROM messages GROUP BY state"))
        found.kills_by_state.update(state for state in states if state in STATES)
        if self._is_enqueuing():
            found.kills_by_state["enqueuing"] += 1
        # The next start makes these unknown.
        found.most_unknown_per_kill = max(found.most_unknown_per_kill, states.get("committing", 0))

    def _next_job(self, n_people: int, *, connections: int = CONNECTIONS) -> Job:
        self._runs += 1
        return Job(self._database, self._port, self._runs, n_people, connections, self._definition)

    def _make_tables(self, _report: int) -> None:
        store = SqliteStateStore(self._database)
        store.write(metadata.create_all)
        store.close()

    def _count(self, state: str) -> int:
        return int(self._rows("SELECT count(*) FROM messages WHERE state = ?", state)[0][0])

    def _is_enqueuing(self) -> bool:
        return bool(self._rows("SELECT 1 FROM broadcasts WHERE phase = 'enqueuing' LIMIT 1"))

    def _rows(self, sql: str, *parameters: object) -> list[tuple]:
        with closing(sqlite3.connect(self._database)) as connection:
            return connection.execute(sql, parameters).fetchall()


def trace(child: int, call: str, number: int) -> "subprocess.Popen[bytes]":
    """Kill a process at the n-th such call of one of its threads; returns once that is sure."""
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-p", str(child), "-e", f"trace={call}"]
    command += ["-e", f"inject={call}:signal=SIGKILL:when={number}"]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    status = Path(f"/proc/{child}/status")
    while "TracerPid:\t0\n" in status.read_text():
        if tracer.poll() is not None:
            raise CannotTraceError("this machine does not let us trace a process: strace")
        time.sleep(0.002)
    return tracer


def check(
    folder: Path,
    *,
    kills: int,
    every: int | None,
    every_call: int | None = None,
    seed: int = 1,
    definition: BroadcastDefinition = DEFINITION,
) -> Findings:
    """Kill at random, and at each so-manieth point and call; `folder` is empty."""
    harness = Harness(folder, seed=seed, definition=definition)
    try:
        harness.kill_at_random(kills)
        harness.finish()
        if every is not None:
            harness.kill_at_points(every)
            harness.finish()
        if every_call is not None:
            harness.kill_at_calls(every_call)
            harness.finish()
        return harness.judge()
    finally:
        harness.close()


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--points", action="store_true", help="also kill at every point")
    parser.add_argument("--every", type=int, default=1, help="take each K-th on average")
    parser.add_argument("--calls", action="store_true", help="also kill at every call")
    parser.add_argument("--every-call", type=int, default=1, help="take each K-th on average")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = check(
            Path(folder),
            kills=options.kills,
            every=options.every if options.points else None,
            every_call=options.every_call if options.calls else None,
            seed=options.seed,
        )
    report = {
        **vars(found),
        "n_distinct_points": found.n_distinct_points,
        "seconds": round(time.monotonic() - started, 1),
    }
    print(json.dumps(report, indent=2))
    rarest = min(found.kills_by_state[state] for state in STATES)
    sys.exit(not found.is_clean or (options.kills >= 200 and rarest < 10))


if __name__ == "__main__":
    main()
