"""Why each step of a way was left the way it was: conditions and events as of that instant."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from kikubari.events import SequencedEvent
from kikubari.journeys.definition import (
    AnyStep,
    BranchStep,
    JourneyDefinition,
    Match,
    WaitForStep,
    like_trigger,
)
from kikubari.journeys.running.matching import Tests
from kikubari.journeys.running.paths import GOAL, RESERVED, exit_name
from kikubari.journeys.running.stories import (
    Deed,
    EnrolmentStory,
    Judge,
    JudgedWay,
    PassedStep,
)
from kikubari.spec.conditions import Events


class Deeds:
    """What a person did, in the order in which it happened.

    Args:
        items: their events, in any order.
        tests: reads events as segments do.
    """

    def __init__(self, items: Sequence[SequencedEvent], tests: Tests) -> None:
        self.items = sorted(items, key=lambda one: (one.event.occurred_at, one.position))
        self._tests = tests

    def find(self, events: Events, *, since: datetime, until: datetime) -> Deed | None:
        """Return the first of these after an instant and not later than another."""
        for item in self.items:
            if since < item.event.occurred_at <= until and self._tests.holds(events, item):
                return deed_of(item)
        return None


def deed_of(item: SequencedEvent) -> Deed:
    """Return an event as stories name it."""
    return Deed(event=item.event.type, at=item.event.occurred_at, position=item.position)


def with_reasons(
    story: EnrolmentStory,
    definition: JourneyDefinition,
    judge: Judge,
    deeds: Deeds,
    trigger: SequencedEvent | None,
) -> EnrolmentStory:
    """Return a story that says of each branch, wait and exit why it went on as it did."""
    telling = _Telling(definition, judge, deeds, trigger)
    path, reached_at = [], story.entered_at
    for one in story.path:
        since = story.began_at if telling.is_exit(one) else reached_at
        path.append(telling.reasoned(one, since=since))
        reached_at = one.at
    may = None
    if definition.segment is not None:
        may = judge.judge("", definition.segment, as_of=story.entered_at)
    return msgspec.structs.replace(story, path=path, may=may)


def judge_ways(
    step: BranchStep, judge: Judge, *, as_of: datetime | None
) -> tuple[list[JudgedWay], str]:
    """Return the ways of a branch up to the first that holds, and that one's name."""
    asked = []
    for way in step.ways:
        asked.append(judge.judge(way.id, way.when, as_of=as_of))
        if asked[-1].holds:
            return asked, way.id
    return asked, "otherwise"


class _Telling:
    """Tells the reasons of one person's ways through one version."""

    def __init__(
        self,
        definition: JourneyDefinition,
        judge: Judge,
        deeds: Deeds,
        trigger: SequencedEvent | None,
    ) -> None:
        self._trigger = None if trigger is None else trigger.event.properties
        self._steps: dict[str, AnyStep] = {step.id: step for step in definition.steps}
        self._exits = {exit_name(one.id): one for one in definition.rules.exits}
        self._goal = definition.rules.goal
        self._judge = judge
        self._deeds = deeds

    def is_exit(self, one: PassedStep) -> bool:
        """Say whether the whole way ended here by a goal or an exit."""
        return one.way in self._exits or one.way == RESERVED[GOAL]

    def reasoned(self, one: PassedStep, *, since: datetime) -> PassedStep:
        """Return a step with why it was left that way.

        Args:
            one: the step.
            since: events from then on may have been the reason.
        """
        step = self._steps.get(one.step)
        if self.is_exit(one):
            return self._left(one, since)
        if isinstance(step, BranchStep):
            return self._branched(one, step)
        if isinstance(step, WaitForStep) and one.way == "next":
            by = self._find(step.events, step.matches, since=since, until=one.at)
            return msgspec.structs.replace(one, by=by)
        return one

    def _left(self, one: PassedStep, since: datetime) -> PassedStep:
        way = self._exits.get(one.way)
        if way is not None and way.when is not None:
            judged = self._judge.judge(one.way, way.when, as_of=one.at)
            return msgspec.structs.replace(one, asked=[judged], differs=not judged.holds)
        by = None
        if way is not None and way.events is not None:
            by = self._find(way.events, way.matches, since=since, until=one.at)
        elif self._goal is not None:
            by = self._deeds.find(self._goal.events, since=since, until=one.at)
        return msgspec.structs.replace(one, by=by)

    def _find(
        self, events: Events, matches: Sequence[Match], *, since: datetime, until: datetime
    ) -> Deed | None:
        meant = like_trigger(events, matches, self._trigger)
        return None if meant is None else self._deeds.find(meant, since=since, until=until)

    def _branched(self, one: PassedStep, step: BranchStep) -> PassedStep:
        asked, taken = judge_ways(step, self._judge, as_of=one.at)
        if taken == one.way:
            return msgspec.structs.replace(one, asked=asked)
        names = [way.id for way in step.ways]
        upto = names.index(one.way) + 1 if one.way in names else len(names)
        asked = [self._judge.judge(way.id, way.when, as_of=one.at) for way in step.ways[:upto]]
        return msgspec.structs.replace(one, asked=asked, differs=True)
