"""How often and when a person may be written to: the shop's rules, and what they come to.

A cap counts marketing messages that left or may have left, over all channels or one. In hours it
rolls: of any such stretch of time. In calendar days it counts by the dates on the person's own
calendar. Quiet hours are what the clock on the person's wall says. Everything here is a pure
function; `timing` applies it at the gates.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from kikubari.spec.errors import InvalidInputError

MAX_HOURS = 24 * 92
MAX_DAYS = 92
MAX_RULES = 20
MAX_MESSAGES = 1_000
MAX_HOLD_HOURS = 24 * 31
# A message that is let go now is on the wire a moment later: quiet begins that much earlier.
LEAD = timedelta(seconds=30)

# Whatever caps a policy or a person may set, nothing older counts.
LONGEST_MEMORY = timedelta(hours=MAX_HOURS) + timedelta(days=2)

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DAY = timedelta(days=1)


class Cap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most so many marketing messages in a period.

    Attributes:
        most: messages.
        period: how many hours or days.
        unit: ``hours`` roll: any stretch of that length. ``calendar_days`` are the dates of the
            person's own zone: 1 is today, 7 is today and the six days before.
        channel: such as ``email``; empty counts all channels together.
        topic: counts and limits messages on this topic only; empty is about all.
    """

    most: int
    period: int
    unit: Literal["hours", "calendar_days"]
    channel: str = ""
    topic: str = ""


class QuietHours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """No marketing from `start` to `end` by the clock of the person's own zone.

    Attributes:
        start: ``HH:MM``; a window that starts later than it ends passes midnight.
        end: ``HH:MM``, the first minute that is not quiet.
        channel: such as ``email``; empty means all channels.
    """

    start: str
    end: str
    channel: str = ""


class FrequencyPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A shop's rules. Transactional messages neither obey them nor count.

    Attributes:
        caps: all of them hold.
        quiet_hours: all of them hold.
        hold_hours: how long a message may wait for a better time before it is given up.
    """

    caps: list[Cap] = []
    quiet_hours: list[QuietHours] = []
    hold_hours: int = 72


def check_policy(policy: FrequencyPolicy) -> None:
    """Refuse a policy that cannot be followed.

    Raises:
        InvalidInputError: a figure out of range, or a time of day that is none.
    """
    if len(policy.caps) > MAX_RULES or len(policy.quiet_hours) > MAX_RULES:
        raise InvalidInputError(f"at most {MAX_RULES} caps and {MAX_RULES} quiet hours")
    if not 1 <= policy.hold_hours <= MAX_HOLD_HOURS:
        raise InvalidInputError(f"hold_hours: 1 to {MAX_HOLD_HOURS}")
    for cap in policy.caps:
        longest = MAX_HOURS if cap.unit == "hours" else MAX_DAYS
        if not 1 <= cap.period <= longest:
            raise InvalidInputError(f"a cap's period: 1 to {longest} {cap.unit}")
        if not 1 <= cap.most <= MAX_MESSAGES:
            raise InvalidInputError(
                f"a cap lets through 1 to {MAX_MESSAGES} messages",
                hint="To send nothing at all, pause or cancel the sends.",
            )
    for quiet in policy.quiet_hours:
        if not (_TIME.fullmatch(quiet.start) and _TIME.fullmatch(quiet.end)):
            raise InvalidInputError(
                "quiet hours are times of day such as 21:00", hint="Write HH:MM, 00:00 to 23:59."
            )
        if quiet.start == quiet.end:
            raise InvalidInputError("quiet hours must not start when they end")


def longest_memory(caps: Iterable[Cap]) -> timedelta:
    """Return how far back a message can still count under any of the caps."""
    # A calendar day has up to 25 hours, and the first of them began before now.
    spans = [
        timedelta(hours=cap.period) if cap.unit == "hours" else _DAY * cap.period + _DAY
        for cap in caps
    ]
    return max(spans, default=timedelta())


def find_room(cap: Cap, sent: Sequence[datetime], now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when a cap has room for one more message, None if it has now.

    Args:
        cap: the rule.
        sent: when messages that count left, ascending.
        now: the instant judged.
        zone: of the person.
    """
    if cap.unit == "hours":
        span = timedelta(hours=cap.period)
        counted = [at for at in sent if at > now - span]
        return None if len(counted) < cap.most else counted[-cap.most] + span
    first = now.astimezone(zone).date() - _DAY * (cap.period - 1)
    days = sorted(day for at in sent if (day := at.astimezone(zone).date()) >= first)
    return None if len(days) < cap.most else _begin(days[-cap.most] + _DAY * cap.period, zone)


def find_quiet_end(quiet: QuietHours, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when quiet hours end, None if it is not quiet now.

    A wall clock that is put back may pass the end twice: quiet ends with whichever comes first
    after now and is followed by no more quiet.
    """
    start, end = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end)
    if not (_is_between(now, zone, start, end) or _is_between(now + LEAD, zone, start, end)):
        return None
    today = now.astimezone(zone).date()
    ends = sorted(
        _instant(datetime.combine(today + _DAY * n, end).replace(fold=fold), zone)
        for n in (0, 1, 2)
        for fold in (0, 1)
    )
    return next(at for at in ends if at > now and not _is_between(at, zone, start, end))


def find_best_time(hour: int, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the next instant at which it is the given hour of the day, None if it is now."""
    local = now.astimezone(zone)
    if local.hour == hour:
        return None
    days = (local.date(), local.date() + _DAY)
    return min(
        at for day in days if (at := _instant(datetime.combine(day, time(hour)), zone)) > now
    )


def _is_between(at: datetime, zone: ZoneInfo, start: time, end: time) -> bool:
    clock = at.astimezone(zone).time()
    return start <= clock < end if start < end else clock >= start or clock < end


def _begin(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a date; where midnight is skipped, the one it skips to."""
    return _instant(datetime.combine(day, time()), zone)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)
