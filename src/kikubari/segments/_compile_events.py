# ruff: noqa: S608 - text is joined from this room's own pieces; values travel as parameters
"""Queries of the leaves that read events: one scan each, in the order the table is sorted."""

from kikubari.events import PROFILE
from kikubari.kit.instants import EARLIEST, to_micros
from kikubari.segments._sql import KEY, Query, Scope, json_operand, people_in
from kikubari.segments.measures import MAX_NUMBER, MICRO, is_within, limits, scale_of
from kikubari.segments.moment import Bounds, micros_of, resolve
from kikubari.spec.conditions import (
    Cart,
    ColumnMeasure,
    EventAggregate,
    EventCount,
    LastEvent,
    Measure,
    NotFollowed,
    Percentile,
    Recency,
    Sequence,
)
from kikubari.spec.conditions.leaves import FirstEvent, Function
from kikubari.spec.topics import CART_VIEWED, ORDER_COMPLETED, PRODUCT_ADDED, PRODUCT_REMOVED

_MICROS = "toUnixTimestamp64Micro(at)"
# Makes every instant positive, as unsigned arithmetic and remainders want it.
_POSITIVE = f"toUInt64({_MICROS} + {-to_micros(EARLIEST)})"


def count_query(leaf: EventCount, scope: Scope) -> Query:
    """Who has such events, this many; a range that holds 0 is asked the other way round."""
    source = _source(leaf, resolve(leaf.window, scope.moment), scope)
    low, high = leaf.count.at_least or 0, leaf.count.at_most
    is_complement = low == 0
    if is_complement:
        low, high = (high or 0) + 1, None
    parts = [] if low <= 1 else [f"count() >= {scope.add(low, 'UInt64')}"]
    if high is not None:
        parts.append(f"count() <= {scope.add(high, 'UInt64')}")
    return Query(_grouped(source, parts), scope.parameters, is_complement)


def aggregate_query(leaf: EventAggregate, scope: Scope) -> Query:
    """Who has an aggregate in the range; the sum of nothing is 0."""
    value, has_value = _measure(leaf.function, leaf.of, scope)
    source = f"{_source(leaf, resolve(leaf.window, scope.moment), scope)} AND {has_value}"
    low, high = limits(leaf.value, scale_of(leaf.function, leaf.of))
    is_complement = leaf.function == "sum" and is_within(0, low, high)
    condition = _range(value, low, high, scope)
    if is_complement:
        condition = f"NOT ({condition})"
    return Query(_grouped(source, [condition]), scope.parameters, is_complement)


def recency_query(leaf: Recency, scope: Scope) -> Query:
    """Whose last such event lies where it should."""
    source = _source(leaf, Bounds(None, scope.moment.as_of), scope)
    parts = []
    if leaf.within is not None:
        edge = scope.instant(scope.moment.as_of - micros_of(leaf.within))
        if leaf.more_than is None:
            return Query(_grouped(f"{source} AND at > {edge}", []), scope.parameters)
        parts.append(f"max(at) > {edge}")
    if leaf.more_than is not None:
        edge = scope.instant(scope.moment.as_of - micros_of(leaf.more_than))
        parts.append(f"max(at) <= {edge}")
    return Query(_grouped(source, parts), scope.parameters)


def edge_query(leaf: FirstEvent | LastEvent, scope: Scope) -> Query:
    """Whose first or last event among those that count is as it should be."""
    rows = scope.rows(Bounds(None, scope.moment.as_of))
    bounds = resolve(leaf.window, scope.moment)
    wanted = [scope.event(None, leaf.where), f"at <= {scope.instant(bounds.last)}"]
    if bounds.first is not None:
        wanted.append(f"at >= {scope.instant(bounds.first)}")
    pick = "argMax" if isinstance(leaf, LastEvent) else "argMin"
    source = f"FROM events WHERE {rows} AND {scope.event(leaf.event, leaf.among)}"
    return Query(
        _grouped(source, [f"{pick}(toUInt8({' AND '.join(wanted)}), {KEY})"]), scope.parameters
    )


def sequence_query(leaf: Sequence, scope: Scope) -> Query:
    """Who has the steps one after the other.

    The engine's funnel takes steps of one instant in any order. So an instant is spread over
    eight ticks with later steps first: what happens at the same instant is never "then".
    """
    n = len(leaf.steps)
    steps = [scope.event(step.event, step.where) for step in leaf.steps]
    rows = scope.rows(resolve(leaf.window, scope.moment))
    types = [step.event for step in leaf.steps]
    numbered = ", ".join(f"if({step}, {i}, 0)" for i, step in enumerate(steps, start=1))
    if None not in types and len(set(types)) == n:
        step_of = " + ".join(f"if({step}, {i}, 0)" for i, step in enumerate(steps, start=1))
    else:
        step_of = f"arrayJoin(arrayFilter(s -> s > 0, [{numbered}]))"
    if None not in types:
        rows += f" AND type IN ({scope.add(sorted({t for t in types if t}), 'Array(String)')})"
    ticks = micros_of(leaf.within) * 8
    levels = ", ".join(f"step = {i}" for i in range(1, n + 1))
    sql = (
        f"SELECT p FROM (SELECT {PROFILE} AS p, toUInt8({step_of}) AS step,"
        f" {_POSITIVE} * 8 + {n} - step AS tick FROM events WHERE {rows})"
        f" WHERE step > 0 GROUP BY p"
        f" HAVING windowFunnel({ticks})(toUInt64(tick), {levels}) = {n}"
    )
    return Query(sql, scope.parameters)


def not_followed_query(leaf: NotFollowed, scope: Scope) -> Query:
    """Who has a first event whose time is over, with no second event in that time.

    Instants become one sorted list of numbers, odd for first events, even for second ones, so
    that at one instant a second event stands before a first and does not follow it. Filling from
    the right gives every first event the next second one.
    """
    span = micros_of(leaf.within)
    window = resolve(leaf.window, scope.moment)
    firsts = Bounds(window.first, min(window.last, scope.moment.as_of - span))
    first = f"({scope.event(leaf.first.event, leaf.first.where)} AND {_in(firsts, scope)})"
    second = scope.event(leaf.by.event, leaf.by.where)
    rows = scope.rows(Bounds(window.first, scope.moment.as_of))
    types = {leaf.first.event, leaf.by.event}
    if None not in types:
        rows += f" AND type IN ({scope.add(sorted(t for t in types if t), 'Array(String)')})"
    codes = (
        f"arrayFilter(c -> c > 0, [if({first}, {_POSITIVE} * 2 + 1, 0),"
        f" if({second}, {_POSITIVE} * 2, 0)])"
    )
    sql = (
        "SELECT p FROM (SELECT p, arraySort(groupArray(code)) AS codes,"
        " arrayReverseFill(c -> c % 2 = 0, codes) AS nexts"
        f" FROM (SELECT {PROFILE} AS p, toInt64(arrayJoin({codes})) AS code"
        f" FROM events WHERE {rows}) GROUP BY p)"
        " WHERE arrayExists((c, n) -> c % 2 = 1"
        f" AND (n % 2 = 1 OR intDiv(n, 2) - intDiv(c, 2) > {scope.add(span, 'Int64')}),"
        " codes, nexts)"
    )
    return Query(sql, scope.parameters)


def percentile_query(leaf: Percentile, scope: Scope) -> Query:
    """Who is at or beyond the value at the edge of the part asked for."""
    sign = ">=" if leaf.top_percent is not None else "<="
    sql = (
        f"SELECT arrayJoin(arrayFilter((p, v) -> v {sign} edge, people, amounts)) AS p"
        f" FROM (SELECT groupArray(p) AS people, groupArray(v) AS amounts,"
        f" {_edge(leaf, scope)} AS edge FROM ({_totals(leaf, scope)}))"
    )
    return Query(sql, scope.parameters)


def percentile_threshold(leaf: Percentile, scope: Scope) -> Query:
    """The value at the edge, as a text of an integer; no row if nobody has one."""
    sql = (
        f"SELECT toString(edge) FROM (SELECT groupArray(v) AS amounts,"
        f" {_edge(leaf, scope)} AS edge FROM ({_totals(leaf, scope)})) WHERE notEmpty(amounts)"
    )
    return Query(sql, scope.parameters)


def cart_query(leaf: Cart, scope: Scope) -> Query:
    """Who has an open cart of such a value that lies idle long enough."""
    as_of = scope.moment.as_of
    kinds = {ORDER_COMPLETED: 0, PRODUCT_ADDED: 1, PRODUCT_REMOVED: 2, CART_VIEWED: 3}
    rows = scope.rows(Bounds(as_of - micros_of(leaf.lookback) + 1, as_of))
    types = scope.add(list(kinds), "Array(String)")
    kind = f"transform(toString(type), {types}, [{', '.join(map(str, kinds.values()))}], 0)"
    wanted = ["notEmpty(open)"]
    if leaf.value is not None:
        wanted.append(_range("value", *limits(leaf.value, 1), scope))
    if leaf.idle is not None:
        wanted.append(f"open[-1].5 <= {scope.add(as_of - micros_of(leaf.idle), 'Int64')}")
    sql = (
        "SELECT p FROM (SELECT p,"
        " arrayLast(e -> e.2 != 0, cart_events).3 AS cart,"
        " arrayFilter(e -> e.3 = cart OR (e.2 = 0 AND e.3 = ''), cart_events) AS mine,"
        " arraySlice(mine, arrayLastIndex(e -> e.2 = 0, mine) + 1) AS open,"
        " arraySlice(open, greatest(1, arrayLastIndex(e -> e.2 = 3, open))) AS counted,"
        " greatest(0, arraySum(e -> if(e.2 = 2, -e.4, e.4), counted)) AS value"
        f" FROM (SELECT {PROFILE} AS p, arraySort(groupArray("
        f"({KEY}, {kind}, cart_id, value_minor, {_MICROS}))) AS cart_events"
        f" FROM events WHERE {rows} AND type IN ({types}) GROUP BY p))"
        f" WHERE {' AND '.join(wanted)}"
    )
    return Query(sql, scope.parameters)


def _source(
    leaf: EventCount | EventAggregate | Recency | Percentile, bounds: Bounds, scope: Scope
) -> str:
    return f"FROM events WHERE {scope.rows(bounds)} AND {scope.event(leaf.event, leaf.where)}"


def _grouped(source: str, having: list[str]) -> str:
    if not having:
        return people_in(source)
    return f"SELECT {PROFILE} AS p {source} GROUP BY p HAVING {' AND '.join(having)}"


def _in(bounds: Bounds, scope: Scope) -> str:
    parts = [f"at <= {scope.instant(bounds.last)}"]
    if bounds.first is not None:
        parts.append(f"at >= {scope.instant(bounds.first)}")
    return " AND ".join(parts)


def _measure(function: Function, of: Measure, scope: Scope) -> tuple[str, str]:
    """Return the aggregate as an exact integer, and the condition that an event counts."""
    if isinstance(of, ColumnMeasure):
        number, has_number, factor = f"toInt64({of.column})", "1", MICRO
    else:
        operand = json_operand("properties", of.path, scope)
        number = f"toInt64(round({operand.number} * {MICRO}))"
        has_number = f"{operand.has_number} AND abs({operand.number}) <= {int(MAX_NUMBER)}"
        factor = 1
    if function == "avg":
        return f"intDiv(sum(toInt128({number})) * {factor}, toInt128(count()))", has_number
    if function == "sum" and factor == 1:
        return f"sum(toInt128({number}))", has_number
    return f"{function}({number})", has_number


def _range(value: str, low: int | None, high: int | None, scope: Scope) -> str:
    parts = []
    if low is not None:
        parts.append(f"{value} >= {scope.add(low, 'Int128')}")
    if high is not None:
        parts.append(f"{value} <= {scope.add(high, 'Int128')}")
    return f"({' AND '.join(parts)})"


def _totals(leaf: Percentile, scope: Scope) -> str:
    value, has_value = _measure(leaf.function, leaf.of, scope)
    source = _source(leaf, resolve(leaf.window, scope.moment), scope)
    return f"SELECT {PROFILE} AS p, {value} AS v {source} AND {has_value} GROUP BY p"


def _edge(leaf: Percentile, scope: Scope) -> str:
    order = "arrayReverseSort" if leaf.top_percent is not None else "arraySort"
    share = scope.add(leaf.share, "UInt64")
    return f"{order}(amounts)[intDiv(length(amounts) * {share} + 9999, 10000)]"
