"""How somebody's way goes on if they do nothing that changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kikubari.journeys.clocks import next_micros
from kikubari.journeys.definition import (
    AnyStep,
    BranchStep,
    EndStep,
    ExperimentStep,
    OfferStep,
    SplitStep,
    WaitBestTimeStep,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
)
from kikubari.journeys.running.drawing import draw, lot_key, part_of
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.reasons import judge_ways
from kikubari.journeys.running.stories import AheadStep, Judge, JudgedWay
from kikubari.journeys.running.walking import best_micros, shared_instant
from kikubari.kit.instants import from_micros, to_micros

_MOST = 50
_UNKNOWN = ""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where somebody stands, and what is known about them.

    Attributes:
        number: of the person, as of entering: lots are drawn by it.
        step: its number.
        at_us: since when.
        due_us: when somebody looks at it; of waits, until when.
        zone: the person's, or the shop's.
        shop_zone: the shop's.
        hour: when they are likely to look; None: unknown.
        winners: the part of each experiment that is decided, by the step's number.
    """

    number: int
    step: int
    at_us: int
    due_us: int
    zone: ZoneInfo
    shop_zone: ZoneInfo
    hour: int | None = None
    winners: Mapping[int, str] = field(default_factory=dict)


def look_ahead(
    program: Program, standing: Standing, judge: Judge, now: datetime
) -> list[AheadStep]:
    """Return the steps from where somebody stands to where nobody can know how it goes on.

    That is a branch, with the way it would go now; a wait for an event; an offer, whose codes may
    be gone by then.
    """
    now_us = to_micros(now)
    found: list[AheadStep] = []
    number, at_us = standing.step, standing.at_us
    while number in program.steps and len(found) < _MOST:
        step = program.steps[number]
        is_first = not found
        until_us = standing.due_us if is_first else _until(step, at_us, standing)
        until_us = shared_instant(until_us, now_us) if is_first else max(until_us, at_us)
        until_us = max(until_us, now_us)
        way, asked = _way(program, number, standing, judge)
        goes_on = way and not isinstance(step, BranchStep | OfferStep)
        onward = program.onward(number, program.number(way)) if goes_on else 0
        found.append(
            AheadStep(
                step=program.names[number],
                at=from_micros(at_us),
                until=from_micros(until_us),
                way=way,
                asked=asked,
                ends=isinstance(step, EndStep) or (bool(goes_on) and onward == 0),
            )
        )
        number, at_us = onward, until_us
    return found


def _until(step: AnyStep, at_us: int, standing: Standing) -> int:
    """Return when a step is left, at the latest, that is reached at an instant."""
    match step:
        case WaitStep(duration=span) | WaitForStep(timeout=span):
            return at_us + _micros(span.as_timedelta())
        case WaitUntilStep():
            zone = standing.zone if step.zone == "person" else standing.shop_zone
            return next_micros(at_us, step.at, step.weekdays, zone)
        case WaitBestTimeStep(within=within):
            if standing.hour is None:
                return at_us
            best = best_micros(at_us, standing.hour, standing.zone)
            return min(best, at_us + _micros(within.as_timedelta()))
        case _:
            return at_us


def _way(
    program: Program, number: int, standing: Standing, judge: Judge
) -> tuple[str, list[JudgedWay]]:
    """Return the way out of a step as far as it can be known, and what a branch asks."""
    step = program.steps[number]
    match step:
        case BranchStep():
            asked, way = judge_ways(step, judge, as_of=None)
            return way, asked
        case ExperimentStep() if number in standing.winners:
            return standing.winners[number], []
        case SplitStep(parts=parts) | ExperimentStep(parts=parts):
            return part_of(parts, draw(lot_key(program.journey_id, step.id), standing.number)), []
        case WaitForStep() | OfferStep() | EndStep():
            return _UNKNOWN, []
        case _:
            return "next", []


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
