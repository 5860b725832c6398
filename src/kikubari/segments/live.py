"""Leaves that follow the log and the clock.

A leaf is asked about everybody once. After that, new events settle most people by themselves
(`arrivals`); those in doubt, and those for whom something else changed that the leaf reads
(`changes`), are asked about by the same query restricted to their rows; everybody again when that
is cheaper. What counts, adds up or ranks is judged by numbers kept for everybody (`tallies`).
"""

import time
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from zoneinfo import ZoneInfo

import msgspec
from pyroaring import BitMap

from kikubari.events import Moves
from kikubari.segments.arrivals import Arrivals, Effects, settle
from kikubari.segments.changes import Changed, Edges, NewRows, Span, WhoIsWho
from kikubari.segments.compile import compile_leaf
from kikubari.segments.contracts import CopyProgress, Erasures, Lists, NoErasures
from kikubari.segments.costs import Costs
from kikubari.segments.crossings import Crossings
from kikubari.segments.derive import derive
from kikubari.segments.moment import Moment
from kikubari.segments.reads import Reads, next_turn, reads_of
from kikubari.segments.tallies import Tallies, Tally, is_complement
from kikubari.spec.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Due,
    Everyone,
    InList,
    InSegment,
    LeafCondition,
    Not,
    digest_of,
)
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError
from kikubari.storage import ColumnarStore, QueryBudget, StateStore

# More new events than this, and every leaf is asked about everybody.
_BULK_EVENTS = 60_000
# A leaf that ranks people among all takes at most this part of the time.
RANKING_SHARE = 0.1
_MS = 1_000  # µs
# Whoever edits a segment meanwhile gets the other cores.
_BUDGET = {**QueryBudget.LIVE, "max_threads": 1}
_EVERYONE = Everyone()
_NO_ERASURES = NoErasures()


class LiveLeaf:
    """One leaf with what its query found as of an instant."""

    def __init__(self, leaf: LeafCondition) -> None:
        self.leaf = leaf
        self.reads = Reads() if isinstance(leaf, InList) else reads_of(leaf)
        self.found = BitMap()
        # The members are everyone but those found.
        self.is_complement = False
        # The instant it holds for; None: never asked.
        self.as_of: int | None = None
        self.turn: int | None = None
        # Judged by a tally the last time.
        self.is_tallied = False
        self.costs = Costs()
        # Of a leaf that people enter and leave at instants of their own.
        self.crossings: Crossings | None = None
        # A ranking leaf with changes is asked again when it may be.
        self.is_waiting = False
        self.may_ask_at = 0


class _News(msgspec.Struct, frozen=True):
    """What happened between two steps.

    Attributes:
        changed: people by what changed for them, but for new events.
        types: of new events.
        effects: what new events do to each leaf, by its digest.
        is_bulk: they are too many to look at.
    """

    changed: Changed
    types: frozenset[str | None]
    effects: Mapping[str, Effects]
    is_bulk: bool


class LiveLeaves:
    """Every leaf that followed segments are made of, kept true by `step`.

    Args:
        state: store of the moves.
        columnar: copy of the log.
        progress: says how far the copy is.
        moves: merges and unmerges.
        lists: static lists.
        zone: the shop's.
        erasures: says when rows were deleted.
        workspace_id: whose rows are read.
        ranking_share: part of the time that each leaf may take which ranks people among all.
    """

    def __init__(
        self,
        state: StateStore,
        columnar: ColumnarStore,
        *,
        progress: CopyProgress,
        moves: Moves,
        lists: Lists,
        zone: ZoneInfo,
        erasures: Erasures = _NO_ERASURES,
        workspace_id: int = DEFAULT_WORKSPACE,
        ranking_share: float = RANKING_SHARE,
    ) -> None:
        self._ranking_share = ranking_share
        self._columnar = columnar
        self._progress = progress
        self._lists = lists
        self._zone = zone
        self._workspace_id = workspace_id
        self._rows = NewRows(columnar, workspace_id)
        self._arrivals = Arrivals(columnar, workspace_id)
        self._who = WhoIsWho(state, columnar, moves, workspace_id)
        self._tallies = Tallies(columnar, self._who.numbers_of, workspace_id)
        self._event_edges = Edges(columnar, workspace_id, table="events", name="type", column="at")
        self._trait_edges = Edges(
            columnar, workspace_id, table="traits", name="name", column="instant"
        )
        self._leaves: dict[str, LiveLeaf] = {}
        self._erasures = erasures
        self._generation = 0
        self._has_begun = False
        self.position = 0
        self.as_of = 0

    def follow(self, trees: Iterable[Condition], as_of: int) -> None:
        """Follow the leaves of these flat trees (see `flatten`), and no others."""
        wanted = {digest_of(leaf): leaf for tree in trees for leaf in leaves_of(tree)}
        wanted[digest_of(_EVERYONE)] = _EVERYONE
        self._leaves = {
            digest: self._leaves.get(digest) or LiveLeaf(leaf) for digest, leaf in wanted.items()
        }
        self._tallies.follow(one.leaf for one in self._leaves.values())
        reads = [one.reads for one in self._leaves.values()]
        since = self.as_of if self._has_begun else as_of
        self._event_edges.watch({edge for one in reads for edge in one.event_edges}, since)
        self._trait_edges.watch({edge for one in reads for edge in one.trait_edges}, since)

    def _forget(self) -> None:
        """Ask everything anew at the next step."""
        self._has_begun = False
        self._tallies.forget()
        for leaf in self._leaves.values():
            leaf.as_of = None

    def step(self, as_of: int) -> set[str] | None:
        """Bring every leaf up to the copy's position and the instant.

        Returns:
            Digests of the leaves whose members may be others now; None if the copy is not ready
            (it is being rebuilt, or who is who is on its way).
        """
        position = self._progress.copied_position()
        if position < self.position:
            return None
        generation = self._erasures.generation()
        if generation != self._generation:
            self._forget()
        as_of = max(as_of, self.as_of)  # a clock that was set back changes nobody
        moment = Moment(as_of, None, self._zone)
        try:
            news = (
                self._look(position, moment) if self._has_begun else self._begin(position, moment)
            )
            if news is None:
                return None
            everyone = self._leaves[digest_of(_EVERYONE)]
            rest = [one for one in self._leaves.values() if one is not everyone]
            updated = {
                digest_of(one.leaf)
                for one in (everyone, *rest)
                if self._bring_up(one, news, moment)
            }
        except BaseException:
            self._forget()  # what was found out is half taken in
            raise
        self.position, self.as_of, self._has_begun = position, as_of, True
        self._generation = generation
        return updated

    def _begin(self, position: int, moment: Moment) -> "_News | None":
        """Learn who is who; None if the engine's dictionary is not as new as its table."""
        if not self._who.begin():
            return None
        self._rows.begin(moment.as_of)
        span, changed = Span(position, position, self.as_of, moment.as_of), Changed()
        self._find_edges(span, changed)
        self._tallies.step(span, self._rows, changed, moment, is_bulk=False)
        return _News(Changed(), frozenset(), {}, is_bulk=False)

    def _look(self, position: int, moment: Moment) -> "_News":
        """Find out what happened since the last step."""
        changed = Changed()
        span = Span(self.position, position, self.as_of, moment.as_of)
        self._who.catch_up(changed)
        if position - span.after > _BULK_EVENTS:
            self._rows.begin(moment.as_of)
            self._event_edges.look_again(moment.as_of)
            self._trait_edges.look_again(moment.as_of)
            self._find_edges(span, changed)
            self._tallies.step(span, self._rows, changed, moment, is_bulk=True)
            return _News(changed, frozenset(), {}, is_bulk=True)
        self._rows.find(span, changed)
        self._find_edges(span, changed)
        self._tallies.step(span, self._rows, changed, moment, is_bulk=False)
        types = frozenset[str | None](self._rows.earliest)
        concerned = {
            digest: one.leaf
            for digest, one in self._leaves.items()
            if not one.reads.is_whole
            and one.reads.is_of(types)
            and self._tallies.find(one.leaf) is None
        }
        effects = self._arrivals.find(concerned, span, self._rows, moment)
        return _News(changed, types, effects, is_bulk=False)

    def _find_edges(self, span: Span, changed: Changed) -> None:
        self._event_edges.find(span, self._rows.earliest, changed.event_edges)
        self._trait_edges.find(span, self._rows.earliest_instant, changed.trait_edges)

    def members(self, tree: Condition) -> BitMap:
        """Return who belongs to a flat tree."""
        match tree:
            case AllOf(of=inner):
                return self._combine(inner, BitMap.__and__)
            case AnyOf(of=inner):
                return self._combine(inner, BitMap.__or__)
            case Not(of=one):
                return self.everyone - self.members(one)
        leaf = self._leaves[digest_of(tree)]
        return self.everyone - leaf.found if leaf.is_complement else leaf.found

    def holds_for(self, tree: Condition) -> int:
        """Return the instant for which all leaves of the tree are true."""
        instants = [self._leaves[digest_of(leaf)].as_of or 0 for leaf in leaves_of(tree)]
        return min(instants, default=self.as_of)

    @property
    def everyone(self) -> BitMap:
        """Everybody with an event."""
        return self._leaves[digest_of(_EVERYONE)].found

    def _combine(
        self, inner: tuple[Condition, ...], combine: Callable[[BitMap, BitMap], BitMap]
    ) -> BitMap:
        return reduce(combine, [self.members(one) for one in inner])

    def _bring_up(self, one: LiveLeaf, news: "_News", moment: Moment) -> bool:
        """Make a leaf true for the moment; say whether its members may have changed."""
        if isinstance(one.leaf, InList):
            found = self._lists.members(one.leaf.list_id) & self.everyone
            is_other, one.found, one.as_of = found != one.found, found, moment.as_of
            return is_other
        tally = self._tallies.find(one.leaf)
        if tally is not None:
            return self._judge(one, tally, moment)
        if one.is_tallied:
            one.is_tallied, one.as_of = False, None
        people = news.changed.people(one.reads)
        if one.crossings is not None:
            people |= one.crossings.take(moment.as_of)
        is_new = one.as_of is None
        is_turn = one.turn is not None and one.turn <= moment.as_of
        if one.reads.is_whole and not is_new:
            has_news = bool(people) or one.reads.is_of(news.types)
            one.is_waiting = one.is_waiting or has_news or is_turn or news.is_bulk
            if one.is_waiting and moment.as_of >= one.may_ask_at:
                self._ask_whole(one, moment)
                return True
            if not one.is_waiting:
                one.as_of = moment.as_of
            return False
        arrived = settle(news.effects.get(digest_of(one.leaf)), one.found)
        people |= arrived.in_doubt
        if (
            is_new
            or news.is_bulk
            or is_turn
            or (people and one.costs.is_cheaper_whole(len(people)))
        ):
            self._ask_whole(one, moment)
            return True
        before = one.found
        one.found = (before | arrived.entered) - arrived.left
        if people:
            self._ask_about(one, people, moment)
        one.as_of = moment.as_of
        return one.found != before

    def _judge(self, one: LiveLeaf, tally: Tally, moment: Moment) -> bool:
        """Judge people by their numbers; say whether the leaf's members may have changed."""
        before = one.found
        is_new = tally.is_new or one.as_of is None or not one.is_tallied
        one.is_tallied, one.is_complement = True, is_complement(one.leaf)
        one.is_waiting = one.is_waiting or is_new or bool(tally.touched)
        if one.reads.is_whole and not is_new and moment.as_of < one.may_ask_at:
            one.as_of = one.as_of if one.is_waiting else moment.as_of
            return False
        if is_new or (one.reads.is_whole and one.is_waiting):
            started = time.perf_counter()
            one.found = tally.found(one.leaf)
            self._rest(one, started, moment)
        elif tally.touched:
            one.found = (before - tally.touched) | tally.found(one.leaf, tally.touched)
        one.as_of, one.is_waiting = moment.as_of, False
        return is_new or one.found != before

    def _rest(self, one: LiveLeaf, started: float, moment: Moment) -> None:
        """Note what a look at everybody took, and when the next one may be."""
        one.costs.whole_ms = (time.perf_counter() - started) * 1_000
        one.is_waiting = False
        one.may_ask_at = moment.as_of + round(one.costs.whole_ms / self._ranking_share) * _MS

    def _ask_whole(self, one: LiveLeaf, moment: Moment) -> None:
        started = time.perf_counter()
        query = compile_leaf(one.leaf, self._workspace_id, moment)
        one.found = self._columnar.query_bitmap(query.sql, query.parameters, budget=_BUDGET)
        one.is_complement = query.is_complement
        if isinstance(one.leaf, Due):
            one.crossings = Crossings(one.leaf, self._columnar, self._workspace_id)
            one.crossings.renew(moment)
        self._rest(one, started, moment)
        one.as_of = moment.as_of
        one.turn = next_turn(one.leaf, moment) if one.reads.turns else None

    def _ask_about(self, one: LiveLeaf, people: BitMap, moment: Moment) -> None:
        started = time.perf_counter()
        numbers = self._who.numbers_of(people).to_array().tolist()
        query = compile_leaf(one.leaf, self._workspace_id, moment, numbers)
        found = self._columnar.query_bitmap(query.sql, query.parameters, budget=_BUDGET)
        one.found = (one.found - people) | (found & people)
        if one.crossings is not None:
            one.crossings.note(moment, numbers)
        one.costs.note_restricted(len(people), (time.perf_counter() - started) * 1_000)


def flatten(
    tree: Condition, definition: Callable[[str], Condition], inside: tuple[str, ...] = ()
) -> Condition:
    """Return the tree with short forms and references to other segments written out.

    Raises:
        InvalidInputError: segments refer to each other in a circle.
        NotFoundError: a segment does not exist.
    """
    match tree:
        case AllOf(of=inner):
            return AllOf(tuple(flatten(one, definition, inside) for one in inner))
        case AnyOf(of=inner):
            return AnyOf(tuple(flatten(one, definition, inside) for one in inner))
        case Not(of=one):
            return Not(flatten(one, definition, inside))
        case InSegment(segment=segment):
            if segment in inside:
                circle = " → ".join([*inside, segment])
                raise InvalidInputError(f"segments refer to each other in a circle: {circle}")
            return flatten(definition(segment), definition, (*inside, segment))
    derived = derive(tree)
    return tree if derived is tree else flatten(derived, definition, inside)


def leaves_of(tree: Condition) -> list[LeafCondition]:
    """Return the leaves of a flat tree (`not` and its like subtract from everyone besides)."""
    match tree:
        case AllOf(of=inner) | AnyOf(of=inner):
            return [leaf for one in inner for leaf in leaves_of(one)]
        case Not(of=one):
            return leaves_of(one)
        case InSegment():
            raise InvalidInputError("a tree must be flat to be followed")
    return [tree]
