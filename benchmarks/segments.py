"""What a segment costs: each condition against SQL written by hand, and a tree of fresh leaves.

Both sides of a comparison run in the same process, on the same warm data, turn by turn in
alternating order; the medians are compared. They must name the same people.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from zoneinfo import ZoneInfo

import msgspec
from pyroaring import BitMap

from generate import FULL_SIZE, copier_of, generate
from generated_events import END_AT
from harness import Figure, Options, Report, main
from kikubari.kit.clock import ManualClock
from kikubari.profiles import InstanceKey, PersonKeys
from kikubari.segments import SegmentEngine
from kikubari.spec.conditions import Condition, IsSet, TraitIs
from kikubari.spec.errors import NotFoundError
from kikubari.storage import ColumnarStore, SqliteStateStore
from segment_questions import LEAVES, TREES, hand_written, leaf_condition, tree_condition

TARGET_RATIO = 1.3
TARGET_FRESH_MS = 5.0
# Times each side is asked; under a hundredth of the full size nobody looks at the milliseconds.
_REPEATS, _FEW_REPEATS = 9, 2
_FRESH_REPEATS = 50
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
        questions = _Questions(
            columnar,
            progress.copied_position(),
            repeats=_REPEATS if options.scale >= 0.01 else _FEW_REPEATS,
        )
        leaves = [questions.compare(name) for name in LEAVES]
        trees = [questions.measure_tree(name) for name in TREES]
    finally:
        columnar.close()
        state.close()
    worst = max(leaves, key=lambda one: one.ratio)
    return Report(
        benchmark="segments",
        figures=[
            Figure(
                name=f"slowest leaf by ratio ({worst.name})",
                value=worst.ours_ms,
                unit="ms",
                baseline=worst.by_hand_ms,
                baseline_name="by hand",
                target=TARGET_RATIO,
                is_ratio=True,
                at_most=True,
            ),
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


class _Leaf(msgspec.Struct, frozen=True):
    name: str
    ours_ms: float
    by_hand_ms: float
    n_members: int

    @property
    def ratio(self) -> float:
        return self.ours_ms / self.by_hand_ms

    def __str__(self) -> str:
        return (
            f"leaf {self.name}: {self.ours_ms:.1f} ms, by hand {self.by_hand_ms:.1f} ms,"
            f" ratio {self.ratio:.2f}, {self.n_members:,} people"
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


class _Questions:
    def __init__(self, columnar: ColumnarStore, position: int, *, repeats: int) -> None:
        self._columnar = columnar
        self._position = position
        self._repeats = repeats

    def compare(self, name: str) -> _Leaf:
        """Time one leaf and its hand-written twin by turns."""
        condition, sql = leaf_condition(name), hand_written(name)
        ours = self._engine().evaluate(condition, as_of=END_AT).members
        by_hand = self._columnar.query_numbers(sql)
        if ours != by_hand:
            raise SystemExit(
                f"{name}: {len(ours)} people, by hand {len(by_hand)}, {len(ours ^ by_hand)} differ"
            )
        times: dict[str, list[float]] = {"ours": [], "by hand": []}
        for repeat in range(self._repeats):
            engine = self._engine()
            sides: list[tuple[str, Callable[[], object]]] = [
                ("ours", partial(engine.evaluate, condition, as_of=END_AT)),
                ("by hand", partial(self._columnar.query_numbers, sql)),
            ]
            for side, ask in sides if repeat % 2 else reversed(sides):
                with _timed(times[side]):
                    ask()
        medians = {side: statistics.median(found) for side, found in times.items()}
        return _Leaf(name, medians["ours"], medians["by hand"], len(ours))

    def measure_tree(self, name: str) -> _Tree:
        """Time a tree none of whose leaves is at hand, then one all of whose leaves are."""
        tree = tree_condition(name)
        cold: list[float] = []
        for _ in range(3):
            engine = self._engine()
            with _timed(cold):
                members = engine.evaluate(tree, as_of=END_AT).members
        fresh: list[float] = []
        for _ in range(_FRESH_REPEATS):
            with _timed(fresh):
                engine.evaluate(tree, as_of=END_AT)
        return _Tree(name, statistics.median(cold), statistics.median(fresh), len(members))

    def _engine(self) -> SegmentEngine:
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
            zone=ZoneInfo("Asia/Tokyo"),
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


@contextmanager
def _timed(times: list[float]) -> Iterator[None]:
    """Add the milliseconds that the block takes."""
    started = time.perf_counter()
    yield
    times.append((time.perf_counter() - started) * 1000)


if __name__ == "__main__":
    main(run)
