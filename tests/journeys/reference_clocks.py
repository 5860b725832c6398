"""What clocks show, found by looking at them every half hour."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

HALF_HOUR = timedelta(minutes=30)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def clock_time(at: time, weekdays: Collection[str], after: datetime, zone: ZoneInfo) -> datetime:
    """Return the next instant at which a day's clock first shows the time, or is past it."""
    shown = None
    for local in half_hours(after - timedelta(days=2), zone):
        if local.time() >= at and local.date() != shown:
            shown = local.date()
            is_day = not weekdays or NAMES[local.weekday()] in weekdays
            if is_day and local.astimezone(UTC) >= after:
                return local.astimezone(UTC)
    raise AssertionError


def best_time(hour: int | None, within: timedelta, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the next instant in somebody's hour, at most as late as is allowed."""
    if hour is None or after.astimezone(zone).hour == hour:
        return after
    return min(clock_time(time(hour), (), after, zone), after + within)


def half_hours(since: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield what the clock shows at each half hour from an hour on."""
    first = since.replace(minute=0, second=0, microsecond=0)
    for n in range(48 * 12):
        yield (first + n * HALF_HOUR).astimezone(zone)
