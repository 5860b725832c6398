"""Kills a broadcast with SIGKILL, again and again, and asks the receiving server what came of it.

The server is the oracle: it writes every message it accepts to a file of its own and fsyncs that
before it says 250. Every run is a forked process that first goes on queueing what the last one
left, then sends. Two ways to die:

- ``--kills N``: at N random moments;
- ``--points``: at every commit and at every write and answer of the SMTP dialogue, one after the
  other (``--every K`` takes each K-th on average).

Checked over all of it: nobody got a message twice; nobody is missing; whatever the server has is
recorded as sent or unknown; at most one message per connection and kill is unknown.

Run: ``python tests/faults/broadcast_kill.py --kills 200 --points``.
"""

import argparse
import asyncio
import json
import os
import random
import select
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mail_sink import Behaviour, count_taken, running_sink
from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.decide.personalise import EmailTemplateSource, EmailVariant
from kikubari.deliver import (
    AddressHasher,
    Delivering,
    DeliveryWorker,
    Outbox,
    Sender,
    WorkerSettings,
)
from kikubari.deliver.providers.smtp import SmtpPool, SmtpSettings
from kikubari.deliver.providers.smtp.wire import Wire
from kikubari.journeys import BroadcastDefinition, Broadcasts
from kikubari.kit.ids import TimeOrderedIds
from kikubari.storage import SqliteStateStore, metadata
from kikubari.testing.deliver import GrantedConsents, ListedRecipients, PlainComposer, person
from kikubari.testing.events import PlainSealing

CONNECTIONS = 3
PEOPLE = 40
STATES = ("enqueuing", "queued", "sending", "committing", "sent", "unknown")

DEFINITION = BroadcastDefinition(
    name="Fault test",
    segment="all",
    template=EmailTemplateSource(
        variants={"en": EmailVariant(subject="Hi", html='<a href="{{ unsubscribe_url }}">x</a>')},
        default_language="en",
    ),
    sender=Sender(from_address="news@shop.example"),
)


# The process that is killed


class ShiftedClock:
    """The machine's clock, moved on with every run so that what is to be tried later comes due."""

    def __init__(self, shift: timedelta) -> None:
        self._shift = shift

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift


class WholeBase:
    """A segment that holds everybody."""

    def __init__(self, first: int, n_people: int) -> None:
        self._numbers = BitMap(range(first, first + n_people))

    def evaluate(self, segment: object, *, as_of: datetime, workspace_id: int) -> BitMap:
        return self._numbers


@dataclass(frozen=True)
class Job:
    """What a run does: first its own broadcast (people from `first` on), then all that is due."""

    database: Path
    port: int
    run: int
    n_people: int
    connections: int
    definition: BroadcastDefinition

    @property
    def first(self) -> int:
        return self.run * 1_000 + 1


def deliver(job: Job) -> None:
    """Resume what is unfinished, send a new broadcast, deliver until nothing is due."""
    store = SqliteStateStore(job.database)
    clock = ShiftedClock(timedelta(minutes=5 * job.run))
    sealing = PlainSealing()
    outbox = Outbox(store, sealing, clock)
    audience = WholeBase(job.first, job.n_people)
    broadcasts = Broadcasts(store, outbox, audience, clock, TimeOrderedIds(), chunk=2)
    broadcasts.resume_enqueuing()
    if job.n_people:
        broadcasts.send(broadcasts.create(job.definition).id)
    numbers = [n for run in range(job.run + 1) for n in range(run * 1_000 + 1, run * 1_000 + 51)]
    pool = SmtpPool(
        SmtpSettings(host="127.0.0.1", port=job.port, starttls="none"), size=job.connections
    )
    worker = DeliveryWorker(
        Delivering(
            store=store,
            recipients=ListedRecipients(person(number) for number in numbers),
            consents=GrantedConsents(numbers),
            sealing=sealing,
            composer=PlainComposer(),
            transport=pool,
            hasher=AddressHasher(b"k" * 32),
            clock=clock,
        ),
        name=f"run-{job.run}",
        is_alone=True,
        settings=WorkerSettings(connections=job.connections, batch=15, chunk=5),
    )

    async def run() -> None:
        await worker.run(until_idle=True)
        await pool.close()

    asyncio.run(run())
    store.close()


class DeathAt:
    """Counts the points at which a process could die and dies at one of them."""

    def __init__(self, number: int, report: int) -> None:
        self._left = number
        self._report = report

    def install(self) -> None:
        """Put a point before and after each commit and SMTP write, and after each answer."""
        commit, write, read = Connection.commit, Wire.write, Wire.read_reply

        def commit_between(connection: Connection) -> None:
            self.pass_by("before commit")
            commit(connection)
            self.pass_by("after commit")

        def write_between(wire: Wire, data: bytes) -> None:
            what = "dot" if data == b".\r\n" else data[:4].decode("ascii", "replace").strip()
            self.pass_by(f"before {what}")
            write(wire, data)
            self.pass_by(f"after {what}")

        async def read_between(wire: Wire, seconds: float) -> object:
            reply = await read(wire, seconds)
            self.pass_by(f"answer {reply.code}")
            return reply

        Connection.commit = commit_between  # type: ignore[method-assign]
        Wire.write = write_between  # type: ignore[method-assign]
        Wire.read_reply = read_between  # type: ignore[method-assign,assignment]

    def pass_by(self, point: str) -> None:
        self._left -= 1
        if self._left == 0:
            os.write(self._report, point.encode())
            os.kill(os.getpid(), signal.SIGKILL)


def fork(work: Callable[[int], None]) -> tuple[int, int]:
    """Run `work(report)` in a child; returns (process id, descriptor to read its reports)."""
    read, write = os.pipe()
    child = os.fork()
    if child:
        os.close(write)
        return child, read
    os.close(read)
    try:
        work(write)
    except BaseException as error:  # noqa: BLE001 - the child must end here, whatever it was
        sys.stderr.write(f"run failed: {error!r}\n")
        os._exit(1)
    os._exit(0)


def reap(child: int, report: int) -> tuple[bool, str]:
    """Wait for a child; returns whether it was killed, and what it reported."""
    _, status = os.waitpid(child, 0)
    text = os.read(report, 100).decode()
    os.close(report)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise AssertionError("a run failed by itself")
    return os.WIFSIGNALED(status), text


# The verdict


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
    states: dict[str, int] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not (self.duplicates or self.lost or self.unaccounted) and (
            self.most_unknown_per_kill <= CONNECTIONS
        )


class Harness:
    """One installation that is killed over and over, and its server."""

    def __init__(self, folder: Path, *, seed: int, definition: BroadcastDefinition) -> None:
        self._definition = definition
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
        reap(*fork(lambda _report: deliver(job)))
        lifetime = time.monotonic() - started
        for _ in range(n_kills):
            job = self._next_job(PEOPLE)
            child, report = fork(lambda _report, job=job: deliver(job))
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
                deliver(job)

            is_killed, point = reap(*fork(work))
            if not is_killed:
                return
            self.findings.points[point] += 1
            self._look()
            self.finish()
            # At random, as the points of one kind come at regular distances.
            number += self._random.randint(1, 2 * every - 1)

    def finish(self) -> None:
        """Let runs go through to the end, until nothing is waiting."""
        while self._count("queued") + self._count("sending") + self._count("committing") or (
            self._is_enqueuing()
        ):
            job = self._next_job(0)
            is_killed, _ = reap(*fork(lambda _report, job=job: deliver(job)))
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


def check(
    folder: Path,
    *,
    kills: int,
    every: int | None,
    seed: int = 1,
    definition: BroadcastDefinition = DEFINITION,
) -> Findings:
    """Kill at random and, with `every`, at each so-manieth point; `folder` is empty."""
    harness = Harness(folder, seed=seed, definition=definition)
    try:
        harness.kill_at_random(kills)
        harness.finish()
        if every is not None:
            harness.kill_at_points(every)
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
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = check(
            Path(folder),
            kills=options.kills,
            every=options.every if options.points else None,
            seed=options.seed,
        )
    report = {**vars(found), "seconds": round(time.monotonic() - started, 1)}
    print(json.dumps(report, indent=2))
    rarest = min(found.kills_by_state[state] for state in STATES)
    sys.exit(not found.is_clean or (options.kills >= 200 and rarest < 10))


if __name__ == "__main__":
    main()
