"""What a person's behaviour shows of their habits: when they come, where they were last.

Counted are events that people cause themselves: not what was sent to them, not what machines
opened, not what Kikubari notes.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from kikubari.kit.instants import from_micros
from kikubari.spec import topics
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, QueryBudget

_HOURS = 24
_WEEKDAYS = 7
# Outcomes that a provider or this product reports: the person did nothing.
_NOT_BEHAVIOUR = (
    topics.EMAIL_DELIVERED,
    topics.EMAIL_BOUNCED,
    topics.EMAIL_OPENED,
    topics.ORDER_REFUNDED,
    topics.ORDER_CANCELLED,
)


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """When and where a person comes.

    Attributes:
        n_events: own events counted.
        first_seen_at: of the earliest.
        last_seen_at: of the latest.
        hours: events by hour of the day in the zone asked for, 24 numbers.
        weekdays: by day of the week, Monday first, 7 numbers.
        favourite_hour: with most events, the earliest among equals; None without events.
        last_store: visited or ordered in.
        last_store_at: when.
        last_staff: who served them, the last time somebody was named.
        last_staff_at: when.
    """

    n_events: int = 0
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    hours: tuple[int, ...] = (0,) * _HOURS
    weekdays: tuple[int, ...] = (0,) * _WEEKDAYS
    favourite_hour: int | None = None
    last_store: str = ""
    last_store_at: datetime | None = None
    last_staff: str = ""
    last_staff_at: datetime | None = None


# One pass over the person's rows. `profile_arrived` names them for ever, so the numbers that are
# the person's today find exactly what is theirs today.
_QUERY = """
WITH JSONExtractString(properties, 'staff') != '' AS is_served
SELECT
  count(),
  toUnixTimestamp64Micro(min(at)),
  toUnixTimestamp64Micro(max(at)),
  sumMap([toHour(toTimeZone(at, {zone:String}))], [toUInt64(1)]),
  sumMap([toDayOfWeek(toTimeZone(at, {zone:String}))], [toUInt64(1)]),
  argMaxIf(store, (at, source_id, message_key), store != ''),
  toUnixTimestamp64Micro(maxIf(at, store != '')),
  argMaxIf(JSONExtractString(properties, 'staff'), (at, source_id, message_key), is_served),
  toUnixTimestamp64Micro(maxIf(at, is_served))
FROM events
WHERE workspace_id = {workspace:UInt16}
  AND profile_arrived IN {numbers:Array(UInt32)}
  AND at <= {as_of:DateTime64(6, 'UTC')}
  AND NOT startsWith(type, {reserved:String})
  AND type NOT IN {not_behaviour:Array(String)}
  AND NOT is_machine
"""


def query_habits(
    store: ColumnarStore,
    numbers: Collection[int],
    *,
    zone: str,
    as_of: datetime,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> Habits:
    """Return one person's habits.

    Args:
        store: the columnar copy.
        numbers: all of the person's.
        zone: IANA time zone that hours and days are counted in.
        as_of: later events do not count.
        workspace_id: whose events.
    """
    rows = store.query_rows(
        _QUERY,
        {
            "zone": zone,
            "workspace": workspace_id,
            "numbers": sorted(numbers),
            "as_of": as_of,
            "reserved": topics.RESERVED_PREFIX,
            "not_behaviour": list(_NOT_BEHAVIOUR),
        },
        budget=QueryBudget.LIVE,
    )
    n_events, first, last, hours, weekdays, place, place_us, staff, staff_us = rows[0]
    if not n_events:
        return Habits()
    by_hour = _spread(hours, range(_HOURS))
    return Habits(
        n_events=n_events,
        first_seen_at=from_micros(first),
        last_seen_at=from_micros(last),
        hours=by_hour,
        weekdays=_spread(weekdays, range(1, _WEEKDAYS + 1)),
        favourite_hour=by_hour.index(max(by_hour)),
        last_store=place,
        last_store_at=from_micros(place_us) if place else None,
        last_staff=staff,
        last_staff_at=from_micros(staff_us) if staff else None,
    )


# Below that many own events, hours are chance.
MIN_EVENTS = 5
_HOURS_QUERY = """
SELECT profile_arrived, toStartOfHour(at) AS hour_at, count()
FROM events
WHERE workspace_id = {workspace:UInt16}
  AND profile_arrived IN {numbers:Array(UInt32)}
  AND at > {since:DateTime64(6, 'UTC')}
  AND at <= {as_of:DateTime64(6, 'UTC')}
  AND NOT startsWith(type, {reserved:String})
  AND type NOT IN {not_behaviour:Array(String)}
  AND NOT is_machine
GROUP BY profile_arrived, hour_at
"""


def query_best_hours(
    store: ColumnarStore,
    people: Mapping[int, tuple[str, Collection[int]]],
    *,
    since: datetime,
    as_of: datetime,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> dict[int, int]:
    """Return the hour of the day with most own events, of people with at least `MIN_EVENTS`.

    Args:
        store: the columnar copy.
        people: by any key: the IANA zone that hours are counted in, and all numbers.
        since: earlier events do not count.
        as_of: later events do not count.
        workspace_id: whose events.
    """
    rows = store.query_rows(
        _HOURS_QUERY,
        {
            "workspace": workspace_id,
            "numbers": sorted({number for _, own in people.values() for number in own}),
            "since": since,
            "as_of": as_of,
            "reserved": topics.RESERVED_PREFIX,
            "not_behaviour": list(_NOT_BEHAVIOUR),
        },
        budget=QueryBudget.LIVE,
    )
    found: dict[int, list[tuple[datetime, int]]] = {}
    for number, hour_at, n in rows:
        found.setdefault(number, []).append((hour_at.replace(tzinfo=UTC), n))
    best = {}
    for key, (name, own) in people.items():
        zone = ZoneInfo(name)
        hours = [0] * _HOURS
        for number in own:
            for at, n in found.get(number, ()):
                hours[at.astimezone(zone).hour] += n
        if sum(hours) >= MIN_EVENTS:
            best[key] = hours.index(max(hours))
    return best


def _spread(sums: tuple[list[int], list[int]], keys: range) -> tuple[int, ...]:
    counted = dict(zip(*sums, strict=True))
    return tuple(int(counted.get(key, 0)) for key in keys)
