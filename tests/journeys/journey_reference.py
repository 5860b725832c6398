"""Journeys the slow and obvious way: one person, one event, one step at a time, all in memory.

It says what the engine must come to. It shares nothing with the engine but the lots.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from reference_clocks import best_time, clock_time

from kikubari.journeys.definition import (
    ApiTrigger,
    BranchStep,
    EndStep,
    EnterStep,
    ExperimentStep,
    JourneyDefinition,
    ListStep,
    MessageStep,
    NotifyStep,
    OfferStep,
    PauseStep,
    SetTraitStep,
    SplitStep,
    WaitBestTimeStep,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
    WebhookStep,
)
from kikubari.journeys.running.drawing import draw, lot_key
from kikubari.journeys.running.entering import is_held_out

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WISH = "Journey Requested"


@dataclass
class Happened:
    position: int
    person: int
    type: str
    at: datetime
    value: int = 0
    journey: str = ""


@dataclass
class Entry:
    person: int  # the number they had when they entered
    ordinal: int
    version: int
    began: datetime
    step: str | None
    at: datetime  # when the step was reached
    due: datetime  # when they are looked at next
    outcome: str = ""
    is_held_out: bool = False
    converted: datetime | None = None
    value: int = 0
    path: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Facts:
    """What is known of people; the engine's twins read the very same objects."""

    zone: ZoneInfo
    zones: dict[int, str]
    hours: dict[int, int]
    segments: dict[str, set[int]]
    merged: dict[int, int]

    def who(self, number: int) -> int:
        return self.merged.get(number, number)

    def zone_of(self, number: int) -> ZoneInfo:
        return ZoneInfo(self.zones.get(self.who(number), self.zone.key))


class ReferenceShop:
    """All journeys, and what has happened so far."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.events: list[Happened] = []
        self.journeys: dict[str, Reference] = {}
        self.wishes: list[tuple[int, str]] = []
        self.listed: set[int] = set()

    def happen(self, happened: list[Happened], now: datetime) -> None:
        """Take in some events, of different people, then let everybody go on."""
        for event in happened:
            self.take_in(event, now)
        self.go(now)

    def take_in(self, event: Happened, now: datetime) -> None:
        self.events.append(event)
        for journey in self.journeys.values():
            journey.happen(event, now)

    def go(self, now: datetime) -> None:
        """Let everybody go as far as they come, into other journeys too."""
        while True:
            for journey in self.journeys.values():
                journey.go(now)
            wishes, self.wishes = self.wishes, []
            if not wishes:
                return
            for person, journey_id in wishes:
                place = len(self.events) + 1
                self.take_in(Happened(place, person, WISH, now, journey=journey_id), now)


class Reference:
    """One journey, with all its versions."""

    def __init__(self, shop: ReferenceShop, journey_id: str) -> None:
        self.shop = shop
        self.facts = shop.facts
        self.id = journey_id
        self.versions: list[JourneyDefinition] = []
        self.state = "running"
        self.drains = False
        self.entries: list[Entry] = []
        self.sent: list[tuple[str, int, str, int, int]] = []
        self.told: list[tuple[str, int, int]] = []
        self.stated: list[tuple[str, int]] = []
        self.codes: dict[str, dict[int, set[tuple[str, int]]]] = {}
        self.winners: dict[str, str] = {}
        self.days: Counter = Counter()
        self.passed: Counter = Counter()

    # What its people do with it.

    def publish(
        self, definition: JourneyDefinition, now: datetime, moves: dict[str, str] | None = None
    ) -> None:
        """Make a new version; with `moves` everybody goes on with it."""
        self.versions.append(definition)
        if moves is None:
            return
        steps = {step.id for step in definition.steps}
        for entry in self.entries:
            if entry.step is None:
                continue
            to = entry.step if entry.step in steps else moves[entry.step]
            self.move(entry, to, now)

    def move(self, entry: Entry, to: str, now: datetime) -> None:
        self.passed[entry.version, entry.step, "moved"] += 1
        if to != entry.step:
            entry.path.append((entry.step, "moved"))
            entry.at = now
        entry.version, entry.step, entry.due = len(self.versions), to or None, now
        if to:
            self.passed[entry.version, to, "moved_in"] += 1
        else:
            entry.outcome = "moved"

    def become(self, state: str) -> None:
        """Pause, resume, drain or cancel: what drained when it was paused drains on."""
        if state == "running" and self.state == "paused" and self.drains:
            state = "draining"
        self.drains = state == "paused" and self.state == "draining"
        self.state = state

    def decide(self, is_proven) -> None:
        """Name the winners of experiments in which something is proven."""
        if self.state == "cancelled":
            return
        for step in self.versions[-1].steps:
            if isinstance(step, ExperimentStep) and step.decides_winner:
                counts = {part.id: self.took(step, part.id) for part in step.parts}
                part = is_proven(counts)
                if part is not None:
                    self.winners.setdefault(step.id, part)

    def took(self, step: ExperimentStep, part: str) -> int:
        """Count who took a part in the versions that shared people out alike."""
        found = 0
        for place, version in enumerate(self.versions, start=1):
            same = next((one for one in version.steps if one.id == step.id), None)
            if same is not None and shares(same) == shares(step):
                found += self.passed[place, step.id, part]
        return found

    # What happens to them.

    def happen(self, event: Happened, now: datetime) -> None:
        if self.state == "cancelled":
            return
        for entry in self.entries:
            if self.facts.who(entry.person) == self.facts.who(event.person):
                self.settle(entry, event, now)
        trigger = self.versions[-1].trigger
        is_wished = event.type == WISH and event.journey == self.id
        if is_wished or (
            not isinstance(trigger, ApiTrigger) and event.type == trigger.events.event
        ):
            self.try_to_enter(event, now)

    def settle(self, entry: Entry, event: Happened, now: datetime) -> None:
        if event.at <= entry.began:
            return
        rules = self.versions[entry.version - 1].rules
        goal = rules.goal
        if event.type == goal.events.event and event.at <= entry.began + goal.within.as_timedelta():
            entry.converted = min(event.at, entry.converted or event.at)
            entry.value += event.value
            if goal.ends_journey and entry.step:
                self.end(entry, "goal")
        for one in rules.exits:
            if entry.step and one.events is not None and event.type == one.events.event:
                self.end(entry, f"exit:{one.id}")
        step = self.step_of(entry)
        if isinstance(step, WaitForStep) and is_waited_for(entry, step, event):
            self.take(entry, "next", step.next, max(event.at, now - HOUR), now)

    def try_to_enter(self, event: Happened, now: datetime) -> None:
        person = self.facts.who(event.person)
        mine = [entry for entry in self.entries if self.facts.who(entry.person) == person]
        definition = self.versions[-1]
        if self.state != "running" or self.is_refused(definition, event, person, mine, now):
            return
        if definition.rules.entry_limit_per_day is not None:
            day = now.astimezone(self.facts.zone).date()
            if self.days[day] >= definition.rules.entry_limit_per_day:
                return
            self.days[day] += 1
        at = max(event.at, now - HOUR)
        version = len(self.versions)
        entry = Entry(person, len(mine) + 1, version, event.at, definition.start, at, now)
        if is_held_out(self.id, definition.rules.holdout_percent, person):
            entry.step, entry.is_held_out = None, True
        self.passed[version, "", "held_out" if entry.is_held_out else "entered"] += 1
        self.entries.append(entry)
        earlier = [one for one in self.shop.events if self.facts.who(one.person) == person]
        for one in sorted(earlier, key=lambda one: (one.at, one.position)):
            self.settle(entry, one, now)

    def is_refused(self, definition, event: Happened, person, mine, now: datetime) -> bool:
        reentry = definition.rules.reentry
        if event.at < now - DAY or any(entry.step for entry in mine):
            return True
        if definition.segment and person not in self.facts.segments[definition.segment]:
            return True
        if mine and not reentry.allowed:
            return True
        if mine and reentry.after:
            last = max(entry.began for entry in mine)
            if event.at < last + reentry.after.as_timedelta():
                return True
        return reentry.limit is not None and len(mine) >= reentry.limit

    def go(self, now: datetime) -> None:
        """Let everybody go as far as they come now."""
        if self.state not in ("running", "draining"):
            return
        for entry in self.entries:
            while entry.step and entry.due <= now and self.look(entry, now):
                pass

    def look(self, entry: Entry, now: datetime) -> bool:
        """Look at one entry, and take it past its step if it may go; say whether it did."""
        for one in self.versions[entry.version - 1].rules.exits:
            who = self.facts.who(entry.person)
            if one.when is not None and who in self.facts.segments[one.when]:
                self.end(entry, f"exit:{one.id}")
                return True
        step = self.step_of(entry)
        match step:
            case WaitStep(duration=duration):
                return self.wait(entry, step.next, entry.at + duration.as_timedelta(), now)
            case WaitUntilStep():
                zone = self.facts.zone_of(entry.person)
                zone = zone if step.zone == "person" else self.facts.zone
                until = clock_time(step.at, step.weekdays, entry.at, zone)
                return self.wait(entry, step.next, until, now)
            case WaitBestTimeStep(within=within):
                hour = self.facts.hours.get(self.facts.who(entry.person))
                zone = self.facts.zone_of(entry.person)
                until = best_time(hour, within.as_timedelta(), entry.at, zone)
                return self.wait(entry, step.next, until, now)
            case WaitForStep():
                return self.wait_for(entry, step, now)
            case EndStep():
                self.end(entry, "completed")
            case _:
                self.act(entry, step, now)
        return True

    def act(self, entry: Entry, step, now: datetime) -> None:
        """Do what a step does, and go on."""
        way, onward = "next", getattr(step, "next", None)
        match step:
            case MessageStep():
                self.sent.append((self.id, entry.version, step.id, entry.ordinal, entry.person))
            case WebhookStep() | NotifyStep():
                self.told.append((step.id, entry.ordinal, entry.person))
            case SetTraitStep():
                self.stated.append((step.traits["told"], entry.person))
            case PauseStep():
                self.stated.append(("pause", entry.person))
            case ListStep(act=act):
                change = self.shop.listed.add if act == "add" else self.shop.listed.discard
                change(self.facts.who(entry.person))
            case EnterStep(journey=other):
                self.shop.wishes.append((entry.person, other))
            case OfferStep():
                way, onward = self.draw_code(entry, step)
            case SplitStep() | ExperimentStep():
                way, onward = self.draw_lot(entry, step)
            case BranchStep():
                way, onward = self.choose(entry, step)
        self.take(entry, way, onward, max(entry.at, now - HOUR), now)

    def draw_code(self, entry: Entry, step: OfferStep) -> tuple[str, str | None]:
        mine = self.codes.setdefault(step.offer, {}).setdefault(entry.person, set())
        claim = (step.id, entry.ordinal)
        if mine and claim not in mine:
            return "none/person_limit_reached", step.on_none
        mine.add(claim)
        return "next", step.next

    def draw_lot(self, entry: Entry, step) -> tuple[str, str | None]:
        onward = {part.id: part.next for part in step.parts}
        winner = self.winners.get(step.id)
        if getattr(step, "decides_winner", False) and winner in onward:
            return winner, onward[winner]
        lot = draw(lot_key(self.id, step.id), entry.person)
        for part in step.parts:
            if lot < part.percent:
                return part.id, part.next
            lot -= part.percent
        raise AssertionError

    def choose(self, entry: Entry, step: BranchStep) -> tuple[str, str | None]:
        for way in step.ways:
            if self.facts.who(entry.person) in self.facts.segments[way.when]:
                return way.id, way.next
        return "otherwise", step.otherwise

    def wait(self, entry: Entry, onward: str | None, until: datetime, now: datetime) -> bool:
        if until > now:
            entry.due = until
            return False
        self.take(entry, "next", onward, max(until, now - HOUR), now)
        return True

    def wait_for(self, entry: Entry, step: WaitForStep, now: datetime) -> bool:
        who = self.facts.who
        done = [
            event.at
            for event in self.shop.events
            if who(event.person) == who(entry.person) and is_waited_for(entry, step, event)
        ]
        if done:
            self.take(entry, "next", step.next, max(min(done), now - HOUR), now)
            return True
        return self.time_out(entry, step, now)

    def time_out(self, entry: Entry, step: WaitForStep, now: datetime) -> bool:
        deadline = entry.at + step.timeout.as_timedelta()
        if deadline > now:
            entry.due = deadline
            return False
        self.take(entry, "timeout", step.on_timeout, max(deadline, now - HOUR), now)
        return True

    def step_of(self, entry: Entry):
        steps = self.versions[entry.version - 1].steps
        return next((step for step in steps if step.id == entry.step), None)

    def take(self, entry: Entry, way: str, onward: str | None, at: datetime, now: datetime) -> None:
        entry.path.append((entry.step, way))
        self.passed[entry.version, entry.step, way.partition("/")[0]] += 1
        entry.at, entry.step, entry.due = at, onward, now
        if onward is None:
            entry.outcome = "completed"

    def end(self, entry: Entry, outcome: str) -> None:
        entry.path.append((entry.step, outcome))
        self.passed[entry.version, entry.step, outcome] += 1
        entry.step = None
        entry.outcome = outcome


def is_waited_for(entry: Entry, step: WaitForStep, event: Happened) -> bool:
    is_type = event.type == step.events.event
    return is_type and entry.at < event.at <= entry.at + step.timeout.as_timedelta()


def shares(step) -> list[tuple[str, int]]:
    return [(part.id, part.percent) for part in step.parts]
