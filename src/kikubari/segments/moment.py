"""Time as both evaluators see it: the two instants of an evaluation, windows, anniversaries.

All instants here are integer microseconds since 1970, as the rows hold them, so that a boundary
is the same number for both evaluators.
"""

from calendar import isleap
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.conditions import (
    Age,
    Anniversary,
    Between,
    Calendar,
    Duration,
    Ever,
    Last,
    Next,
    RunsLow,
    Window,
)

_HOUR = timedelta(hours=1) // timedelta(microseconds=1)
_DAY = 24 * _HOUR
# A forecast reaches four weeks ahead and is renewed each week: what is older says nothing now.
_FORECASTS_LAST = 35 * _DAY
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Moment(msgspec.Struct, frozen=True):
    """When, and given what had arrived by when.

    Attributes:
        as_of: statements and events later than this do not count yet.
        known_at: those received later are not known; None: all that has arrived counts.
        zone: the shop's, for calendar windows and people whose zone is not known.
    """

    as_of: int
    known_at: int | None
    zone: ZoneInfo

    @classmethod
    def at(cls, as_of: datetime, known_at: datetime | None, zone: ZoneInfo) -> "Moment":
        """Return the moment of two aware instants."""
        return cls(to_micros(as_of), None if known_at is None else to_micros(known_at), zone)


class Bounds(msgspec.Struct, frozen=True):
    """A span of instants, both ends inside; no `first` means since ever."""

    first: int | None
    last: int

    def holds(self, instant: int) -> bool:
        """Say whether the instant lies in the span."""
        return (self.first is None or instant >= self.first) and instant <= self.last


def micros_of(duration: Duration) -> int:
    """Return a duration in microseconds."""
    return duration.as_timedelta() // timedelta(microseconds=1)


class LookAhead(msgspec.Struct, frozen=True):
    """What `runs_low` looks at: forecasts and orders since, for goods that run low in a span."""

    known_since: int
    first: int
    last: int


def look_ahead(leaf: RunsLow, moment: Moment) -> LookAhead:
    """Return the span of a leaf; it moves by the hour, so that an answer holds for one.

    A forecast names a day by its first instant, and the day of today counts until it is over.
    """
    hour = moment.as_of // _HOUR * _HOUR
    return LookAhead(hour - _FORECASTS_LAST, hour - _DAY + 1, hour + leaf.within_days * _DAY - 1)


def next_hour(moment: Moment) -> int:
    """Return the first instant of the next hour."""
    return (moment.as_of // _HOUR + 1) * _HOUR


def resolve(window: Window | Next, moment: Moment) -> Bounds:
    """Return the instants a window covers; only `Next` covers any later than `as_of`."""
    match window:
        case Ever():
            return Bounds(None, moment.as_of)
        case Last(duration=duration):
            return Bounds(moment.as_of - micros_of(duration) + 1, moment.as_of)
        case Next(duration=duration):
            return Bounds(moment.as_of + 1, moment.as_of + micros_of(duration))
        case Between(start=start, end=end):
            last = moment.as_of if end is None else min(moment.as_of, to_micros(end) - 1)
            return Bounds(None if start is None else to_micros(start), last)
        case Calendar():
            start_us, end_us = _calendar(window, moment)
            return Bounds(start_us, min(moment.as_of, end_us - 1))


def next_change(window: Window | Next, moment: Moment) -> int | None:
    """Return until when the window keeps the events it holds; None: for ever.

    A sliding window may lose one at the next microsecond.
    """
    match window:
        case Ever():
            return None
        case Last() | Next():
            return moment.as_of
        case Between(end=end):
            is_over = end is None or to_micros(end) <= moment.as_of
            return None if is_over or end is None else to_micros(end)
        case Calendar(unit=unit):
            return _calendar(Calendar(unit), moment)[1]


def local_date(zone: ZoneInfo, as_of: int) -> date:
    """Return the date that a calendar in the zone shows."""
    return from_micros(as_of).astimezone(zone).date()


def anniversary_days(leaf: Anniversary, today: date) -> frozenset[str]:
    """Return the days of the year ("MM-DD") whose anniversary is due, seen from `today`."""
    return frozenset(_due(leaf, today))


def age_days(leaf: Age, today: date) -> tuple[str, str]:
    """Return between which days (the first outside, the last inside) the date of this age lies.

    As "YYYY-MM-DD", compared as text: a day that no calendar has stands where it would be.
    """
    low, high = leaf.age.at_least or 0, leaf.age.at_most
    return "" if high is None else _days_ago(leaf, today, high + 1), _days_ago(leaf, today, low)


def _days_ago(leaf: Age, today: date, age: int) -> str:
    month = today.year * 12 + today.month - 1 - age * (12 if leaf.unit == "years" else 1)
    day = today.day
    if leaf.february_29 == "feb_28" and f"{today:%m-%d}" == "02-28" and not isleap(today.year):
        day = 29
    return f"{month // 12:04}-{month % 12 + 1:02}-{day:02}"


@lru_cache(maxsize=64)
def dates_by_zone(as_of: int) -> dict[str, date]:
    """Return the local date of every zone by its name."""
    return {name: local_date(_zone(name), as_of) for name in _zone_names()}


def _due(leaf: Anniversary, today: date) -> Iterator[str]:
    for offset in range(leaf.first_day, leaf.last_day + 1):
        day = today + timedelta(days=offset)
        yield f"{day:%m-%d}"
        if isleap(day.year):
            continue
        if leaf.february_29 == "feb_28" and (day.month, day.day) == (2, 28):
            yield "02-29"
        if leaf.february_29 == "mar_1" and (day.month, day.day) == (3, 1):
            yield "02-29"


def _calendar(window: Calendar, moment: Moment) -> tuple[int, int]:
    today = local_date(moment.zone, moment.as_of)
    if window.unit in _MONTHS:
        length = _MONTHS[window.unit]
        month = today.year * 12 + (today.month - 1) // length * length + window.offset * length
        first, after = _month_start(month), _month_start(month + length)
    else:
        length = 7 if window.unit == "week" else 1
        begin = today - timedelta(days=today.weekday()) if length > 1 else today
        first = begin + timedelta(days=window.offset * length)
        after = first + timedelta(days=length)
    return _midnight(first, moment.zone), _midnight(after, moment.zone)


def _month_start(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> int:
    """Return the first instant of a local day.

    Where clocks skip midnight, the day begins when they have skipped; where midnight comes
    twice, with the first.
    """
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return to_micros(local.astimezone(UTC))


@lru_cache(maxsize=1)
def _zone_names() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
