"""Experiments in journeys: how each part does by the goal, and the part that everybody takes."""

from collections.abc import Callable, Sequence
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
    """One part: who took it in any version, and who of these reached the goal after that."""

    part: str
    label: str
    people: int
    reached: int


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """One experiment of a journey's live version. The first part is the control.

    Attributes:
        decides_winner: everybody takes the part that is proven best, from then on.
        winner: that part; None while it is open.
        decided_at: since when.
    """

    step: str
    label: str
    decides_winner: bool
    winner: str | None
    decided_at: datetime | None
    parts: tuple[PartTally, ...]


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
                    self._save(program, one.step, part, now_us)

    def _save(self, program: Program, step: str, part: str, now_us: int) -> None:
        def work(connection: Connection) -> None:
            repository.save_winner(
                connection,
                self._workspace_id,
                program.journey_no,
                step=program.number(step),
                part=program.number(part),
                decided_us=now_us,
            )

        self._store.write(work)

    def _read(self, connection: Connection, live: Live) -> list[Experiment]:
        program = live.newest
        steps = _experiments(program)
        if not steps:
            return []
        counts: dict[tuple[int, int], tuple[int, int]] = {}
        for row in repository.list_counts(connection, self._workspace_id, [live.no]):
            people, reached = counts.get((row.step, row.way), (0, 0))
            counts[row.step, row.way] = (people + int(row.n), reached + int(row.converted))
        winners = repository.list_winners(connection, self._workspace_id, live.no)
        return [_view(program, step, counts, winners) for step in steps]


def _experiments(program: Program) -> list[ExperimentStep]:
    return [step for step in program.steps.values() if isinstance(step, ExperimentStep)]


def _view(
    program: Program,
    step: ExperimentStep,
    counts: dict[tuple[int, int], tuple[int, int]],
    winners: dict[int, tuple[int, int]],
) -> Experiment:
    number = program.number(step.id)
    part, decided_us = winners.get(number, (0, 0))
    tallies = []
    for one in step.parts:
        people, reached = counts.get((number, program.number(one.id)), (0, 0))
        tallies.append(PartTally(part=one.id, label=one.label, people=people, reached=reached))
    return Experiment(
        step=step.id,
        label=step.label,
        decides_winner=step.decides_winner,
        winner=program.names[part] if part else None,
        decided_at=from_micros(decided_us) if part else None,
        parts=tuple(tallies),
    )
