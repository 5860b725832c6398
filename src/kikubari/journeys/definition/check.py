"""What a journey must be before it can run: each fault with the place where it is.

The types of the document are checked when it is read; here is what holds between its parts.
"""

from collections.abc import Iterator

import msgspec

from kikubari.journeys.definition.journey import JourneyDefinition
from kikubari.journeys.definition.steps import AnyStep, ExperimentStep, SplitStep, ways_out
from kikubari.spec.errors import InvalidInputError

_WHOLE = 100


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong.

    Attributes:
        path: where, as in ``steps.welcome.ways.vip``.
        code: stable: no_start, unknown_step, unreachable_step, repeated_id, loop, not_a_whole.
        message: what is wrong and what to do.
    """

    path: str
    code: str
    message: str


class JourneyFaultError(InvalidInputError):
    """A journey that cannot run; `detail` holds every fault with its place."""

    code = "invalid_journey"


def list_faults(journey: JourneyDefinition) -> list[Fault]:
    """Return all that is wrong between the parts of a journey, in the order of its steps."""
    steps = {step.id: step for step in journey.steps}
    faults = [*_repeated(journey), *_dangling(journey, steps), *_broken_parts(journey)]
    if journey.start is None or journey.start not in steps:
        faults.insert(0, Fault(path="start", code="no_start", message="choose the first step"))
        return faults
    if not faults:
        faults = [*_looping(journey.start, steps), *_unreachable(journey, steps)]
    return faults


def check_journey(journey: JourneyDefinition) -> None:
    """Refuse a journey that cannot run.

    Raises:
        JourneyFaultError: with every fault and its place.
    """
    faults = list_faults(journey)
    if faults:
        first = faults[0]
        raise JourneyFaultError(
            f"{first.path}: {first.message}", hint=first.message, detail=msgspec.to_builtins(faults)
        )


def _repeated(journey: JourneyDefinition) -> Iterator[Fault]:
    seen: set[str] = set()
    for step in journey.steps:
        if step.id in seen:
            yield Fault(
                path=f"steps.{step.id}", code="repeated_id", message="two steps have this id"
            )
        seen.add(step.id)
        names = [name for name, _ in ways_out(step)]
        for name in sorted({name for name in names if names.count(name) > 1}):
            path = f"steps.{step.id}.{name}"
            yield Fault(path=path, code="repeated_id", message="two ways of this step have this id")


def _dangling(journey: JourneyDefinition, steps: dict[str, AnyStep]) -> Iterator[Fault]:
    for step in journey.steps:
        for name, onward in ways_out(step):
            if onward is not None and onward not in steps:
                yield Fault(
                    path=f"steps.{step.id}.{name}",
                    code="unknown_step",
                    message=f"leads to {onward!r}, which is no step of this journey",
                )


def _broken_parts(journey: JourneyDefinition) -> Iterator[Fault]:
    for step in journey.steps:
        if isinstance(step, SplitStep | ExperimentStep):
            total = sum(part.percent for part in step.parts)
            if total != _WHOLE:
                yield Fault(
                    path=f"steps.{step.id}.parts",
                    code="not_a_whole",
                    message=f"the parts come to {total} percent, not {_WHOLE}",
                )


def _looping(start: str, steps: dict[str, AnyStep]) -> Iterator[Fault]:
    """Find the ways that lead back, by depth-first search without recursion."""
    open_steps: set[str] = set()
    closed: set[str] = set()
    stack: list[tuple[str, bool]] = [(start, False)]
    while stack:
        step_id, is_leaving = stack.pop()
        if is_leaving:
            open_steps.discard(step_id)
            closed.add(step_id)
            continue
        if step_id in closed or step_id in open_steps:
            continue
        open_steps.add(step_id)
        stack.append((step_id, True))
        for name, onward in ways_out(steps[step_id]):
            if onward in open_steps:
                yield Fault(
                    path=f"steps.{step_id}.{name}",
                    code="loop",
                    message="leads back to a step before it; let people enter again instead",
                )
            elif onward is not None and onward not in closed:
                stack.append((onward, False))


def _unreachable(journey: JourneyDefinition, steps: dict[str, AnyStep]) -> Iterator[Fault]:
    reached: set[str] = set()
    waiting = [journey.start]
    while waiting:
        step_id = waiting.pop()
        if step_id is not None and step_id not in reached:
            reached.add(step_id)
            waiting += [onward for _, onward in ways_out(steps[step_id])]
    for step in journey.steps:
        if step.id not in reached:
            yield Fault(
                path=f"steps.{step.id}", code="unreachable_step", message="no way leads here"
            )
