"""What a simulation is held against: what the journey really did, and what its holdout told."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from kikubari.journeys.definition import JourneyDefinition, MessageStep
from kikubari.journeys.running import Conversions
from kikubari.journeys.running import _repository as running
from kikubari.journeys.running.contracts import EnrolmentState
from kikubari.journeys.running.paths import decode_path
from kikubari.journeys.simulation import _repository as repository
from kikubari.journeys.simulation.contracts import (
    ExpectedEffect,
    RealFigures,
    SimulationResult,
)
from kikubari.kit.instants import to_micros
from kikubari.storage import StateStore


def read_real(
    store: StateStore,
    journey_id: str,
    definition: JourneyDefinition,
    *,
    since: datetime,
    until: datetime,
    workspace_id: int,
) -> RealFigures | None:
    """Return what a journey did in a stretch of the past, None if it let nobody in then.

    Messages are those of the steps that `definition` still has.
    """
    with store.read() as connection:
        rows = repository.list_real_entries(
            connection,
            workspace_id,
            journey_id,
            since_us=to_micros(since),
            until_us=to_micros(until),
        )
    if not rows:
        return None
    names = running.decode_names(rows[0].names)
    writing = {step.id for step in definition.steps if isinstance(step, MessageStep)}
    entered = [row for row in rows if row.state != EnrolmentState.HELD_OUT]
    return RealFigures(
        entries=len(entered),
        people=len({row.number for row in entered}),
        held_out=len(rows) - len(entered),
        reached_goal=sum(row.converted_us is not None for row in entered),
        value_minor=sum(row.value_minor for row in entered),
        messages=sum(_count_messages(row, names, writing) for row in entered),
    )


def _count_messages(row: repository.Found, names: list[str], writing: AbstractSet[str]) -> int:
    return sum(
        names[step] in writing and names[way] == "next" for step, way, _ in decode_path(row.path)
    )


def expect_effect(result: SimulationResult, past: Conversions | None) -> ExpectedEffect | None:
    """Return what the simulated entries would add, None where no holdout has told.

    By the difference between the shares that reached the goal with the journey and without.
    """
    if past is None or not past.entered or not past.held_out:
        return None
    with_it = past.converted / past.entered
    without = past.held_out_converted / past.held_out
    return ExpectedEffect(past=past, conversions=round(result.entries * (with_it - without), 2))
