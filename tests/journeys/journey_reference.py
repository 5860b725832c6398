"""Journeys the slow and obvious way: one person, one event, one step at a time, all in memory.

It says what the engine must come to. It shares nothing with the engine but the lots.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kikubari.journeys.definition import (
    BranchStep,
    EndStep,
    MessageStep,
    OfferStep,
    SplitStep,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
)
from kikubari.journeys.running.drawing import draw, lot_key
from kikubari.journeys.running.entering import is_held_out

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Happened:
    position: int
    person: int
    type: str
    at: datetime
    value: int


@dataclass
class Entry:
    person: int
    ordinal: int
    began: datetime
    step: str | None
    at: datetime
    outcome: str = ""
    is_held_out: bool = False
    converted: datetime | None = None
    value: int = 0
    path: list[tuple[str, str]] = field(default_factory=list)


class Reference:
    def __init__(self, journey_id, definition, zone: ZoneInfo, zones, segments) -> None:
        self.journey_id = journey_id
        self.definition = definition
        self.rules = definition.rules
        self.steps = {step.id: step for step in definition.steps}
        self.zone = zone
        self.zones = zones
        self.segments = segments
        self.events: list[Happened] = []
        self.entries: list[Entry] = []
        self.sent: list[tuple[str, int, int]] = []
        self.codes: dict[str, set[int]] = {}
        self.is_paused = False

    def happen(self, event: Happened, now: datetime) -> None:
        """Take in one event, then let everybody go as far as they come."""
        self.events.append(event)
        for entry in self.entries:
            if entry.person == event.person:
                self.settle(entry, event, now)
        if event.type == self.definition.trigger.events.event:
            self.try_to_enter(event, now)
        self.go(now)

    def settle(self, entry: Entry, event: Happened, now: datetime) -> None:
        if event.at <= entry.began:
            return
        goal = self.rules.goal
        if event.type == goal.events.event and event.at <= entry.began + goal.within.as_timedelta():
            entry.converted = min(event.at, entry.converted or event.at)
            entry.value += event.value
            if goal.ends_journey and entry.step:
                self.end(entry, "goal")
        for one in self.rules.exits:
            if entry.step and event.type == one.events.event:
                self.end(entry, f"exit:{one.id}")
        step = self.steps.get(entry.step)
        if isinstance(step, WaitForStep) and self.is_waited_for(entry, step, event):
            self.take(entry, "next", step.next, max(event.at, now - HOUR))

    def is_waited_for(self, entry: Entry, step: WaitForStep, event: Happened) -> bool:
        is_type = event.type == step.events.event
        return is_type and entry.at < event.at <= entry.at + step.timeout.as_timedelta()

    def try_to_enter(self, event: Happened, now: datetime) -> None:
        mine = [entry for entry in self.entries if entry.person == event.person]
        reentry = self.rules.reentry
        if self.is_paused or event.at < now - DAY or any(entry.step for entry in mine):
            return
        if self.definition.segment and event.person not in self.segments[self.definition.segment]:
            return
        if mine and not reentry.allowed:
            return
        if mine and reentry.after:
            last = max(entry.began for entry in mine)
            if event.at < last + reentry.after.as_timedelta():
                return
        if reentry.limit and len(mine) >= reentry.limit:
            return
        entry = Entry(
            person=event.person,
            ordinal=len(mine) + 1,
            began=event.at,
            step=self.definition.start,
            at=max(event.at, now - HOUR),
        )
        if is_held_out(self.journey_id, self.rules.holdout_percent, event.person):
            entry.step, entry.is_held_out = None, True
        self.entries.append(entry)
        earlier = [one for one in self.events if one.person == event.person]
        for one in sorted(earlier, key=lambda one: (one.at, one.position)):
            self.settle(entry, one, now)

    def go(self, now: datetime) -> None:
        """Let everybody go as far as they come now."""
        if self.is_paused:
            return
        for entry in self.entries:
            while entry.step and self.leave(entry, now):
                pass

    def leave(self, entry: Entry, now: datetime) -> bool:
        """Take one entry past its step, if it may go; say whether it did."""
        step = self.steps[entry.step]
        here = max(entry.at, now - HOUR)
        match step:
            case WaitStep(duration=duration):
                return self.wait(entry, step.next, entry.at + duration.as_timedelta(), now)
            case WaitUntilStep():
                return self.wait(entry, step.next, self.clock_time(entry, step), now)
            case WaitForStep():
                return self.wait_for(entry, step, now)
            case EndStep():
                self.end(entry, "completed")
            case MessageStep():
                self.sent.append((step.id, entry.ordinal, entry.person))
                self.take(entry, "next", step.next, here)
            case OfferStep():
                self.take(entry, *self.draw_code(entry, step), here)
            case SplitStep():
                self.take(entry, *self.draw_lot(entry, step), here)
            case BranchStep():
                self.take(entry, *self.choose(entry, step), here)
        return True

    def draw_code(self, entry: Entry, step: OfferStep) -> tuple[str, str | None]:
        holders = self.codes.setdefault(step.offer, set())
        if entry.person in holders:
            return "none/person_limit_reached", step.on_none
        holders.add(entry.person)
        return "next", step.next

    def draw_lot(self, entry: Entry, step: SplitStep) -> tuple[str, str | None]:
        lot = draw(lot_key(self.journey_id, step.id), entry.person)
        for part in step.parts:
            if lot < part.percent:
                return part.id, part.next
            lot -= part.percent
        raise AssertionError

    def choose(self, entry: Entry, step: BranchStep) -> tuple[str, str | None]:
        for way in step.ways:
            if entry.person in self.segments[way.when]:
                return way.id, way.next
        return "otherwise", step.otherwise

    def wait(self, entry: Entry, onward: str | None, until: datetime, now: datetime) -> bool:
        if until > now:
            return False
        self.take(entry, "next", onward, max(until, now - HOUR))
        return True

    def wait_for(self, entry: Entry, step: WaitForStep, now: datetime) -> bool:
        done = [
            event.at
            for event in self.events
            if event.person == entry.person and self.is_waited_for(entry, step, event)
        ]
        if done:
            self.take(entry, "next", step.next, max(min(done), now - HOUR))
            return True
        deadline = entry.at + step.timeout.as_timedelta()
        if deadline <= now:
            self.take(entry, "timeout", step.on_timeout, max(deadline, now - HOUR))
            return True
        return False

    def clock_time(self, entry: Entry, step: WaitUntilStep) -> datetime:
        zone = self.zone
        if step.zone == "person":
            zone = ZoneInfo(self.zones.get(entry.person, self.zone.key))
        day: date = entry.at.astimezone(zone).date()
        for days in range(9):
            local = datetime.combine(day + days * DAY, step.at, tzinfo=zone)
            is_day = not step.weekdays or NAMES[local.weekday()] in step.weekdays
            if is_day and local >= entry.at:
                return local
        raise AssertionError

    def take(self, entry: Entry, way: str, onward: str | None, at: datetime) -> None:
        entry.path.append((entry.step, way))
        entry.at = at
        entry.step = onward
        if onward is None:
            entry.outcome = "completed"

    def end(self, entry: Entry, outcome: str) -> None:
        entry.path.append((entry.step, outcome))
        entry.step = None
        entry.outcome = outcome
