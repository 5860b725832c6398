"""Wall clocks: the next time a clock in a zone shows something.

A time that daylight saving skips counts as the first instant after the gap; one that comes twice
counts the first time. Lengths of time are counted in seconds, whatever the clocks do.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kikubari.kit.instants import from_micros, to_micros

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Weekday, ...] = get_args(Weekday)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_NO_TIME = timedelta()
_WEEK_AND_A_SKIPPED_DAY = 16


@lru_cache(maxsize=1024)
def find_zone(name: str) -> ZoneInfo | None:
    """Return a time zone, None if there is none by that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant at which the clock of a zone shows `at` on a day, in UTC."""
    local = datetime.combine(day, at.replace(fold=0, tzinfo=None), tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None, fold=0) == local.replace(tzinfo=None):
        return instant
    return _end_of_gap(local, zone)


def next_instant(after: datetime, at: time, weekdays: Collection[str], zone: ZoneInfo) -> datetime:
    """Return the first instant, not before `after`, at which the clock shows `at`.

    Args:
        after: aware; an instant that fits itself counts.
        at: wall clock.
        weekdays: such as ``mon``; none given means any.
        zone: whose clock.
    """
    day = after.astimezone(zone).date() - _DAY
    for _ in range(_WEEK_AND_A_SKIPPED_DAY):
        if not weekdays or DAYS[day.weekday()] in weekdays:
            instant = instant_of(day, at, zone)
            # A day that a zone skips whole (Apia, 30 December 2011) never shows that date.
            is_shown = instant.astimezone(zone).date() == day
            if is_shown and instant >= after:
                return instant
        day += _DAY
    raise AssertionError("every weekday comes round within a fortnight")


def next_micros(after_us: int, at: time, weekdays: Collection[str], zone: ZoneInfo) -> int:
    """Return `next_instant` in microseconds."""
    return to_micros(next_instant(from_micros(after_us), at, weekdays, zone))


def skipped_minutes(instant: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return the minutes, without a zone, that a clock skipped to show this one; most often none.

    Args:
        instant: aware, a whole minute.
        zone: whose clock.
    """
    shown = instant.astimezone(zone)
    before = (instant - _MINUTE).astimezone(zone)
    gap = (shown.utcoffset() or _NO_TIME) - (before.utcoffset() or _NO_TIME)
    return [shown.replace(tzinfo=None) - n * _MINUTE for n in range(1, gap // _MINUTE + 1)]


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant after the gap in which a wall time lies.

    With fold=1 the offset after the gap is applied, with fold=0 the one before it: the change lies
    between the two, and is found by halving.
    """
    low = to_micros(local.replace(fold=1).astimezone(UTC))
    high = to_micros(local.replace(fold=0).astimezone(UTC))
    before = from_micros(low).astimezone(zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if from_micros(middle).astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return from_micros(high)
