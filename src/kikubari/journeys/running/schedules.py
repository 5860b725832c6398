"""Journeys that come by a schedule, or on one day: everybody in the segment, each time once.

As with dates, people are wished in by events of the log that are named after the time.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache, lru_cache, partial
from itertools import pairwise, takewhile
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from pyroaring import BitMap

from kikubari.journeys.clocks import find_zone, instant_of, skipped_minutes
from kikubari.journeys.cron import Cron, parse_cron
from kikubari.journeys.definition import OnceTrigger, ScheduleTrigger
from kikubari.journeys.running.calendars import MOST_DAYS, Calendars, enters_at
from kikubari.journeys.running.contracts import JourneyState
from kikubari.journeys.running.programs import Live, Programs
from kikubari.journeys.running.requesting import entry_wish
from kikubari.journeys.running.surroundings import Surroundings

# A time that was missed, because the machine was off, is made up for within the hour.
_LOOKED_BACK = 60
_MINUTE = timedelta(minutes=1)
_BATCH = 2_000
_KEPT = 100_000
# Further from its date than this a single day has not come in any zone, or is long over.
_NEAR = timedelta(days=MOST_DAYS + 1)
_WEEK = timedelta(weeks=1)
_WEEKS_AROUND = 55  # a year, and a week before and after it


class _Come(NamedTuple):
    """A time that has come: when it was, and when people enter for it; None: it was missed."""

    at: datetime
    enters: datetime | None


class Schedules:
    """Wishes people into journeys when their schedule, or their one day, comes.

    Args:
        around: what is read and written.
        programs: the versions.
    """

    def __init__(self, around: Surroundings, programs: Programs) -> None:
        self._around = around
        self._programs = programs
        self._calendars = Calendars(around.store, workspace_id=around.workspace_id)
        self._wished: set[tuple[int, str, str]] = set()
        # When people were last asked for, by journey and version.
        self._asked: dict[tuple[int, int], datetime] = {}

    def step(self) -> bool:
        """Wish in everybody for whom a time has come; say whether it had for any."""
        now = self._around.clock.now()
        has_come = False
        for live in self._programs.list_live().values():
            trigger = live.newest.definition.trigger
            if not isinstance(trigger, ScheduleTrigger | OnceTrigger):
                continue
            if live.state is JourneyState.RUNNING:
                has_come = self._come_round(live, trigger, now) or has_come
            else:
                self._asked.pop((live.no, live.newest.version), None)
            self._calendars.note(live.no, now)
        return has_come

    def _come_round(
        self, live: Live, trigger: ScheduleTrigger | OnceTrigger, now: datetime
    ) -> bool:
        segment = live.newest.definition.segment
        key = (live.no, live.newest.version)
        if segment is None or not has_come_anywhere(trigger, now, since=self._asked.get(key)):
            return False
        has_come = False
        if trigger.zone == "person" or self._find_new(live, trigger, self._around.zone, now):
            people = self._around.audience.evaluate(
                segment, as_of=now, workspace_id=self._around.workspace_id
            )
            has_come = self._wish_by_zone(live, trigger, people, now)
        self._asked[key] = now
        return has_come

    def _wish_by_zone(
        self, live: Live, trigger: ScheduleTrigger | OnceTrigger, people: BitMap, now: datetime
    ) -> bool:
        """Wish in those in whose zone a time has come; say whether there were any."""
        has_come = False
        for zone, mine in self._by_zone(trigger, people):
            come = self._find_new(live, trigger, zone, now)
            if come is not None:
                self._wish(live, zone, come, mine)
                has_come = True
        return has_come

    def _find_new(
        self, live: Live, trigger: ScheduleTrigger | OnceTrigger, zone: ZoneInfo, now: datetime
    ) -> _Come | None:
        """Return what has come in a zone, None if nothing has or it was dealt with."""
        if isinstance(trigger, ScheduleTrigger):
            at = last_time(parse_cron(trigger.cron), zone, now)
            # What came round before the journey ran, or while it was paused, is not made up for.
            is_over = at is not None and at < self._calendars.find_seen(live.no)
            come = None if at is None or is_over else _Come(at, at)
        else:
            come = self._find_once(live, trigger, zone, now)
        if come is None or (live.no, zone.key, come.at.isoformat()) in self._wished:
            return None
        return come

    def _find_once(
        self, live: Live, trigger: OnceTrigger, zone: ZoneInfo, now: datetime
    ) -> _Come | None:
        at = instant_of(trigger.on, trigger.at, zone)
        is_today = now.astimezone(zone).date() == trigger.on
        if at > now or not (is_today or at > self._calendars.look(live.no, now, trigger.at).seen):
            return None
        return _Come(at, enters_at(at, now, is_today=is_today, if_missed=trigger.if_missed))

    def _by_zone(
        self, trigger: ScheduleTrigger | OnceTrigger, people: BitMap
    ) -> Iterator[tuple[ZoneInfo, list[int]]]:
        names = self._around.people.zones(list(people)) if trigger.zone == "person" else {}
        found: dict[ZoneInfo, list[int]] = {}
        for number in people:
            zone = find_zone(names.get(number, "")) or self._around.zone
            found.setdefault(zone, []).append(number)
        yield from found.items()

    def _wish(self, live: Live, zone: ZoneInfo, come: _Come, people: list[int]) -> None:
        key = come.at.isoformat()
        if come.enters is None:
            self._calendars.pass_over(live.no, dict.fromkeys(people, come.at))
            people = []
        for first in range(0, len(people), _BATCH):
            events = [
                entry_wish(live.id, number, key=key, at=come.enters or come.at, properties={})
                for number in people[first : first + _BATCH]
            ]
            self._around.store.write(
                partial(self._around.append, events=events, workspace_id=self._around.workspace_id)
            )
        if len(self._wished) > _KEPT:
            self._wished.clear()
        self._wished.add((live.no, zone.key, key))


def has_come_anywhere(
    trigger: ScheduleTrigger | OnceTrigger, now: datetime, *, since: datetime | None
) -> bool:
    """Say whether a time may have come in some zone of the world since an instant (None: ever)."""
    if isinstance(trigger, OnceTrigger):
        if since is None:
            return abs(now.date() - trigger.on) <= _NEAR
        return any(since < at <= now for at in _moments(trigger.on, trigger.at))
    if since is None:
        return True
    cron = parse_cron(trigger.cron)
    offsets = _offsets(now.year)
    minute = now.replace(second=0, microsecond=0)
    instants = (minute - back * _MINUTE for back in range(_LOOKED_BACK))
    return any(
        instant in _put_on(now.year)
        or any(cron.holds(instant.astimezone(offset)) for offset in offsets)
        for instant in takewhile(lambda at: at > since, instants)
    )


@lru_cache(maxsize=1_024)
def _moments(day: date, at: time) -> frozenset[datetime]:
    """Return every instant at which a clock somewhere shows a time of a day."""
    return frozenset(instant_of(day, at, ZoneInfo(name)) for name in _zone_names())


@lru_cache(maxsize=8)
def _offsets(year: int) -> frozenset[timezone]:
    """Return everything that a zone is ahead of UTC by at some time in a year."""
    return frozenset(
        timezone(_ahead(at, zone)) for zone in map(ZoneInfo, _zone_names()) for at in _weeks(year)
    )


@lru_cache(maxsize=8)
def _put_on(year: int) -> frozenset[datetime]:
    """Return the instants at which a clock somewhere is put on in a year: a time is skipped."""
    return frozenset(
        _find_change(zone, start, end)
        for zone in map(ZoneInfo, _zone_names())
        for start, end in pairwise(_weeks(year))
        if _ahead(end, zone) > _ahead(start, zone)
    )


def _find_change(zone: ZoneInfo, start: datetime, end: datetime) -> datetime:
    """Return the whole minute between two instants from which a zone's clock is put on."""
    n_minutes = (end - start) // _MINUTE
    before = _ahead(start, zone)
    at = bisect_left(
        range(n_minutes), 1, key=lambda n: int(_ahead(start + n * _MINUTE, zone) != before)
    )
    return start + at * _MINUTE


def _ahead(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _weeks(year: int) -> list[datetime]:
    first = datetime(year, 1, 1, tzinfo=UTC) - _WEEK
    return [first + n * _WEEK for n in range(_WEEKS_AROUND)]


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def last_time(cron: Cron, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when a schedule last came round within the hour, None if it did not.

    A time that daylight saving skips comes at the first instant after it, unless the schedule comes
    in each hour anyway; of one that comes twice, the first counts.
    """
    minute = now.replace(second=0, microsecond=0)
    for back in range(_LOOKED_BACK):
        instant = minute - back * _MINUTE
        local = instant.astimezone(zone)
        if cron.holds(local) and local.fold == 0:
            return instant
        if not cron.is_hourly and any(map(cron.holds, skipped_minutes(instant, zone))):
            return instant
    return None
