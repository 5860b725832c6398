"""Dates that come round: birthdays and the like, on each person's own day, each year once.

Whoever's day it is, by their own calendar and clock, is wished into the journey by an event of the
log that is named after the day: however often it is written, it counts once.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from kikubari.events import append_in
from kikubari.journeys.clocks import find_zone, instant_of
from kikubari.journeys.definition import DateTrigger
from kikubari.journeys.running.contracts import JourneyState
from kikubari.journeys.running.programs import Live, Programs
from kikubari.journeys.running.requesting import entry_wish
from kikubari.journeys.running.surroundings import Surroundings
from kikubari.spec.conditions import Anniversary
from kikubari.spec.envelope import Event

# Events of one transaction.
_BATCH = 2_000
# Wishes remembered, so that they are not written again every time; the log knows them all.
_KEPT = 1_000_000


class Anniversaries:
    """Wishes people into journeys on their days.

    Args:
        around: what is read and written.
        programs: the versions.
    """

    def __init__(self, around: Surroundings, programs: Programs) -> None:
        self._around = around
        self._programs = programs
        self._wished: set[tuple[int, int, str]] = set()

    def step(self) -> bool:
        """Wish in whose day it is by now; say whether anybody was new."""
        now = self._around.clock.now()
        found = [
            wish
            for live in self._programs.list_live().values()
            if live.state is JourneyState.RUNNING
            for wish in self._list_wishes(live, now)
        ]
        for first in range(0, len(found), _BATCH):
            batch = found[first : first + _BATCH]
            events = [event for _, event in batch]
            self._around.store.write(
                partial(append_in, events=events, workspace_id=self._around.workspace_id)
            )
            self._remember(key for key, _ in batch)
        return bool(found)

    def _list_wishes(self, live: Live, now: datetime) -> list[tuple[tuple[int, int, str], Event]]:
        """Return who of a journey is to enter now and was not wished in yet."""
        trigger = live.newest.definition.trigger
        if not isinstance(trigger, DateTrigger):
            return []
        people = self._around.audience.evaluate(
            condition_of(trigger), as_of=now, workspace_id=self._around.workspace_id
        )
        names = self._around.people.zones(list(people))
        found = []
        for number in people:
            zone = find_zone(names.get(number, "")) or self._around.zone
            at = today_at(trigger, now, zone)
            key = (live.no, number, f"{at.astimezone(zone):%Y-%m-%d}")
            if at <= now and key not in self._wished:
                wish = entry_wish(live.id, number, key=key[2], at=at, properties={})
                found.append((key, wish))
        return found

    def _remember(self, keys: Iterable[tuple[int, int, str]]) -> None:
        if len(self._wished) > _KEPT:
            self._wished.clear()
        self._wished.update(keys)


def today_at(trigger: DateTrigger, now: datetime, zone: ZoneInfo) -> datetime:
    """Return when the trigger's hour is on the day that a zone's calendar shows."""
    return instant_of(now.astimezone(zone).date(), trigger.at, zone)


def condition_of(trigger: DateTrigger) -> dict[str, Any]:
    """Return the condition of those whose day it is, in its JSON form.

    Two weeks before a birthday is the day on which the birthday is fourteen days from today.
    """
    ahead = -trigger.days
    leaf = Anniversary(trigger.trait, ahead, ahead, trigger.february_29)
    tree: dict[str, Any] = msgspec.to_builtins(leaf)
    return tree
