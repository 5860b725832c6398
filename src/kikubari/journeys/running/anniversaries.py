"""Dates that come round: birthdays and the like, on each person's own day, each year once.

Whoever's day it is, by their own calendar and clock, is wished into the journey by an event of the
log that is named after the day: however often it is written, it counts once.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import msgspec

from kikubari.journeys.clocks import find_zone, instant_of
from kikubari.journeys.definition import DateTrigger
from kikubari.journeys.running.calendars import Calendars, enters_at
from kikubari.journeys.running.contracts import JourneyState
from kikubari.journeys.running.programs import Live, Programs
from kikubari.journeys.running.requesting import entry_wish
from kikubari.journeys.running.surroundings import Surroundings
from kikubari.spec.conditions import (
    AllOf,
    Anniversary,
    AnyOf,
    Condition,
    Duration,
    Last,
    Next,
    TraitIs,
    When,
)
from kikubari.spec.envelope import Event

# Days between a date and its journey that a condition can ask about.
FURTHEST = 180
# Events of one transaction.
_BATCH = 2_000
# Wishes remembered, so that they are not written again every time; the log knows them all.
_KEPT = 1_000_000


class _Wish(NamedTuple):
    """Somebody's day: which one, and the event that lets them in; none: it was missed."""

    journey_no: int
    number: int
    day: str
    at: datetime
    event: Event | None

    @property
    def key(self) -> tuple[int, int, str]:
        return self.journey_no, self.number, self.day


class Anniversaries:
    """Wishes people into journeys on their days.

    Args:
        around: what is read and written.
        programs: the versions.
    """

    def __init__(self, around: Surroundings, programs: Programs) -> None:
        self._around = around
        self._programs = programs
        self._calendars = Calendars(around.store, workspace_id=around.workspace_id)
        self._wished: set[tuple[int, int, str]] = set()

    def step(self) -> bool:
        """Wish in whose day it is by now; say whether anybody was new."""
        now = self._around.clock.now()
        has_come = False
        for live in self._programs.list_live().values():
            trigger = live.newest.definition.trigger
            if not isinstance(trigger, DateTrigger):
                continue
            if live.state is JourneyState.RUNNING:
                has_come = self._come_round(live, trigger, now) or has_come
            self._calendars.note(live.no, now)
        return has_come

    def _come_round(self, live: Live, trigger: DateTrigger, now: datetime) -> bool:
        """Wish in whose day it is in one journey, and who was missed; say whether there was any."""
        looked = self._calendars.look(live.no, now, trigger.at)
        found = [
            wish
            for days in range(looked.days + 1)
            if abs(trigger.days + days) <= FURTHEST
            for wish in self._list_wishes(live, trigger, now, days)
            if days == 0 or wish.at > looked.seen
        ]
        self._append([wish.event for wish in found if wish.event is not None])
        missed = {wish.number: wish.at for wish in found if wish.event is None}
        self._calendars.pass_over(live.no, missed)
        self._remember(wish.key for wish in found)
        return bool(found)

    def _append(self, events: Sequence[Event]) -> None:
        around = self._around
        for first in range(0, len(events), _BATCH):
            batch = events[first : first + _BATCH]
            around.store.write(
                partial(around.append, events=batch, workspace_id=around.workspace_id)
            )

    def _list_wishes(
        self, live: Live, trigger: DateTrigger, now: datetime, days: int
    ) -> Iterator[_Wish]:
        """Yield whose hour came so many days ago and was not dealt with yet."""
        people = self._around.audience.evaluate(
            condition_of(trigger, days), as_of=now, workspace_id=self._around.workspace_id
        )
        names = self._around.people.zones(list(people))
        for number in people:
            zone = find_zone(names.get(number, "")) or self._around.zone
            day = now.astimezone(zone).date() - timedelta(days=days)
            at = instant_of(day, trigger.at, zone)
            if at > now or (live.no, number, day.isoformat()) in self._wished:
                continue
            enters = enters_at(at, now, is_today=days == 0, if_missed=trigger.if_missed)
            event = None
            if enters is not None:
                event = entry_wish(live.id, number, key=day.isoformat(), at=enters, properties={})
            yield _Wish(live.no, number, day.isoformat(), at, event)

    def _remember(self, keys: Iterable[tuple[int, int, str]]) -> None:
        if len(self._wished) > _KEPT:
            self._wished.clear()
        self._wished.update(keys)


def condition_of(trigger: DateTrigger, days_ago: int = 0) -> dict[str, Any]:
    """Return the condition of those whose day it was some days ago, in its JSON form.

    Two weeks before a birthday is the day on which the birthday is fourteen days from today.
    """
    ahead = -trigger.days - days_ago
    february_29 = trigger.february_29 if trigger.is_yearly else "leap_years_only"
    tree: Condition = Anniversary(trigger.trait, ahead, ahead, february_29)
    if not trigger.is_yearly:
        # A date within half a year of today comes round on that very date, or on none.
        past, coming = (
            Last(Duration(days=max(-ahead, 0) + 2)),
            Next(Duration(days=max(ahead, 0) + 2)),
        )
        near = AnyOf((TraitIs(trigger.trait, When(past)), TraitIs(trigger.trait, When(coming))))
        tree = AllOf((tree, near))
    built: dict[str, Any] = msgspec.to_builtins(tree)
    return built
