"""What an event does to those who are on the way, or were: goals, exits, and waits that end.

For one person's enrolments and events, in the order in which the events happened. An event counts
for what it is, whenever it arrives: only what a worker has taken meanwhile stands as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from kikubari.deliver import Reason
from kikubari.events import SequencedEvent
from kikubari.journeys.definition import Goal, Match, WaitForStep, like_trigger
from kikubari.journeys.running._enrolments import Found, traveller_of
from kikubari.journeys.running.contracts import EnrolmentState
from kikubari.journeys.running.matching import Tests
from kikubari.journeys.running.paths import GOAL, decode_path
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.travellers import Passed
from kikubari.journeys.running.walking import shared_instant
from kikubari.kit.instants import to_micros
from kikubari.spec.conditions import Events


class Settled:
    """One enrolment while events are applied to it.

    Args:
        row: of it.
        program: its version.
        trigger: properties of what let the person in, where the version asks for them.

    Attributes:
        traveller: where the person is.
        is_active: still on the way.
        converted_us, value_minor: of the goal, as the row will have them.
        is_converted: whether these two changed.
        was_converted: the goal was reached before these events.
        unwanted: why messages of it that still wait are not to leave any more; None: they are.
    """

    def __init__(
        self, row: Found, program: Program, trigger: Mapping[str, Any] | None = None
    ) -> None:
        self.program = program
        self._trigger = trigger
        self.traveller = traveller_of(row)
        self.is_active = row.state == EnrolmentState.ACTIVE
        self.converted_us: int | None = row.converted_us
        self.value_minor: int = row.value_minor
        self.is_converted = False
        self.was_converted = row.converted_us is not None
        self.unwanted: Reason | None = None

    def apply(self, item: SequencedEvent, tests: Tests, counts: Passed, now: datetime) -> None:
        """Let one event of the person count, if it means anything here."""
        at_us = to_micros(item.event.occurred_at)
        if at_us <= self.traveller.began_us:
            return
        self._reach_goal(item, at_us, tests, counts)
        self._leave(item, at_us, tests, counts)
        if self.is_active:
            self._stop_waiting(item, at_us, tests, counts, now)

    def _reach_goal(self, item: SequencedEvent, at_us: int, tests: Tests, counts: Passed) -> None:
        goal = self.program.definition.rules.goal
        if goal is None or at_us > self.traveller.began_us + _within(goal):
            return
        if not tests.holds(goal.events, item):
            return
        self.is_converted = True
        self.converted_us = min(at_us, self.converted_us or at_us)
        if goal.value:
            self.value_minor += tests.value_minor(item)
        if goal.ends_journey:
            self._end(GOAL, at_us, counts, Reason.GOAL_REACHED)

    def _leave(self, item: SequencedEvent, at_us: int, tests: Tests, counts: Passed) -> None:
        for one in self.program.definition.rules.exits:
            if one.events is not None and self._is_one(one.events, one.matches, item, tests):
                self._end(self.program.exit_number(one), at_us, counts, Reason.JOURNEY_LEFT)
                return

    def _end(self, outcome: int, at_us: int, counts: Passed, reason: Reason) -> None:
        """Take the person out, and their messages back: these also after the way's own end."""
        self.unwanted = self.unwanted or reason
        if not self.is_active:
            return
        key = (self.program.version, self.traveller.step, outcome)
        counts[key] = counts.get(key, 0) + 1
        self.traveller.leave(outcome, at_us)
        self.is_active = False

    def _stop_waiting(
        self, item: SequencedEvent, at_us: int, tests: Tests, counts: Passed, now: datetime
    ) -> None:
        one = self.traveller
        step = self.program.steps.get(one.step)
        if not isinstance(step, WaitForStep):
            return
        if not self._is_one(step.events, step.matches, item, tests):
            return
        span = step.timeout.as_timedelta() // timedelta(microseconds=1)
        if not one.at_us < at_us <= one.at_us + span:
            return
        way, number = self.program.number("next"), one.step
        now_us = to_micros(now)
        one.go(way, self.program.onward(number, way), shared_instant(at_us, now_us), now_us)
        key = (self.program.version, number, way)
        counts[key] = counts.get(key, 0) + 1
        self.is_active = one.step != 0

    def _is_one(
        self, events: Events, matches: Sequence[Match], item: SequencedEvent, tests: Tests
    ) -> bool:
        """Say whether an event is one of these, and like what let the person in."""
        meant = like_trigger(events, matches, self._trigger)
        return meant is not None and tests.holds(meant, item)

    def list_converted(self) -> Iterator[tuple[int, int, int]]:
        """Yield the ways taken before the goal was reached first, as figures know them."""
        if not self.is_converted or self.was_converted or self.converted_us is None:
            return
        for step, way, at in decode_path(self.traveller.path):
            if to_micros(at) <= self.converted_us and way != GOAL:
                yield self.program.version, step, self.program.counted(way)


def _within(goal: Goal) -> int:
    return goal.within.as_timedelta() // timedelta(microseconds=1)


def in_order(items: Sequence[SequencedEvent]) -> list[SequencedEvent]:
    """Return events in the order in which they happened."""
    return sorted(items, key=lambda item: (item.event.occurred_at, item.position))
