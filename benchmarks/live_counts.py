"""How long a segment editor waits for its counts after one condition was edited.

A tree of five conditions stands; one after the other is changed to values nobody asked for
before, as somebody does who tries out. First while nothing else happens, then while 2,000 events
a second go through intake, sequencer and copier, a thread each, as in the server. Both are compared
with asking for all conditions of the tree anew, which is what an editor without sets at hand
would do.
"""

import random
import shutil
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from generate import FULL_SIZE, Home, copier_of, generate
from generated_events import CURRENCY, END_AT, Extent, user_id
from harness import Figure, Options, Report, main
from kikubari.app.interpreter import tune_interpreter
from kikubari.app.wings.log import list_projections
from kikubari.deliver import AddressHasher
from kikubari.events import Intake, Sequencer
from kikubari.kit.clock import ManualClock, SystemClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.profiles import IdentityNumbering, InstanceKey, PersonKeys
from kikubari.segments import SegmentEditor, SegmentEngine, Segments, create_editor
from kikubari.spec.conditions import Condition
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.errors import NotFoundError
from kikubari.storage import ColumnarStore, SqliteStateStore, metadata
from segment_questions import LEAVES

TARGET_IDLE_MS = 200.0
TARGET_BUSY_MS = 500.0
EVENTS_PER_SECOND = 2_000
_BATCH = 100
_EDITS = 80
_FEW_EDITS = 10
_ZONE = ZoneInfo("Asia/Tokyo")
_STANDING = (
    "lives in Tokyo", "agreed to e-mail", "bought in 90 days", "opened a mail in 90 days",
    "used a phone in 90 days",
)  # fmt: skip
_TYPES = ("Product Viewed", "Product Added", "Order Completed", "Email Opened")

Question = dict[str, Any]


def run(options: Options) -> Report:
    """Measure counts after one edit, idle and while events arrive."""
    extent = FULL_SIZE.scaled(options.scale)
    source = generate(options.shared, extent)
    home = Home(options.folder / "home")
    shutil.copytree(source.folder, home.folder, symlinks=True)
    n_edits = _EDITS if options.scale >= 0.01 else _FEW_EDITS
    shop = _Shop(home, extent)
    tune_interpreter()  # as the server does
    try:
        desk = _Desk(shop)
        whole = [desk.count_anew() for _ in range(3)]
        idle = list(desk.edit(n_edits, random.Random(1)))
        with_events = shop.while_events_arrive(lambda: list(desk.edit(n_edits, random.Random(2))))
        desk.close()
    finally:
        shop.close()
    anew = statistics.median(whole)
    return Report(
        benchmark="live_counts",
        figures=[
            Figure(
                name="counts after one edit, p95",
                value=_percentile(idle, 95),
                unit="ms",
                baseline=anew,
                baseline_name="all conditions anew",
                target=TARGET_IDLE_MS,
                at_most=True,
            ),
            Figure(name="counts after one edit, median", value=statistics.median(idle), unit="ms"),
            Figure(
                name="the same while 2,000 events/s arrive, p95",
                value=_percentile(with_events, 95),
                unit="ms",
                target=TARGET_BUSY_MS,
                at_most=True,
            ),
            Figure(
                name="the same while 2,000 events/s arrive, median",
                value=statistics.median(with_events),
                unit="ms",
            ),
        ],
        notes=[f"{extent.n_profiles:,} people, {shop.n_sent:,} events came meanwhile"],
    )


class _Desk:
    """An editor and the tree on it."""

    def __init__(self, shop: "_Shop") -> None:
        self._editor = shop.editor()
        self._tree: Question = {"type": "all", "of": [LEAVES[name] for name in _STANDING]}
        self._as_of: datetime | None = None

    def count_anew(self) -> float:
        """Return what a tree costs at an instant nobody asked about, in ms."""
        before = self._as_of or END_AT
        self._as_of = before - timedelta(seconds=1)
        return self._timed(self._tree)

    def edit(self, n_edits: int, draw: random.Random) -> Iterator[float]:
        """Yield what each edit of one condition takes, in ms."""
        for _ in range(n_edits):
            place = draw.randrange(len(_STANDING))
            of = list(self._tree["of"])
            of[place] = _edited(draw)
            yield self._timed({**self._tree, "of": of})

    def close(self) -> None:
        self._editor.audiences.close()

    def _timed(self, tree: Question) -> float:
        started = time.perf_counter()
        edit = self._editor.audiences.begin(tree, as_of=self._as_of)
        self._as_of = self._editor.audiences.count(edit).as_of
        return (time.perf_counter() - started) * 1_000


def _edited(draw: random.Random) -> Question:
    """Return a condition with values of its own."""
    window = {"type": "last", "duration": {"days": draw.randrange(20, 365)}}
    return draw.choice([
        {**LEAVES["bought three times in a year"], "count": {"at_least": draw.randrange(1, 6)},
         "window": window},
        {**LEAVES["spent 50,000 in a year"], "value": {"at_least": draw.randrange(1_000, 90_000)},
         "window": window},
        {**LEAVES["viewed lamps three times in 30 days"], "window": window},
        {**LEAVES["opened a mail in 90 days"], "window": window},
        {**LEAVES["last bought 180 days ago"], "more_than": {"days": draw.randrange(20, 300)}},
        {**LEAVES["searched for lamps in 90 days"], "window": window},
        {**LEAVES["lives in Tokyo"],
         "test": {"type": "in", "values": ["Osaka", str(draw.random())]}},
    ])  # fmt: skip


class _Nothing:
    def members(self, list_id: str) -> BitMap:
        raise NotFoundError(list_id)

    def definition(self, segment_id: str) -> Condition:
        raise NotFoundError(segment_id)


class _Shop:
    """A generated home whose log goes on."""

    def __init__(self, home: Home, extent: Extent) -> None:
        self._extent = extent
        self._state = SqliteStateStore(home.state)
        self._intake_store = SqliteStateStore(home.intake, overwrites=False)
        self._state.write(metadata.create_all)  # a home may be older than this table or that
        self._columnar = ColumnarStore(home.copy_dsn)
        instance = InstanceKey.load_or_create(home.instance_key)
        keys = PersonKeys(instance)
        self._copier = copier_of(self._state, self._columnar, keys)
        self._copier.prepare()
        self._sequencer = Sequencer(
            self._state,
            [self._intake_store, self._state],
            IdentityNumbering(),
            keys,
            projections=list_projections(
                keys, instance, AddressHasher(bytes(32)), currency=CURRENCY
            ),
        )
        self._clock = SystemClock()
        self._stopping = threading.Event()
        self._failures: list[BaseException] = []
        self.n_sent = 0

    def editor(self) -> SegmentEditor:
        """Return an editor that has answered nothing yet."""
        nothing = _Nothing()
        engine = SegmentEngine(
            self._columnar,
            progress=self._copier,
            lists=nothing,
            definitions=nothing,
            clock=ManualClock(END_AT),
            zone=_ZONE,
        )
        segments = Segments(self._state, engine, TimeOrderedIds(), self._clock)
        return create_editor(
            self._columnar,
            engine,
            segments,
            lists=nothing,
            definitions=nothing,
            currency=CURRENCY,
            zone=_ZONE,
        )

    def while_events_arrive(self, work: Callable[[], list[float]]) -> list[float]:
        """Do some work while events come in and are copied."""
        loops: list[Callable[[], bool]] = [
            self._send,
            lambda: bool(self._sequencer.run_once().n_new),
            lambda: self._copier.run_once() > 0,
        ]
        self._started = time.monotonic()
        threads = [threading.Thread(target=self._repeat, args=(loop,)) for loop in loops]
        for thread in threads:
            thread.start()
        try:
            return work()
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join()
            if self._failures:
                raise self._failures[0]

    def close(self) -> None:
        """Close every store."""
        self._columnar.close()
        self._state.close()
        self._intake_store.close()

    def _repeat(self, step: Callable[[], bool]) -> None:
        try:
            while not self._stopping.is_set():
                if not step():
                    self._stopping.wait(0.05)
        except BaseException as error:  # noqa: BLE001 - handed to the main thread
            self._failures.append(error)

    def _send(self) -> bool:
        due = int((time.monotonic() - self._started) * EVENTS_PER_SECOND)
        if self.n_sent + _BATCH > due:
            return False
        intake = Intake(self._intake_store)
        intake.append([self._event() for _ in range(_BATCH)]).result()
        return True

    def _event(self) -> Event:
        self.n_sent += 1
        now = self._clock.now()
        number = self.n_sent * 2_654_435_761 % self._extent.n_profiles + 1
        return Event(
            message_id=f"counts{self.n_sent}",
            kind=EventKind.TRACK,
            type=_TYPES[self.n_sent % len(_TYPES)],
            occurred_at=now,
            received_at=now,
            source_id=1,
            user_id=user_id(number),
            properties={"product_id": f"p{number % 5_000}", "category": "lamp", "price": number},
        )


def _percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


if __name__ == "__main__":
    main(run)
