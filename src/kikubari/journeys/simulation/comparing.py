"""What a simulation is held against: what the journey really did, and what its holdout told."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import datetime

from kikubari.journeys.definition import JourneyDefinition, MessageStep
from kikubari.journeys.running import Conversions
from kikubari.journeys.running import _repository as running
from kikubari.journeys.running.paths import decode_path
from kikubari.journeys.simulation import _repository as repository
from kikubari.journeys.simulation.contracts import (
    ExpectedEffect,
    RealFigures,
    SimulationResult,
)
from kikubari.kit.instants import to_micros
from kikubari.storage import StateStore

# Returns, of so many that reached a goal among so many people, the bounds of the true share.
Bounds = Callable[[int, int], tuple[float, float]]
# Ways that are held in memory at a time.
_PATHS = 10_000


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
        journey = running.find_journey(connection, workspace_id, journey_id)
        if journey is None:
            return None
        stretch = {"since_us": to_micros(since), "until_us": to_micros(until)}
        sums = repository.sum_real_entries(connection, workspace_id, journey.no, **stretch)
    if not sums.entries and not sums.held_out:
        return None
    names = running.decode_names(journey.names)
    writing = {step.id for step in definition.steps if isinstance(step, MessageStep)}
    n_messages, after = 0, 0
    while True:
        with store.read() as connection:
            rows = repository.list_real_paths(
                connection, workspace_id, journey.no, **stretch, after=after, limit=_PATHS
            )
        if not rows:
            break
        n_messages += sum(_count_messages(row.path, names, writing) for row in rows)
        after = rows[-1].id
    return RealFigures(
        entries=sums.entries,
        people=sums.people,
        held_out=sums.held_out,
        reached_goal=sums.reached_goal,
        value_minor=int(sums.value_minor),
        messages=n_messages,
    )


def _count_messages(path: bytes, names: list[str], writing: AbstractSet[str]) -> int:
    return sum(
        names[step] in writing and names[way] == "next" for step, way, _ in decode_path(path)
    )


def expect_effect(
    result: SimulationResult, past: Conversions | None, bounds: Bounds
) -> ExpectedEffect | None:
    """Return what the simulated entries would add, None where no holdout has told.

    By the difference between the shares that reached the goal with the journey and without: it
    lies between the differences of their opposite bounds.
    """
    if past is None or not past.entered or not past.held_out:
        return None
    with_it = past.converted / past.entered
    without = past.held_out_converted / past.held_out
    low_with, high_with = bounds(past.converted, past.entered)
    low_without, high_without = bounds(past.held_out_converted, past.held_out)
    low, high = low_with - high_without, high_with - low_without
    return ExpectedEffect(
        past=past,
        conversions=round(result.entries * (with_it - without), 2),
        low=round(result.entries * low, 2),
        high=round(result.entries * high, 2),
        is_known=low > 0 or high < 0,
    )
