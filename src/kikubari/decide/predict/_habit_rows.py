"""What people did at which hours, and which orders were at a discount, from the columnar copy."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
from numpy.typing import NDArray

from kikubari.events import PROFILE
from kikubari.spec import topics
from kikubari.storage import ColumnarStore, QueryBudget

# Habits of longer ago say little about today.
MEMORY = timedelta(days=365)
# Outcomes that a provider or this product reports: the person did nothing.
_NOT_BEHAVIOUR = (
    topics.EMAIL_DELIVERED,
    topics.EMAIL_BOUNCED,
    topics.EMAIL_OPENED,
    topics.ORDER_REFUNDED,
    topics.ORDER_CANCELLED,
)
_MOST_ZONES = 50
ROW = np.dtype([("person", "<u4"), ("slot", "<u4"), ("is_new", "<u4"), ("n", "<u4")])

_ZONES = f"""
SELECT {PROFILE} AS person, argMax(text, (at, source_id, message_key)) AS zone
FROM traits
WHERE workspace_id = {{workspace:UInt16}} AND name = 'timezone'
GROUP BY person
HAVING zone IN ({{zones:Array(String)}})
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters
_LIVE_THERE = f"{PROFILE} IN (SELECT person FROM ({_ZONES}))"  # noqa: S608 - likewise
_SLOTS = """
SELECT
  toUInt32(PROFILE) AS person,
  toUInt32((toDayOfWeek(toTimeZone(at, {zone:String})) - 1) * 24
           + toHour(toTimeZone(at, {zone:String}))) AS slot,
  toUInt32(at > {newest:DateTime64(6, 'UTC')}) AS is_new,
  toUInt32(uniqExact(toDate(at))) AS n
FROM events
WHERE workspace_id = {workspace:UInt16} AND profile != 0
  AND at > {since:DateTime64(6, 'UTC')} AND at <= {as_of:DateTime64(6, 'UTC')}
  AND NOT startsWith(type, {reserved:String})
  AND type NOT IN {not_behaviour:Array(String)}
  AND NOT is_machine
  AND WHOSE
GROUP BY person, slot, is_new
""".replace("PROFILE", PROFILE)
_DISCOUNTS = f"""
SELECT
  toUInt32({PROFILE}) AS person,
  toUInt32(coupon != '' OR JSONExtractFloat(properties, 'discount') > 0) AS slot,
  toUInt32(at > {{newest:DateTime64(6, 'UTC')}}) AS is_new,
  toUInt32(count()) AS n
FROM events
WHERE workspace_id = {{workspace:UInt16}} AND type = {{completed:String}} AND profile != 0
  AND at <= {{as_of:DateTime64(6, 'UTC')}}
GROUP BY person, slot, is_new
"""  # noqa: S608 - likewise


def read_slots(
    store: ColumnarStore,
    *,
    as_of: datetime,
    newest: datetime,
    zone: ZoneInfo,
    workspace_id: int,
) -> NDArray[np.void]:
    """Return on how many days people did something themselves, by hour of the week of their own.

    Records of `person` (profile number), `slot` (hour from Monday 0:00, in the person's zone, the
    shop's where that is unknown), `is_new` (after `newest`) and `n`.
    """
    values = {
        "workspace": workspace_id,
        "as_of": as_of,
        "newest": newest,
        "since": as_of - MEMORY,
        "reserved": topics.RESERVED_PREFIX,
        "not_behaviour": list(_NOT_BEHAVIOUR),
    }
    named = _list_zones(store, workspace_id) - {zone.key}
    parts = [(zone.key, f"NOT ({_LIVE_THERE})" if named else "1", sorted(named))]
    parts += [(one, _LIVE_THERE, [one]) for one in sorted(named)]
    return np.concatenate(
        [
            store.query_records(
                _SLOTS.replace("WHOSE", whose),
                {**values, "zone": name, **({"zones": zones} if zones else {})},
                ROW,
                budget=QueryBudget.REPORT,
            )
            for name, whose, zones in parts
        ]
    )


def read_discounts(
    store: ColumnarStore, *, as_of: datetime, newest: datetime, workspace_id: int
) -> NDArray[np.void]:
    """Return how many orders people placed; `slot` is 1 for those at a discount, else 0."""
    values = {
        "workspace": workspace_id,
        "as_of": as_of,
        "newest": newest,
        "completed": topics.ORDER_COMPLETED,
    }
    return store.query_records(_DISCOUNTS, values, ROW, budget=QueryBudget.REPORT)


def _list_zones(store: ColumnarStore, workspace_id: int) -> set[str]:
    """Return the zones that most people live in."""
    rows = store.query_rows(
        "SELECT text FROM traits WHERE workspace_id = {workspace:UInt16} AND name = 'timezone'"
        " GROUP BY text ORDER BY count() DESC, text LIMIT {most:UInt32}",
        {"workspace": workspace_id, "most": _MOST_ZONES},
    )
    return {text for (text,) in rows} & available_timezones()
