"""Journeys that come round by a schedule: everybody in the journey's segment, each time once.

As with dates, people are wished in by events of the log that are named after the time.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from kikubari.events import append_in
from kikubari.journeys.clocks import find_zone
from kikubari.journeys.cron import Cron, parse_cron
from kikubari.journeys.definition import ScheduleTrigger
from kikubari.journeys.running.contracts import JourneyState
from kikubari.journeys.running.programs import Live, Programs
from kikubari.journeys.running.requesting import entry_wish
from kikubari.journeys.running.surroundings import Surroundings

# A time that was missed, because the machine was off, is made up for within the hour.
_LOOKED_BACK = 60
_MINUTE = timedelta(minutes=1)
_BATCH = 2_000
_KEPT = 100_000


class Schedules:
    """Wishes people into journeys when their schedule comes round.

    Args:
        around: what is read and written.
        programs: the versions.
    """

    def __init__(self, around: Surroundings, programs: Programs) -> None:
        self._around = around
        self._programs = programs
        self._wished: set[tuple[int, str, str]] = set()

    def step(self) -> bool:
        """Wish in everybody for whom a schedule has come round; say whether it had for any."""
        now = self._around.clock.now()
        has_come = False
        for live in self._programs.list_live().values():
            trigger = live.newest.definition.trigger
            if live.state is JourneyState.RUNNING and isinstance(trigger, ScheduleTrigger):
                has_come = self._come_round(live, trigger, now) or has_come
        return has_come

    def _come_round(self, live: Live, trigger: ScheduleTrigger, now: datetime) -> bool:
        segment = live.newest.definition.segment
        cron = parse_cron(trigger.cron)
        shop = self._around.zone
        if segment is None or (trigger.zone == "shop" and not self._is_new(live, cron, shop, now)):
            return False
        people = self._around.audience.evaluate(
            segment, as_of=now, workspace_id=self._around.workspace_id
        )
        has_come = False
        for zone, mine in self._by_zone(trigger, people):
            at = self._is_new(live, cron, zone, now)
            if at is not None:
                self._wish(live, zone, at, mine)
                has_come = True
        return has_come

    def _is_new(self, live: Live, cron: Cron, zone: ZoneInfo, now: datetime) -> datetime | None:
        """Return when a schedule last came round in a zone, None if that was dealt with."""
        at = last_time(cron, zone, now)
        if at is None or (live.no, zone.key, at.isoformat()) in self._wished:
            return None
        return at

    def _by_zone(
        self, trigger: ScheduleTrigger, people: BitMap
    ) -> Iterator[tuple[ZoneInfo, list[int]]]:
        names = self._around.people.zones(list(people)) if trigger.zone == "person" else {}
        found: dict[ZoneInfo, list[int]] = {}
        for number in people:
            zone = find_zone(names.get(number, "")) or self._around.zone
            found.setdefault(zone, []).append(number)
        yield from found.items()

    def _wish(self, live: Live, zone: ZoneInfo, at: datetime, people: list[int]) -> None:
        key = at.isoformat()
        for first in range(0, len(people), _BATCH):
            events = [
                entry_wish(live.id, number, key=key, at=at, properties={})
                for number in people[first : first + _BATCH]
            ]
            self._around.store.write(
                partial(append_in, events=events, workspace_id=self._around.workspace_id)
            )
        if len(self._wished) > _KEPT:
            self._wished.clear()
        self._wished.add((live.no, zone.key, key))


def last_time(cron: Cron, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when a schedule last came round within the hour, None if it did not.

    A time that daylight saving skips does not come; of one that comes twice, the first counts.
    """
    minute = now.replace(second=0, microsecond=0)
    for back in range(_LOOKED_BACK):
        instant = minute - back * _MINUTE
        local = instant.astimezone(zone)
        if cron.holds(local) and local.fold == 0:
            return instant
    return None
