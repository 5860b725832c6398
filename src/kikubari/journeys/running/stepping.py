"""Workers of journeys: find who is due, decide for all of them, write it down at once.

One piece of work is one step of one journey. What has to be asked outside of the state store is
asked before the transaction, for everybody; in the transaction the rows of those who are due are
locked, walked, and written together with their messages and the figures. Another worker passes
over locked rows. Whatever ends a process ends its transaction: people stay where they were, due.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random

from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.deliver import Reason, enqueue
from kikubari.events import SequencedEvent
from kikubari.journeys.definition import (
    ExperimentStep,
    MessageStep,
    NotifyStep,
    OfferStep,
    WaitBestTimeStep,
    WaitForStep,
    WebhookStep,
    like_trigger,
)
from kikubari.journeys.running import _enrolments as rows
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running.beginnings import Beginnings
from kikubari.journeys.running.contracts import JourneyState
from kikubari.journeys.running.letters import Key, Letters
from kikubari.journeys.running.program import Program, key_of
from kikubari.journeys.running.programs import Live, Programs
from kikubari.journeys.running.surroundings import Surroundings
from kikubari.journeys.running.travellers import Acts, Traveller
from kikubari.journeys.running.walking import Known, walk
from kikubari.journeys.running.withdrawing import Left, list_unwanted
from kikubari.kit.instants import from_micros, to_micros
from kikubari.storage import Priority

BATCH = 1_000
_LANES_PER_STEP = 16
_GOING = (JourneyState.RUNNING, JourneyState.DRAINING)
Lane = tuple[int, int]  # journey, step
# Does in a transaction what steps do besides sending: traits, lists, other journeys.
Acting = Callable[[Connection, Acts, datetime], None]
# Hands out codes in a transaction; returns why others got none, by the enrolment's id.
Issue = Callable[[Connection, Program, OfferStep, Sequence[Traveller]], Mapping[int, str]]
# Tells staff and other systems in a transaction; returns why not, by the enrolment's id.
Tell = Callable[
    [Connection, Program, NotifyStep | WebhookStep, Sequence[Traveller]], Mapping[int, str]
]


class Stepper:
    """Takes due people onward.

    Args:
        around: what is read and written.
        programs: the versions.
        letters: makes dispatches.
        acting: does what steps do besides sending.
        issue: hands out codes.
        tell: tells staff and other systems; by default nobody.
        shard: of the figures; workers with different ones do not wait for one another.
        batch: people of one transaction.
    """

    def __init__(
        self,
        around: Surroundings,
        programs: Programs,
        letters: Letters,
        *,
        acting: Acting,
        issue: Issue,
        tell: Tell = lambda _connection, _program, _step, _here: {},
        shard: int = 0,
        batch: int = BATCH,
    ) -> None:
        self._around = around
        self._store = around.store
        self._programs = programs
        self._letters = letters
        self._acting = acting
        self._issue = issue
        self._tell = tell
        self._shard = shard
        self._batch = batch
        self._workspace_id = around.workspace_id
        # Workers begin at different lanes. Not a secret, and never part of a result.
        self._random = Random(shard)  # noqa: S311

    def step(self) -> bool:
        """Take one batch at each of some steps; say whether there may be more."""
        now = self._around.clock.now()
        with self._store.read() as connection:
            lanes = list(rows.list_due_lanes(connection, self._workspace_id, to_micros(now)))
        if not lanes:
            return False
        live = self._programs.list_live()
        first = self._random.randrange(len(lanes))
        moved = 0
        for lane in (lanes[first:] + lanes[:first])[:_LANES_PER_STEP]:
            if lane[0] in live:
                moved += self._take(live[lane[0]], lane, now)
        return moved > 0

    def _take(self, live: Live, lane: Lane, now: datetime) -> int:
        """Take one batch at one step; return how many changed."""
        now_us = to_micros(now)
        with self._store.read() as connection:
            due = rows.peek(connection, self._workspace_id, lane, now_us, limit=self._batch)
        known = {
            version: self._look_up(live.programs[version], lane[1], due, now)
            for version in {version for version, _, _ in due}
            if lane[1] in live.programs[version].steps
        }

        def work(connection: Connection) -> int:
            if repository.find_state(connection, live.no) not in _GOING:
                return 0
            people = rows.claim(connection, self._workspace_id, lane, now_us, limit=self._batch)
            return self._walk(connection, live, people, known, now)

        return self._store.write(work, priority=Priority.BACKGROUND)

    def _walk(
        self,
        connection: Connection,
        live: Live,
        people: Sequence[Traveller],
        known: Mapping[int, Known],
        now: datetime,
    ) -> int:
        acts = Acts()
        for version, facts in sorted(known.items()):
            program = live.programs[version]
            facts.issue = partial(self._issue, connection)
            facts.tell = partial(self._tell, connection)
            mine = [one for one in people if one.version == version]
            walk(program, mine, facts, acts, now)
        changed = [one for one in people if one.is_changed]
        if not changed:
            return 0
        rows.save(connection, changed)
        for dispatch_id, numbers in sorted(acts.messages.items()):
            enqueue(
                connection, dispatch_id, sorted(numbers), now=now, workspace_id=self._workspace_id
            )
        self._withdraw(connection, live, acts.left, now)
        self._acting(connection, acts, now)
        repository.add_counts(
            connection, self._workspace_id, live.no, acts.passed, shard=self._shard
        )
        return len(changed)

    def _withdraw(
        self, connection: Connection, live: Live, people: Iterable[Traveller], now: datetime
    ) -> None:
        """Take back what waits of those who went out by an exit."""
        left = [Left(live.programs, one, Reason.JOURNEY_LEFT) for one in people]
        self._around.withdraw(
            connection, list_unwanted(left), now=now, workspace_id=self._workspace_id
        )

    def _look_up(
        self, program: Program, step: int, due: Iterable[tuple[int, int, int]], now: datetime
    ) -> Known:
        """Return what may be asked about those who are due at a step, on as far as they may go."""
        steps = program.reach(step)
        mine = [(ordinal, number) for version, ordinal, number in due if version == program.version]
        messages = [one for one in steps if isinstance(program.steps[one], MessageStep)]
        keys: list[Key] = [
            (program.version, message, ordinal)
            for message in messages
            for ordinal in {ordinal for ordinal, _ in mine}
        ]
        has_habits = any(isinstance(program.steps[one], WaitBestTimeStep) for one in steps)
        return Known(
            shop_zone=self._around.zone,
            members=self._members(program, steps, [number for _, number in mine], now),
            dispatches=self._letters.open(program, keys, now) if keys else {},
            zones=self._around.people.zones,
            habits=self._habits([number for _, number in mine]) if has_habits else {},
            answers=self._answers,
            let_in=Beginnings(self._around.log, self._around.tests).let_in,
            winners=self._winners(program, steps),
        )

    def _members(
        self, program: Program, steps: Sequence[int], numbers: Sequence[int], now: datetime
    ) -> dict[str, BitMap]:
        """Return who is what the steps ask; who was merged since entering is by both numbers."""
        wanted = {key_of(who): who for who in program.conditions(steps)}
        if not wanted:
            return {}
        own = self._around.people.resolve(set(numbers))
        merged = {number: one for number, one in own.items() if number != one}
        found = {}
        for key, who in wanted.items():
            members = self._around.audience.evaluate(
                who, as_of=now, workspace_id=self._workspace_id
            )
            same = BitMap(number for number, one in merged.items() if one in members)
            found[key] = members | same if same else members
        return found

    def _winners(self, program: Program, steps: Sequence[int]) -> dict[int, str]:
        own = {
            step: {part.id for part in asked.parts}
            for step in steps
            if isinstance(asked := program.steps[step], ExperimentStep) and asked.decides_winner
        }
        if not own:
            return {}
        with self._store.read() as connection:
            found = repository.list_winners(connection, self._workspace_id, program.journey_no)
        names = {step: program.names[row.part] for step, row in found.items() if step in own}
        # A version may lack the part that won in another.
        return {step: part for step, part in names.items() if part in own[step]}

    def _habits(self, numbers: Sequence[int]) -> dict[int, int | None]:
        if self._around.hours is None:
            return dict.fromkeys(numbers)
        zones = self._around.people.zones(numbers)
        asked = {number: zones.get(number, self._around.zone.key) for number in numbers}
        found = self._around.hours.find(asked, workspace_id=self._workspace_id)
        return {number: found.get(number) for number in numbers}

    def _answers(self, step: WaitForStep, here: Sequence[Traveller]) -> dict[int, int]:
        """Return when each did what the step waits for, as far as the log tells."""
        if not here:
            return {}
        own = self._around.people.resolve({one.number for one in here})
        whose = self._around.people.numbers_of(set(own.values()))
        types = None if step.events.event is None else {step.events.event}
        found = self._around.log.read_since(
            whose,
            types,
            since=from_micros(min(one.at_us for one in here)),
            last=self._around.log.position(),
        )
        acts: dict[int, list[SequencedEvent]] = {}
        for item in found:
            if self._around.tests.holds(step.events, item):
                acts.setdefault(whose[item.number], []).append(item)
        return dict(self._first_within(step, here, own, acts))

    def _first_within(
        self,
        step: WaitForStep,
        here: Sequence[Traveller],
        own: Mapping[int, int],
        acts: Mapping[int, Sequence[SequencedEvent]],
    ) -> Iterable[tuple[int, int]]:
        """Yield when each first did it in time, like what let them in if it must be."""
        span = _span(step)
        positions = {one.trigger_position for one in here} if step.matches else ()
        beginnings = Beginnings(self._around.log, self._around.tests)
        triggers = beginnings.properties(positions)
        for one in here:
            done = acts.get(own.get(one.number, one.number), ())
            meant = like_trigger(step.events, step.matches, triggers.get(one.trigger_position))
            fitting = [
                at
                for item in done
                if one.at_us < (at := to_micros(item.event.occurred_at)) <= one.at_us + span
                and meant is not None
                and (not step.matches or self._around.tests.holds(meant, item))
            ]
            if fitting:
                yield one.id, min(fitting)


def _span(step: WaitForStep) -> int:
    return step.timeout.as_timedelta() // timedelta(microseconds=1)
