# ruff: noqa: S608 - text is joined from this room's own pieces; values travel as parameters
"""Queries of the leaves that count, add up and compare numbers of events."""

from math import gcd

import msgspec

from kikubari.events import PROFILE
from kikubari.segments._people import people_but, people_in, people_of
from kikubari.segments._sql import ITEM_COLUMNS, Query, Scope, items_sql, json_operand, range_sql
from kikubari.segments.measures import MAX_NUMBER, MICRO, is_within, limits, scale_of
from kikubari.segments.moment import resolve
from kikubari.spec.conditions import (
    ColumnMeasure,
    ColumnText,
    CountRange,
    DistinctCount,
    DistinctOf,
    Due,
    EventAggregate,
    EventCount,
    EventRatio,
    ItemsMeasure,
    ItemText,
    LocalDay,
    Measure,
    Percentile,
    PropertyMeasure,
    Repeated,
)
from kikubari.spec.conditions.leaves import Function

_MICROS = "toUnixTimestamp64Micro(at)"


def count_query(leaf: EventCount, scope: Scope) -> Query:
    """Who has such events, this many."""
    return _counted(_source(leaf, scope), "count()", leaf.count, scope)


def distinct_query(leaf: DistinctCount, scope: Scope) -> Query:
    """Whose events have so many different values."""
    value, has_value = _value(leaf.of, scope)
    counter = "uniqExactArray" if isinstance(leaf.of, ItemText) else "uniqExact"
    source = f"{_source(leaf, scope)} AND {has_value}"
    return _counted(source, f"{counter}({value})", leaf.count, scope)


def repeated_query(leaf: Repeated, scope: Scope) -> Query:
    """Who has a value that is the same in so many events."""
    if isinstance(leaf.of, ItemText):
        value = f"arrayJoin(arrayDistinct({ITEM_COLUMNS[leaf.of.field]}))"
    else:
        value = leaf.of.column
    sql = (
        f"SELECT p FROM (SELECT {PROFILE} AS p, {value} AS value {_source(leaf, scope)})"
        f" WHERE value != '' GROUP BY p, value HAVING count() >= {scope.add(leaf.times, 'UInt64')}"
    )
    return Query(people_of(sql), scope.parameters)


def ratio_query(leaf: EventRatio, scope: Scope) -> Query:
    """Who has so many of one kind of events for a hundred of another."""
    part = scope.event(leaf.part.event, leaf.part.where)
    whole = scope.event(leaf.whole.event, leaf.whole.where)
    rows = scope.rows(resolve(leaf.window, scope.moment))
    source = f"FROM events WHERE {rows}{scope.types(leaf.part.event, leaf.whole.event)}"
    n_part, n_whole = f"toInt128(countIf({part}))", f"countIf({whole})"
    percent = f"intDiv({n_part} * {100 * MICRO}, toInt128(greatest({n_whole}, 1)))"
    condition = f"{n_whole} > 0 AND {range_sql(percent, *limits(leaf.percent, MICRO), scope)}"
    return _grouped(source, condition, scope)


def due_query(leaf: Due, scope: Scope) -> Query:
    """Whose last event is so many of their own usual intervals ago."""
    low, high = limits(leaf.intervals, MICRO)
    as_of = scope.add(scope.moment.as_of, "Int64")
    # Two events at different instants have an interval that is not nothing.
    intervals = f"intDiv(toInt128({as_of} - last) * (n - 1) * {MICRO}, greatest(last - first, 1))"
    sql = f"SELECT p {_rhythms(leaf, scope)} AND {range_sql(intervals, low, high, scope)}"
    return Query(people_of(sql), scope.parameters)


def due_crossings(leaf: Due, scope: Scope, until: int) -> Query:
    """The instants after `as_of`, up to `until`, at which time alone moves somebody in or out.

    Rows of a person and an instant, in microseconds; whoever has an event meanwhile crosses at
    others.
    """
    low, high = limits(leaf.intervals, MICRO)
    edges = [edge for edge in (low, None if high is None else high + 1) if edge is not None]
    # As many intervals after the last event as an edge says, rounded up to the microsecond.
    crossings = ", ".join(
        f"last + intDiv({scope.add(edge, 'Int128')} * (last - first) + share - 1, share)"
        for edge in edges
    )
    sql = (
        f"SELECT p, toInt64(crossing) AS at FROM (SELECT p, toInt128(n - 1) * {MICRO} AS share,"
        f" arrayJoin([{crossings}]) AS crossing {_rhythms(leaf, scope)})"
        f" WHERE crossing > {scope.add(scope.moment.as_of, 'Int64')}"
        f" AND crossing <= {scope.add(until, 'Int64')}"
    )
    return Query(sql, scope.parameters)


def _rhythms(leaf: Due, scope: Scope) -> str:
    """Return the source of who has an interval: `n` events from `first` to `last`."""
    return (
        f"FROM (SELECT {PROFILE} AS p, toInt64(count()) AS n,"
        f" min({_MICROS}) AS first, max({_MICROS}) AS last {_source(leaf, scope)} GROUP BY p)"
        f" WHERE n >= {scope.add(leaf.events, 'Int64')} AND last > first"
    )


def aggregate_query(leaf: EventAggregate, scope: Scope) -> Query:
    """Who has an aggregate in the range; the sum of nothing is 0."""
    number, has_number = _number(leaf.of, scope)
    source = f"{_source(leaf, scope)} AND {has_number}"
    low, high = limits(leaf.value, scale_of(leaf.function, leaf.of))
    if leaf.function in {"min", "max"}:
        return _extreme(leaf.function, source, number, (low, high), scope)
    if leaf.function == "avg":
        return _grouped(source, _average_within(leaf.of, number, (low, high), scope), scope)
    value = _aggregate(leaf.function, leaf.of, number)
    if leaf.function == "sum" and is_within(0, low, high):
        return _grouped(
            source, f"NOT {range_sql(value, low, high, scope)}", scope, is_complement=True
        )
    return _grouped(source, range_sql(value, low, high, scope), scope)


def percentile_query(leaf: Percentile, scope: Scope) -> Query:
    """Who is at or beyond the value at the edge of the part asked for."""
    sign = ">=" if leaf.top_percent is not None else "<="
    sql = (
        f"SELECT arrayJoin(arrayFilter((p, v) -> v {sign} edge, people, amounts)) AS p"
        f" FROM (SELECT groupArray(p) AS people, groupArray(v) AS amounts,"
        f" {_edge(leaf, scope)} AS edge FROM ({_totals(leaf, scope)}))"
    )
    return Query(people_of(sql), scope.parameters)


def percentile_threshold(leaf: Percentile, scope: Scope) -> Query:
    """The value at the edge, as a text of an integer; no row if nobody has one."""
    sql = (
        f"SELECT toString(edge) FROM (SELECT groupArray(v) AS amounts,"
        f" {_edge(leaf, scope)} AS edge FROM ({_totals(leaf, scope)})) WHERE notEmpty(amounts)"
    )
    return Query(sql, scope.parameters)


class TallyRows(msgspec.Struct, frozen=True):
    """Which rows count for a tally, and what each adds to its two numbers."""

    condition: str
    n: str
    total: str


def tally_rows(leaf: EventCount | EventAggregate | EventRatio, scope: Scope) -> TallyRows:
    """Return what rows add to the number of events, and to what they come to.

    A ratio counts its whole, and as the total its part.
    """
    window = scope.within(resolve(leaf.window, scope.moment))
    if isinstance(leaf, EventRatio):
        part = scope.event(leaf.part.event, leaf.part.where)
        whole = scope.event(leaf.whole.event, leaf.whole.where)
        return TallyRows(f"({part} OR {whole}) AND {window}", f"({whole})", f"({part})")
    event = f"{scope.event(leaf.event, leaf.where)} AND {window}"
    if isinstance(leaf, EventCount):
        return TallyRows(event, "1", "0")
    number, has_number = _number(leaf.of, scope)
    return TallyRows(f"{event} AND {has_number}", "1", number)


def _source(
    leaf: EventCount | EventAggregate | DistinctCount | Repeated | Due | Percentile, scope: Scope
) -> str:
    rows = scope.rows(resolve(leaf.window, scope.moment))
    return f"FROM events WHERE {rows} AND {scope.event(leaf.event, leaf.where)}"


def _counted(source: str, counter: str, count: CountRange, scope: Scope) -> Query:
    """Return who has this many; a range that holds 0 is asked the other way round."""
    low, high = count.at_least or 0, count.at_most
    is_complement = low == 0
    if is_complement:
        low, high = (high or 0) + 1, None
    if low == 1 and high is None:
        return Query(people_in(source), scope.parameters, is_complement)
    condition = f"{counter} >= {scope.add(low, 'UInt64')}"
    if high is not None:
        condition += f" AND {counter} <= {scope.add(high, 'UInt64')}"
    return _grouped(source, condition, scope, is_complement=is_complement)


def _grouped(source: str, having: str, scope: Scope, *, is_complement: bool = False) -> Query:
    sql = people_of(f"SELECT {PROFILE} AS p {source} GROUP BY p HAVING {having}")
    return Query(sql, scope.parameters, is_complement)


def _extreme(
    function: Function,
    source: str,
    number: str,
    bounds: tuple[int | None, int | None],
    scope: Scope,
) -> Query:
    """Return whose greatest number is in the range: one is, and none is beyond. Least, likewise."""
    inside = range_sql(number, *bounds, scope)
    beyond = bounds[1] if function == "max" else bounds[0]
    if beyond is None:
        return Query(people_in(f"{source} AND {inside}"), scope.parameters)
    sign = ">" if function == "max" else "<"
    outside = f"{number} {sign} {scope.add(beyond, 'Int128')}"
    return Query(people_but(source, inside, outside), scope.parameters)


def _number(of: Measure, scope: Scope) -> tuple[str, str]:
    """Return an event's number as an exact integer, and the condition that it has one."""
    match of:
        case ColumnMeasure(column=column):
            return f"toInt64({column})", "1"
        case PropertyMeasure(path=path):
            operand = json_operand("properties", path, scope)
            number = f"toInt64(round({operand.number} * {MICRO}))"
            return number, f"{operand.has_number} AND abs({operand.number}) <= {int(MAX_NUMBER)}"
        case ItemsMeasure():
            return _items_number(of, scope)


def _items_number(of: ItemsMeasure, scope: Scope) -> tuple[str, str]:
    match of.total:
        case "lines":
            fields, amount = [], "1"
        case "quantity":
            fields, amount = ["quantity"], "item_quantity"
        case "amount_minor":
            fields, amount = ["quantity", "price_minor"], "item_quantity * item_price_minor"
    names, passes, arrays = items_sql(of.where, scope, fields)
    over = ", ".join(arrays)
    total = f"arraySum(({names}) -> if({passes}, toInt128(1) * {amount}, 0), {over})"
    return total, f"arrayExists(({names}) -> {passes}, {over})"


def _aggregate(function: Function, of: Measure, number: str) -> str:
    if function in {"min", "max"}:
        return f"{function}({number})"
    total = f"sum(toInt128({number}))"
    if function == "sum":
        return total
    factor = 1 if isinstance(of, PropertyMeasure) else MICRO
    return f"intDiv({total} * {factor}, toInt128(count()))"


def _average_within(
    of: Measure, number: str, bounds: tuple[int | None, int | None], scope: Scope
) -> str:
    """Return the condition that an average, cut towards zero, lies between two bounds.

    Totals are compared with as many times the bound: nothing is divided, which takes longest.
    """
    factor = 1 if isinstance(of, PropertyMeasure) else MICRO
    low, high = bounds
    parts = []
    if low is not None:
        sign, edge = (">=", low) if low > 0 else (">", low - 1)
        parts.append(_compared(number, factor, sign, edge, scope))
    if high is not None:
        sign, edge = ("<", high + 1) if high >= 0 else ("<=", high)
        parts.append(_compared(number, factor, sign, edge, scope))
    return " AND ".join(parts)


def _compared(number: str, factor: int, sign: str, edge: int, scope: Scope) -> str:
    # What each number is above the bound adds up to nothing where the average is the bound: one
    # sum tells as much as a total and a count. Bounds are below 2**70 millionths (see `Number`),
    # so that it fits 128 bits.
    shared = gcd(factor, edge)
    times = "" if factor == shared else f" * {factor // shared}"
    bound = scope.add(edge // shared, "Int128")
    return f"sum(toInt128({number}){times} - {bound}) {sign} 0"


def _value(of: DistinctOf, scope: Scope) -> tuple[str, str]:
    """Return an event's text or texts, and the condition that it has any."""
    match of:
        case ColumnText(column=column):
            return column, f"{column} != ''"
        case ItemText(field=field):
            texts = f"arrayFilter(text -> text != '', {ITEM_COLUMNS[field]})"
            return texts, f"notEmpty({texts})"
        case LocalDay():
            return f"toDate32(toTimeZone(at, {scope.text(scope.moment.zone.key)}))", "1"


def _totals(leaf: Percentile, scope: Scope) -> str:
    number, has_number = _number(leaf.of, scope)
    value = _aggregate(leaf.function, leaf.of, number)
    return f"SELECT {PROFILE} AS p, {value} AS v {_source(leaf, scope)} AND {has_number} GROUP BY p"


def _edge(leaf: Percentile, scope: Scope) -> str:
    order = "arrayReverseSort" if leaf.top_percent is not None else "arraySort"
    share = scope.add(leaf.share, "UInt64")
    return f"{order}(amounts)[intDiv(length(amounts) * {share} + 9999, 10000)]"
