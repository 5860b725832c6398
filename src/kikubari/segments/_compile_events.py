# ruff: noqa: S608 - text is joined from this room's own pieces; values travel as parameters
"""Queries of the leaves that ask when things happened, and what came after what."""

from kikubari.events import PROFILE
from kikubari.kit.instants import EARLIEST, to_micros
from kikubari.segments._people import (
    IN_DOUBT,
    KEY,
    earliest_key,
    people_but,
    people_in,
    people_of,
    people_settled,
)
from kikubari.segments._sql import Query, Scope, range_sql
from kikubari.segments.measures import limits
from kikubari.segments.moment import Bounds, look_ahead, micros_of, resolve
from kikubari.spec.conditions import (
    Cart,
    LastEvent,
    NotFollowed,
    NumberRange,
    Recency,
    RunsLow,
    Sequence,
)
from kikubari.spec.conditions.leaves import FirstEvent
from kikubari.spec.topics import (
    CART_VIEWED,
    ORDER_COMPLETED,
    PRODUCT_ADDED,
    PRODUCT_REMOVED,
    REPLENISHMENT_FORECAST,
)

_MICROS = "toUnixTimestamp64Micro(at)"
# Makes every instant positive, as unsigned arithmetic and remainders want it.
_POSITIVE = f"toUInt64({_MICROS} + {-to_micros(EARLIEST)})"
_CART_KINDS = {ORDER_COMPLETED: 0, PRODUCT_ADDED: 1, PRODUCT_REMOVED: 2, CART_VIEWED: 3}


def recency_query(leaf: Recency, scope: Scope) -> Query:
    """Who has such an event where the last one should lie, and none later."""
    as_of = scope.moment.as_of
    # The end of a span is inside, the edge that `within` draws is not.
    first = None if leaf.within is None else as_of - micros_of(leaf.within) + 1
    rows = scope.rows(Bounds(first, as_of))
    source = f"FROM events WHERE {rows} AND {scope.event(leaf.event, leaf.where)}"
    if leaf.more_than is None:
        return Query(people_in(source), scope.parameters)
    edge = scope.instant(as_of - micros_of(leaf.more_than))
    return Query(people_but(source, f"at <= {edge}", f"at > {edge}"), scope.parameters)


def edge_query(leaf: FirstEvent | LastEvent, scope: Scope) -> Query:
    """Whose first or last event among those that count is as it should be."""
    rows = scope.rows(Bounds(None, scope.moment.as_of))
    bounds = resolve(leaf.window, scope.moment)
    wanted = [scope.passes(leaf.where), f"at <= {scope.instant(bounds.last)}"]
    if bounds.first is not None:
        wanted.append(f"at >= {scope.instant(bounds.first)}")
    source = f"FROM events WHERE {rows} AND {scope.event(leaf.event, leaf.among)}"
    pick = "argMax" if isinstance(leaf, LastEvent) else "argMin"
    having = f"{pick}(toUInt8({' AND '.join(wanted)}), {KEY})"
    sql = people_of(f"SELECT {PROFILE} AS p {source} GROUP BY p HAVING {having}")
    return Query(sql, scope.parameters)


def sequence_query(leaf: Sequence, scope: Scope) -> Query:
    """Who has the steps one after the other.

    The engine's funnel takes steps of one instant in any order. So an instant is spread over
    eight ticks with later steps first: what happens at the same instant is never "then". Only
    people with an event of each step's type are looked at so closely.
    """
    n = len(leaf.steps)
    steps = [scope.event(step.event, step.where) for step in leaf.steps]
    types = [step.event for step in leaf.steps]
    source = f"FROM events WHERE {scope.rows(resolve(leaf.window, scope.moment))}"
    source += scope.types(*types)
    if None not in types and len(set(types)) == n:
        step_of = " + ".join(f"if({step}, {i}, 0)" for i, step in enumerate(steps, start=1))
    else:
        numbered = ", ".join(f"if({step}, {i}, 0)" for i, step in enumerate(steps, start=1))
        step_of = f"arrayJoin(arrayFilter(s -> s > 0, [{numbered}]))"
    able, is_able = _have_all(types, source, scope)
    ticks = micros_of(leaf.within) * 8
    levels = ", ".join(f"step = {i}" for i in range(1, n + 1))
    sql = (
        f"SELECT p FROM (SELECT {PROFILE} AS p, toUInt8({step_of}) AS step,"
        f" {_POSITIVE} * 8 + {n} - step AS tick {source}{is_able})"
        f" WHERE step > 0 GROUP BY p"
        f" HAVING windowFunnel({ticks})(toUInt64(tick), {levels}) = {n}"
    )
    return Query(able + people_of(sql), scope.parameters)


def not_followed_query(leaf: NotFollowed, scope: Scope) -> Query:
    """Who has a first event whose time is over, with no second event in that time.

    Who has first events and no second one at all is settled. For the others instants become one
    sorted list of numbers, odd for first events, even for second ones, so that at one instant a
    second event stands before a first and does not follow it. Filling from the right gives every
    first event the next second one.
    """
    span = micros_of(leaf.within)
    window = resolve(leaf.window, scope.moment)
    firsts = Bounds(window.first, min(window.last, scope.moment.as_of - span))
    first = f"({scope.event(leaf.first.event, leaf.first.where)} AND {_in(firsts, scope)})"
    second = scope.event(leaf.by.event, leaf.by.where)
    source = f"FROM events WHERE {scope.rows(Bounds(window.first, scope.moment.as_of))}"
    source += scope.types(leaf.first.event, leaf.by.event)
    codes = (
        f"arrayFilter(c -> c > 0, [if({first}, {_POSITIVE} * 2 + 1, 0),"
        f" if({second}, {_POSITIVE} * 2, 0)])"
    )
    by = (
        "SELECT p FROM (SELECT p, arraySort(groupArray(code)) AS codes,"
        " arrayReverseFill(c -> c % 2 = 0, codes) AS nexts"
        f" FROM (SELECT {PROFILE} AS p, toInt64(arrayJoin({codes})) AS code"
        f" {source} AND {IN_DOUBT}) GROUP BY p)"
        " WHERE arrayExists((c, n) -> c % 2 = 1"
        f" AND (n % 2 = 1 OR intDiv(n, 2) - intDiv(c, 2) > {scope.add(span, 'Int64')}),"
        " codes, nexts)"
    )
    return Query(people_settled(source, first, second, by), scope.parameters)


def cart_query(leaf: Cart, scope: Scope) -> Query:
    """Who has an open cart of such a value that lies idle long enough."""
    as_of = scope.moment.as_of
    rows = scope.rows(Bounds(as_of - micros_of(leaf.lookback) + 1, as_of))
    types = scope.add(list(_CART_KINDS), "Array(String)")
    source = f"FROM events WHERE {rows} AND type IN ({types})"
    idle_since = None if leaf.idle is None else as_of - micros_of(leaf.idle)
    if leaf.value is None:
        sql = _open_carts(source, idle_since, scope)
    else:
        sql = _open_carts_worth(leaf.value, source, types, idle_since, scope)
    return Query(people_of(sql), scope.parameters)


def runs_low_query(leaf: RunsLow, scope: Scope) -> Query:
    """Who has something whose latest word is a forecast that it runs low soon.

    Forecasts and orders compete for the latest word on a product or a category.
    """
    span = look_ahead(leaf, scope.moment)
    rows = scope.rows(Bounds(span.known_since, scope.moment.as_of))
    forecast = f"type = {scope.text(REPLENISHMENT_FORECAST)}"
    runs_low = "JSONExtractInt(properties, 'runs_low_us')"
    parts = [
        forecast,
        f"{runs_low} >= {scope.add(span.first, 'Int64')}",
        f"{runs_low} <= {scope.add(span.last, 'Int64')}",
    ]
    if leaf.product_id is not None:
        parts.append(f"product_id = {scope.text(leaf.product_id)}")
    if leaf.category is not None:
        parts.append(f"category = {scope.text(leaf.category)}")
    if leaf.min_confidence:
        confidence = "JSONExtractFloat(properties, 'confidence')"
        parts.append(f"{confidence} >= {scope.number(leaf.min_confidence)}")
    is_low = " AND ".join(parts)
    # One item of each line, by product and by category.
    told = "[if(product_id = '', ('c', toString(category)), ('p', toString(product_id)))]"
    bought = (
        "arrayConcat(arrayMap(one -> ('p', toString(one)), item_product_ids),"
        " arrayMap(one -> ('c', toString(one)), item_categories))"
    )
    source = f"FROM events WHERE {rows}{scope.types(REPLENISHMENT_FORECAST, ORDER_COMPLETED)}"
    latest = (
        f"SELECT p FROM (SELECT {PROFILE} AS p, arrayJoin(if({forecast}, {told}, {bought})) AS"
        f" item, {KEY} AS said, toUInt8({is_low}) AS low {source}"
        f" AND bitmapContains(maybe, {PROFILE})) GROUP BY p, item HAVING argMax(low, said)"
    )
    maybe = people_in(f"FROM events WHERE {rows} AND {is_low}")
    return Query(f"WITH ({maybe}) AS maybe {people_of(latest)}", scope.parameters)


def _open_carts(source: str, idle_since: int | None, scope: Scope) -> str:
    """Return whose latest cart was touched after every order of it, and of no cart by name."""
    order = f"type = {scope.text(ORDER_COMPLETED)}"
    closed = "greatest(argMax(ordered, touched), maxIf(ordered, cart_id = ''))"
    idle = ""
    if idle_since is not None:
        idle = f" AND max(touched) < {earliest_key(scope.add(idle_since + 1, 'Int64'))}"
    return (
        f"SELECT p FROM (SELECT {PROFILE} AS p, cart_id, maxIf({KEY}, NOT {order}) AS touched,"
        f" maxIf({KEY}, {order}) AS ordered {source} GROUP BY p, cart_id)"
        f" GROUP BY p HAVING max(touched) > {closed}{idle}"
    )


def _open_carts_worth(
    value: NumberRange, source: str, types: str, idle_since: int | None, scope: Scope
) -> str:
    """Return whose latest cart is open and worth so much, from all of their carts' events."""
    kind = f"transform(toString(type), {types}, [{', '.join(map(str, _CART_KINDS.values()))}], 0)"
    wanted = ["notEmpty(open)", range_sql("value", *limits(value, 1), scope)]
    if idle_since is not None:
        wanted.append(f"open[-1].5 <= {scope.add(idle_since, 'Int64')}")
    return (
        "SELECT p FROM (SELECT p,"
        " arrayLast(e -> e.2 != 0, cart_events).3 AS cart,"
        " arrayFilter(e -> e.3 = cart OR (e.2 = 0 AND e.3 = ''), cart_events) AS mine,"
        " arraySlice(mine, arrayLastIndex(e -> e.2 = 0, mine) + 1) AS open,"
        " arraySlice(open, greatest(1, arrayLastIndex(e -> e.2 = 3, open))) AS counted,"
        " greatest(0, arraySum(e -> if(e.2 = 2, -e.4, e.4), counted)) AS value"
        f" FROM (SELECT {PROFILE} AS p, arraySort(groupArray("
        f"({KEY}, {kind}, cart_id, value_minor, {_MICROS}))) AS cart_events"
        f" {source} GROUP BY p))"
        f" WHERE {' AND '.join(wanted)}"
    )


def _have_all(types: list[str | None], source: str, scope: Scope) -> tuple[str, str]:
    """Return the WITH that finds who has events of all types, and the condition to be of them."""
    named = sorted({one for one in types if one is not None})
    if not named:
        return "", ""
    sets = [f"groupBitmapStateIf({PROFILE}, type = {scope.text(one)})" for one in named]
    found = sets[0]
    for one in sets[1:]:
        found = f"bitmapAnd({found}, {one})"
    return f"WITH (SELECT {found} {source}) AS able ", f" AND bitmapContains(able, {PROFILE})"


def _in(bounds: Bounds, scope: Scope) -> str:
    parts = [f"at <= {scope.instant(bounds.last)}"]
    if bounds.first is not None:
        parts.append(f"at >= {scope.instant(bounds.first)}")
    return " AND ".join(parts)
