"""Which goods of which customers run low soon, said only where the shop's own past bears it out."""

from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from kikubari.decide.predict._fitting import Floats, fit_logistic, sigmoid
from kikubari.decide.predict._pairs import Ints, Purchases
from kikubari.decide.predict.contracts import Withheld
from kikubari.decide.predict.quality import Figure, Reliability, reliability, with_interval
from kikubari.decide.predict.rhythms import TAILS, DueDays, learn_rhythms

# How far ahead goods are named, and with what confidence at least.
REACH_DAYS = 28
NAMED_FROM = 0.3
_MIN_HISTORY_DAYS = 56
_SHORTEST_TRIAL, _LONGEST_TRIAL = 14, 56
_MIN_NAMED = 30
_LARGEST_CALIBRATION_ERROR = 0.1
_RIDGE = 1.0
_MOST_PAIRS = 200_000


class GoodsQuality(msgspec.Struct, frozen=True, kw_only=True):
    """How what was named did on the newest days, learned from what lay before.

    Attributes:
        days: that were waited.
        n_named: goods of customers that were named.
        said: mean confidence they were named with.
        came: share that was bought again by the latest day named.
        coverage: of those bought again, the share within the days named; 80 of 100 are meant to.
        day_error: median distance of the day named from the day it was bought, in days.
        plain_day_error: likewise if the mean gap of the pair had been named.
        reliability: of the confidence, of everything bought twice that is due, named or not.
    """

    days: int
    n_named: int
    said: float
    came: Figure
    coverage: float
    day_error: float
    plain_day_error: float
    reliability: Reliability


class GoodsCard(msgspec.Struct, frozen=True, kw_only=True):
    """What the forecast of goods learned from and how far to trust it.

    Attributes:
        n_customers: in the history.
        n_goods: products, or categories, in the history.
        n_purchases: days on which somebody bought something.
        history_days: from the first purchase to the forecast.
        n_named: goods of customers that are named now.
        quality: None where nothing could be tried.
        withheld: why nothing is named at all; None if it is.
    """

    n_customers: int
    n_goods: int
    n_purchases: int
    history_days: int
    n_named: int = 0
    quality: GoodsQuality | None = None
    withheld: Withheld | None = None


@dataclass(frozen=True, eq=False)
class DueGoods:
    """Goods that run low within `REACH_DAYS`, the surest of each customer first.

    Attributes:
        customer: place in the history, ascending.
        item: place of the product in the history.
        purchases: days on which the customer bought it.
        low_days: days before which it runs low with 10 %.
        days: as likely before as after, from the forecast.
        high_days: days before which it runs low with 90 %.
        confidence: probability that it is bought again by `high_days`.
    """

    customer: Ints
    item: Ints
    purchases: Ints
    low_days: Floats
    days: Floats
    high_days: Floats
    confidence: Floats

    def __len__(self) -> int:
        return len(self.customer)


@dataclass(frozen=True, eq=False)
class GoodsForecast:
    """What was named, and the card."""

    card: GoodsCard
    due: DueGoods


def forecast_goods(purchases: Purchases) -> GoodsForecast:
    """Learn from all purchases before day 0, and name what runs low after it."""
    known = purchases.before(0)
    span = -int(known.day.min()) if len(known.day) else 0
    card = GoodsCard(
        n_customers=len(np.unique(known.key // known.n_items)),
        n_goods=len(np.unique(known.key % known.n_items)),
        n_purchases=len(known.day),
        history_days=span,
    )
    if span < _MIN_HISTORY_DAYS:
        return _withheld(card, Withheld.HISTORY_TOO_SHORT)
    days = int(np.clip(span // 4, _SHORTEST_TRIAL, _LONGEST_TRIAL))
    older = _try(known, -2 * days, days, np.array([0.0, 1.0]))
    test = _try(known, -days, days, _calibrate(older))
    if test is None or test.n_named < _MIN_NAMED:
        return _withheld(card, Withheld.TOO_FEW_REPEATS)
    quality = _measure(test, days)
    card = msgspec.structs.replace(card, quality=quality)
    if quality.reliability.expected_error > _LARGEST_CALIBRATION_ERROR:
        return _withheld(card, Withheld.UNRELIABLE)
    due = _name(learn_rhythms(known).forecast(known), _calibrate(test), known.n_items)
    return GoodsForecast(msgspec.structs.replace(card, n_named=len(due)), due)


@dataclass(frozen=True, eq=False)
class _Trial:
    """Everything bought twice and due, as it was said on a past day, and what came."""

    said: DueDays
    confidence: Floats
    came_after: Floats
    mean_gap_days: Floats

    @property
    def is_come(self) -> Floats:
        """Whether it was bought again by the latest day named."""
        return np.where(self.came_after <= self.said.high, 1.0, 0.0)

    @property
    def n_named(self) -> int:
        """How many are sure enough to be named."""
        return int((self.confidence >= NAMED_FROM).sum())


def _try(known: Purchases, day: int, days: int, calibration: Floats) -> _Trial | None:
    past = known.before(day)
    if not len(past.day):
        return None
    said = learn_rhythms(past, day).forecast(past, day)
    # What the wait is too short for is not judged: that is known beforehand, so it picks nothing.
    chosen = np.flatnonzero(_is_due(said) & (said.high <= days))
    chosen = chosen[:: 1 + len(chosen) // _MOST_PAIRS]
    said = _chosen(said, chosen)
    came = known.between(day, day + days)
    came_after = np.full(len(said.key), np.inf)
    key, first = np.unique(came.key, return_index=True)
    place = np.searchsorted(key, said.key)
    found = np.flatnonzero(place < len(key))
    found = found[key[place[found]] == said.key[found]]
    # A day's purchases are in its middle, on average.
    came_after[found] = came.day[first[place[found]]] - day + 0.5
    starts = np.searchsorted(past.key, said.key)
    last = past.day[starts + said.purchases - 1]
    gap = (last - past.day[starts]) / np.maximum(said.purchases - 1, 1)
    return _Trial(said, _confidence(said, calibration), came_after, last + gap - day)


def _is_due(said: DueDays) -> NDArray[np.bool_]:
    due: NDArray[np.bool_] = (said.purchases > 1) & (said.middle <= REACH_DAYS) & (said.again > 0)
    return due


def _chosen(said: DueDays, rows: Ints) -> DueDays:
    return replace(said, **{name: getattr(said, name)[rows] for name in said.__dataclass_fields__})


def _confidence(said: DueDays, calibration: Floats) -> Floats:
    level, slope = calibration
    return sigmoid(level + slope * _logit(said))


def _logit(said: DueDays) -> Floats:
    chance = np.clip(TAILS[-1] * said.again, 1e-6, 1 - 1e-6)
    logit: Floats = np.log(chance / (1 - chance))
    return logit


def _calibrate(trial: _Trial | None) -> Floats:
    """Return level and slope by which past confidences would have been right (Platt 1999)."""
    if trial is None or not _MIN_NAMED <= trial.is_come.sum() <= len(trial.is_come) - _MIN_NAMED:
        return np.array([0.0, 1.0])
    logit = _logit(trial.said)
    # The slope is drawn towards 1, not 0: what is said stands where the past teaches little.
    columns = np.stack([np.ones(len(logit)), logit], axis=1)
    level, more = fit_logistic(columns, trial.is_come, logit, ridge=_RIDGE)
    return np.array([level, max(1 + more, 0.0)])


def _measure(test: _Trial, days: int) -> GoodsQuality:
    named = np.flatnonzero(test.confidence >= NAMED_FROM)
    said, came_after, is_come = _chosen(test.said, named), test.came_after[named], test.is_come
    again = np.isfinite(came_after)
    is_within = (said.low - 0.5 <= came_after) & (came_after <= said.high + 0.5)
    return GoodsQuality(
        days=days,
        n_named=len(named),
        said=float(test.confidence[named].mean()),
        came=with_interval(lambda one: float(one.mean()), is_come[named]),
        coverage=float(is_within[again].mean()) if again.any() else 0.0,
        day_error=_median_distance(said.middle, came_after),
        plain_day_error=_median_distance(test.mean_gap_days[named], came_after),
        reliability=reliability(test.confidence, is_come),
    )


def _median_distance(said: Floats, came_after: Floats) -> float:
    again = np.isfinite(came_after)
    return float(np.median(np.abs(said - came_after)[again])) if again.any() else 0.0


def _name(said: DueDays, calibration: Floats, n_items: int) -> DueGoods:
    confidence = _confidence(said, calibration)
    named = np.flatnonzero(_is_due(said) & (confidence >= NAMED_FROM))
    customer, item = np.divmod(said.key[named], n_items)
    order = np.lexsort((item, -confidence[named], customer))
    named = named[order]
    return DueGoods(
        customer=customer[order],
        item=item[order],
        purchases=said.purchases[named],
        low_days=said.low[named],
        days=said.middle[named],
        high_days=said.high[named],
        confidence=confidence[named],
    )


def _withheld(card: GoodsCard, why: Withheld) -> GoodsForecast:
    ints, floats = np.zeros(0, dtype=np.int64), np.zeros(0)
    nothing = DueGoods(ints, ints, ints, floats, floats, floats, floats)
    return GoodsForecast(msgspec.structs.replace(card, withheld=why), nothing)
