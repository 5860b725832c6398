"""The winner of a broadcast's test: proven, or what there is when the time is over."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from kikubari.deliver import DispatchState, find_dispatch_state
from kikubari.journeys import _repository as repository
from kikubari.journeys._views import decides_at, decode_definition, origin_of
from kikubari.journeys.contracts import ChosenBecause, LetterTally
from kikubari.journeys.variants import FirstTest, LetterExperiment, LetterGoal
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore

# Returns, for each letter of a broadcast that began then, how many got it and how many of these
# reached the goal.
CountGoals = Callable[[str, LetterGoal, datetime], Mapping[str, tuple[int, int]]]
# Names the letter that is proven best, None while that is open.
JudgeLetters = Callable[[Sequence[LetterTally]], str | None]
_read_tallies = msgspec.json.Decoder(tuple[LetterTally, ...]).decode


class LetterTests:
    """Counts how letters do, and chooses what the rest of an audience gets.

    Args:
        store: of the broadcasts.
        clock: tells when the time is over.
        count: on the copy of the log.
        judge: knows what a proof is.
        workspace_id: whose broadcasts.
    """

    def __init__(
        self,
        store: StateStore,
        clock: Clock,
        *,
        count: CountGoals,
        judge: JudgeLetters,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._clock = clock
        self._count = count
        self._judge = judge
        self._workspace_id = workspace_id

    def tally(self, broadcast_id: str, experiment: LetterExperiment) -> tuple[LetterTally, ...]:
        """Return how each letter does: by now, or by when the rest's letter was chosen.

        None has gone to anybody before the broadcast begins.
        """
        with self._store.read() as connection:
            row = repository.find(connection, self._workspace_id, broadcast_id)
        if row is not None and row.tallies is not None:
            # What came after the choice went one way and compares nothing.
            return _read_tallies(row.tallies)
        counted: Mapping[str, tuple[int, int]] = {}
        if row is not None and row.started_us is not None:
            counted = self._count(broadcast_id, experiment.goal, from_micros(row.started_us))
        return tuple(
            LetterTally(letter=letter, people=people, reached=reached)
            for letter in experiment.letters
            for people, reached in [counted.get(letter, (0, 0))]
        )

    def decide(self) -> bool:
        """Choose for each broadcast that waits, if it is proven or time; True if any was chosen.

        What is paused or cancelled is left as it is.
        """
        with self._store.read() as connection:
            ids = repository.list_in_phase(connection, self._workspace_id, repository.WATCHING)
            found = [repository.find(connection, self._workspace_id, one) for one in ids]
            rows = [row for row in found if row is not None and self._is_running(connection, row)]
        chosen = [row.id for row in rows if self._decide_one(row)]
        return bool(chosen)

    def _decide_one(self, row: Row[*tuple[Any, ...]]) -> bool:
        experiment = decode_definition(row.definition).experiment
        if experiment is None or experiment.test is None:
            return False
        tallies = self.tally(row.id, experiment)
        winner = self._judge(tallies)
        if winner is not None:
            letter, because = winner, ChosenBecause.PROVEN
        elif self._clock.now() >= decides_at(row, experiment.test):
            letter, because = _fall_back(tallies, experiment.test)
        else:
            return False
        return self._store.write(
            lambda connection: self._choose(connection, row, letter, because, tallies)
        )

    def _choose(
        self,
        connection: Connection,
        row: Row[*tuple[Any, ...]],
        letter: str,
        because: ChosenBecause,
        tallies: tuple[LetterTally, ...],
    ) -> bool:
        locked = repository.lock(connection, self._workspace_id, row.id)
        is_waiting = locked is not None and locked.phase == repository.WATCHING
        if not is_waiting or not self._is_running(connection, row):
            return False  # chosen, paused or cancelled meanwhile
        repository.choose(
            connection,
            self._workspace_id,
            row.id,
            letter=letter,
            because=because.value,
            tallies=msgspec.json.encode(tallies),
            now_us=to_micros(self._clock.now()),
        )
        return True

    def _is_running(self, connection: Connection, row: Row[*tuple[Any, ...]]) -> bool:
        state = find_dispatch_state(connection, origin_of(row.id), workspace_id=self._workspace_id)
        return state is DispatchState.RUNNING


def _fall_back(tallies: Sequence[LetterTally], test: FirstTest) -> tuple[str, ChosenBecause]:
    best = max(tallies, key=lambda one: one.reached)  # of equals, the first
    if test.otherwise == "best" and best.reached:
        return best.letter, ChosenBecause.BEST
    return tallies[0].letter, ChosenBecause.FIRST
