# ruff: noqa: S608 - of constants of this file; every value is a parameter
"""Every query of the columnar copy: what attributes there are and what they hold.

Set-based, one thread each, on samples whose size does not grow with the base.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from kikubari.events import IDENTIFYING_TRAITS, PROFILE
from kikubari.spec.topics import RESERVED_PREFIX
from kikubari.storage import ColumnarStore

# In the background, beside people's own questions.
BUDGET: Mapping[str, int] = {
    "max_threads": 1,
    "max_execution_time": 600,
    "max_memory_usage": 1_000_000_000,
}
TOP_VALUES = 20
_SAMPLED_VALUES = 50
_VALUE_CHARS = 120
_ELEMENTS = 20  # of a list that are looked into
MAX_EVENT_NAMES = 1_000
_MAX_PATHS = 300  # of one event
_MAX_TRAITS = 2_000


class EventCount(msgspec.Struct, frozen=True):
    """How often an event was seen before and since the beginning of lately."""

    name: str
    n_earlier: int
    n_lately: int
    first_at: datetime
    last_at: datetime


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Values of one JSON type at one place, as the sample shows them.

    `n` and the tallies are weighted up to the whole, the two `n_read` are rows of the sample.
    """

    event: str  # empty for traits
    path: str  # empty: the event itself
    type: str
    n: int
    n_read_earlier: int
    n_read_lately: int
    n_distinct: int
    first_at: datetime
    last_at: datetime
    top: Sequence[Mapping[str, Any]]  # item, count, error
    values: Sequence[str]  # some, whatever their frequency
    n_by_source: Mapping[int, int]
    n_by_week: Mapping[int, int]  # days since 1970 of a Monday


class FoundTrait(msgspec.Struct, frozen=True, kw_only=True):
    """What people of the sample have as one trait just now."""

    name: str
    n_read: int
    n_distinct: int
    top: Sequence[Mapping[str, Any]]
    values: Sequence[str]
    n_by_provenance: Mapping[str, int]


def count_events(
    columnar: ColumnarStore, workspace_id: int, position: int, since: datetime
) -> list[EventCount]:
    """Return how often each event was seen, the most frequent first; all are counted."""
    sql = (
        "SELECT toString(type), countIf(at < {since:DateTime64(6, 'UTC')}) AS earlier,"
        " count() - earlier, min(at), max(at) FROM events"
        f" WHERE {_EVENTS} GROUP BY type ORDER BY count() DESC LIMIT {MAX_EVENT_NAMES}"
    )
    parameters = _parameters(workspace_id, position) | {"since": since}
    return [EventCount(*row) for row in columnar.query_rows(sql, parameters, budget=BUDGET)]


def count_event_days(
    columnar: ColumnarStore, workspace_id: int, position: int
) -> list[tuple[str, int, int, int]]:
    """Return (event, source, day since 1970, how often) of each event's newest days."""
    sql = (
        "SELECT toString(type), source_id, toInt32(toDate(at)) AS day, count() FROM events"
        f" WHERE {_EVENTS} GROUP BY type, source_id, day"
    )
    rows = columnar.query_rows(sql, _parameters(workspace_id, position), budget=BUDGET)
    return [(str(row[0]), int(row[1]), int(row[2]), int(row[3])) for row in rows]


def read_properties(
    columnar: ColumnarStore,
    workspace_id: int,
    position: int,
    since: datetime,
    steps: Mapping[str, tuple[int, int]],
) -> list[Found]:
    """Return what the properties of sampled events hold.

    Args:
        columnar: the copy.
        workspace_id: whose events.
        position: of the last event that counts.
        since: the beginning of lately.
        steps: per event, one in how many is read of the earlier and of the lately seen.
    """
    parameters = _parameters(workspace_id, position) | {
        "since": since,
        "names": list(steps),
        "earlier": [earlier for earlier, _ in steps.values()],
        "lately": [lately for _, lately in steps.values()],
    }
    return [_found(row) for row in columnar.query_rows(_PROPERTIES, parameters, budget=BUDGET)]


def count_profiles(columnar: ColumnarStore, workspace_id: int, position: int) -> int:
    """Return about how many people anything is known."""
    sql = f"SELECT uniq({PROFILE}) FROM traits WHERE {_TRAITS} AND is_set"
    rows = columnar.query_rows(sql, _parameters(workspace_id, position), budget=BUDGET)
    return int(rows[0][0])


def read_statements(
    columnar: ColumnarStore, workspace_id: int, position: int, step: int
) -> list[Found]:
    """Return what statements about one in `step` people say, also those overtaken since."""
    parameters = _traits_parameters(workspace_id, position, step)
    return [_found(row) for row in columnar.query_rows(_STATEMENTS, parameters, budget=BUDGET)]


def read_traits(
    columnar: ColumnarStore, workspace_id: int, position: int, step: int
) -> tuple[int, list[FoundTrait]]:
    """Return how many people are read, one in `step`, and what traits they have."""
    parameters = _traits_parameters(workspace_id, position, step)
    rows = columnar.query_rows(_LATEST, parameters, budget=BUDGET)
    n_people = f"SELECT uniqExact({PROFILE} AS p) FROM traits WHERE {_SAMPLED_TRAITS} AND is_set"
    n_read = columnar.query_rows(n_people, parameters, budget=BUDGET)[0][0]
    return int(n_read), [
        FoundTrait(
            name=str(row[0]),
            n_read=int(row[1]),
            n_distinct=int(row[2]),
            top=row[3],
            values=row[4],
            n_by_provenance=dict(zip(*row[5], strict=True)),
        )
        for row in rows
    ]


def _parameters(workspace_id: int, position: int) -> dict[str, Any]:
    return {"workspace": workspace_id, "position": position, "reserved": f"{RESERVED_PREFIX}%"}


def _traits_parameters(workspace_id: int, position: int, step: int) -> dict[str, Any]:
    return _parameters(workspace_id, position) | {
        "step": step,
        "identifying": sorted(IDENTIFYING_TRAITS),
    }


def _found(row: Sequence[Any]) -> Found:
    return Found(
        event=str(row[0]),
        path=str(row[1]),
        type=str(row[2]),
        n=int(row[3]),
        n_read_earlier=int(row[4]),
        n_read_lately=int(row[5]),
        n_distinct=int(row[6]),
        first_at=row[7],
        last_at=row[8],
        top=row[9],
        values=row[10],
        n_by_source=dict(zip(*row[11], strict=True)),
        n_by_week=dict(zip(*row[12], strict=True)),
    )


_EVENTS = (
    "workspace_id = {workspace:UInt16} AND position <= {position:UInt64}"
    " AND type NOT LIKE {reserved:String}"
)
_TRAITS = "workspace_id = {workspace:UInt16} AND position <= {position:UInt64} AND profile != 0"
_SAMPLED_TRAITS = f"{_TRAITS} AND cityHash64({PROFILE}) % {{step:UInt32}} = 0"

# Every key of every object down to the elements of lists, each as (path, JSON text). The event
# itself is at '', so that a path's parent is always counted beside it.
_PAIRS = f"""
  JSONExtractKeysAndValuesRaw(properties) AS own,
  arrayConcat([('', '{{}}')], own, arrayFlatten(arrayMap(pair -> multiIf(
    startsWith(pair.2, '{{'),
      arrayMap(inner -> (concat(pair.1, '.', inner.1), inner.2),
               JSONExtractKeysAndValuesRaw(pair.2)),
    startsWith(pair.2, '['),
      arrayFlatten(arrayMap(element -> arrayConcat(
        [(concat(pair.1, '[]'), element)],
        if(startsWith(element, '{{'),
           arrayMap(inner -> (concat(pair.1, '[].', inner.1), inner.2),
                    JSONExtractKeysAndValuesRaw(element)),
           [])),
        arraySlice(JSONExtractArrayRaw(pair.2), 1, {_ELEMENTS}))),
    []), own))) AS pairs
"""
_JSON_TYPE = """
  transform(substring(pair.2, 1, 1), ['"', '{', '[', 't', 'f', 'n'],
            ['text', 'object', 'list', 'boolean', 'boolean', 'null'], 'number')
"""
_WEEK = "toUInt32(toInt32(toMonday(at)))"

_PROPERTIES = f"""
WITH
  at < {{since:DateTime64(6, 'UTC')}} AS is_earlier,
  if(is_earlier,
     transform(toString(type), {{names:Array(String)}}, {{earlier:Array(UInt32)}}, toUInt32(0)),
     transform(toString(type), {{names:Array(String)}}, {{lately:Array(UInt32)}}, toUInt32(0))
  ) AS step,
  toUInt64(step) AS weight,
  {_PAIRS},
  substring(pair.2, 1, {_VALUE_CHARS}) AS value
SELECT
  toString(type), pair.1 AS path, {_JSON_TYPE} AS json_type,
  sum(weight), countIf(is_earlier), countIf(NOT is_earlier), uniqCombined(pair.2),
  min(at), max(at),
  approx_top_sum({TOP_VALUES})(value, weight), groupArraySample({_SAMPLED_VALUES})(value),
  sumMap([source_id], [weight]), sumMap([{_WEEK}], [weight])
FROM events ARRAY JOIN pairs AS pair
WHERE {_EVENTS} AND step != 0 AND cityHash64(position) % greatest(step, 1) = 0
GROUP BY type, path, json_type
ORDER BY sum(weight) DESC
LIMIT {_MAX_PATHS} BY type
"""

# As conditions read a trait: text that is a number counts as a number.
_TRAIT_TYPE = """
  multiIf(is_set = 0, 'null',
          name IN {identifying:Array(String)}, 'protected',
          empty(texts), if(startsWith(text, '{'), 'object', 'list'),
          length(texts) != 1 OR text != texts[1], 'list',
          number IS NOT NULL, if(text IN ('true', 'false'), 'boolean', 'number'),
          instant IS NOT NULL, 'instant',
          'text')
"""
_STATEMENTS = f"""
WITH toUInt64({{step:UInt32}}) AS weight
SELECT
  '', toString(name), {_TRAIT_TYPE} AS json_type,
  count() * any(weight), toUInt64(0), count(), toUInt64(0), min(at), max(at),
  CAST([], 'Array(Tuple(item String, count UInt64, error UInt64))'), CAST([], 'Array(String)'),
  sumMap([source_id], [weight]), sumMap([{_WEEK}], [weight])
FROM traits
WHERE {_SAMPLED_TRAITS}
GROUP BY name, json_type
ORDER BY count() DESC
LIMIT {4 * _MAX_TRAITS}
"""

_LATEST = f"""
WITH
  if(latest.2 = 'list', arraySlice(latest.4, 1, {_ELEMENTS}), [latest.3]) AS elements,
  arrayMap(element -> substring(element, 1, {_VALUE_CHARS}), elements) AS values
SELECT
  toString(name), count() AS n, uniqCombinedArray(elements),
  approx_top_kArray({TOP_VALUES})(values), groupArraySampleArray({_SAMPLED_VALUES})(values),
  sumMap([latest.5], [toUInt64(1)])
FROM (
  SELECT name, {PROFILE} AS p,
         argMax((is_set, {_TRAIT_TYPE}, text, texts, toString(provenance)),
                (at, source_id, message_key)) AS latest
  FROM traits WHERE {_SAMPLED_TRAITS} GROUP BY name, p
)
WHERE latest.1 = 1
GROUP BY name
ORDER BY n DESC
LIMIT {_MAX_TRAITS}
"""
