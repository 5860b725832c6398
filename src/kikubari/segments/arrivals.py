# ruff: noqa: S608 - text is joined from this room's own pieces; values travel as parameters
"""What events that have just arrived mean for each leaf, told by one query over them alone.

Most events settle a leaf by themselves (who bought today has bought in 90 days), concern only who
does not belong yet, or mean nothing to it. Only who remains is asked about with all of their rows.
"""

from collections import defaultdict
from collections.abc import Mapping
from enum import Enum, auto

import msgspec
from pyroaring import BitMap

from kikubari.events import PROFILE
from kikubari.segments._sql import Scope
from kikubari.segments.changes import NewRows, Span
from kikubari.segments.moment import Bounds, Moment, micros_of, resolve
from kikubari.segments.reads import CART_TYPES, reads_of
from kikubari.spec.conditions import (
    Cart,
    DistinctCount,
    Due,
    EventAggregate,
    EventCount,
    EventRatio,
    Everyone,
    FirstEvent,
    LastEvent,
    LeafCondition,
    NotFollowed,
    Recency,
    Repeated,
    Sequence,
)
from kikubari.spec.conditions.values import CountRange
from kikubari.spec.topics import ORDER_COMPLETED
from kikubari.storage import ColumnarStore, QueryBudget

# A few thousand rows are no work to share out.
_BUDGET = {**QueryBudget.LIVE, "max_threads": 1}


class Effect(Enum):
    """What an event does to the set that a leaf's query finds."""

    ENTERS = auto()
    LEAVES = auto()
    MAY_ENTER = auto()
    MAY_LEAVE = auto()
    MAY_CHANGE = auto()


Effects = Mapping[Effect, BitMap]
# Conditions on a row of an event, by what such a row does.
_Conditions = dict[Effect, str]


class Arrived(msgspec.Struct, frozen=True):
    """People by what their new events do to one leaf."""

    entered: BitMap
    left: BitMap
    in_doubt: BitMap


_NOBODY = Arrived(BitMap(), BitMap(), BitMap())


def settle(effects: Effects | None, found: BitMap) -> Arrived:
    """Return who is settled by their new events, and who must be asked about.

    Args:
        effects: people by what their events do.
        found: whom the leaf's query found before.
    """
    if not effects:
        return _NOBODY
    of = defaultdict(BitMap, effects)
    in_doubt = of[Effect.MAY_CHANGE] | (of[Effect.MAY_LEAVE] & found)
    in_doubt |= of[Effect.MAY_ENTER] - found
    return Arrived(of[Effect.ENTERS], of[Effect.LEAVES], in_doubt - of[Effect.LEAVES])


class Arrivals:
    """Asks new events what they mean."""

    def __init__(self, columnar: ColumnarStore, workspace_id: int) -> None:
        self._columnar = columnar
        self._workspace_id = workspace_id

    def find(
        self, leaves: Mapping[str, LeafCondition], span: Span, rows: NewRows, moment: Moment
    ) -> dict[str, Effects]:
        """Return people by what their new events do, for each leaf.

        Args:
            leaves: that read types of events which arrived, by digest.
            span: since the last look.
            rows: what is known of the rows of the span.
            moment: now.
        """
        if not leaves:
            return {}
        scope = Scope(self._workspace_id, moment, seen=rows.seen(moment.as_of))
        asked: list[tuple[str, Effect]] = []
        codes: list[str] = []
        for digest, leaf in leaves.items():
            for effect, condition in _conditions(leaf, scope, rows.earliest).items():
                asked.append((digest, effect))
                codes.append(f"if({condition}, {len(asked)}, 0)")
        # Arrays of a few hundred codes for a few thousand rows: the rest is planning.
        sql = (
            f"SELECT toUInt32(arrayJoin(arrayFilter(c -> c > 0, [{', '.join(codes)}]))) AS code,"
            f" {PROFILE} AS p FROM events WHERE {scope.rows(Bounds(None, moment.as_of))}"
            f" AND {rows.arrived(span, scope)}"
        )
        groups = self._columnar.query_groups(sql, scope.parameters, budget=_BUDGET)
        found: dict[str, dict[Effect, BitMap]] = defaultdict(dict)
        for code, people in groups.items():
            digest, effect = asked[code - 1]
            found[digest][effect] = people
        return dict(found)


def _conditions(leaf: LeafCondition, scope: Scope, earliest: Mapping[str, int]) -> _Conditions:
    """Return what rows do to a leaf; a kind that is not known here may be changed by any."""
    match leaf:
        case Everyone():
            return {Effect.ENTERS: "1"}
        case EventCount(count=count):
            return {_counted(count): _in_window(leaf, scope)}
        case DistinctCount(count=count):
            # An event can lack the value: it never settles anything.
            is_least = _counted(count) is not Effect.MAY_CHANGE
            effect = Effect.MAY_ENTER if is_least else Effect.MAY_CHANGE
            return {effect: _in_window(leaf, scope)}
        case Repeated():
            return {Effect.MAY_ENTER: _in_window(leaf, scope)}
        case EventAggregate() | Due():
            return {Effect.MAY_CHANGE: _in_window(leaf, scope)}
        case FirstEvent() | LastEvent():
            return {Effect.MAY_CHANGE: scope.event(leaf.event, leaf.among)}
        case _:
            return _of_order(leaf, scope, earliest)


def _of_order(leaf: LeafCondition, scope: Scope, earliest: Mapping[str, int]) -> _Conditions:
    match leaf:
        case Recency():
            return _recent(leaf, scope)
        case Sequence():
            return _sequence(leaf, scope, earliest)
        case NotFollowed():
            return _not_followed(leaf, scope, earliest)
        case Cart():
            return _cart(leaf, scope)
        case EventRatio(part=part, whole=whole, window=window):
            events = [scope.event(one.event, one.where) for one in (part, whole)]
            bounds = scope.within(resolve(window, scope.moment))
            return {Effect.MAY_CHANGE: f"({' OR '.join(events)}) AND {bounds}"}
    return {Effect.MAY_CHANGE: f"1{scope.types(*reads_of(leaf).types)}"}


def _in_window(
    leaf: EventCount | DistinctCount | Repeated | EventAggregate | Due, scope: Scope
) -> str:
    bounds = resolve(leaf.window, scope.moment)
    return f"{scope.event(leaf.event, leaf.where)} AND {scope.within(bounds)}"


def _counted(count: CountRange) -> Effect:
    """Return what one more does; a range that holds 0 is asked the other way round."""
    low, high = count.at_least or 0, count.at_most
    if low == 0:
        low, high = (high or 0) + 1, None
    if high is not None:
        return Effect.MAY_CHANGE
    return Effect.ENTERS if low == 1 else Effect.MAY_ENTER


def _recent(leaf: Recency, scope: Scope) -> _Conditions:
    """One that is too young keeps out; one where the last should lie may be the last."""
    as_of = scope.moment.as_of
    first = None if leaf.within is None else as_of - micros_of(leaf.within) + 1
    event = scope.event(leaf.event, leaf.where)
    if leaf.more_than is None:
        return {Effect.ENTERS: f"{event} AND {scope.within(Bounds(first, as_of))}"}
    edge = as_of - micros_of(leaf.more_than)
    return {
        Effect.LEAVES: f"{event} AND {scope.within(Bounds(edge + 1, as_of))}",
        Effect.MAY_ENTER: f"{event} AND {scope.within(Bounds(first, edge))}",
    }


def _sequence(leaf: Sequence, scope: Scope, earliest: Mapping[str, int]) -> _Conditions:
    """A last step may end a chain; one before it matters only if a last step came later.

    Whoever has a chain with a new event in it has events of all steps that are not older than the
    new one by more than the chain may last.
    """
    as_of = scope.moment.as_of
    types = [step.event for step in leaf.steps]
    since = _first_of(types, earliest)
    steps = [scope.event(step.event, step.where) for step in leaf.steps]
    later = _has(types[-1], Bounds(since, as_of), scope)
    recent = Bounds(since - micros_of(leaf.within), as_of)
    able = [_has(one, recent, scope) for one in dict.fromkeys(types[:-1])]
    parts = [
        f"({steps[-1]} OR ({' OR '.join(steps[:-1])}) AND {later})",
        scope.within(resolve(leaf.window, scope.moment)),
        *able,
    ]
    return {Effect.MAY_ENTER: " AND ".join(parts)}


def _not_followed(leaf: NotFollowed, scope: Scope, earliest: Mapping[str, int]) -> _Conditions:
    """A first event matters once its time is over; a second one can only take away.

    It takes away from first events that are not older than it by more than the time they have.
    """
    span = micros_of(leaf.within)
    window = resolve(leaf.window, scope.moment)
    over = min(window.last, scope.moment.as_of - span)
    first = scope.event(leaf.first.event, leaf.first.where)
    concerned = Bounds(_first_of([leaf.by.event], earliest) - span, over)
    return {
        Effect.MAY_ENTER: f"{first} AND {scope.within(Bounds(window.first, over))}",
        Effect.MAY_LEAVE: (
            f"{scope.event(leaf.by.event, leaf.by.where)}"
            f" AND {_has(leaf.first.event, concerned, scope)}"
        ),
    }


def _first_of(types: list[str | None], earliest: Mapping[str, int]) -> int:
    """Return the instant of the first new event of these types; 1970, if there is none."""
    arrived = [at for kind, at in earliest.items() if None in types or kind in types]
    return min(arrived, default=0)


def _has(event: str | None, bounds: Bounds, scope: Scope) -> str:
    """Return the condition that a row's person has an event of a type in a span."""
    people = f"SELECT groupBitmapState({PROFILE}) FROM events WHERE {scope.rows(bounds)}"
    return f"bitmapContains(({people}{scope.types(event)}), {PROFILE})"


def _cart(leaf: Cart, scope: Scope) -> _Conditions:
    """A cart that was touched just now does not lie idle; an order can only close one."""
    as_of = scope.moment.as_of
    rows = scope.within(Bounds(as_of - micros_of(leaf.lookback) + 1, as_of))
    order = f"type = {scope.text(ORDER_COMPLETED)}"
    types = scope.add(sorted(CART_TYPES), "Array(String)")
    idle_since = as_of if leaf.idle is None else as_of - micros_of(leaf.idle)
    touch = f"type IN ({types}) AND NOT {order} AND {rows}"
    touches = f"{touch} AND at <= {scope.instant(idle_since)}"
    found = {}
    if leaf.idle is not None:
        found[Effect.LEAVES] = f"{touch} AND at > {scope.instant(idle_since)}"
    closes = f"{order} AND {rows}"
    if leaf.value is not None:
        # Without some of its past a cart may be worth less, and so enter a range.
        return {**found, Effect.MAY_CHANGE: f"({closes} OR {touches})"}
    return {**found, Effect.MAY_LEAVE: closes, Effect.MAY_CHANGE: touches}
