# ruff: noqa: S608 - text is joined from this room's own pieces; values travel as parameters
"""Each leaf becomes one query that yields profile numbers; the engine knows no leaf but these.

Who a number is now is resolved in the query (`PROFILE`), so merges never rewrite history.
"""

from collections.abc import Callable, Sequence
from typing import Any

from kikubari.events import PROFILE
from kikubari.segments._compile_dates import age_query, anniversary_query
from kikubari.segments._compile_events import (
    cart_query,
    edge_query,
    not_followed_query,
    recency_query,
    runs_low_query,
    sequence_query,
)
from kikubari.segments._compile_numbers import (
    aggregate_query,
    count_query,
    distinct_query,
    due_crossings,
    due_query,
    percentile_query,
    percentile_threshold,
    ratio_query,
    repeated_query,
)
from kikubari.segments._people import KEY, people_in, people_latest, people_of
from kikubari.segments._sql import TRAIT, Query, Scope, json_operand, test_sql
from kikubari.segments.moment import Bounds, Moment
from kikubari.segments.near import box_of
from kikubari.spec.conditions import (
    Age,
    Anniversary,
    Cart,
    ConsentIs,
    DistinctCount,
    Due,
    EventAggregate,
    EventCount,
    EventRatio,
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
    Repeated,
    RunsLow,
    Suppressed,
    TraitIs,
)
from kikubari.spec.conditions import (
    Sequence as SequenceLeaf,
)
from kikubari.spec.topics import INTERNAL_SOURCE_ID, SUPPRESSION_CHANGED


def compile_leaf(
    leaf: LeafCondition,
    workspace_id: int,
    moment: Moment,
    numbers: Sequence[int] | None = None,
) -> Query:
    """Return the query of a leaf.

    Args:
        leaf: the condition.
        workspace_id: whose rows.
        moment: when, and given what was known by when.
        numbers: only rows with these numbers are read; name all that a person has.

    Raises:
        KeyError: the leaf is a short form (see `derive`), a segment or a list.
    """
    return _COMPILERS[type(leaf)](leaf, Scope(workspace_id, moment, numbers))


def compile_threshold(leaf: Percentile, workspace_id: int, moment: Moment) -> Query:
    """Return the query of the one number at the edge of a percentile; none if nobody has any."""
    return percentile_threshold(leaf, Scope(workspace_id, moment))


def compile_crossings(
    leaf: Due, workspace_id: int, moment: Moment, until: int, numbers: Sequence[int] | None = None
) -> Query:
    """Return the query of who enters or leaves by time alone up to `until`, and when.

    Rows of a profile number and an instant in microseconds; `numbers` as for `compile_leaf`.
    """
    return due_crossings(leaf, Scope(workspace_id, moment, numbers), until)


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
    sql = people_latest(f"FROM traits WHERE {' AND '.join(parts)}", f"(is_set = 1 AND {test})")
    return Query(sql, scope.parameters, is_absence)


def _near(leaf: Near, scope: Scope) -> Query:
    box = box_of(leaf)
    number = scope.number
    rows = f"FROM traits WHERE {scope.rows(Bounds(None, scope.moment.as_of))}"
    # Most people never were as far north or south.
    close = f"abs(number - {number(leaf.latitude)}) <= {number(box.latitudes)}"
    sql = (
        f"WITH ({people_in(f'{rows} AND name = {_LATITUDE} AND {close}')}) AS maybe"
        f" {people_of(_near_points(leaf, f'{rows} AND bitmapContains(maybe, {PROFILE})', scope))}"
    )
    return Query(sql, scope.parameters)


def _near_points(leaf: Near, source: str, scope: Scope) -> str:
    box = box_of(leaf)
    number = scope.number
    # A tuple, because an aggregate of bare values passes over NULL, and a withdrawn trait is one.
    degrees = f"abs(longitude - {number(leaf.longitude)})"
    return (
        f"SELECT p FROM (SELECT {PROFILE} AS p,"
        f" argMaxIf(tuple(number), {KEY}, name = {_LATITUDE}) AS y,"
        f" argMaxIf(tuple(number), {KEY}, name = 'longitude') AS x,"
        " ifNull(y.1, 999) AS latitude, ifNull(x.1, 999) AS longitude,"
        f" {degrees} AS apart, if(apart > 180, 360 - apart, apart) AS east,"
        f" (latitude - {number(leaf.latitude)}) * {number(box.km_per_latitude)} AS dy,"
        f" east * {number(box.km_per_longitude)} AS dx"
        f" {source} AND name IN ({_LATITUDE}, 'longitude') GROUP BY p)"
        " WHERE abs(latitude) <= 90 AND abs(longitude) <= 180"
        f" AND dx * dx + dy * dy <= {number(box.square_km)}"
    )


def _consent(leaf: ConsentIs, scope: Scope) -> Query:
    channels = ["", leaf.channel] if leaf.channel else [""]
    source = (
        f"FROM consents WHERE {scope.rows(Bounds(None, scope.moment.as_of))}"
        f" AND purpose = {scope.text(leaf.purpose)}"
        f" AND channel IN ({scope.add(channels, 'Array(String)')})"
    )
    if leaf.status == "unknown":
        return Query(people_in(source), scope.parameters, is_complement=True)
    said = f"status = {scope.text(leaf.status)}"
    return Query(people_latest(source, said), scope.parameters)


def _suppressed(leaf: Suppressed, scope: Scope) -> Query:
    channel = test_sql(Is(leaf.channel), json_operand("properties", ("channel",), scope), scope)
    source = (
        f"FROM events WHERE {scope.rows(Bounds(None, scope.moment.as_of))}"
        f" AND type = {scope.text(SUPPRESSION_CHANGED)}"
        f" AND ({channel} OR JSONType(properties, 'channel') != 'String'"
        " OR JSONExtractString(properties, 'channel') = '')"
    )
    said = "JSONExtractString(properties, 'status') = 'suppressed'"
    return Query(people_latest(source, said), scope.parameters)


_LATITUDE = "'latitude'"
_COMPILERS: dict[type[Any], Callable[[Any, Scope], Query]] = {
    Everyone: _everyone,
    TraitIs: _trait,
    Prediction: _trait,
    RunsLow: runs_low_query,
    EventCount: count_query,
    EventAggregate: aggregate_query,
    DistinctCount: distinct_query,
    Repeated: repeated_query,
    EventRatio: ratio_query,
    Recency: recency_query,
    Due: due_query,
    FirstEvent: edge_query,
    LastEvent: edge_query,
    SequenceLeaf: sequence_query,
    NotFollowed: not_followed_query,
    Percentile: percentile_query,
    Cart: cart_query,
    Anniversary: anniversary_query,
    Age: age_query,
    Near: _near,
    ConsentIs: _consent,
    Suppressed: _suppressed,
}
