# ruff: noqa: S608 - text is joined from this room's own pieces; values travel as parameters
"""Two exact numbers a person (how many events, and what they come to), kept while events arrive.

Conditions that count, add up and rank need nothing else. New events are added in one query over
them alone; people for whom anything else changed are counted anew.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kikubari.events import PROFILE
from kikubari.segments._compile_numbers import tally_rows
from kikubari.segments._sql import Scope
from kikubari.segments.changes import Changed, NewRows, Span
from kikubari.segments.costs import Costs
from kikubari.segments.measures import MICRO, is_within, limits, rank_of
from kikubari.segments.moment import Bounds, Moment
from kikubari.segments.reads import next_turn, reads_of
from kikubari.spec.conditions import (
    Condition,
    CountRange,
    EventAggregate,
    EventCount,
    EventRatio,
    NumberRange,
    Percentile,
    PropertyMeasure,
    digest_of,
)
from kikubari.storage import ColumnarStore, QueryBudget

Subject = EventCount | EventAggregate | EventRatio
_ANY_COUNT = CountRange(at_least=1)
_ANY_NUMBER = NumberRange(at_least=0)
_RECORD = np.dtype([("tally", "<u4"), ("person", "<u4"), ("n", "<i8"), ("total", "<i8")])
# Two numbers below it add up within 64 bits; a tally that reaches it is given up.
_TOO_LARGE = 2**62
# Below it, a total in millionths fits.
_EXACT_IN_MICRO = 2**62 // MICRO
_Chosen = NDArray[np.bool_]
_BUDGET = {**QueryBudget.LIVE, "max_threads": 1}


def subject_of(leaf: Condition) -> Subject | None:
    """Return what must be tallied for a leaf, whatever it compares with; None for any other."""
    match leaf:
        case EventCount(count=count) if count != _ANY_COUNT and count.at_most != 0:
            return msgspec.structs.replace(leaf, count=_ANY_COUNT)
        case EventRatio():
            return msgspec.structs.replace(leaf, percent=_ANY_NUMBER)
        case EventAggregate(of=PropertyMeasure()) | Percentile(of=PropertyMeasure()):
            return None  # a single one may come to more than fits
        case EventAggregate(function="sum" | "avg") | Percentile(function="sum" | "avg"):
            return EventAggregate("sum", leaf.of, _ANY_NUMBER, leaf.event, leaf.where, leaf.window)
    return None


class Tally:
    """The numbers of one subject, by person.

    Attributes:
        is_new: everybody was counted in the last step.
        touched: for whom the last step changed a number.
        is_lost: a total does not fit; nothing here holds.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.reads = reads_of(subject)
        self.costs = Costs()
        self.turn: int | None = None
        self.is_counted = self.is_new = self.is_lost = False
        self.touched = BitMap()
        self._n = np.zeros(1, dtype=np.int32)
        self._total = np.zeros(1, dtype=np.int64)

    def renew(self, records: NDArray[Any]) -> None:
        """Take these numbers for everybody's."""
        self._n[:], self._total[:] = 0, 0
        self._add(records)
        self.is_counted = self.is_new = True

    def replace(self, people: BitMap, records: NDArray[Any]) -> None:
        """Take these numbers for those of some people."""
        numbers = np.array(people, dtype=np.uint32)
        chosen = numbers[numbers < len(self._n)]
        self._n[chosen], self._total[chosen] = 0, 0
        self._add(records[np.isin(records["person"], numbers)])
        self.touched = self.touched | people

    def add(self, records: NDArray[Any]) -> None:
        """Add numbers of new events, one record a person."""
        self._add(records)
        self.touched = self.touched | BitMap(records["person"])

    def _add(self, records: NDArray[Any]) -> None:
        people = records["person"]
        highest = int(people.max(initial=0))
        if highest >= len(self._n):
            more = max(highest + 1, 2 * len(self._n)) - len(self._n)
            self._n = np.pad(self._n, (0, more))
            self._total = np.pad(self._total, (0, more))
        self._n[people] += records["n"].astype(np.int32)
        self._total[people] += records["total"]
        too_large = np.abs(self._total[people]) >= _TOO_LARGE
        self.is_lost = self.is_lost or bool(too_large.any())

    def found(self, leaf: Condition, people: BitMap | None = None) -> BitMap:
        """Return whom the leaf's query would find, among some people or everybody."""
        if people is None:
            chosen = np.flatnonzero(self._n).astype(np.uint32)
        else:
            chosen = np.array(people, dtype=np.uint32)
            chosen = chosen[chosen < len(self._n)]
            chosen = chosen[self._n[chosen] != 0]
        n, total = self._n[chosen].astype(np.int64), self._total[chosen]
        return BitMap(chosen[_holds(leaf, n, total)])


def is_complement(leaf: Condition) -> bool:
    """Say whether the members are everyone but those found: who has no event belongs."""
    match leaf:
        case EventCount(count=count):
            return not count.at_least
        case EventAggregate(function="sum", value=value):
            return is_within(0, *limits(value, 1))
    return False


def _holds(leaf: Condition, n: NDArray[Any], total: NDArray[Any]) -> _Chosen:
    match leaf:
        case EventCount(count=count):
            return _between(n, count.at_least, count.at_most) ^ is_complement(leaf)
        case EventRatio(percent=percent):
            return _between(total * (100 * MICRO) // n, *limits(percent, MICRO))
        case EventAggregate(function="avg", value=value):
            return _between(_average(n, total), *limits(value, MICRO))
        case EventAggregate(value=value):
            return _between(total, *limits(value, 1)) ^ is_complement(leaf)
        case Percentile(function=function):
            return _is_beyond(leaf, _average(n, total) if function == "avg" else total)
    raise TypeError(f"a tally says nothing of {type(leaf).__name__}")


def _average(n: NDArray[Any], total: NDArray[Any]) -> NDArray[Any]:
    """Return averages in millionths, cut towards zero as the engine cuts."""
    if np.abs(total).max(initial=0) >= _EXACT_IN_MICRO:
        total = total.astype(object)
    average: NDArray[Any] = np.sign(total) * (np.abs(total) * MICRO // n)
    return average


def _between(values: NDArray[Any], low: int | None, high: int | None) -> _Chosen:
    within = np.ones(len(values), dtype=np.bool_)
    if low is not None:
        within &= (values >= low).astype(np.bool_)
    if high is not None:
        within &= (values <= high).astype(np.bool_)
    return within


def _is_beyond(leaf: Percentile, values: NDArray[Any]) -> _Chosen:
    if not len(values):
        return np.zeros(0, dtype=np.bool_)
    rank = rank_of(len(values), leaf.share)
    is_top = leaf.top_percent is not None
    place = len(values) - rank if is_top else rank - 1
    # Only numbers that fit a machine word are parted in one pass.
    edge = (np.sort(values) if values.dtype == object else np.partition(values, place))[place]
    return _between(values, edge, None) if is_top else _between(values, None, edge)


class Tallies:
    """The tallies that followed leaves are judged by, kept true by `step`.

    Args:
        columnar: copy of the log.
        numbers_of: every number that is one of some people.
        workspace_id: whose rows are read.
    """

    def __init__(
        self, columnar: ColumnarStore, numbers_of: Callable[[BitMap], BitMap], workspace_id: int
    ) -> None:
        self._columnar = columnar
        self._numbers_of = numbers_of
        self._workspace_id = workspace_id
        self._tallies: dict[str, Tally] = {}

    def follow(self, leaves: Iterable[Condition]) -> None:
        """Keep the tallies of these leaves, and no others."""
        subjects = {digest_of(one): one for leaf in leaves if (one := subject_of(leaf)) is not None}
        self._tallies = {
            digest: self._tallies.get(digest) or Tally(one) for digest, one in subjects.items()
        }

    def forget(self) -> None:
        """Count everybody anew at the next step."""
        for tally in self._tallies.values():
            tally.is_counted = False

    def find(self, leaf: Condition) -> Tally | None:
        """Return what a leaf is judged by; None if it must be asked."""
        subject = subject_of(leaf)
        tally = None if subject is None else self._tallies.get(digest_of(subject))
        return None if tally is None or tally.is_lost else tally

    def step(
        self, span: Span, rows: NewRows, changed: Changed, moment: Moment, *, is_bulk: bool
    ) -> None:
        """Bring every tally up to the end of the span."""
        kept: list[Tally] = []
        types = frozenset[str | None](rows.earliest)
        for tally in self._tallies.values():
            tally.is_new, tally.touched = False, BitMap()
            is_turn = tally.turn is not None and tally.turn <= moment.as_of
            if not tally.is_counted or is_bulk or is_turn:
                self._count_everybody(tally, span, moment)
            else:
                kept.append(tally)
        self._add([one for one in kept if one.reads.is_of(types)], span, rows, moment)
        for tally in kept:
            people = changed.people(tally.reads)
            if people and tally.costs.is_cheaper_whole(len(people)):
                self._count_everybody(tally, span, moment)
            elif people:
                self._count_anew(tally, people, span, moment)

    def _add(self, tallies: list[Tally], span: Span, rows: NewRows, moment: Moment) -> None:
        """Add new events to these tallies, by one query."""
        if not tallies:
            return
        scope = Scope(self._workspace_id, moment, seen=rows.seen(moment.as_of))
        parts = [tally_rows(tally.subject, scope) for tally in tallies]
        codes = ", ".join(
            f"(if({one.condition}, {i}, -1), {one.n}, toInt128({one.total}))"
            for i, one in enumerate(parts)
        )
        sql = (
            "SELECT toUInt32(part.1) AS tally, p,"
            f" {_sums('part.2', 'part.3')} FROM (SELECT {PROFILE} AS p,"
            f" arrayJoin(arrayFilter(x -> x.1 >= 0, [{codes}])) AS part"
            f" FROM events WHERE {scope.rows(Bounds(None, moment.as_of))}"
            f" AND {rows.arrived(span, scope)}) GROUP BY tally, p ORDER BY tally"
        )
        records = self._columnar.query_records(sql, scope.parameters, _RECORD, budget=_BUDGET)
        edges = np.searchsorted(records["tally"], np.arange(len(tallies) + 1))
        for tally, first, after in zip(tallies, edges, edges[1:], strict=False):
            tally.add(records[first:after])

    def _count_everybody(self, tally: Tally, span: Span, moment: Moment) -> None:
        started = time.perf_counter()
        tally.renew(self._count(tally, Scope(self._workspace_id, moment), span))
        tally.costs.whole_ms = (time.perf_counter() - started) * 1_000
        tally.turn = next_turn(tally.subject, moment) if tally.reads.turns else None

    def _count_anew(self, tally: Tally, people: BitMap, span: Span, moment: Moment) -> None:
        started = time.perf_counter()
        numbers = self._numbers_of(people).to_array().tolist()
        scope = Scope(self._workspace_id, moment, numbers)
        tally.replace(people, self._count(tally, scope, span))
        tally.costs.note_restricted(len(people), (time.perf_counter() - started) * 1_000)

    def _count(self, tally: Tally, scope: Scope, span: Span) -> NDArray[Any]:
        """Count rows up to the end of the span: later ones are there, and are added later."""
        part = tally_rows(tally.subject, scope)
        sql = (
            f"SELECT toUInt32(0) AS tally, {PROFILE} AS p, {_sums(part.n, part.total)}"
            f" FROM events WHERE {scope.rows(Bounds(None, scope.moment.as_of))}"
            f" AND position <= {scope.add(span.position, 'UInt64')} AND {part.condition}"
            " GROUP BY p"
        )
        return self._columnar.query_records(sql, scope.parameters, _RECORD, budget=_BUDGET)


def _sums(n: str, total: str) -> str:
    """Return both sums; a total that does not fit is cut to where it shows."""
    fitting = f"greatest(least(sum(toInt128({total})), {_TOO_LARGE}), -{_TOO_LARGE})"
    return f"toInt64(sum({n})) AS n, toInt64({fitting}) AS total"
