"""In which stage somebody is: a pure rule, the same in whatever order things became known."""

from collections.abc import Iterable, Sequence
from math import prod

import msgspec

from kikubari.decide.stages.contracts import LifeStages, Stage

DAY_US = 86_400_000_000
MOST_CONFIDENT_GUESS = 0.95
# Place of no stage: what who is in none of them told staff.
NOWHERE = -1
# Place of no evidence of the definition: staff were told.
CORRECTED = -1
# Each stage that only time has brought on is so much less sure.
_FADES = 0.8


class Seen(msgspec.Struct, frozen=True, order=True):
    """Something that speaks for a stage, from an instant until before another.

    Attributes:
        at_us: microseconds since 1970.
        until_us: likewise.
        stage: place in the definition, or `NOWHERE`, which only people themselves say.
        confidence: 0..1.
        is_declared: the person said so.
        evidence: place among the stage's evidence, or `CORRECTED`.
        n_days: on which it was seen.
    """

    at_us: int
    until_us: int
    stage: int
    confidence: float
    is_declared: bool
    evidence: int = CORRECTED
    n_days: int = 1


class Found(msgspec.Struct, frozen=True):
    """The stage somebody is in.

    Attributes:
        stage: place in the definition.
        confidence: 0..1.
        until_us: then it is over, unless something else is known.
        is_declared: by own word, else a guess.
    """

    stage: int
    confidence: float
    until_us: int
    is_declared: bool


def infer(definition: LifeStages, seen: Iterable[Seen], now_us: int) -> Found | None:
    """Return the stage somebody is in; None where nothing is sure enough.

    What the person said comes before any guess, the latest word first. Of guesses the surest
    counts, of equals the later stage; independent evidence adds up (noisy or, Pearl (1988)). Where
    the time of a stage is over and nothing newer is known, it may move on to the next.
    """
    known = sorted({one for one in seen if one.at_us <= now_us})
    valid = [one for one in known if now_us < one.until_us]
    said = [one for one in valid if one.is_declared]
    if said:
        last = max(said, key=lambda one: (one.at_us, one.stage))
        if last.stage == NOWHERE:
            return None
        return Found(last.stage, last.confidence, last.until_us, is_declared=True)
    guesses = [_add_up(stage, valid) for stage in {one.stage for one in valid}]
    if guesses:
        best = max(guesses, key=lambda one: (one.confidence, one.stage))
        return best if best.confidence >= definition.min_confidence else None
    return _move_on(definition, known, now_us)


def _add_up(stage: int, seen: Sequence[Seen]) -> Found:
    own = [one for one in seen if one.stage == stage]
    confidence = min(1 - prod(1 - one.confidence for one in own), MOST_CONFIDENT_GUESS)
    return Found(stage, confidence, max(one.until_us for one in own), is_declared=False)


def _move_on(definition: LifeStages, over: Sequence[Seen], now_us: int) -> Found | None:
    """Return where time alone has brought somebody whose last stage is over."""
    if not over:
        return None
    last = max(over, key=lambda one: (one.until_us, one.stage))
    if last.stage == NOWHERE:
        return None
    found = _add_up(last.stage, [one for one in over if one.until_us == last.until_us])
    if last.is_declared:
        found = msgspec.structs.replace(found, confidence=last.confidence)
    while found.until_us <= now_us:
        if not definition.stages[found.stage].moves_on:
            return None
        following: Stage = definition.stages[found.stage + 1]
        found = Found(
            found.stage + 1,
            found.confidence * _FADES,
            found.until_us + following.lasts_days * DAY_US,
            is_declared=False,
        )
    return found if found.confidence >= definition.min_confidence else None
