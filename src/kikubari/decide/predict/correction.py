"""What a shop's own past teaches beyond the model of dropout.

The model knows when customers bought. Their past also tells what a purchase was worth and whether
they buy more or less often of late.
Earlier days of the history serve as lessons: stand there, forecast, look at what came. A ridge
regression on those lessons corrects the forecast of counts (Poisson) and of whether anything is
bought at all (logistic), each with the model's own forecast as offset, so that without evidence
the correction is none.

Temporal validation and landmarks: van Houwelingen (2007), "Dynamic prediction by landmarking",
Scandinavian Journal of Statistics 34(1).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from kikubari.decide.predict._fitting import Floats, fit_logistic, fit_poisson, sigmoid
from kikubari.decide.predict.dropout import Dropout
from kikubari.decide.predict.occasions import Standing

_RIDGE = 20.0
_SMALLEST = 1e-6
# A forecast is never corrected by more than this factor, up or down.
_LARGEST_FACTOR = 4.0


@dataclass(frozen=True, eq=False)
class Lesson:
    """One past day: what the model said then, what the customers were like, what came.

    Attributes:
        expected: purchases the model expected.
        alive: probability that the customer had not left.
        shape: of the posterior distribution of the customer's rate.
        features: one row per customer.
        actual: purchases that came.
    """

    expected: Floats
    alive: Floats
    shape: Floats
    features: Floats
    actual: Floats

    @property
    def any_purchase(self) -> Floats:
        """The probability of at least one purchase that fits the expected number."""
        return chance_of_any(self.expected, self.alive, self.shape)


def chance_of_any(expected: Floats, alive: Floats, shape: Floats) -> Floats:
    """Return P(at least one): halfway, in odds, between two readings of the expected count.

    One takes at its word who has left; the other spreads that doubt over the rate. Where leaving
    is seen in few purchases the first is too sure, where it is seen in many the second too vague.
    """
    mean = expected / np.maximum(alive, _SMALLEST)
    gone = alive * -np.expm1(-shape * np.log1p(mean / shape))
    slow = -np.expm1(-shape * np.log1p(expected / shape))
    return sigmoid((_logit(gone) + _logit(slow)) / 2)


def look_at(
    model: Dropout, at: Standing, days: int, *, level: float, actual: Floats | None = None
) -> Lesson:
    """Return a lesson; `actual` is None for the forecast itself."""
    expected = np.maximum(level * model.expect(at, days), _SMALLEST)
    return Lesson(
        expected=expected,
        alive=model.alive(at),
        shape=model.shape + at.repeats,
        features=_features(at),
        actual=np.zeros(len(at)) if actual is None else actual,
    )


def _features(at: Standing) -> Floats:
    unit = max(float(np.median(at.age)), 1.0)
    worth = (at.total / (at.repeats + 1), at.first_value, at.last_value)
    return np.stack(
        [
            np.log1p(at.repeats),
            (at.repeats == 0).astype(float),
            np.log(at.age / unit),
            *(np.log1p(value / max(float(np.mean(value)), 1e-9)) for value in worth),
            # The later the last purchase, the larger are all that follow.
            -np.log(at.silence / unit),
            at.last_age / at.age,
            np.log1p(at.recent[:, 0]),
            np.log1p(at.recent[:, 1]),
        ],
        axis=1,
    )


_N_RISING = 4  # features that grow when the last purchase is later


@dataclass(frozen=True, eq=False)
class Correction:
    """What the lessons taught; strengths of 0 leave the model's forecast as it is.

    A later last purchase never lowers a corrected forecast: coefficients of what grows with it
    are held at 0 or above, that of the model's own forecast at -1 or above.

    Attributes:
        count: for the number of purchases.
        chance: for whether there is any.
        count_strength: share of the correction that is used, 0..1.
        chance_strength: likewise.
    """

    count: "_Shift"
    chance: "_Shift"
    count_strength: float = 1.0
    chance_strength: float = 1.0

    def expected(self, lesson: Lesson) -> Floats:
        """Return the corrected number of purchases."""
        link = np.log(lesson.expected)
        return np.exp(link + self.count_strength * self.count.by(lesson.features, link))

    def any_purchase(self, lesson: Lesson) -> Floats:
        """Return the corrected probability of at least one."""
        link = _logit(lesson.any_purchase)
        return sigmoid(link + self.chance_strength * self.chance.by(lesson.features, link))


def learn_correction(lessons: Sequence[Lesson]) -> Correction:
    """Return the correction that lessons teach together, at full strength."""
    features = np.concatenate([one.features for one in lessons])
    actual = np.concatenate([one.actual for one in lessons])
    expected = np.log(np.concatenate([one.expected for one in lessons]))
    chance = _logit(np.concatenate([one.any_purchase for one in lessons]))
    # Lessons tell of the same customers again and again.
    ridge = _RIDGE * len(lessons)
    happened = (actual > 0).astype(float)
    count = _learn_shift(features, expected, partial(fit_poisson, counts=actual, ridge=ridge))
    return Correction(
        count=_without_level(count, features, expected),
        chance=_learn_shift(
            features, chance, partial(fit_logistic, happened=happened, ridge=ridge)
        ),
    )


@dataclass(frozen=True, eq=False)
class _Shift:
    """How far to move a forecast on its logarithmic scale."""

    middle: Floats
    spread: Floats
    coefficients: Floats

    def by(self, features: Floats, link: Floats) -> Floats:
        limit = np.log(_LARGEST_FACTOR)
        columns = _scaled(features, link, self.middle, self.spread)
        return np.clip(columns @ self.coefficients, -limit, limit)


def _learn_shift(features: Floats, link: Floats, fit: Callable[..., Floats]) -> _Shift:
    raw = np.column_stack([features, link])
    middle, spread = raw.mean(axis=0), raw.std(axis=0)
    columns = _scaled(features, link, middle, spread)
    lowest = np.full(columns.shape[1], -np.inf)
    lowest[-1 - _N_RISING : -1] = 0.0
    lowest[-1] = -spread[-1]
    held = np.zeros(len(lowest), dtype=bool)
    coefficients = np.zeros(len(lowest))
    # Those that came out below their bound are held at it and the others learned again.
    for _ in range(_N_RISING + 2):
        offset = link + columns[:, held] @ coefficients[held]
        coefficients[~held] = fit(columns[:, ~held], offset=offset)
        is_below = ~held & (coefficients < lowest)
        if not is_below.any():
            break
        coefficients[is_below] = lowest[is_below]
        held |= is_below
    return _Shift(middle, spread, coefficients)


def _without_level(shift: _Shift, features: Floats, link: Floats) -> _Shift:
    # Who buys more and who less is lasting; how much all bought in some past weeks is not.
    moved = np.exp(link + shift.by(features, link)).sum() / np.exp(link).sum()
    coefficients = shift.coefficients.copy()
    coefficients[0] -= np.log(moved)
    return replace(shift, coefficients=coefficients)


def _scaled(features: Floats, link: Floats, middle: Floats, spread: Floats) -> Floats:
    # What hardly varied teaches nothing; values beyond the lessons' are held at their edge.
    moved = np.column_stack([features, link]) - middle
    is_known = spread > _SMALLEST
    scaled = np.where(is_known, moved / np.where(is_known, spread, 1.0), 0.0)
    return np.column_stack([np.ones(len(features)), np.clip(scaled, -4, 4)])


def _logit(probability: Floats) -> Floats:
    bounded = np.clip(probability, _SMALLEST, 1 - _SMALLEST)
    return np.log(bounded / (1 - bounded))
