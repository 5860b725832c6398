"""What forecasts say, and why one is withheld."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kikubari.decide.predict._fitting import Floats
from kikubari.decide.predict.dates import DateQuality
from kikubari.decide.predict.quality import Figure, Reliability

# How far ahead goods are named as running low, and with what probability at least.
REACH_DAYS = 28
NAMED_FROM = 0.3


class LeftOut(Protocol):
    """Those whose data is kept and not used."""

    def list_left_out(self) -> BitMap:
        """Return their profile numbers."""
        ...


class Withheld(StrEnum):
    """Why nothing is said. The codes are stable."""

    TOO_FEW_CUSTOMERS = "too_few_customers"
    TOO_FEW_REPEATS = "too_few_repeats"
    HISTORY_TOO_SHORT = "history_too_short"
    UNRELIABLE = "unreliable_on_own_past"
    NO_VALUES = "no_values"
    MAY_HAVE_LEFT = "may_have_left"
    NO_PURCHASE = "no_purchase"
    TOO_UNCERTAIN = "too_uncertain"
    ONE_CHANNEL = "one_channel"


WITHHELD_TEXTS: dict[Withheld, dict[str, str]] = {
    Withheld.TOO_FEW_CUSTOMERS: {
        "ja": "購入者がまだ少なく、予測できません。",
        "en": "Too few customers have bought so far to say anything.",
    },
    Withheld.TOO_FEW_REPEATS: {
        "ja": "再購入がまだ少なく、次の購入を予測できません。",
        "en": "Too few have bought again so far to tell when anybody will.",
    },
    Withheld.HISTORY_TOO_SHORT: {
        "ja": "購入履歴が、この期間を予測するには短すぎます。",
        "en": "The history is too short for a forecast this far ahead.",
    },
    Withheld.UNRELIABLE: {
        "ja": "過去のデータで検証したところ、予測が十分に当たりませんでした。",
        "en": "Tried on this shop's own past, the forecast did not hold.",
    },
    Withheld.NO_VALUES: {
        "ja": "購入金額が記録されていません。",
        "en": "The history tells no values of purchases.",
    },
    Withheld.MAY_HAVE_LEFT: {
        "ja": "離脱している可能性が高く、次の購入日は示せません。",
        "en": "Has more likely left than not, so no next date is named.",
    },
    Withheld.NO_PURCHASE: {
        "ja": "まだ購入がありません。",
        "en": "Has not bought yet.",
    },
    Withheld.TOO_UNCERTAIN: {
        "ja": "はっきりした傾向がまだありません。",
        "en": "Nothing stands out clearly enough so far.",
    },
    Withheld.ONE_CHANNEL: {
        "ja": "配信はメールだけなので、選ぶチャネルがありません。",
        "en": "Messages go out by e-mail alone, so there is no channel to choose.",
    },
}


@dataclass(frozen=True, eq=False)
class Forecasts:
    """What to expect of customers in the horizon; NaN where nothing is said.

    Low and high enclose the truth for about 80 of 100 customers.

    Attributes:
        customer: place of the customer in the history, ascending.
        expected: purchases (days on which something is bought).
        low: of purchases.
        high: of purchases.
        expected_value: worth of them, in the unit of the history.
        value_low: of the worth.
        value_high: of the worth.
        alive: probability that the customer has not left for good.
        churn: probability of no purchase in the horizon.
        next_days: days until the next purchase has come as likely as not; NaN where the customer
            has more likely left.
        next_low: days before which it comes with 10 %.
        next_high: days before which it comes with 90 %; infinite where it never is that sure.
    """

    customer: NDArray[np.int64]
    expected: Floats
    low: Floats
    high: Floats
    expected_value: Floats
    value_low: Floats
    value_high: Floats
    alive: Floats
    churn: Floats
    next_days: Floats
    next_low: Floats
    next_high: Floats


class PurchaseQuality(msgspec.Struct, frozen=True, kw_only=True):
    """How the forecast did on the newest part of the history, learned from what lay before.

    Attributes:
        days: length of that part.
        n_customers: forecast for.
        mae: mean error of the number of purchases.
        rmse: root of the mean squared error.
        bias: of the sum of purchases, as a share.
        auc: of who buys at all.
        plain_mae: mean error of the model of dropout alone.
        plain_auc: likewise.
        coverage: share of customers whose purchases lay within low and high.
        reliability: of the probability to buy at all.
        dates: how the dates of next purchases did; None where too few can be judged.
    """

    days: int
    n_customers: int
    mae: Figure
    rmse: Figure
    bias: Figure
    auc: Figure
    plain_mae: float
    plain_auc: float
    coverage: float
    reliability: Reliability
    dates: DateQuality | None = None


class PurchaseCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a purchase model learned from and how far to trust it.

    Attributes:
        horizon: that it forecasts.
        n_customers: with a purchase.
        n_purchases: in the history.
        history_days: from the first purchase to the forecast.
        is_corrected: what the shop's past taught passed the test on newer days; if not, the plain
            model of dropout speaks.
        quality: None where nothing could be tried.
        withheld: why the model says nothing at all; None if it does.
    """

    horizon: timedelta
    n_customers: int
    n_purchases: int
    history_days: int
    is_corrected: bool = False
    quality: PurchaseQuality | None = None
    withheld: Withheld | None = None


@dataclass(frozen=True, eq=False)
class Replenishments:
    """What to expect of pairs of customer and product, one entry per pair.

    Attributes:
        customer: place of the customer in the history, ascending.
        item: place of the product in the history.
        purchases: days on which the customer bought it so far.
        probability: that it is bought again in the horizon.
        due_days: days until it runs low, as likely before as after; NaN where it was last bought
            more than three usual gaps ago.
        low_days: it is earlier with 10 %.
        high_days: it is later with 10 %.
    """

    customer: NDArray[np.int64]
    item: NDArray[np.int64]
    purchases: NDArray[np.int64]
    probability: Floats
    due_days: Floats
    low_days: Floats
    high_days: Floats

    @property
    def runs_low(self) -> NDArray[np.bool_]:
        """Which are named as running low: due within `REACH_DAYS`, and surely enough."""
        is_due = (self.purchases > 1) & (self.due_days <= REACH_DAYS)
        named: NDArray[np.bool_] = is_due & (self.probability >= NAMED_FROM)
        return named


class ReplenishmentQuality(msgspec.Struct, frozen=True, kw_only=True):
    """How the forecast did on the newest days, on products bought at least twice before.

    Attributes:
        days: how many.
        n_pairs: of customer and product, a sample where there are many.
        base_rate: share that was bought again.
        average_precision: of the forecast.
        auc: of the forecast.
        plain_average_precision: of the count of late purchases alone.
        plain_auc: likewise.
        reliability: of the probabilities.
    """

    days: int
    n_pairs: int
    base_rate: float
    average_precision: Figure
    auc: Figure
    plain_average_precision: float
    plain_auc: float
    reliability: Reliability


class ReplenishmentCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a replenishment model learned from and how far to trust it.

    Attributes:
        horizon: within which a product is bought again.
        n_purchases: days on which somebody bought something.
        history_days: from the first purchase to the forecast.
        is_learned: what was learned passed the test on newer days; if not, the count of late
            purchases speaks.
        quality: None where nothing could be tried.
        withheld: why the model says nothing at all; None if it does.
    """

    horizon: timedelta
    n_purchases: int
    history_days: int
    is_learned: bool = False
    quality: ReplenishmentQuality | None = None
    withheld: Withheld | None = None


class RunsLow(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person buys again and again is expected to run low.

    Attributes:
        product_id: None for a category as a whole.
        category: of the product; empty where none is told.
        at: as likely before as after; the beginning of that day where the shop is.
        earliest_at: it is earlier with 10 %.
        latest_at: it is later with 10 %.
        confidence: probability that it is bought again within four weeks of the forecast.
    """

    product_id: str | None
    category: str
    at: datetime
    earliest_at: datetime
    latest_at: datetime
    confidence: float
