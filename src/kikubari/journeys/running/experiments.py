"""Experiments in journeys: how each part does by the goal, and the part that everybody takes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from kikubari.journeys.definition import ExperimentStep
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.programs import Live, Programs
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore


class PartTally(msgspec.Struct, frozen=True, kw_only=True):
    """One part: who took it, and who of these reached the goal after that.

    Attributes:
        share: percent of people who are sent that way.
        people, reached: of all versions in which the experiment had these very parts and shares.
    """

    part: str
    label: str
    share: int
    people: int
    reached: int


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """One experiment of a journey's live version. The first part is the control.

    Attributes:
        decides_winner: everybody takes the part that is proven best, from then on.
        winner: that part; None while it is open.
        decided_at: since when.
        parts: as they stand, or stood when the winner was found.
    """

    step: str
    label: str
    decides_winner: bool
    winner: str | None
    decided_at: datetime | None
    parts: tuple[PartTally, ...]


_read_tallies = msgspec.json.Decoder(tuple[PartTally, ...]).decode

# Names the part that is proven best, None while that is open.
Judge = Callable[[Sequence[PartTally]], str | None]


class Experiments:
    """Reads experiments, and decides those that are to be decided.

    Args:
        store: of the journeys.
        programs: the versions.
        clock: gives the instant of a decision.
        judge: knows what a proof is.
        workspace_id: whose journeys.
    """

    def __init__(
        self,
        store: StateStore,
        programs: Programs,
        clock: Clock,
        judge: Judge,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._programs = programs
        self._clock = clock
        self._judge = judge
        self._workspace_id = workspace_id

    def list_experiments(self, journey_id: str) -> list[Experiment]:
        """Return the experiments of a journey's live version; none of one that is not live."""
        with self._store.read() as connection:
            found = self._programs.list_live_in(connection).values()
            return [
                one
                for live in found
                if live.id == journey_id
                for one in self._read(connection, live)
            ]

    def list_all(self) -> list[tuple[str, Experiment]]:
        """Return the experiments of all live versions with their journeys' ids, newest first."""
        with self._store.read() as connection:
            return [
                (live.id, one)
                for live in self._programs.list_live_in(connection).values()
                for one in self._read(connection, live)
            ]

    def decide(self) -> None:
        """Name the winner of each open experiment in which a part is proven best."""
        now_us = to_micros(self._clock.now())
        for live in self._programs.list_live().values():
            program = live.newest
            if not any(step.decides_winner for step in _experiments(program)):
                continue
            with self._store.read() as connection:
                found = self._read(connection, live)
            for one in found:
                part = self._judge(one.parts) if one.decides_winner and not one.winner else None
                if part is not None:
                    self._save(program, one, part, now_us)

    def _save(self, program: Program, found: Experiment, part: str, now_us: int) -> None:
        def work(connection: Connection) -> None:
            repository.save_winner(
                connection,
                self._workspace_id,
                program.journey_no,
                step=program.number(found.step),
                part=program.number(part),
                decided_us=now_us,
                tallies=msgspec.json.encode(found.parts),
            )

        self._store.write(work)

    def _read(self, connection: Connection, live: Live) -> list[Experiment]:
        steps = _experiments(live.newest)
        if not steps:
            return []
        counted = repository.list_counts(connection, self._workspace_id, [live.no])
        winners = repository.list_winners(connection, self._workspace_id, live.no)
        return [_view(live, step, counted, winners) for step in steps]


def _experiments(program: Program) -> list[ExperimentStep]:
    return [step for step in program.steps.values() if isinstance(step, ExperimentStep)]


def _view(
    live: Live,
    step: ExperimentStep,
    counted: Sequence[repository.Found],
    winners: Mapping[int, repository.Found],
) -> Experiment:
    program = live.newest
    winner = winners.get(program.number(step.id))
    return Experiment(
        step=step.id,
        label=step.label,
        decides_winner=step.decides_winner,
        winner=program.names[winner.part] if winner else None,
        decided_at=from_micros(winner.decided_us) if winner else None,
        # What came after the decision went one way and compares nothing.
        parts=_read_tallies(winner.tallies) if winner else _tally(live, step, counted),
    )


def _tally(
    live: Live, step: ExperimentStep, counted: Sequence[repository.Found]
) -> tuple[PartTally, ...]:
    """Count the parts over the versions that share people out alike."""
    program = live.newest
    number = program.number(step.id)
    shares = [(part.id, part.percent) for part in step.parts]
    alike = {
        version
        for version, other in live.programs.items()
        if isinstance(same := other.steps.get(number), ExperimentStep)
        and [(part.id, part.percent) for part in same.parts] == shares
    }
    counts: dict[int, tuple[int, int]] = {}
    for row in counted:
        if row.step == number and row.version in alike:
            people, reached = counts.get(row.way, (0, 0))
            counts[row.way] = (people + int(row.n), reached + int(row.converted))
    return tuple(
        PartTally(
            part=part.id, label=part.label, share=part.percent, people=people, reached=reached
        )
        for part in step.parts
        for people, reached in [counts.get(program.number(part.id), (0, 0))]
    )
