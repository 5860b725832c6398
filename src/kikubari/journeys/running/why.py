"""What was not written down of a story: what conditions and events say of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from kikubari.events import SequencedEvent
from kikubari.journeys.definition import WaitBestTimeStep
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running._enrolments import Found
from kikubari.journeys.running.ahead import Standing, look_ahead
from kikubari.journeys.running.contracts import JourneyState
from kikubari.journeys.running.entry_judge import EntryJudge, SayEvents
from kikubari.journeys.running.matching import is_meant, trigger_types
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.reasons import Deeds, with_reasons
from kikubari.journeys.running.stories import (
    AheadStep,
    EnrolmentStory,
    Explanation,
    Judge,
    JudgedWay,
    Wanted,
)
from kikubari.journeys.running.surroundings import Surroundings
from kikubari.journeys.running.wanting import Say, list_seen, say_trigger
from kikubari.kit.instants import EARLIEST, from_micros

_GOING = (JourneyState.RUNNING, JourneyState.DRAINING)


class Why:
    """Tells of one person why, and what comes next.

    Args:
        around: the engine's.
        judge: answers about the person.
        say: says who a condition means.
        say_events: says which events are meant.
    """

    def __init__(self, around: Surroundings, judge: Judge, say: Say, say_events: SayEvents) -> None:
        self._around = around
        self._judge = judge
        self._say = say
        self._say_events = say_events
        self._now = around.clock.now()

    def tell(
        self,
        told: Explanation,
        programs: Mapping[int, Program],
        found: Mapping[int, Found],
        numbers: Sequence[int],
        journey: Found,
    ) -> Explanation:
        """Return a story with its reasons.

        Args:
            told: what is written down.
            programs: the versions of the journey, by number.
            found: rows of the entries, by id.
            numbers: all of the person's.
            journey: its row.
        """
        deeds = Deeds(self._read(programs, numbers), self._around.tests)
        goes_on = JourneyState(journey.state) in _GOING
        triggers = {
            item.position: item
            for item in self._around.log.read_at(
                {one.trigger_position for one in found.values()} - {0}
            )
        }
        entries = []
        for one in told.entries:
            program, row = programs[one.version], found[one.enrolment]
            trigger = triggers.get(row.trigger_position)
            judge = self._judge_of(trigger)
            entry = with_reasons(one, program.definition, judge, deeds, trigger)
            if one.waiting is not None and goes_on:
                entry = self._with_next(entry, row, program, ZoneInfo(told.zone), judge)
            entries.append(entry)
        told = msgspec.structs.replace(told, entries=entries)
        newest = programs[max(programs)]
        return msgspec.structs.replace(told, wanted=self._wanted(told, newest, deeds.items))

    def _read(
        self, programs: Mapping[int, Program], numbers: Sequence[int]
    ) -> Sequence[SequencedEvent]:
        """Return what the person did that may mean anything to the journey."""
        types: set[str] | None = set()
        for program in programs.values():
            for own in (program.event_types(), trigger_types(program.definition.trigger)):
                types = None if types is None or own is None else types | set(own)
        log = self._around.log
        return log.read_since(numbers, types, since=EARLIEST, last=log.position())

    def _judge_of(self, trigger: SequencedEvent | None) -> Judge:
        return EntryJudge(
            self._judge,
            say=self._say,
            say_events=self._say_events,
            tests=self._around.tests,
            trigger=trigger,
        )

    def _with_next(
        self,
        entry: EnrolmentStory,
        row: Found,
        program: Program,
        zone: ZoneInfo,
        judge: Judge,
    ) -> EnrolmentStory:
        standing = Standing(
            number=row.number,
            step=row.step,
            at_us=row.at_us,
            due_us=row.due_us,
            zone=zone,
            shop_zone=self._around.zone,
            hour=self._hour(row.number, program, zone),
            winners=self._winners(program),
        )
        ahead: list[AheadStep] = look_ahead(program, standing, judge, self._now)
        return msgspec.structs.replace(entry, ahead=ahead, leaves_by=_leaves_by(program, judge))

    def _hour(self, number: int, program: Program, zone: ZoneInfo) -> int | None:
        hours = self._around.hours
        if hours is None or not any(
            isinstance(one, WaitBestTimeStep) for one in program.steps.values()
        ):
            return None
        found = hours.find({number: zone.key}, workspace_id=self._around.workspace_id)
        return found.get(number)

    def _winners(self, program: Program) -> dict[int, str]:
        with self._around.store.read() as connection:
            found = repository.list_winners(
                connection, self._around.workspace_id, program.journey_no
            )
        names = {step: program.names[row.part] for step, row in found.items()}
        return {
            step: part
            for step, part in names.items()
            if step in program.steps and program.find_number(part) in program.ways(step)
        }

    def _wanted(
        self, told: Explanation, newest: Program, items: Sequence[SequencedEvent]
    ) -> Wanted:
        definition, around = newest.definition, self._around
        with around.store.read() as connection:
            since_us = repository.find_first_published(
                connection, around.workspace_id, newest.journey_no
            )
            read_to = repository.find_mark(connection, around.workspace_id) or 0
        since: datetime | None = from_micros(since_us) if since_us else None
        meant = [
            one
            for one in items
            if is_meant(newest.journey_id, definition.trigger, one, around.tests)
        ]
        may = None
        if definition.segment is not None:
            may = self._judge.judge("", definition.segment, as_of=None)
        return Wanted(
            text=say_trigger(definition.trigger, self._say),
            since=since,
            may=may,
            seen=list_seen(meant, told.entries, told.refusals, read_to=read_to, since=since),
        )


def _leaves_by(program: Program, judge: Judge) -> JudgedWay | None:
    for one in program.definition.rules.exits:
        if one.when is not None:
            judged = judge.judge(f"exit:{one.id}", one.when, as_of=None)
            if judged.holds:
                return judged
    return None
