"""Who buys a product again within so many days: rhythm, habit and trend, learned from the past.

For each pair of customer and product bought before, the probability that it is bought again in
the horizon. What the pair, the customer and the product were like on earlier days, and what came
then, teaches a logistic regression with bends (linear splines), and small nets, which see what
facts mean together; said is the mean of both, on the scale of odds. The rhythm of a pair is shrunk
to the product's and that to the shop's (empirical Bayes on log gaps, as in Efron, Morris (1973)),
so that two purchases are not taken for a law; when each runs low is read off it (see `rhythms`).
The regression replaces the plain count of late
purchases, and the nets come in beside it, only where that proves better on the newest part of the
history.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

import msgspec
import numpy as np
from numpy.typing import NDArray

from kikubari.decide.nets import Weights, fit_net, forward, slope_of_each
from kikubari.decide.predict._fitting import Floats, fit_logistic, sigmoid
from kikubari.decide.predict._pairs import Pairs, Purchases
from kikubari.decide.predict.contracts import (
    ReplenishmentCard,
    ReplenishmentQuality,
    Replenishments,
    Withheld,
)
from kikubari.decide.predict.occasions import days_of
from kikubari.decide.predict.quality import (
    CHANCE,
    auc,
    average_precision,
    reliability,
    with_interval,
)
from kikubari.decide.predict.rhythms import Rhythms, learn_rhythms

MIN_PAIRS_AGAIN = 50
_N_LESSONS = 3
_MOST_ROWS = 150_000
_KEPT_SINGLES = 0.3
_BENDS = (-1.0, 0.0, 1.0)
_RIDGE = 10.0
_NETS = 3
_EPOCHS = 8
_PAIRS_AT_ONCE = 512
_CHUNK = 50_000
_RESAMPLES = 50


class _Way(Enum):
    """What speaks: the count of late purchases, the regression of all facts, or nets beside it."""

    PLAIN = auto()
    BENT = auto()
    MIXED = auto()


@dataclass(frozen=True, eq=False)
class _Weights:
    """What tells: the count of late purchases alone, all facts, or all facts and nets beside them.

    Attributes:
        is_plain: only the count speaks.
        middle: of the columns in the lessons.
        spread: likewise.
        coefficients: the level first.
        nets: beside the regression, if they proved better.
    """

    is_plain: bool
    middle: Floats
    spread: Floats
    coefficients: Floats
    nets: tuple[Weights, ...]

    def probability(self, columns: Floats) -> Floats:
        chosen = columns[:, -1:] if self.is_plain else columns
        scaled = _scaled(chosen, self.middle, self.spread)
        logit = _bent(scaled) @ self.coefficients
        if not self.nets:
            return sigmoid(logit)
        inputs = scaled.astype(np.float32)
        by_nets = sum(forward(inputs, net)[1].astype(float) for net in self.nets)
        return sigmoid((logit + by_nets / len(self.nets)) / 2)


@dataclass(frozen=True, eq=False)
class Tried:
    """What was said of pairs bought twice on the newest days, by what lay before, and what came.

    Attributes:
        day: of the forecast.
        key: of the pairs, ascending; a sample where there are many.
        probability: that was said.
        again: 1 for those bought again within the horizon.
    """

    day: int
    key: NDArray[np.int64]
    probability: Floats
    again: Floats


@dataclass(frozen=True, eq=False)
class ReplenishmentModel:
    """What was learned from one history for one horizon.

    Attributes:
        days: the horizon.
        weights: of what tells that something is bought again.
        rhythms: that tell when something runs low.
        tried: what the card's quality was measured on; None where nothing could be tried.
        card: what it learned from and how it did.
    """

    days: int
    weights: _Weights
    rhythms: Rhythms
    tried: Tried | None
    card: ReplenishmentCard

    def forecast(self, purchases: Purchases) -> Iterator[Replenishments]:
        """Yield what to expect of all pairs bought before day 0, by customer, in parts."""
        pairs = Pairs(purchases, 0)
        due = self.rhythms.forecast(purchases)
        is_told = due.again > 0
        low, middle, high = (np.where(is_told, one, np.nan) for one in due.days)
        for part in pairs.parts(_CHUNK):
            yield Replenishments(
                customer=pairs.customer[part],
                item=pairs.item[part],
                purchases=pairs.n[part],
                probability=self.probability(pairs.describe(part)),
                due_days=middle[part],
                low_days=low[part],
                high_days=high[part],
            )

    def probability(self, columns: Floats) -> Floats:
        """Return the probability of pairs described by `Pairs.describe`."""
        return self.weights.probability(columns)


@dataclass(frozen=True, eq=False)
class _Lesson:
    day: int
    key: NDArray[np.int64]
    columns: Floats
    again: Floats
    is_repeated: NDArray[np.bool_]


def fit_replenishment(
    purchases: Purchases, horizon: timedelta, *, seed: int = 0
) -> ReplenishmentModel | ReplenishmentCard:
    """Learn from the purchases before day 0.

    Args:
        purchases: who bought what on which day.
        horizon: within which a product is bought again.
        seed: of the sample of pairs that is learned from, and of the nets.

    Returns:
        The model, or only its card, which says why it is withheld.
    """
    days = days_of(horizon)
    known = purchases.before(0)
    span = -int(known.day.min()) if len(known.day) else 0
    card = ReplenishmentCard(
        horizon=timedelta(days=days), n_purchases=len(known.day), history_days=span
    )
    step = max(days, 7) if span >= 5 * days else days
    starts = [-days - step * index for index in range(_N_LESSONS)]
    starts = [day for day in starts if day > -0.7 * span]
    if not starts:
        return msgspec.structs.replace(card, withheld=Withheld.HISTORY_TOO_SHORT)
    draw = np.random.default_rng(seed)
    share = _MOST_ROWS // len(starts)
    lessons = [_look_back(known, day, days, share, draw) for day in starts]
    if sum(one.again.sum() for one in lessons) < MIN_PAIRS_AGAIN:
        return msgspec.structs.replace(card, withheld=Withheld.TOO_FEW_REPEATS)
    return _settle(known, lessons, days, card, seed)


def _look_back(
    known: Purchases, day: int, days: int, share: int, draw: np.random.Generator
) -> _Lesson:
    pairs = Pairs(known, day)
    came = known.between(day, day + days)
    again = np.isin(pairs.key, came.key)
    # Pairs bought once are many and teach little; which are taken does not depend on what came.
    taken = np.flatnonzero((pairs.n > 1) | (draw.random(len(pairs.n)) < _KEPT_SINGLES))
    if len(taken) > share:
        taken = np.sort(draw.choice(taken, share, replace=False))
    return _Lesson(
        day=day,
        key=pairs.key[taken],
        columns=pairs.describe(taken),
        again=again[taken].astype(float),
        is_repeated=pairs.n[taken] > 1,
    )


def _settle(
    known: Purchases, lessons: Sequence[_Lesson], days: int, card: ReplenishmentCard, seed: int
) -> ReplenishmentModel | ReplenishmentCard:
    test, older = lessons[0], lessons[1:]
    way, tried = _Way.PLAIN, None
    if older and test.again.any() and any(one.again.any() for one in older):
        said = {one: _learn(older, one, seed).probability(test.columns) for one in _Way}
        loss = {one: _loss(chances, test.again) for one, chances in said.items()}
        for one in (_Way.BENT, _Way.MIXED):
            if _is_above_chance(loss[way] - loss[one]):
                way = one
        mask = test.is_repeated
        tried = Tried(test.day, test.key[mask], said[way][mask], test.again[mask])
        quality = _measure(tried, said[_Way.PLAIN][mask], days)
        card = msgspec.structs.replace(card, quality=quality)
        if not quality.auc.low > CHANCE:
            return msgspec.structs.replace(card, withheld=Withheld.UNRELIABLE)
    card = msgspec.structs.replace(card, is_learned=way is not _Way.PLAIN)
    weights = _learn(lessons, way, seed)
    return ReplenishmentModel(days, weights, learn_rhythms(known), tried, card)


def _is_above_chance(gain: Floats) -> bool:
    return bool(gain.mean() > gain.std() / np.sqrt(len(gain)))


def _learn(lessons: Sequence[_Lesson], way: _Way, seed: int) -> _Weights:
    columns = np.concatenate([one.columns for one in lessons])
    again = np.concatenate([one.again for one in lessons])
    is_plain = way is _Way.PLAIN
    chosen = columns[:, -1:] if is_plain else columns
    middle, spread = chosen.mean(axis=0), chosen.std(axis=0)
    scaled = _scaled(chosen, middle, spread)
    coefficients = fit_logistic(_bent(scaled), again, np.zeros(len(again)), ridge=_RIDGE)
    nets = _fit_nets(scaled, again, seed) if way is _Way.MIXED else ()
    return _Weights(is_plain, middle, spread, coefficients, nets)


def _fit_nets(scaled: Floats, again: Floats, seed: int) -> tuple[Weights, ...]:
    inputs, answers = scaled.astype(np.float32), again.astype(np.float32)
    draw = np.random.default_rng(seed)
    each = np.arange(len(again))
    level = float(np.log((again.sum() + 1) / (len(again) - again.sum() + 1)))
    return tuple(
        fit_net(
            inputs,
            answers,
            each,
            slope_of_each,
            draw,
            n_epochs=_EPOCHS,
            lists_at_once=_PAIRS_AT_ONCE,
            level=level,
        )
        for _ in range(_NETS)
    )


def _scaled(columns: Floats, middle: Floats, spread: Floats) -> Floats:
    # What hardly varied teaches nothing; values beyond the lessons' are held at their edge.
    scaled: Floats = np.clip((columns - middle) / np.maximum(spread, 1e-6), -4, 4)
    return scaled


def _bent(scaled: Floats) -> Floats:
    bends = [np.maximum(scaled - bend, 0) for bend in _BENDS]
    return np.concatenate([np.ones((len(scaled), 1)), scaled, *bends], axis=1)


def _loss(probability: Floats, again: Floats) -> Floats:
    said = np.clip(np.where(again > 0, probability, 1 - probability), 1e-9, 1)
    loss: Floats = -np.log(said)
    return loss


def _measure(tried: Tried, plain: Floats, days: int) -> ReplenishmentQuality:
    said, again = tried.probability, tried.again
    return ReplenishmentQuality(
        days=days,
        n_pairs=len(again),
        base_rate=float(again.mean()) if len(again) else 0.0,
        average_precision=with_interval(average_precision, said, again, resamples=_RESAMPLES),
        auc=with_interval(auc, said, again, resamples=_RESAMPLES),
        plain_average_precision=average_precision(plain, again),
        plain_auc=auc(plain, again),
        reliability=reliability(said, again),
    )
