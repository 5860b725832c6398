# ruff: noqa: S608 - what is put into SQL is this file's own
"""How many steps people take through journeys in a second, and what those who wait cost.

The real engine on SQLite and on PostgreSQL, on one worker: a lot, a message, a wait, a branch, a
second message. Only the condition's answer and the people's names are made up: other benchmarks
measure those. By processor time of this process where that is said; the data base's own is not in
it.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, text

from harness import Figure, Options, Report, main
from kikubari.decide.personalise import EmailTemplateSource, EmailVariant
from kikubari.deliver import Sender
from kikubari.journeys import (
    Journeys,
    Letters,
    Programs,
    PublishOptions,
    Stepper,
    Surroundings,
)
from kikubari.journeys.definition import (
    BranchStep,
    EventTrigger,
    Goal,
    JourneyDefinition,
    MessageStep,
    Part,
    Rules,
    SplitStep,
    WaitStep,
    Way,
)
from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.kit.instants import to_micros
from kikubari.segments import EventTests
from kikubari.spec.conditions import Duration, Events
from kikubari.storage import PostgresStateStore, SqliteStateStore, StateStore, metadata
from kikubari.testing.journeys import ListedLog, NamedSegments, PlainPeople

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from postgres_server import find_binaries, running_postgres

FULL_PEOPLE = 100_000
FULL_WAITING = 1_000_000
TARGETS = {"SQLite": 25_000, "PostgreSQL": 20_000}
TARGET_BYTES = 1_024
_BATCH = 1_000
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
_TOKYO = ZoneInfo("Asia/Tokyo")
MAIL = EmailTemplateSource(
    variants={"en": EmailVariant(subject="Hi", html='<a href="{{ unsubscribe_url }}">stop</a>')},
    default_language="en",
)
THREE_MESSAGES = JourneyDefinition(
    name="Three messages",
    trigger=EventTrigger(Events("Signed Up")),
    start="lot",
    steps=(
        SplitStep(
            id="lot",
            parts=(
                Part(id="a", percent=50, next="first"),
                Part(id="b", percent=50, next="other"),
            ),
        ),
        MessageStep(id="first", template=MAIL, next="later"),
        MessageStep(id="other", template=MAIL, next="later"),
        WaitStep(id="later", duration=Duration(days=1), next="who"),
        BranchStep(id="who", ways=(Way(id="vip", when="vip", next="last"),)),
        MessageStep(id="last", template=MAIL),
    ),
    rules=Rules(goal=Goal(events=Events("Order Completed"))),
)


class Shop:
    """A journey, and so many people to put at one of its steps."""

    def __init__(
        self, store: StateStore, n_people: int, definition: JourneyDefinition = THREE_MESSAGES
    ) -> None:
        self.store = store
        self.n_people = n_people
        self.clock = ManualClock(NOW)
        store.write(metadata.create_all)
        around = Surroundings(
            store=store,
            audience=NamedSegments(vip=range(0, n_people + 1, 2)),
            log=ListedLog(),
            people=PlainPeople(),
            tests=EventTests(currency="JPY", zone=_TOKYO, workspace_id=1),
            clock=self.clock,
            zone=_TOKYO,
        )
        letters = Letters(
            store,
            sender=Sender(from_address="news@shop.example"),
            fill=lambda template: template,
            selecting=lambda _: (),
            coupons=None,
            workspace_id=1,
        )
        journeys = Journeys(store, self.clock, TimeOrderedIds(), check_message=letters.check)
        journeys.create(definition, journey_id="three")
        journeys.publish("three", PublishOptions(), by="benchmark")
        self.stepper = Stepper(
            around,
            Programs(store, workspace_id=1),
            letters,
            acting=lambda _connection, _acts, _now: None,
            issue=lambda _connection, _program, _step, _here: {},
            batch=_BATCH,
        )

    def enter(self, step: str, due_at: datetime) -> None:
        """Put everybody at a step, due at an instant."""
        names: list[str] = msgspec.json.decode(self._scalar("SELECT names FROM journeys"))
        row = {"step": names.index(step), "now": to_micros(NOW), "due": to_micros(due_at)}
        numbers = _numbers(self.store, self.n_people)

        def work(connection: Connection) -> None:
            connection.execute(
                text(
                    "INSERT INTO journey_enrolments (workspace_id, journey_no, version, number,"
                    " ordinal, state, step, began_us, at_us, due_us, entered_us, trigger_position,"
                    f" value_minor, path) SELECT 1, 1, 1, n, 1, 1, :step, :now, :now, :due, :now,"
                    f" 1, 0, {_empty(self.store)} FROM ({numbers}) AS people"
                ),
                row,
            )

        self.store.write(work)

    def walk(self) -> tuple[float, float]:
        """Go on until nobody is due; return seconds on the wall and of this process."""
        started, cpu = time.monotonic(), time.process_time()
        while self.stepper.step():
            pass
        return time.monotonic() - started, time.process_time() - cpu

    def passed(self) -> int:
        """Return how many steps were passed."""
        return int(self._scalar("SELECT coalesce(sum(n), 0) FROM journey_counts"))

    def queued(self) -> int:
        """Return how many messages were queued."""
        return int(self._scalar("SELECT count(*) FROM messages"))

    def size(self) -> int:
        """Return the bytes that the data base takes."""
        if self.store.dialect == "postgresql":
            return int(self._scalar("SELECT pg_total_relation_size('journey_enrolments')"))
        pages = self._scalar("SELECT page_count FROM pragma_page_count")
        return int(pages) * int(self._scalar("SELECT page_size FROM pragma_page_size"))

    def _scalar(self, sql: str) -> Any:
        with self.store.read() as connection:
            return connection.execute(text(sql)).scalar_one()


def run(options: Options) -> Report:
    """Measure steps a second at several sizes, and people who wait."""
    figures: list[Figure] = []
    notes: list[str] = []
    for name, stores in (("SQLite", sqlite_stores), ("PostgreSQL", postgres_stores)):
        with stores(options) as new_store:
            figures += _measure_steps(name, options, new_store, notes)
            figures += _measure_waiting(name, options, new_store)
    return Report(benchmark="journeys", figures=figures, notes=notes)


def _measure_steps(
    name: str, options: Options, new_store: Callable[[], StateStore], notes: list[str]
) -> Iterator[Figure]:
    rates = []
    for share in (0.1, 1.0):
        n_people = options.sized(round(FULL_PEOPLE * share), at_least=1_000)
        shop = Shop(new_store(), n_people)
        shop.enter("lot", NOW)
        wall, cpu = shop.walk()
        shop.clock.advance(timedelta(days=1))
        more_wall, more_cpu = shop.walk()
        n_steps = shop.passed()
        rates.append((n_people, n_steps / (wall + more_wall), n_steps / (cpu + more_cpu)))
        shop.store.close()
    n_people, per_second, per_cpu = rates[-1]
    notes.extend(
        f"{name}, {people:,} people: {wall:,.0f} steps/s, {cpu:,.0f} per second of processor"
        for people, wall, cpu in rates
    )
    yield Figure(
        name=f"{name}: steps a second, {n_people:,} people, one worker",
        value=per_second,
        unit="steps/s",
        target=TARGETS[name],
    )
    yield Figure(
        name=f"{name}: steps per second of this process's processor time",
        value=per_cpu,
        unit="steps/s",
    )


def _measure_waiting(
    name: str, options: Options, new_store: Callable[[], StateStore]
) -> Iterator[Figure]:
    n_waiting = options.sized(FULL_WAITING, at_least=1_000)
    shop = Shop(new_store(), n_waiting)
    before = shop.size()
    shop.enter("later", NOW + timedelta(days=1))
    grown = shop.size() - before
    n_looks = 50
    cpu = time.process_time()
    for _ in range(n_looks):
        assert not shop.stepper.step()
    cpu = time.process_time() - cpu
    shop.store.close()
    yield Figure(
        name=f"{name}: bytes for each of {n_waiting:,} who wait",
        value=grown / n_waiting,
        unit="bytes",
        target=TARGET_BYTES,
        at_most=True,
    )
    yield Figure(
        name=f"{name}: looking whether anybody is due",
        value=cpu / n_looks * 1_000,
        unit="ms of processor",
    )


@contextmanager
def sqlite_stores(options: Options) -> Iterator[Callable[[], StateStore]]:
    """Yield what makes an empty store, each in a file of its own."""
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    made: list[Path] = []

    def new_store() -> StateStore:
        made.append(folder / f"state-{len(made)}.db")
        return SqliteStateStore(made[-1])

    yield new_store


@contextmanager
def postgres_stores(options: Options) -> Iterator[Callable[[], StateStore]]:
    """Yield what empties a server of its own; one store at a time."""
    del options
    with running_server() as url:

        def new_store() -> StateStore:
            store = PostgresStateStore(url)
            store.write(_empty_schema)
            return store

        yield new_store


@contextmanager
def running_server() -> Iterator[str]:
    """Start a PostgreSQL of its own; yields its address."""
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    with (
        tempfile.TemporaryDirectory(prefix="kikubari-journeys-") as folder,
        running_postgres(binaries, Path(folder)) as url,
    ):
        yield url


def _empty_schema(connection: Connection) -> None:
    connection.exec_driver_sql("DROP SCHEMA public CASCADE")
    connection.exec_driver_sql("CREATE SCHEMA public")


def _numbers(store: StateStore, n: int) -> str:
    if store.dialect == "postgresql":
        return f"SELECT generate_series(1, {n}) AS n"
    return (
        "WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL"
        f" SELECT n + 1 FROM count WHERE n < {n}) SELECT n FROM count"
    )


def _empty(store: StateStore) -> str:
    return "''::bytea" if store.dialect == "postgresql" else "x''"


if __name__ == "__main__":
    main(run)
