"""Schedules in five fields, as cron has them: minute, hour, day of month, month, weekday.

Each field is ``*``, numbers, ranges (``1-5``), steps (``*/15``) or a list of these; months and
weekdays may be named, Sunday is 0 or 7. ``L`` among the days is the last one of each month; the
31st is of months that have one. Where both days are restricted, either will do.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import datetime

import msgspec

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTH_NAMES = {name: number for number, name in enumerate(_MONTHS, 1)}
_WEEKDAY_NAMES = {name: number for number, name in enumerate(_WEEKDAYS)}
_HOURS = 24
_NO_DAY = ""
_NO_NAMES: Mapping[str, int] = {}
_FIELDS = (
    (0, 59, _NO_NAMES),
    (0, 23, _NO_NAMES),
    (1, 31, _NO_NAMES),
    (1, 12, _MONTH_NAMES),
    (0, 7, _WEEKDAY_NAMES),
)


class Cron(msgspec.Struct, frozen=True):
    """The minutes of a wall clock that a schedule means."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    is_either_day: bool
    has_last_day: bool = False

    def holds(self, local: datetime) -> bool:
        """Say whether the schedule means the minute that a clock shows."""
        if not (
            local.minute in self.minutes and local.hour in self.hours and local.month in self.months
        ):
            return False
        is_day = local.day in self.days or (
            self.has_last_day and local.day == monthrange(local.year, local.month)[1]
        )
        is_weekday = local.isoweekday() % 7 in self.weekdays
        return is_day or is_weekday if self.is_either_day else is_day and is_weekday

    @property
    def is_hourly(self) -> bool:
        """Say whether it comes in each hour, so that nothing of a skipped one is made up for."""
        return len(self.hours) == _HOURS


def parse_cron(text: str) -> Cron:
    """Read a schedule.

    Raises:
        ValueError: it is none; says which field is wrong.
    """
    fields = text.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"a schedule has five fields: {text!r}")
    kept = [one for one in fields[2].split(",") if one.lower() != "l"]
    read = [*fields[:2], ",".join(kept) or _NO_DAY, *fields[3:]]
    minutes, hours, days, months, weekdays = (
        frozenset[int]() if field == _NO_DAY else _parse_field(field, *bounds)
        for field, bounds in zip(read, _FIELDS, strict=True)
    )
    return Cron(
        minutes,
        hours,
        days,
        months,
        frozenset(day % 7 for day in weekdays),
        not fields[2].startswith("*") and not fields[4].startswith("*"),
        len(kept) < len(fields[2].split(",")),
    )


def _parse_field(field: str, low: int, high: int, names: Mapping[str, int]) -> frozenset[int]:
    found: set[int] = set()
    for part in field.lower().split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        try:
            start = low if first == "*" else _number(first, names)
            is_open = first == "*" or bool(step)
            end = _number(last, names) if dash else high if is_open else start
            width = int(step) if step else 1
        except ValueError as error:
            raise ValueError(f"not part of a schedule: {part!r}") from error
        if not (low <= start <= end <= high and width > 0):
            raise ValueError(f"outside {low} to {high}: {part!r}")
        found.update(range(start, end + 1, width))
    return frozenset(found)


def _number(text: str, names: Mapping[str, int]) -> int:
    return names[text] if text in names else int(text)
