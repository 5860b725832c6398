# ruff: noqa: S608 - text is joined from this room's own pieces; values travel as parameters
"""Each leaf becomes one query that yields profile numbers; the engine knows no leaf but these.

Who a number is now is resolved in the query (`PROFILE`), so merges never rewrite history.
"""

from collections.abc import Callable
from typing import Any

from kikubari.events import PROFILE
from kikubari.segments._compile_events import (
    aggregate_query,
    cart_query,
    count_query,
    edge_query,
    not_followed_query,
    percentile_query,
    percentile_threshold,
    recency_query,
    sequence_query,
)
from kikubari.segments._sql import KEY, TRAIT, Query, Scope, json_operand, people_in, test_sql
from kikubari.segments.moment import (
    Bounds,
    Moment,
    anniversary_days,
    dates_by_zone,
    local_date,
)
from kikubari.segments.near import box_of
from kikubari.spec.conditions import (
    Anniversary,
    Cart,
    ConsentIs,
    EventAggregate,
    EventCount,
    Everyone,
    FirstEvent,
    Is,
    IsNotSet,
    LastEvent,
    LeafCondition,
    Near,
    NotFollowed,
    Percentile,
    Prediction,
    Recency,
    Sequence,
    Suppressed,
    TraitIs,
)
from kikubari.spec.topics import INTERNAL_SOURCE_ID, SUPPRESSION_CHANGED


def compile_leaf(leaf: LeafCondition, workspace_id: int, moment: Moment) -> Query:
    """Return the query of a leaf.

    Raises:
        KeyError: the leaf is a short form (see `derive`), a segment or a list.
    """
    return _COMPILERS[type(leaf)](leaf, Scope(workspace_id, moment))


def compile_threshold(leaf: Percentile, workspace_id: int, moment: Moment) -> Query:
    """Return the query of the one number at the edge of a percentile; none if nobody has any."""
    return percentile_threshold(leaf, Scope(workspace_id, moment))


def _everyone(_: Everyone, scope: Scope) -> Query:
    rows = scope.rows(Bounds(None, scope.moment.as_of))
    return Query(people_in(f"FROM events WHERE {rows}"), scope.parameters)


def _trait(leaf: TraitIs | Prediction, scope: Scope) -> Query:
    parts = [scope.rows(Bounds(None, scope.moment.as_of)), f"name = {scope.text(leaf.trait)}"]
    if isinstance(leaf, Prediction):
        parts.append(f"source_id = {INTERNAL_SOURCE_ID}")
    elif leaf.provenance:
        parts.append(f"provenance IN ({scope.add(list(leaf.provenance), 'Array(String)')})")
    if leaf.min_confidence:
        # The column holds single precision; the bound is rounded alike.
        parts.append(f"confidence >= toFloat32({scope.number(leaf.min_confidence)})")
    is_absence = isinstance(leaf.test, IsNotSet)
    test = "1" if is_absence else test_sql(leaf.test, TRAIT, scope)
    sql = (
        f"SELECT {PROFILE} AS p FROM traits WHERE {' AND '.join(parts)}"
        f" GROUP BY p HAVING argMax(is_set = 1 AND {test}, {KEY})"
    )
    return Query(sql, scope.parameters, is_absence)


def _anniversary(leaf: Anniversary, scope: Scope) -> Query:
    moment = scope.moment
    here = local_date(moment.zone, moment.as_of)
    dates = {name: day for name, day in dates_by_zone(moment.as_of).items() if day != here}
    days = sorted({here, *dates.values()})
    names = scope.add(list(dates), "Array(String)")
    indexes = scope.add([days.index(day) for day in dates.values()], "Array(UInt8)")
    today = f"transform(zone, {names}, {indexes}, toUInt8({days.index(here)}))"
    due = " OR ".join(
        f"(today = {i} AND day IN"
        f" ({scope.add(sorted(anniversary_days(leaf, day)), 'Array(String)')}))"
        for i, day in enumerate(days)
    )
    trait = scope.text(leaf.trait)
    rows = scope.rows(Bounds(None, moment.as_of))
    sql = (
        f"SELECT p FROM (SELECT {PROFILE} AS p,"
        f" argMaxIf(if(is_set = 1, text, ''), {KEY}, name = {trait}) AS date_text,"
        f" argMaxIf(if(is_set = 1, text, ''), {KEY}, name = 'timezone') AS zone,"
        r" extract(date_text, '^(?:[0-9][0-9][0-9][0-9]|-)-([0-9][0-9]-[0-9][0-9])') AS day,"
        f" {today} AS today"
        f" FROM traits WHERE {rows} AND name IN ({trait}, 'timezone') GROUP BY p)"
        f" WHERE {due}"
    )
    return Query(sql, scope.parameters)


def _near(leaf: Near, scope: Scope) -> Query:
    box = box_of(leaf)
    # A tuple, because an aggregate of bare values passes over NULL, and a withdrawn trait is one.
    rows = scope.rows(Bounds(None, scope.moment.as_of))
    degrees = f"abs(longitude - {scope.number(leaf.longitude)})"
    number = scope.number
    sql = (
        f"SELECT p FROM (SELECT {PROFILE} AS p,"
        f" argMaxIf(tuple(number), {KEY}, name = 'latitude') AS y,"
        f" argMaxIf(tuple(number), {KEY}, name = 'longitude') AS x,"
        " ifNull(y.1, 999) AS latitude, ifNull(x.1, 999) AS longitude,"
        f" {degrees} AS apart, if(apart > 180, 360 - apart, apart) AS east,"
        f" (latitude - {number(leaf.latitude)}) * {number(box.km_per_latitude)} AS dy,"
        f" east * {number(box.km_per_longitude)} AS dx"
        f" FROM traits WHERE {rows} AND name IN ('latitude', 'longitude') GROUP BY p)"
        " WHERE abs(latitude) <= 90 AND abs(longitude) <= 180"
        f" AND dx * dx + dy * dy <= {number(box.square_km)}"
    )
    return Query(sql, scope.parameters)


def _consent(leaf: ConsentIs, scope: Scope) -> Query:
    channels = ["", leaf.channel] if leaf.channel else [""]
    having = (
        ""
        if leaf.status == "unknown"
        else (f" HAVING argMax(status = {scope.text(leaf.status)}, {KEY})")
    )
    sql = (
        f"SELECT {PROFILE} AS p FROM consents"
        f" WHERE {scope.rows(Bounds(None, scope.moment.as_of))}"
        f" AND purpose = {scope.text(leaf.purpose)}"
        f" AND channel IN ({scope.add(channels, 'Array(String)')}) GROUP BY p{having}"
    )
    return Query(sql, scope.parameters, leaf.status == "unknown")


def _suppressed(leaf: Suppressed, scope: Scope) -> Query:
    channel = test_sql(Is(leaf.channel), json_operand("properties", ("channel",), scope), scope)
    sql = (
        f"SELECT {PROFILE} AS p FROM events"
        f" WHERE {scope.rows(Bounds(None, scope.moment.as_of))}"
        f" AND type = {scope.text(SUPPRESSION_CHANGED)}"
        f" AND ({channel} OR JSONType(properties, 'channel') != 'String'"
        " OR JSONExtractString(properties, 'channel') = '')"
        " GROUP BY p HAVING"
        f" argMax(JSONExtractString(properties, 'status') = 'suppressed', {KEY})"
    )
    return Query(sql, scope.parameters)


_COMPILERS: dict[type[Any], Callable[[Any, Scope], Query]] = {
    Everyone: _everyone,
    TraitIs: _trait,
    Prediction: _trait,
    EventCount: count_query,
    EventAggregate: aggregate_query,
    Recency: recency_query,
    FirstEvent: edge_query,
    LastEvent: edge_query,
    Sequence: sequence_query,
    NotFollowed: not_followed_query,
    Percentile: percentile_query,
    Cart: cart_query,
    Anniversary: _anniversary,
    Near: _near,
    ConsentIs: _consent,
    Suppressed: _suppressed,
}
