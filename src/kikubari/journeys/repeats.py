"""The dates on which a recurring broadcast goes, and the instants they make in a shop's zone.

Pure. The first date is the day of the timing's `start_at`, and its time of day holds for all.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec

from kikubari.journeys.clocks import DAYS, Weekday, instant_of

_DAY = timedelta(days=1)
_MONTHS = 12
_WEEK = 7


class Repeat(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """How often a broadcast goes again.

    Attributes:
        each: what is counted: days, weeks or months.
        every: every so many of these, counted from the first date; weeks begin on Monday.
        weekdays: of weeks; without, the weekday of the first date.
        day: of months; without, the day of the first date. A month that has no such day has its
            last one instead.
        until: the last date on which it may go, in the shop's zone.
        times: how often it goes at the most; what was skipped does not count.
    """

    each: Literal["day", "week", "month"]
    every: Annotated[int, msgspec.Meta(ge=1, le=366)] = 1
    weekdays: tuple[Weekday, ...] = ()
    day: Annotated[int, msgspec.Meta(ge=1, le=31)] | None = None
    until: date | None = None
    times: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None

    def __post_init__(self) -> None:
        """Refuse what means nothing.

        Raises:
            ValueError: weekdays that are not of weeks, or a day that is not of months.
        """
        if self.weekdays and self.each != "week":
            raise ValueError("`weekdays` are of `each` week")
        if self.day is not None and self.each != "month":
            raise ValueError("`day` is of `each` month")


class Occurrences(msgspec.Struct, frozen=True):
    """The instants of a repeat.

    Attributes:
        repeat: how often.
        start_at: gives the first date and the time of day.
        zone: whose calendar and clock.
    """

    repeat: Repeat
    start_at: datetime
    zone: ZoneInfo

    def find_next(self, after: datetime) -> datetime | None:
        """Return the first instant later than `after`, in UTC; None: there is none any more.

        A time that daylight saving skips is the first instant after it, one that comes twice is
        the first, and a date that the zone skips whole does not come.
        """
        first, at = self._begin()
        not_before = max(first, after.astimezone(self.zone).date() - _DAY)
        for day in self._list_dates(first, not_before):
            if self.repeat.until is not None and day > self.repeat.until:
                return None
            instant = instant_of(day, at, self.zone)
            if instant > after and instant.astimezone(self.zone).date() == day:
                return instant
        return None

    def _begin(self) -> tuple[date, time]:
        local = self.start_at.astimezone(self.zone)
        return local.date(), local.time()

    def _list_dates(self, first: date, not_before: date) -> Iterator[date]:
        """Yield the dates from one on, as far as there is a calendar."""
        listed = {"day": _each_day, "week": _each_week, "month": _each_month}[self.repeat.each]
        try:
            for day in listed(self.repeat, first, not_before):
                if day >= not_before:
                    yield day
        except (OverflowError, ValueError):  # the year 10000
            return


def _each_day(repeat: Repeat, first: date, not_before: date) -> Iterator[date]:
    passed = (not_before - first).days // repeat.every
    day = first + timedelta(days=passed * repeat.every)
    while True:
        yield day
        day += timedelta(days=repeat.every)


def _each_week(repeat: Repeat, first: date, not_before: date) -> Iterator[date]:
    meant = {DAYS.index(one) for one in repeat.weekdays} or {first.weekday()}
    monday = first - timedelta(days=first.weekday())
    span = timedelta(days=_WEEK * repeat.every)
    monday += (not_before - monday) // span * span
    while True:
        for weekday in sorted(meant):
            day = monday + timedelta(days=weekday)
            if day >= first:
                yield day
        monday += span


def _each_month(repeat: Repeat, first: date, not_before: date) -> Iterator[date]:
    wanted = repeat.day or first.day
    begun = first.year * _MONTHS + first.month - 1
    passed = not_before.year * _MONTHS + not_before.month - 1 - begun
    month = begun + passed // repeat.every * repeat.every
    while True:
        year, place = divmod(month, _MONTHS)
        day = date(year, place + 1, min(wanted, monthrange(year, place + 1)[1]))
        if day >= first:
            yield day
        month += repeat.every
