"""Trees to sets: one query per leaf that is not fresh, and bitmap algebra for the rest."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros
from kikubari.segments.base_values import gather_base_values
from kikubari.segments.cache import CachedLeaf, CopyState, LeafCache, valid_until
from kikubari.segments.compile import compile_leaf, compile_threshold
from kikubari.segments.contracts import (
    BaseValues,
    CopyProgress,
    Definitions,
    Erasures,
    Evaluation,
    LeafResult,
    LeftOut,
    Lists,
    NoErasures,
    Objections,
)
from kikubari.segments.derive import derive
from kikubari.segments.moment import Moment
from kikubari.spec.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Everyone,
    InList,
    InSegment,
    LeafCondition,
    Not,
    Percentile,
    digest_of,
)
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError
from kikubari.storage import ColumnarStore

# Without an instant, "now" is the last whole tick, so that evaluations of one moment share leaves.
TICK = timedelta(seconds=1)
_EVERYONE = Everyone()
_NO_ERASURES = NoErasures()
_FUTURE = (
    "SELECT toUnixTimestamp64Micro(min(at)) FROM events"
    " WHERE workspace_id = {workspace:UInt16}"
    " AND at > fromUnixTimestamp64Micro({as_of:Int64}, 'UTC') HAVING count() > 0"
)


class SegmentEngine:
    """Evaluates condition trees over everybody.

    Args:
        columnar: copy of the log.
        progress: says how far the copy is.
        lists: static lists.
        definitions: stored segments.
        clock: says what "now" is.
        zone: the shop's.
        left_out: people who are in no segment.
        objections: people whom some conditions must not choose.
        erasures: says when rows were deleted.
        workspace_id: whose rows are read.
    """

    def __init__(
        self,
        columnar: ColumnarStore,
        *,
        progress: CopyProgress,
        lists: Lists,
        definitions: Definitions,
        clock: Clock,
        zone: ZoneInfo,
        left_out: LeftOut | None = None,
        objections: Objections | None = None,
        erasures: Erasures = _NO_ERASURES,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._columnar = columnar
        self._progress = progress
        self._lists = lists
        self._definitions = definitions
        self._clock = clock
        self._zone = zone
        self._left_out = left_out
        self._objections = objections
        self._erasures = erasures
        self._workspace_id = workspace_id
        self._cache = LeafCache()
        self._future: tuple[int, int, int | None] | None = None

    def moment(self, as_of: datetime | None = None, known_at: datetime | None = None) -> Moment:
        """Return the moment of two instants: now, and given all that arrived, by default."""
        if as_of is None:
            now = self._clock.now()
            as_of = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % TICK
        return Moment.at(as_of, known_at, self._zone)

    def list_left_out(self) -> BitMap:
        """Return the people who are in no segment."""
        return self._left_out.list_left_out() if self._left_out is not None else BitMap()

    def list_unprofiled(self) -> BitMap:
        """Return the people of whom nothing is worked out: they are in no persona, for one."""
        objecting = self._objections.list_unprofiled() if self._objections else BitMap()
        return self.list_left_out() | objecting

    def _list_absent(self, tree: Condition) -> BitMap:
        """Return the people whom a condition must not choose."""
        unchosen = self._objections.list_unchosen(tree) if self._objections else BitMap()
        return self.list_left_out() | unchosen

    def evaluate(
        self,
        tree: Condition,
        as_of: datetime | None = None,
        known_at: datetime | None = None,
    ) -> Evaluation:
        """Return who belongs.

        Args:
            tree: the condition.
            as_of: when; now by default.
            known_at: given what had arrived by when; everything by default.

        Raises:
            InvalidInputError: the tree refers to itself through other segments.
            NotFoundError: it refers to a segment or list that does not exist.
        """
        moment = self.moment(as_of, known_at)
        # Read before any row is: an answer is never newer than its state says.
        erasures = self._erasures.generation()
        run = _Run(self, moment, CopyState(self._progress.copied_position(), erasures))
        members = run.members(tree, "$")
        return Evaluation(
            members=members - self._list_absent(tree),
            leaves=tuple(run.leaves),
            as_of=from_micros(moment.as_of),
            position=run.state.position,
        )

    def base_values(self, tree: Condition, moment: Moment) -> BaseValues:
        """Return what a person's own evaluation of the tree needs to know of everyone else."""
        return gather_base_values(
            tree,
            definitions=self._definitions,
            lists=self._lists,
            edge_of=lambda leaf: self._threshold(leaf, moment),
            position=self._progress.copied_position(),
        )

    def leaf(self, leaf: LeafCondition, moment: Moment, state: CopyState) -> tuple[BitMap, bool]:
        """Return a leaf's members, and whether they were at hand."""
        digest = digest_of(leaf)
        cached = self._cache.find(digest, moment, state)
        if cached is not None:
            return cached, True
        query = compile_leaf(leaf, self._workspace_id, moment)
        members = self._columnar.query_bitmap(query.sql, query.parameters)
        if query.is_complement:
            members = self.leaf(_EVERYONE, moment, state)[0] - members
        until = _earlier(valid_until(leaf, moment), self._next_future(state.position, moment.as_of))
        self._cache.put(digest, moment, CachedLeaf(members, state, moment.as_of, until))
        return members, False

    def list_members(self, list_id: str) -> BitMap:
        """Return the members of a static list."""
        return self._lists.members(list_id)

    def definition(self, segment_id: str) -> Condition:
        """Return the tree of a stored segment."""
        return self._definitions.definition(segment_id)

    def _threshold(self, leaf: Percentile, moment: Moment) -> int | None:
        query = compile_threshold(leaf, self._workspace_id, moment)
        rows = self._columnar.query_rows(query.sql, query.parameters)
        return int(rows[0][0]) if rows else None

    def _next_future(self, position: int, as_of: int) -> int | None:
        """Return when the next event that is dated ahead comes into sight."""
        known = self._future
        if known is not None and known[0] == position and known[1] <= as_of:
            later = known[2]
            if later is None or as_of < later:
                return later
        parameters = {"workspace": self._workspace_id, "as_of": as_of}
        rows = self._columnar.query_rows(_FUTURE, parameters)
        later = int(rows[0][0]) if rows else None
        self._future = (position, as_of, later)
        return later


class _Run:
    """One evaluation of one tree."""

    def __init__(self, engine: SegmentEngine, moment: Moment, state: CopyState) -> None:
        self._engine = engine
        self._moment = moment
        self._inside: list[str] = []
        self.state = state
        self.leaves: list[LeafResult] = []

    def members(self, condition: Condition, path: str) -> BitMap:
        match condition:
            case AllOf(of=inner):
                return self._combine(inner, path, BitMap.__and__)
            case AnyOf(of=inner):
                return self._combine(inner, path, BitMap.__or__)
            case Not(of=one):
                return self._everyone() - self.members(one, f"{path}.of")
            case InSegment(segment=segment):
                return self._noted(path, condition, self._segment(segment))
            case InList(list_id=list_id):
                found = self._engine.list_members(list_id) & self._everyone()
                return self._noted(path, condition, found)
        derived = derive(condition)
        if derived is not condition:
            return self._noted(path, condition, self._quiet(derived))
        found, is_cached = self._engine.leaf(condition, self._moment, self.state)
        return self._noted(path, condition, found, is_cached=is_cached)

    def _combine(
        self,
        inner: tuple[Condition, ...],
        path: str,
        combine: Callable[[BitMap, BitMap], BitMap],
    ) -> BitMap:
        sets = [self.members(one, f"{path}.of[{i}]") for i, one in enumerate(inner)]
        return reduce(combine, sets)

    def _segment(self, segment_id: str) -> BitMap:
        if segment_id in self._inside:
            circle = " → ".join([*self._inside, segment_id])
            raise InvalidInputError(f"segments refer to each other in a circle: {circle}")
        self._inside.append(segment_id)
        found = self._quiet(self._engine.definition(segment_id))
        self._inside.pop()
        return found

    def _quiet(self, condition: Condition) -> BitMap:
        """Evaluate without listing the leaves: the caller's tree has one leaf here."""
        outer, self.leaves = self.leaves, []
        found = self.members(condition, "$")
        self.leaves = outer
        return found

    def _everyone(self) -> BitMap:
        return self._engine.leaf(_EVERYONE, self._moment, self.state)[0]

    def _noted(
        self, path: str, leaf: Condition, members: BitMap, *, is_cached: bool = False
    ) -> BitMap:
        self.leaves.append(LeafResult(path, digest_of(leaf), len(members), is_cached))
        return members


def _earlier(one: int | None, other: int | None) -> int | None:
    return min((instant for instant in (one, other) if instant is not None), default=None)
