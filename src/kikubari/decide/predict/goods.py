"""Which goods of which customers run low soon, said only where the shop's own past bears it out.

How surely is what `replenishment` learns; when, what `rhythms` do. A file that is exported says
the same of the same purchases.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import numpy as np
from numpy.typing import NDArray

from kikubari.decide.predict._fitting import Floats
from kikubari.decide.predict._pairs import Ints, Purchases
from kikubari.decide.predict.contracts import NAMED_FROM, REACH_DAYS, Replenishments, Withheld
from kikubari.decide.predict.quality import Figure, Reliability, reliability, with_interval
from kikubari.decide.predict.replenishment import ReplenishmentModel, Tried, fit_replenishment
from kikubari.decide.predict.rhythms import DueDays, learn_rhythms

_MIN_HISTORY_DAYS = 56
_SHORTEST_WAIT, _LONGEST_WAIT = 14, 56
_MIN_NAMED = 30
_LARGEST_CALIBRATION_ERROR = 0.1
_MOST_PAIRS = 200_000
_COLUMNS = ("customer", "item", "purchases", "low_days", "due_days", "high_days", "probability")


class GoodsQuality(msgspec.Struct, frozen=True, kw_only=True):
    """How what is named did on the newest days, learned from what lay before.

    Whether it is bought again is waited for as far as is named ahead. Days are judged by what was
    due and sure enough by its rhythm alone, where its latest day lay within twice that.

    Attributes:
        days: within which everything named is due.
        n_named: goods of customers that were named; of a sample where there are many.
        said: mean confidence they were named with.
        came: share that was bought again within four weeks.
        coverage: of those bought again, the share within the days said; 80 of 100 are meant to.
        day_error: median distance of the day said from the day it was bought, in days.
        plain_day_error: likewise if the mean gap of the pair had been said.
        reliability: of the confidence, of everything bought twice, named or not.
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
        confidence: probability that it is bought again within `REACH_DAYS`.
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
    model = fit_replenishment(known, timedelta(days=REACH_DAYS))
    if not isinstance(model, ReplenishmentModel):
        return _withheld(card, model.withheld or Withheld.TOO_FEW_REPEATS)
    if model.tried is None:
        return _withheld(card, Withheld.HISTORY_TOO_SHORT)
    named = _find_named(known, model.tried)
    if named.sum() < _MIN_NAMED:
        return _withheld(card, Withheld.TOO_FEW_REPEATS)
    days = int(np.clip(span // 4, _SHORTEST_WAIT, _LONGEST_WAIT))
    quality = _measure(model.tried, named, _try_days(known, days))
    card = msgspec.structs.replace(card, quality=quality)
    if quality.reliability.expected_error > _LARGEST_CALIBRATION_ERROR:
        return _withheld(card, Withheld.UNRELIABLE)
    due = _name(model.forecast(known))
    return GoodsForecast(msgspec.structs.replace(card, n_named=len(due)), due)


def _find_named(known: Purchases, tried: Tried) -> NDArray[np.bool_]:
    """Say which of the pairs that were tried would have been named on that day."""
    said = learn_rhythms(known, tried.day).forecast(known, tried.day)
    place = np.searchsorted(said.key, tried.key)
    is_due = (said.again[place] > 0) & (said.middle[place] <= REACH_DAYS)
    named: NDArray[np.bool_] = is_due & (tried.probability >= NAMED_FROM)
    return named


@dataclass(frozen=True, eq=False)
class _DayTrial:
    """The days that were said of what was due, and surely enough by its rhythm; when it was bought.

    What the wait is too short for is not judged: that is known beforehand, so it picks nothing.
    """

    said: DueDays
    came_after: Floats
    mean_gap_days: Floats


def _try_days(known: Purchases, days: int) -> _DayTrial:
    past = known.before(-days)
    said = learn_rhythms(past, -days).forecast(past, -days)
    is_due = (said.purchases > 1) & (said.middle <= REACH_DAYS) & (said.again >= NAMED_FROM)
    chosen = np.flatnonzero(is_due & (said.high <= days))
    said = said.chosen(chosen[:: 1 + len(chosen) // _MOST_PAIRS])
    came = known.between(-days, 0)
    came_after = np.full(len(said.key), np.inf)
    key, first = np.unique(came.key, return_index=True)
    place = np.searchsorted(key, said.key)
    found = np.flatnonzero(place < len(key))
    found = found[key[place[found]] == said.key[found]]
    # A day's purchases are in its middle, on average.
    came_after[found] = came.day[first[place[found]]] + days + 0.5
    starts = np.searchsorted(past.key, said.key)
    last = past.day[starts + said.purchases - 1]
    gap = (last - past.day[starts]) / np.maximum(said.purchases - 1, 1)
    return _DayTrial(said, came_after, last + gap + days)


def _measure(tried: Tried, named: NDArray[np.bool_], trial: _DayTrial) -> GoodsQuality:
    said, came_after = trial.said, trial.came_after
    again = np.isfinite(came_after)
    is_within = (said.low - 0.5 <= came_after) & (came_after <= said.high + 0.5)
    return GoodsQuality(
        days=REACH_DAYS,
        n_named=int(named.sum()),
        said=float(tried.probability[named].mean()),
        came=with_interval(lambda one: float(one.mean()), tried.again[named]),
        coverage=float(is_within[again].mean()) if again.any() else 0.0,
        day_error=_median_distance(said.middle, came_after),
        plain_day_error=_median_distance(trial.mean_gap_days, came_after),
        reliability=reliability(tried.probability, tried.again),
    )


def _median_distance(said: Floats, came_after: Floats) -> float:
    again = np.isfinite(came_after)
    return float(np.median(np.abs(said - came_after)[again])) if again.any() else 0.0


def _name(parts: Iterable[Replenishments]) -> DueGoods:
    # What is not named is let go of part by part.
    named = [[getattr(one, name)[one.runs_low] for name in _COLUMNS] for one in parts]
    customer, item, purchases, low, middle, high, confidence = (
        np.concatenate(column) for column in zip(*named, strict=True)
    )
    order = np.lexsort((item, -confidence, customer))
    return DueGoods(
        customer=customer[order],
        item=item[order],
        purchases=purchases[order],
        low_days=low[order],
        days=middle[order],
        high_days=high[order],
        confidence=confidence[order],
    )


def _withheld(card: GoodsCard, why: Withheld) -> GoodsForecast:
    ints, floats = np.zeros(0, dtype=np.int64), np.zeros(0)
    nothing = DueGoods(ints, ints, ints, floats, floats, floats, floats)
    return GoodsForecast(msgspec.structs.replace(card, withheld=why), nothing)
