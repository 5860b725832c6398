"""Forecasts of purchases, their worth, silence and the next date, tried on the shop's own past.

The dropout model forecasts; what earlier days of the history teach corrects it, as far as that
proves better on the newest part of the history (the gate). The same part measures the quality
shown with every forecast, and sets the width of the intervals.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

import msgspec
import numpy as np

from kikubari.decide.predict._fitting import Floats
from kikubari.decide.predict._spread import count_quantile, waiting_quantile
from kikubari.decide.predict.contracts import (
    Forecasts,
    PurchaseCard,
    PurchaseQuality,
    Withheld,
)
from kikubari.decide.predict.correction import Correction, Lesson, learn_correction, look_at
from kikubari.decide.predict.dates import measure_dates, wait_for_next
from kikubari.decide.predict.dropout import Dropout, fit_dropout
from kikubari.decide.predict.occasions import Occasions, Standing, days_of, stand_at
from kikubari.decide.predict.pace import find_level
from kikubari.decide.predict.quality import (
    CHANCE,
    auc,
    bias,
    mean_absolute_error,
    reliability,
    root_mean_square_error,
    with_interval,
)
from kikubari.decide.predict.spend import Spend, fit_spend

MIN_CUSTOMERS = 50
MIN_REPEATS = 30
MIN_DAYS = 28
COVERAGE = 0.8
_TAILS = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)

_N_LESSONS = 6
# More customers teach the same: of many, an even sample is looked at.
_MOST_TAUGHT = 50_000
_STRENGTHS = (0.0, 0.5, 1.0)
# The shape of the counts is narrowed by the mildest of these that encloses enough of the truth.
_NARROWINGS = (1.0, 0.7, 0.5, 0.35, 0.25, 0.15)
_WIDENINGS = (1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.5)
# Beyond these a forecast of the past was wrong enough to say nothing of the future.
_LARGEST_BIAS = 0.5
_LARGEST_CALIBRATION_ERROR = 0.15


@dataclass(frozen=True)
class PurchaseModel:
    """What was learned from one history for one horizon; `forecast` says what comes.

    Attributes:
        days: the horizon.
        dropout: of the whole history.
        level: of the whole shop, by which the model of dropout is multiplied.
        spend: None where no purchase has a value.
        correction: None where the history is too short for lessons.
        narrowing: of the shape of counts.
        widening: of the interval of worth.
        card: what it learned from and how it did.
    """

    days: int
    dropout: Dropout
    level: float
    spend: Spend | None
    correction: Correction | None
    narrowing: float
    widening: float
    card: PurchaseCard

    def forecast(self, at: Standing) -> Forecasts:
        """Return what to expect of customers, by how they stand now."""
        lesson = look_at(self.dropout, at, self.days, level=self.level)
        expected, any_purchase = _say(lesson, self.correction)
        shape = lesson.shape * self.narrowing
        low, high = (count_quantile(expected, lesson.alive, shape, level) for level in _TAILS)
        each = self.spend.mean(at) if self.spend else np.full(len(at), np.nan)
        low_wait, wait, high_wait = _say_dates(expected, lesson, self.days)
        return Forecasts(
            customer=at.customer,
            expected=expected,
            low=low,
            high=high,
            expected_value=expected * each,
            value_low=low * each / self.widening,
            value_high=high * each * self.widening,
            alive=lesson.alive,
            churn=1 - any_purchase,
            next_days=np.where(np.isfinite(wait), wait, np.nan),
            next_low=low_wait,
            next_high=high_wait,
        )


def fit_purchases(occasions: Occasions, horizon: timedelta) -> PurchaseModel | PurchaseCard:
    """Learn from the purchases before day 0.

    Returns:
        The model, or only its card, which says why it is withheld.
    """
    known = occasions.before(0)
    at = stand_at(known, 0)
    days = days_of(horizon)
    card = PurchaseCard(
        horizon=timedelta(days=days),
        n_customers=len(at),
        n_purchases=len(known.day),
        history_days=int(-known.day.min()) if len(known.day) else 0,
    )
    reason = _find_obstacle(card, at, days)
    if reason is not None:
        return msgspec.structs.replace(card, withheld=reason)
    trial = _Trial(known, days)
    model = trial.settle(at, card)
    return model.card if model.card.withheld else model


def _find_obstacle(card: PurchaseCard, at: Standing, days: int) -> Withheld | None:
    if card.n_customers < MIN_CUSTOMERS:
        return Withheld.TOO_FEW_CUSTOMERS
    if at.repeats.sum() < MIN_REPEATS:
        return Withheld.TOO_FEW_REPEATS
    if card.history_days < max(MIN_DAYS, days / 2):
        return Withheld.HISTORY_TOO_SHORT
    return None


def _say(lesson: Lesson, correction: Correction | None) -> tuple[Floats, Floats]:
    if correction is None:
        return lesson.expected, lesson.any_purchase
    return correction.expected(lesson), correction.any_purchase(lesson)


def _say_dates(expected: Floats, lesson: Lesson, days: int) -> tuple[Floats, Floats, Floats]:
    """Return the days before which the next purchase comes with 10, 50 and 90 %."""
    daily = expected / np.maximum(lesson.alive, 1e-6) / days
    low, middle, high = (
        waiting_quantile(daily, lesson.alive, lesson.shape, level)
        for level in (_TAILS[0], 0.5, _TAILS[1])
    )
    return low, middle, high


class _Trial:
    """Lessons from one history, the gate, and what the newest part of it says of the quality."""

    def __init__(self, known: Occasions, days: int) -> None:
        self._known = known
        self._days = days
        span = int(-known.day.min())
        newest = -min(days, span // 4)
        earliest = -round(0.65 * span)
        self._at = sorted({round(x) for x in np.linspace(earliest, newest, _N_LESSONS)})
        self._whole = fit_dropout(stand_at(known, 0))
        self._fits = {day: self._fit(day) for day in self._at}

    def _fit(self, day: int) -> Dropout | None:
        at = self._stand_at(day)
        if len(at) < MIN_CUSTOMERS or at.repeats.sum() < MIN_REPEATS:
            return None
        return fit_dropout(at, start=self._whole)

    def _stand_at(self, day: int) -> Standing:
        at = stand_at(self._known, day)
        return at.chosen(slice(None, None, 1 + len(at) // _MOST_TAUGHT))

    def settle(self, at: Standing, card: PurchaseCard) -> PurchaseModel:
        """Return the model that does best on the newest part, learned anew from all of it."""
        level = find_level(self._known, at, 0, self._days, self._whole.expect(at, self._days))
        model = PurchaseModel(
            days=self._days,
            dropout=self._whole,
            level=level,
            spend=fit_spend(at),
            correction=None,
            narrowing=_NARROWINGS[-1],
            widening=_WIDENINGS[-1],
            card=card,
        )
        newest = self._at[-1]
        test = self._lesson(newest, 0)
        if test is None:
            card = msgspec.structs.replace(card, withheld=Withheld.HISTORY_TOO_SHORT)
            return replace(model, card=card)
        taught = self._learn(newest)
        tried = _pass_gate(taught, test) if taught else None
        narrowing = _choose_narrowing(tried, test)
        came_after = wait_for_next(self._known, self._stand_at(newest), newest)
        quality = _measure(tried, test, narrowing, came_after, days=-newest)
        all_taught = self._learn(0) if tried else None
        card = msgspec.structs.replace(
            card, is_corrected=tried is not None, quality=quality, withheld=_find_fault(quality)
        )
        return replace(
            model,
            correction=(
                replace(
                    all_taught,
                    count_strength=tried.count_strength,
                    chance_strength=tried.chance_strength,
                )
                if tried and all_taught
                else None
            ),
            narrowing=narrowing,
            widening=self._choose_widening(tried, test, narrowing),
            card=card,
        )

    def _learn(self, end: int) -> Correction | None:
        lessons = [lesson for day in self._at if (lesson := self._lesson(day, end)) is not None]
        return learn_correction(lessons) if lessons else None

    def _lesson(self, day: int, end: int) -> Lesson | None:
        fit = self._fits[day]
        days = min(self._days, end - day)
        # A much shorter look ahead teaches about another question.
        if fit is None or days < max(7, min(self._days, -self._at[0]) / 8):
            return None
        at = self._stand_at(day)
        came = self._known.between(day, day + days).count()[at.customer]
        level = find_level(self._known, at, day, days, fit.expect(at, days))
        return look_at(fit, at, days, level=level, actual=came)

    def _choose_widening(
        self, correction: Correction | None, test: Lesson, narrowing: float
    ) -> float:
        day = self._at[-1]
        at = self._stand_at(day)
        spend = fit_spend(at)
        if spend is None:
            return 1.0
        came = self._known.between(day, min(day + self._days, 0)).sum()[at.customer]
        expected, _ = _say(test, correction)
        each = spend.mean(at)
        low, high = (
            count_quantile(expected, test.alive, test.shape * narrowing, level) * each
            for level in _TAILS
        )
        for widening in _WIDENINGS:
            if ((low / widening <= came) & (came <= high * widening)).mean() >= COVERAGE:
                break
        return widening


def _pass_gate(taught: Correction, test: Lesson) -> Correction | None:
    """Return as much of a correction as is surely better on newer days; None if nothing is."""
    count = _choose_strength(
        [_count_loss(replace(taught, count_strength=one), test) for one in _STRENGTHS]
    )
    chance = _choose_strength(
        [_chance_loss(replace(taught, chance_strength=one), test) for one in _STRENGTHS]
    )
    passed = replace(taught, count_strength=count, chance_strength=chance)
    return passed if count or chance else None


def _choose_strength(losses: list[Floats]) -> float:
    best = 0
    for index in range(1, len(losses)):
        gain = losses[best] - losses[index]
        if gain.mean() > gain.std() / np.sqrt(len(gain)):
            best = index
    return _STRENGTHS[best]


def _count_loss(correction: Correction, test: Lesson) -> Floats:
    expected = correction.expected(test)
    return expected - test.actual * np.log(expected)


def _chance_loss(correction: Correction, test: Lesson) -> Floats:
    chance = correction.any_purchase(test)
    return -np.log(np.where(test.actual > 0, chance, 1 - chance))


def _choose_narrowing(correction: Correction | None, test: Lesson) -> float:
    for narrowing in _NARROWINGS:
        if _coverage(correction, test, narrowing) >= COVERAGE:
            break
    return narrowing


def _coverage(correction: Correction | None, test: Lesson, narrowing: float) -> float:
    expected, _ = _say(test, correction)
    low, high = (
        count_quantile(expected, test.alive, test.shape * narrowing, level) for level in _TAILS
    )
    return float(((low <= test.actual) & (test.actual <= high)).mean())


def _measure(
    correction: Correction | None,
    test: Lesson,
    narrowing: float,
    came_after: Floats,
    *,
    days: int,
) -> PurchaseQuality:
    expected, any_purchase = _say(test, correction)
    actual = test.actual
    return PurchaseQuality(
        days=days,
        n_customers=len(actual),
        mae=with_interval(mean_absolute_error, expected, actual),
        rmse=with_interval(root_mean_square_error, expected, actual),
        bias=with_interval(bias, expected, actual),
        auc=with_interval(auc, any_purchase, actual),
        plain_mae=mean_absolute_error(test.expected, actual),
        plain_auc=auc(test.any_purchase, actual),
        coverage=_coverage(correction, test, narrowing),
        reliability=reliability(any_purchase, actual),
        dates=measure_dates(*_say_dates(expected, test, days), came_after, days),
    )


def _find_fault(quality: PurchaseQuality) -> Withheld | None:
    is_off = not abs(quality.bias.value) <= _LARGEST_BIAS
    is_chance = not quality.auc.low > CHANCE
    is_uncalibrated = quality.reliability.expected_error > _LARGEST_CALIBRATION_ERROR
    return Withheld.UNRELIABLE if is_off or is_chance or is_uncalibrated else None
