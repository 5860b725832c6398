"""How forecasts would have done: learn from what lay before a day, look at what came after it."""

from datetime import datetime, timedelta

import msgspec
import numpy as np

from kikubari.decide.histories import History
from kikubari.decide.predict._fitting import Floats
from kikubari.decide.predict._pairs import Purchases, gather_purchases
from kikubari.decide.predict.contracts import PurchaseCard, ReplenishmentCard
from kikubari.decide.predict.correction import look_at
from kikubari.decide.predict.dates import DateQuality, measure_dates, wait_for_next
from kikubari.decide.predict.occasions import days_of, gather_occasions, stand_at
from kikubari.decide.predict.purchases import PurchaseModel, fit_purchases
from kikubari.decide.predict.quality import (
    Figure,
    Reliability,
    auc,
    average_precision,
    bias,
    mean_absolute_error,
    reliability,
    root_mean_square_error,
    with_interval,
)
from kikubari.decide.predict.replenishment import ReplenishmentModel, fit_replenishment
from kikubari.spec.errors import InvalidInputError


class PurchaseEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """Forecasts of purchases held against what came; figures with 95 % intervals.

    Attributes:
        n_customers: forecast for.
        n_purchases: that came, days on which a customer bought.
        mae: mean error of the number of purchases.
        rmse: root of the mean squared error.
        bias: of the sum of purchases, as a share.
        auc: of who buys at all.
        value_bias: of the sum of worth, as a share.
        coverage: share of customers whose purchases lay within low and high.
        value_coverage: likewise of the worth.
        reliability: of the probability to buy at all.
        dates: how the dates of next purchases did; None where too few can be judged.
        plain_mae: the same error of the model of dropout alone, which knows no shop's past.
        plain_rmse: likewise.
        plain_bias: likewise.
        plain_auc: likewise.
        card: what the model says of itself, from before the day.
    """

    n_customers: int
    n_purchases: int
    mae: Figure
    rmse: Figure
    bias: Figure
    auc: Figure
    value_bias: Figure | None
    coverage: float
    value_coverage: float | None
    reliability: Reliability
    dates: DateQuality | None
    plain_mae: float
    plain_rmse: float
    plain_bias: float
    plain_auc: float
    card: PurchaseCard


class PairFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How one kind of pairs did.

    Attributes:
        n_pairs: of customer and product.
        base_rate: share that was bought again.
        average_precision: of the probability.
        auc: of the probability.
        reliability: of the probability.
    """

    n_pairs: int
    base_rate: float
    average_precision: Figure
    auc: Figure
    reliability: Reliability


class ReplenishmentEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """Forecasts of replenishment held against what came.

    Attributes:
        bought_once: pairs bought on one day or more before.
        bought_twice: on two days or more.
        card: what the model says of itself, from before the day.
    """

    bought_once: PairFigures
    bought_twice: PairFigures
    card: ReplenishmentCard


def evaluate_purchases(
    history: History, as_of: datetime, horizon: timedelta
) -> PurchaseEvaluation | PurchaseCard:
    """Forecast as of an instant and compare; only the card where the forecast is withheld.

    Raises:
        InvalidInputError: the history ends before the horizon does.
    """
    _check_future(history, as_of, horizon)
    occasions = gather_occasions(history, as_of)
    model = fit_purchases(occasions, horizon)
    if not isinstance(model, PurchaseModel):
        return model
    days = days_of(horizon)
    at = stand_at(occasions, 0)
    said = model.forecast(at)
    came = occasions.between(0, days)
    actual, worth = came.count()[at.customer], came.sum()[at.customer]
    plain = look_at(model.dropout, at, days, level=1.0)
    has_value = model.spend is not None
    return PurchaseEvaluation(
        n_customers=len(at),
        n_purchases=int(actual.sum()),
        mae=with_interval(mean_absolute_error, said.expected, actual),
        rmse=with_interval(root_mean_square_error, said.expected, actual),
        bias=with_interval(bias, said.expected, actual),
        auc=with_interval(auc, 1 - said.churn, actual),
        value_bias=with_interval(bias, said.expected_value, worth) if has_value else None,
        coverage=_share_within(said.low, actual, said.high),
        value_coverage=(
            _share_within(said.value_low, worth, said.value_high) if has_value else None
        ),
        reliability=reliability(1 - said.churn, actual),
        dates=measure_dates(
            said.next_low,
            said.next_days,
            said.next_high,
            wait_for_next(occasions.between(0, days), at, 0),
            days,
        ),
        plain_mae=mean_absolute_error(plain.expected, actual),
        plain_rmse=root_mean_square_error(plain.expected, actual),
        plain_bias=bias(plain.expected, actual),
        plain_auc=auc(plain.expected, actual),
        card=model.card,
    )


def evaluate_replenishment(
    history: History, as_of: datetime, horizon: timedelta, *, seed: int = 0
) -> ReplenishmentEvaluation | ReplenishmentCard:
    """Forecast as of an instant and compare; only the card where the forecast is withheld.

    Raises:
        InvalidInputError: the history ends before the horizon does.
    """
    _check_future(history, as_of, horizon)
    purchases = gather_purchases(history, as_of)
    model = fit_replenishment(purchases, horizon, seed=seed)
    if not isinstance(model, ReplenishmentModel):
        return model
    parts = list(model.forecast(purchases))
    probability = np.concatenate([part.probability for part in parts])
    key = np.concatenate([part.customer * purchases.n_items + part.item for part in parts])
    again = _came_again(purchases, key, days_of(horizon))
    is_repeated = np.concatenate([part.purchases for part in parts]) > 1
    return ReplenishmentEvaluation(
        bought_once=_pair_figures(probability, again),
        bought_twice=_pair_figures(probability[is_repeated], again[is_repeated]),
        card=model.card,
    )


def _came_again(purchases: Purchases, key: np.ndarray, days: int) -> Floats:
    return np.isin(key, purchases.between(0, days).key).astype(float)


def _pair_figures(probability: Floats, again: Floats) -> PairFigures:
    return PairFigures(
        n_pairs=len(again),
        base_rate=float(again.mean()) if len(again) else 0.0,
        average_precision=with_interval(average_precision, probability, again),
        auc=with_interval(auc, probability, again),
        reliability=reliability(probability, again),
    )


def _share_within(low: Floats, actual: Floats, high: Floats) -> float:
    return float(((low <= actual) & (actual <= high)).mean())


def _check_future(history: History, as_of: datetime, horizon: timedelta) -> None:
    end = as_of + horizon
    last_us = int(history.at_us.max()) if len(history) else 0
    if last_us < int((end - timedelta(days=1)).timestamp() * 1e6):
        raise InvalidInputError(
            f"the history ends before {end:%Y-%m-%d}: there is nothing to compare with",
            hint="name an earlier --as-of or a shorter --horizon",
        )
