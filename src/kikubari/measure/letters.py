"""How the letters of one broadcast do, against each other and against no letter at all."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from kikubari.journeys import (
    Broadcast,
    LetterExperiment,
    LetterTally,
    LetterTests,
    Shares,
)
from kikubari.measure.contracts import LetterName, LetterReport
from kikubari.measure.experiments import ExperimentVerdict, Tally, find_visible_lift, judge
from kikubari.measure.goals import Goals
from kikubari.measure.letter_words import tell

WRITTEN, HOLDOUT = "written", "holdout"


class LetterReports:
    """Reports on experiments with letters.

    Args:
        tests: counts how letters do.
        goals: counts who reached a goal.
        shares: returns how a broadcast's audience was shared out.
    """

    def __init__(self, tests: LetterTests, goals: Goals, shares: Callable[[str], Shares]) -> None:
        self._tests = tests
        self._goals = goals
        self._shares = shares

    def report(self, broadcast: Broadcast) -> LetterReport | None:
        """Return what is known by now; None before a broadcast begins, and of one that has none."""
        experiment = broadcast.definition.experiment
        if experiment is None or broadcast.started_at is None:
            return None
        shares = self._shares(broadcast.id)
        tallies = [_weigh(one) for one in self._tests.tally(broadcast.id, experiment)]
        several = len(tallies) > 1
        names = ("", *(one.name for one in experiment.others))
        report = LetterReport(
            goal=experiment.goal,
            letters=tuple(
                LetterName(letter, name)
                for letter, name in zip(experiment.letters, names, strict=True)
            ),
            n_first=len(shares.first),
            n_rest=len(shares.rest),
            n_held=len(shares.held),
            decides_at=broadcast.decides_at,
            choice=broadcast.choice,
            verdict=judge(tallies) if several else None,
            visible_lift=find_visible_lift(tallies) if several else None,
            beside=self._compare(broadcast, broadcast.started_at, experiment, shares),
            told=(),
        )
        return msgspec.structs.replace(report, told=tuple(tell(report)))

    def _compare(
        self,
        broadcast: Broadcast,
        started_at: datetime,
        experiment: LetterExperiment,
        shares: Shares,
    ) -> ExperimentVerdict | None:
        written = shares.first | shares.rest if broadcast.choice else shares.first
        if not shares.held or not written:
            return None
        goal = experiment.goal
        last_at = broadcast.last_due_at or started_at
        found = self._goals.list_who_reached(
            goal.topic_without_letter,
            since=started_at,
            until=last_at + timedelta(hours=goal.within_hours),
        )
        return judge(
            [
                Tally(part=part, people=len(who), reached=len(who & found), share=len(who))
                for part, who in ((HOLDOUT, shares.held), (WRITTEN, written))
            ]
        )


def _weigh(tally: LetterTally) -> Tally:
    return Tally(part=tally.letter, people=tally.people, reached=tally.reached)


def find_best_letter(tallies: Sequence[LetterTally]) -> str | None:
    """Return the letter that is proven better than every other, if one is."""
    return judge([_weigh(one) for one in tallies]).winner
