"""A process that queues or delivers on PostgreSQL, as the product's own threads do it.

Many of them on one data base are an installation with several workers and schedulers.
"""

import signal
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import msgspec
import psycopg
from broadcast_process import DEFINITION, ShiftedClock, WholeBase
from mail_sink import count_taken
from shop_process import Child, Report

from kikubari.app.delivering import LEASE, DeliveryThread
from kikubari.app.logs import configure_logs
from kikubari.app.loops import Loop
from kikubari.deliver import (
    AddressHasher,
    Delivering,
    InboxStore,
    Outbox,
    WorkerSettings,
    recording,
)
from kikubari.deliver.providers.smtp import SmtpPool
from kikubari.journeys import Broadcasts
from kikubari.kit.ids import TimeOrderedIds
from kikubari.storage import PostgresStateStore, migrate
from kikubari.testing.deliver import GrantedConsents, ListedRecipients, PlainComposer, person
from kikubari.testing.events import PlainSealing

CONNECTIONS = 3


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """What a process does.

    Attributes:
        n_people: of the whole base, numbered from 1.
        smtp_port: where it delivers; 0: it does not.
        queues: it queues what a broadcast still lacks.
        is_fenced: False: it sends whatever it once claimed, whoever has it now. To show that the
            tests see that.
    """

    database_url: str
    n_people: int
    name: str
    smtp_port: int = 0
    queues: bool = False
    settings: WorkerSettings = WorkerSettings(connections=CONNECTIONS, lease=LEASE)
    is_fenced: bool = True


def prepare(database_url: str) -> None:
    """Make the tables."""

    def work(report: Report) -> None:
        store = PostgresStateStore(database_url)
        migrate(store)
        store.close()
        report(b"prepared")

    child = Child(work)
    assert child.wait_ready() == b"prepared"
    child.reap()


def start_broadcast(database_url: str, n_people: int) -> None:
    """Start a broadcast to everybody; whoever queues finds it."""

    def work(report: Report) -> None:
        store = PostgresStateStore(database_url)
        broadcasts = _broadcasts(store, n_people)
        broadcasts.start(broadcasts.create(DEFINITION).id)
        store.close()
        report(b"started")

    child = Child(work)
    assert child.wait_ready() == b"started"
    child.reap()


def start_sender(role: Role) -> Child:
    """Start a process in its role; returns once it works."""

    def work(report: Report) -> None:
        play(role)
        report(b"ready")
        signal.pause()

    child = Child(work)
    assert child.wait_ready() == b"ready"
    return child


def play(role: Role) -> PostgresStateStore:
    """Set to work what a process in this role does; return the store it works with."""
    configure_logs()
    store = PostgresStateStore(role.database_url)
    migrate(store)
    if not role.is_fenced:
        recording._may_mark = lambda rows, mark: mark.message.id in rows
    if role.smtp_port:
        _delivery(role, store).start()
    if role.queues:
        broadcasts = _broadcasts(store, role.n_people)

        def step() -> bool:
            broadcasts.resume_enqueuing()
            return False

        Loop("broadcasts", step, ShiftedClock(timedelta(0)), idle_seconds=0.5).start()
    return store


def _broadcasts(store: PostgresStateStore, n_people: int) -> Broadcasts:
    clock = ShiftedClock(timedelta(0))
    outbox = Outbox(store, PlainSealing(), clock)
    return Broadcasts(store, outbox, WholeBase(1, n_people), clock, TimeOrderedIds(), chunk=10)


def _delivery(role: Role, store: PostgresStateStore) -> DeliveryThread:
    clock = ShiftedClock(timedelta(0))
    numbers = range(1, role.n_people + 1)

    def build(transport: SmtpPool) -> Delivering:
        return Delivering(
            store=store,
            recipients=ListedRecipients(person(number) for number in numbers),
            consents=GrantedConsents(numbers),
            sealing=PlainSealing(),
            composer=PlainComposer(),
            transport=transport,
            hasher=AddressHasher(b"k" * 32),
            clock=clock,
        )

    return DeliveryThread(
        build,
        InboxStore(store),
        clock,
        smtp_url=f"smtp://127.0.0.1:{role.smtp_port}?starttls=none",
        mail_url="",
        inbox_port=0,
        settings=role.settings,
        name=role.name,
        is_alone=False,
    )


# The verdict


class MailVerdict(msgspec.Struct, kw_only=True):
    """What came of a broadcast; lists name the culprits by message id, or person if missing."""

    n_people: int
    n_taken_over: int  # messages that a second worker claimed
    states: dict[str, int]
    duplicates: list[int]
    lost: list[int]
    unaccounted: list[int]

    @property
    def is_clean(self) -> bool:
        return not (self.duplicates or self.lost or self.unaccounted) and (
            self.states.keys() <= {"sent", "unknown"}
        )


def wait_until_settled(database_url: str, *, patience: float) -> float:
    """Wait until nothing is on its way any more, or nothing moves; returns when that was."""
    waiting = "SELECT count(*) FROM messages WHERE state IN ('queued', 'sending', 'committing')"
    enqueuing = "SELECT count(*) FROM broadcasts WHERE phase = 'enqueuing'"
    before, moved_at = None, time.monotonic()
    with psycopg.connect(database_url, autocommit=True) as connection:
        while time.monotonic() < moved_at + patience:
            left = [connection.execute(sql).fetchone() for sql in (waiting, enqueuing)]
            if left == [(0,), (0,)]:
                break
            if left != before:
                before, moved_at = left, time.monotonic()
            time.sleep(0.1)
    return time.monotonic()


def count_settled(database_url: str) -> int:
    """Return how many messages reached an end."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute(
            "SELECT count(*) FROM messages WHERE state IN ('sent', 'unknown')"
        ).fetchone()
    return int(row[0]) if row else 0


def judge_mail(database_url: str, sunk: Path, n_people: int) -> MailVerdict:
    """Compare what the server took with our records."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT id, number, state, fence FROM messages").fetchall()
    state_of = {row[0]: row[2] for row in rows}
    taken = count_taken(sunk)
    lost = [i for i, state in state_of.items() if state == "sent" and i not in taken]
    missing = set(range(1, n_people + 1)) - {row[1] for row in rows}
    return MailVerdict(
        n_people=n_people,
        n_taken_over=sum(row[3] > 1 for row in rows),
        states=dict(Counter(state_of.values())),
        duplicates=sorted(i for i, times in taken.items() if times > 1),
        lost=sorted([*lost, *missing]),
        unaccounted=sorted(i for i in taken if state_of.get(i) not in {"sent", "unknown"}),
    )
