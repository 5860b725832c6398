"""The process that queues and sends a broadcast and is killed at it, at a moment or at a point."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

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
from kikubari.storage import SqliteStateStore
from kikubari.testing.deliver import GrantedConsents, ListedRecipients, PlainComposer, person
from kikubari.testing.events import PlainSealing

DEFINITION = BroadcastDefinition(
    name="Fault test",
    segment="all",
    template=EmailTemplateSource(
        variants={"en": EmailVariant(subject="Hi", html='<a href="{{ unsubscribe_url }}">x</a>')},
        default_language="en",
    ),
    sender=Sender(from_address="news@shop.example"),
)


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
