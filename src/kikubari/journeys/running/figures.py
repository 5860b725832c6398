"""Figures of a journey from what was counted on the way."""

from collections.abc import Mapping, Sequence

from kikubari.journeys.running._enrolments import Found
from kikubari.journeys.running.contracts import Conversions, StepCounts, WayCount
from kikubari.journeys.running.paths import COMPLETED, ENTERED, MOVED_IN
from kikubari.journeys.running.program import Program


def conversions_of(ends: Sequence[Found]) -> Conversions:
    """Return how those who entered and those held out reached the goal."""
    entered = [row for row in ends if not row.is_held_out]
    held = [row for row in ends if row.is_held_out]
    return Conversions(
        entered=sum(row.n for row in entered),
        converted=sum(row.converted for row in entered),
        value_minor=sum(int(row.value_minor) for row in entered),
        held_out=sum(row.n for row in held),
        held_out_converted=sum(row.converted for row in held),
        held_out_value_minor=sum(int(row.value_minor) for row in held),
    )


def outcomes_of(ends: Sequence[Found], names: Sequence[str]) -> dict[str, int]:
    """Return how many ended how."""
    return {names[row.outcome]: row.n for row in ends if row.outcome is not None}


def refused_of(refused: Mapping[str, int]) -> dict[str, int]:
    """Return how many people were last refused, most frequent reason first."""
    return dict(sorted(refused.items(), key=lambda one: -one[1]))


def step_counts(
    shown: Program,
    programs: Mapping[int, Program],
    counted: Sequence[Found],
    standing: Sequence[tuple[int, int, int]],
) -> list[StepCounts]:
    """Return the figures of each step of a version, summed over versions.

    Args:
        shown: whose steps.
        programs: versions that count.
        counted: rows of (version, step, way, n).
        standing: (version, step, people there now).
    """
    arrived: dict[int, int] = dict.fromkeys(shown.steps, 0)
    ways: dict[tuple[int, int], tuple[int, int]] = {}
    waiting: dict[int, int] = {}
    for version, step, people in standing:
        if version in programs:
            waiting[step] = waiting.get(step, 0) + people
    for row in counted:
        program = programs.get(row.version)
        if program is None:
            continue
        n = int(row.n)
        key = (row.step, row.way)
        passed, converted = ways.get(key, (0, 0))
        ways[key] = (passed + n, converted + int(row.converted))
        to = _target(program, row.step, row.way)
        if to in arrived:
            arrived[to] += n
    return [_step(shown, step, waiting, arrived, ways) for step in shown.steps]


def _target(program: Program, step: int, way: int) -> int:
    """Return the step that those arrive at who are counted here, 0 if at none."""
    if step == 0:
        return program.start if way == ENTERED else 0
    if way == MOVED_IN:
        return step
    return program.ways(step).get(way, 0) if step in program.steps else 0


def _step(
    shown: Program,
    step: int,
    waiting: Mapping[int, int],
    arrived: Mapping[int, int],
    counted: Mapping[tuple[int, int], tuple[int, int]],
) -> StepCounts:
    ways = shown.ways(step)
    not_left = {*ways, MOVED_IN, COMPLETED}
    return StepCounts(
        step=shown.names[step],
        waiting=waiting.get(step, 0),
        arrived=arrived[step],
        ways=[
            WayCount(
                way=shown.names[way],
                to=shown.names[to] if to else None,
                passed=counted.get((step, way), (0, 0))[0],
                converted=counted.get((step, way), (0, 0))[1],
            )
            for way, to in ways.items()
        ],
        left={
            shown.names[way]: n
            for (at, way), (n, _) in counted.items()
            if at == step and way not in not_left
        },
    )
