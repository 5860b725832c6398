"""Fifty live segments under 2,000 events a second: how far behind, and one person against them.

Sequencer, copier and follower run as in the server, a thread each, on a copy of a generated home.
The lag of an event is the time from its receipt until every segment has it in its members.
"""

import random
import shutil
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from generate import FULL_SIZE, Home, copier_of, generate
from generated_events import CURRENCY, Extent, user_id
from harness import Figure, Memory, Options, Report, main
from kikubari.app.interpreter import tune_interpreter
from kikubari.app.loops import Loop
from kikubari.app.wings.log import list_projections
from kikubari.app.wings.segments import FOLLOWING, FOLLOWING_RESTS
from kikubari.deliver import AddressHasher
from kikubari.events import EventLog, Intake, RowBuilder, Sequencer
from kikubari.kit.clock import SystemClock
from kikubari.kit.instants import to_micros
from kikubari.profiles import IdentityNumbering, InstanceKey, PersonKeys
from kikubari.segments import (
    Followed,
    Follower,
    LiveLeaves,
    Person,
    SegmentEngine,
    evaluate,
)
from kikubari.spec.conditions import Condition, convert_condition
from kikubari.spec.envelope import DEFAULT_WORKSPACE, PAGE_VIEWED, Event, EventKind
from kikubari.spec.errors import NotFoundError
from kikubari.storage import ColumnarStore, SqliteStateStore, metadata
from segment_questions import LEAVES

N_SEGMENTS = 50
EVENTS_PER_SECOND = 2_000
TARGET_LAG_SECONDS = 2.0
TARGET_PROCESSOR_SECONDS = 0.5
TARGET_PERSON_MS = 5.0
TARGET_MEMORY_MIB = 4_096
_SECONDS = 60
_STEPS_ALONE = 12
_BATCH = 100
_PEOPLE = 200
_ZONE = ZoneInfo("Asia/Tokyo")
_TYPES = (
    ("Product Viewed", 50), (PAGE_VIEWED, 16), ("Product Added", 11), ("Products Searched", 6),
    ("Email Delivered", 6), ("Email Opened", 3), ("Email Link Clicked", 2), ("Order Completed", 6),
)  # fmt: skip
_KINDS = [kind for kind, share in _TYPES for _ in range(share)]
_CATEGORIES = ("lamp", "tea", "bag", "candle", "garden", "kitchen", "paper", "toy")


def run(options: Options) -> Report:
    """Measure the lag of live segments, memory, and the evaluation of one person."""
    extent = FULL_SIZE.scaled(options.scale)
    source = generate(options.shared, extent)
    home = Home(options.folder / "home")
    shutil.copytree(source.folder, home.folder, symlinks=True)
    shop = _Shop(home, extent)
    tune_interpreter()  # as the server does
    memory = Memory()
    try:
        with memory.watch():
            started = time.monotonic()
            shop.follow_once()
            first = time.monotonic() - started
            alone = shop.follow_alone(_STEPS_ALONE)
            lags = shop.run(max(5.0, _SECONDS * min(1.0, options.scale * 20)))
        person, loading = shop.judge_people()
    finally:
        shop.close()
    return Report(
        benchmark="live_segments",
        figures=[
            Figure(
                name="lag of an event, p95",
                value=_percentile(lags, 95),
                unit="s",
                target=TARGET_LAG_SECONDS,
                at_most=True,
            ),
            Figure(name="lag of an event, median", value=statistics.median(lags), unit="s"),
            Figure(
                name="processor time of following a second of events",
                value=alone,
                unit="s",
                target=TARGET_PROCESSOR_SECONDS,
                at_most=True,
            ),
            Figure(name="first members of all segments", value=first, unit="s"),
            Figure(
                name="one person against all segments, p95",
                value=_percentile(person, 95),
                unit="ms",
                target=TARGET_PERSON_MS,
                at_most=True,
            ),
            Figure(name="reading that person, p95", value=_percentile(loading, 95), unit="ms"),
            Figure(
                name="peak memory",
                value=max(mib for _, mib in memory.samples),
                unit="MiB",
                target=TARGET_MEMORY_MIB,
                at_most=True,
            ),
        ],
        notes=[
            (
                f"{shop.n_arrived:,} events in {shop.seconds:.0f} s, {shop.n_steps} steps,"
                f" {shop.n_told:,} changes told, {extent.n_profiles:,} people"
            )
        ],
    )


class _Segments:
    """Fifty segments: the typical conditions, alone and two together."""

    def __init__(self) -> None:
        names = list(LEAVES)
        trees: list[Condition] = [convert_condition(LEAVES[name]) for name in names]
        step = 1
        while len(trees) < N_SEGMENTS:
            for first, second in zip(names, names[step:], strict=False):
                pair = [LEAVES[first], {"type": "not", "of": LEAVES[second]}]
                trees.append(convert_condition({"type": "all", "of": pair}))
            step += 1
        self._followed = [
            Followed(f"seg{i}", 1, tree, announces=i % 5 == 0)
            for i, tree in enumerate(trees[:N_SEGMENTS])
        ]

    def versions(self) -> list[tuple[str, int]]:
        return [(one.id, one.version) for one in self._followed]

    def followed(self) -> list[Followed]:
        return self._followed

    def definition(self, segment_id: str) -> Condition:
        raise NotFoundError(segment_id)

    def members(self, list_id: str) -> BitMap:
        raise NotFoundError(list_id)


class _Shop:
    def __init__(self, home: Home, extent: Extent) -> None:
        self._extent = extent
        self._state = SqliteStateStore(home.state)
        self._intake_store = SqliteStateStore(home.intake, overwrites=False)
        self._state.write(metadata.create_all)  # a home may be older than live segments
        self._columnar = ColumnarStore(home.copy_dsn)
        instance = InstanceKey.load_or_create(home.instance_key)
        self._keys = PersonKeys(instance)
        self._copier = copier_of(self._state, self._columnar, self._keys)
        self._copier.prepare()
        numbering = IdentityNumbering()
        self._sequencer = Sequencer(
            self._state,
            [self._intake_store, self._state],
            numbering,
            self._keys,
            projections=list_projections(
                self._keys, instance, AddressHasher(bytes(32)), currency=CURRENCY
            ),
        )
        self._segments = _Segments()
        self._clock = SystemClock()
        self._leaves = LiveLeaves(
            self._state,
            self._columnar,
            progress=self._copier,
            moves=numbering,
            lists=self._segments,
            zone=_ZONE,
        )
        self._follower = Follower(
            self._state, self._leaves, self._segments, self._copier, self._clock
        )
        self._intake = Intake(self._intake_store)
        self._draw = random.Random(1)
        self.n_sent = self.n_arrived = self.n_steps = self.n_told = 0
        self.seconds = 0.0

    def follow_once(self) -> None:
        """Ask every leaf about everybody, as a server does that has just started."""
        self._follower.step()

    def follow_alone(self, n_steps: int) -> float:
        """Return the processor time that following takes for a second of events, half at a time.

        Nothing else runs meanwhile, so it is told apart from what sequencer and copier take.
        """
        taken = []
        for _ in range(n_steps):
            self._send_some(EVENTS_PER_SECOND // 2)
            while self._sequencer.run_once().n_new:
                pass
            while self._copier.run_once():
                pass
            before = time.process_time()
            self._follower.step()
            taken.append(time.process_time() - before)
        return 2 * statistics.median(taken)

    def run(self, seconds: float) -> list[float]:
        """Let events come in and segments follow; return the lag of a sample of events."""
        lags: list[float] = []
        self.seconds = seconds
        log_before, sent_before = self._log_position(), self.n_sent
        copying = Loop("copier", lambda: self._copier.run_once() > 0, self._clock)

        def sequence() -> bool:
            has_news = bool(self._sequencer.run_once().n_new)
            copying.wake()
            return has_news

        loops = [
            Loop("sequencer", sequence, self._clock),
            copying,
            Loop(
                "segments",
                lambda: self._follow(lags),
                self._clock,
                idle_seconds=FOLLOWING.total_seconds(),
                rest=FOLLOWING_RESTS,
            ),
        ]
        for loop in loops:
            loop.start()
        self._send(seconds)
        time.sleep(TARGET_LAG_SECONDS)
        for loop in loops:
            loop.stop()
            if loop.health().last_error:
                raise RuntimeError(loop.health().last_error)
        self.n_arrived = self.n_sent - sent_before
        self.n_told = self._log_position() - log_before - self.n_arrived
        return lags

    def judge_people(self) -> tuple[list[float], list[float]]:
        """Return what one person against all segments takes, and reading that person, in ms."""
        engine = SegmentEngine(
            self._columnar,
            progress=self._copier,
            lists=self._segments,
            definitions=self._segments,
            clock=self._clock,
            zone=_ZONE,
        )
        moment = engine.moment()
        trees = [one.definition for one in self._segments.followed()]
        bases = [engine.base_values(tree, moment) for tree in trees]
        log = EventLog(self._state, self._keys)
        builder = RowBuilder(workspace_id=DEFAULT_WORKSPACE, currency=CURRENCY)
        draw = random.Random(7)
        judging, reading = [], []
        for _ in range(_PEOPLE):
            number = draw.randrange(1, self._extent.n_profiles + 1)
            started = time.perf_counter()
            person = Person.from_events(number, log.timeline([number], limit=20_000), builder)
            read = time.perf_counter()
            for tree, base in zip(trees, bases, strict=True):
                evaluate(tree, person, base, moment)
            judging.append((time.perf_counter() - read) * 1_000)
            reading.append((read - started) * 1_000)
        return judging, reading

    def close(self) -> None:
        """Close every store."""
        self._columnar.close()
        self._state.close()
        self._intake_store.close()

    def _follow(self, lags: list[float]) -> bool:
        before = self._leaves.position
        has_more = self._follower.step()
        done = to_micros(self._clock.now())
        after = self._leaves.position
        self.n_steps += 1
        sampled = range(before + 1, after + 1, max(1, (after - before) // 20))
        lags.extend((done - at) / 1e6 for at in self._received(list(sampled)))
        return has_more

    def _received(self, positions: Sequence[int]) -> Iterator[int]:
        events = metadata.tables["events"]
        with self._state.read() as connection:
            rows = connection.execute(
                events.select()
                .with_only_columns(events.c.received_us)
                .where(events.c.workspace_id == DEFAULT_WORKSPACE, events.c.position.in_(positions))
            ).all()
        return iter(row.received_us for row in rows)

    def _log_position(self) -> int:
        return EventLog(self._state, self._keys).position()

    def _send(self, seconds: float) -> None:
        before = self.n_sent
        started = time.monotonic()
        while (elapsed := time.monotonic() - started) < seconds:
            self._send_some(int(elapsed * EVENTS_PER_SECOND) - (self.n_sent - before))
            time.sleep(0.01)

    def _send_some(self, n_events: int) -> None:
        for _ in range(0, n_events, _BATCH):
            self._intake.append([self._event() for _ in range(_BATCH)]).result()

    def _event(self) -> Event:
        self.n_sent += 1
        draw = self._draw
        kind = draw.choice(_KINDS)
        now = self._clock.now()
        people = self._extent.n_profiles
        # Few people do much, as in the data before.
        number = int(people * draw.random() ** 3) * 2_654_435_761 % people + 1
        return Event(
            message_id=f"live{self.n_sent}",
            kind=EventKind.TRACK,
            type=kind,
            occurred_at=now - timedelta(milliseconds=draw.randrange(500)),
            received_at=now,
            source_id=1,
            user_id=user_id(number),
            properties={
                "product_id": f"p{draw.randrange(5_000)}",
                "category": draw.choice(_CATEGORIES),
                "price": draw.randrange(300, 20_000),
                "revenue": draw.randrange(1_000, 30_000) if kind == "Order Completed" else None,
                "query": "paper lamp" if kind == "Products Searched" else "",
                "cart_id": f"c{number}",
            },
        )


def _percentile(values: Sequence[float], percent: int) -> float:
    if not values:
        raise SystemExit("nothing was measured")
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


if __name__ == "__main__":
    main(run)
