"""What a segment costs: each condition against SQL written by hand, and a tree of fresh leaves.

Both sides of a comparison run in the same process, on the same warm data, turn by turn in
alternating order; the medians are compared. They must name the same people. Each side is also
shown by the processor time it took, which other work on the machine disturbs less.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import cast
from zoneinfo import ZoneInfo

import msgspec
from pyroaring import BitMap

from generate import FULL_SIZE, copier_of, generate
from generated_events import END_AT
from harness import Figure, Options, Report, Turns, main
from kikubari.kit.clock import ManualClock
from kikubari.profiles import InstanceKey, PersonKeys
from kikubari.segments import SegmentEngine
from kikubari.segments._sql import Query
from kikubari.segments.compile import compile_leaf
from kikubari.segments.derive import derive
from kikubari.segments.moment import Moment
from kikubari.spec.conditions import Condition, Everyone, IsSet, LeafCondition, TraitIs
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError
from kikubari.storage import ColumnarStore, SqliteStateStore
from segment_questions import (
    HEAVY,
    LEAVES,
    TREES,
    hand_written,
    leaf_condition,
    tree_condition,
)

TARGET_RATIO = 1.3
TARGET_LIGHT_MS, TARGET_HEAVY_MS = 100.0, 250.0
TARGET_FRESH_MS = 5.0
# Times each side is asked, so many that p95 is not the slowest turn of all; under a hundredth of
# the full size nobody looks at the milliseconds.
_REPEATS, _FEW_REPEATS = 40, 2
_FRESH_REPEATS = 50
SHOP_ZONE = ZoneInfo("Asia/Tokyo")
_NOBODY = TraitIs("nobody has this", IsSet())


def run(options: Options) -> Report:
    """Measure conditions and trees on generated data."""
    home = generate(options.shared, FULL_SIZE.scaled(options.scale))
    state = SqliteStateStore(home.state)
    columnar = ColumnarStore(home.copy_dsn)
    # Otherwise the engine remembers which rows passed, and later repeats measure little.
    columnar.command("SET use_query_condition_cache = 0")
    # What is written by hand shows a date in the zone that another column names.
    columnar.command("SET allow_nonconst_timezone_arguments = 1")
    keys = PersonKeys(InstanceKey.load_or_create(home.instance_key))
    try:
        progress = copier_of(state, columnar, keys)
        questions = Questions(
            columnar,
            progress.copied_position(),
            repeats=_REPEATS if options.scale >= 0.01 else _FEW_REPEATS,
        )
        leaves = [questions.compare(name) for name in LEAVES]
        trees = [questions.measure_tree(name) for name in TREES]
    finally:
        columnar.close()
        state.close()
    worst = max(leaves, key=lambda one: one.cpu_ratio)
    light = max((one for one in leaves if one.name not in HEAVY), key=lambda one: one.p95_ms)
    heavy = max((one for one in leaves if one.name in HEAVY), key=lambda one: one.p95_ms)
    return Report(
        benchmark="segments",
        figures=[
            Figure(
                name=f"slowest leaf by ratio of processor time ({worst.name})",
                value=worst.ours_cpu_ms,
                unit="ms",
                baseline=worst.by_hand_cpu_ms,
                baseline_name="by hand",
                target=TARGET_RATIO,
                is_ratio=True,
                at_most=True,
            ),
            _p95(f"slowest window, count or statement, p95 ({light.name})", light, TARGET_LIGHT_MS),
            _p95(f"slowest order, rank or JSON, p95 ({heavy.name})", heavy, TARGET_HEAVY_MS),
            Figure(
                name="all leaves together",
                value=sum(one.ours_ms for one in leaves),
                unit="ms",
                baseline=sum(one.by_hand_ms for one in leaves),
                baseline_name="by hand",
            ),
            Figure(
                name="slowest tree of fresh leaves",
                value=max(one.fresh_ms for one in trees),
                unit="ms",
                target=TARGET_FRESH_MS,
                at_most=True,
            ),
            Figure(name="slowest tree from cold", value=max(t.cold_ms for t in trees), unit="ms"),
        ],
        notes=[*map(str, leaves), *map(str, trees)],
    )


def _p95(name: str, leaf: "_Leaf", target: float) -> Figure:
    return Figure(name=name, value=leaf.p95_ms, unit="ms", target=target, at_most=True)


class _Leaf(msgspec.Struct, frozen=True):
    name: str
    ours_ms: float
    by_hand_ms: float
    ours_cpu_ms: float
    by_hand_cpu_ms: float
    p95_ms: float
    n_members: int

    @property
    def ratio(self) -> float:
        return self.ours_ms / self.by_hand_ms

    @property
    def cpu_ratio(self) -> float:
        return self.ours_cpu_ms / self.by_hand_cpu_ms

    def __str__(self) -> str:
        return (
            f"leaf {self.name}: {self.ours_ms:.1f} ms, by hand {self.by_hand_ms:.1f} ms,"
            f" ratio {self.ratio:.2f}; processor {self.ours_cpu_ms:.1f} and"
            f" {self.by_hand_cpu_ms:.1f} ms, ratio {self.cpu_ratio:.2f};"
            f" p95 {self.p95_ms:.1f} ms, {self.n_members:,} people"
        )


class _Tree(msgspec.Struct, frozen=True):
    name: str
    cold_ms: float
    fresh_ms: float
    n_members: int

    def __str__(self) -> str:
        return (
            f"tree {self.name}: cold {self.cold_ms:.1f} ms, fresh {self.fresh_ms:.2f} ms,"
            f" {self.n_members:,} people"
        )


class Questions:
    """Asks one copy; its engines remember no leaf."""

    def __init__(self, columnar: ColumnarStore, position: int, *, repeats: int = _REPEATS) -> None:
        self._columnar = columnar
        self._position = position
        self._repeats = repeats
        self._moment = Moment.at(END_AT, None, SHOP_ZONE)
        self._everyone = self.engine().evaluate(Everyone(), as_of=END_AT).members

    def compare(self, name: str) -> _Leaf:
        """Time one leaf and its hand-written twin by turns."""
        sql = hand_written(name)
        query = self._compile(name)
        ours = self._ask(query)
        by_hand = self._columnar.query_numbers(sql)
        if ours != by_hand:
            raise SystemExit(
                f"{name}: {len(ours)} people, by hand {len(by_hand)}, {len(ours ^ by_hand)} differ"
            )
        clock, processor = Turns(), Turns()
        for repeat in range(self._repeats):
            sides: list[tuple[str, Callable[[], object]]] = [
                ("ours", partial(self._ask, query)),
                ("by hand", partial(self._columnar.query_numbers, sql)),
            ]
            for side, ask in sides if repeat % 2 else reversed(sides):
                with clock.timed(side, time.perf_counter), processor.timed(side, time.process_time):
                    ask()
        return _Leaf(
            name,
            clock.median("ours"),
            clock.median("by hand"),
            processor.median("ours"),
            processor.median("by hand"),
            clock.p95("ours"),
            len(ours),
        )

    def ask(self, name: str) -> BitMap:
        """Return the members of a leaf."""
        return self._ask(self._compile(name))

    def _compile(self, name: str) -> Query:
        # Every condition of the list is a leaf, or short for one.
        leaf = cast("LeafCondition", derive(leaf_condition(name)))
        return compile_leaf(leaf, DEFAULT_WORKSPACE, self._moment)

    def _ask(self, query: Query) -> BitMap:
        """Ask for a leaf as a running server does: who there is at all, it knows already."""
        found = self._columnar.query_bitmap(query.sql, query.parameters)
        return self._everyone - found if query.is_complement else found

    def measure_tree(self, name: str) -> _Tree:
        """Time a tree none of whose leaves is at hand, then one all of whose leaves are."""
        tree = tree_condition(name)
        turns = Turns()
        for _ in range(3):
            engine = self.engine()
            with turns.timed("cold", time.perf_counter):
                members = engine.evaluate(tree, as_of=END_AT).members
        for _ in range(_FRESH_REPEATS):
            with turns.timed("fresh", time.perf_counter):
                engine.evaluate(tree, as_of=END_AT)
        return _Tree(name, turns.median("cold"), turns.median("fresh"), len(members))

    def engine(self) -> SegmentEngine:
        """Return an engine that remembers no leaf of ours.

        It knows already that no event is dated ahead, as any engine does that answered anything
        since the last event came in.
        """
        engine = SegmentEngine(
            self._columnar,
            progress=_Position(self._position),
            lists=_Nothing(),
            definitions=_Nothing(),
            clock=ManualClock(END_AT),
            zone=SHOP_ZONE,
        )
        engine.evaluate(_NOBODY, as_of=END_AT)
        return engine


class _Position(msgspec.Struct, frozen=True):
    position: int

    def copied_position(self) -> int:
        return self.position


class _Nothing:
    def members(self, list_id: str) -> BitMap:
        raise NotFoundError(f"no list {list_id}")

    def definition(self, segment_id: str) -> Condition:
        raise NotFoundError(f"no segment {segment_id}")


if __name__ == "__main__":
    main(run)
