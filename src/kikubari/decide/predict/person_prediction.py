"""What is expected of a person, as it is told and as it is read."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from kikubari.decide.predict.contracts import Forecasts, PurchaseCard
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import INTERNAL_SOURCE_ID, TRAIT_COMPUTED

_LONGEST_DAYS = 3_650.0


class PersonPrediction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is expected of a person, as told in the traits `predicted_…`.

    Attributes:
        model_version: that said so.
        horizon_days: that it is about.
        purchases: days on which something is bought.
        purchases_low: at least 80 of 100 lie between this and `purchases_high`.
        purchases_high: likewise.
        value_minor: worth of the purchases, in minor units of the base currency.
        value_low_minor: likewise between.
        value_high_minor: likewise.
        value_decile: 10 for the tenth of customers with most value ahead, 1 for the least.
        alive: probability of not having left for good.
        churn: probability of no purchase in the horizon.
        next_purchase: as likely before this day as after; None for who has more likely left.
    """

    model_version: int
    horizon_days: int
    purchases: float
    purchases_low: int
    purchases_high: int
    value_minor: int
    value_low_minor: int
    value_high_minor: int
    value_decile: int
    alive: float
    churn: float
    next_purchase: date | None = None


def read_prediction(traits: dict[str, Any]) -> PersonPrediction | None:
    """Return what is expected of a person.

    Args:
        traits: computed by the product itself, by name; None as value is a trait withdrawn.
    """
    told = {
        name: traits[f"predicted_{name}"]
        for name in PersonPrediction.__struct_fields__
        if traits.get(f"predicted_{name}") is not None
    }
    return msgspec.convert(told, PersonPrediction) if "churn" in told else None


@dataclass(frozen=True, eq=False)
class PurchaseStatements:
    """How a model's forecasts are told of people.

    Attributes:
        version: of the model.
        as_of: when the forecasts are of.
        zone: of the shop, in which days are named.
        card: of the model.
        people: profile numbers by place in the history.
        edges: of the tenths of customers by the value that is expected.
    """

    version: int
    as_of: datetime
    zone: ZoneInfo
    card: PurchaseCard
    people: NDArray[np.uint32]
    edges: NDArray[np.float64]

    def events(self, forecasts: Iterator[Forecasts]) -> Iterator[Event]:
        """Yield an event for each forecast."""
        quality = self.card.quality
        confidence = round(1 - quality.reliability.expected_error, 4) if quality else 0.0
        context = {"kikubari": {"provenance": "inferred_self", "confidence": confidence}}
        for part in forecasts:
            for index, customer in enumerate(part.customer):
                number = int(self.people[customer])
                yield Event(
                    message_id=f"prediction:{self.version}:{number}",
                    kind=EventKind.TRACK,
                    type=TRAIT_COMPUTED,
                    occurred_at=self.as_of,
                    received_at=self.as_of,
                    source_id=INTERNAL_SOURCE_ID,
                    trust=Trust.INTERNAL,
                    number=number,
                    traits=self._traits(part, index),
                    context=context,
                )

    def _traits(self, part: Forecasts, index: int) -> dict[str, Any]:
        days = float(part.next_days[index])
        has_date = math.isfinite(days) and days <= _LONGEST_DAYS
        value, low, high = (
            round(float(np.nan_to_num(one[index])))
            for one in (part.expected_value, part.value_low, part.value_high)
        )
        said = PersonPrediction(
            model_version=self.version,
            horizon_days=self.card.horizon.days,
            purchases=round(float(part.expected[index]), 2),
            purchases_low=int(part.low[index]),
            purchases_high=int(part.high[index]),
            value_minor=value,
            value_low_minor=low,
            value_high_minor=high,
            value_decile=int(np.searchsorted(self.edges, part.expected_value[index], "right")) + 1,
            alive=round(float(part.alive[index]), 3),
            churn=round(float(part.churn[index]), 3),
            next_purchase=self._day_after(days) if has_date else None,
        )
        # An absent day is told too: it withdraws the one that an earlier model may have named.
        told: dict[str, Any] = {"next_purchase": None, **msgspec.to_builtins(said)}
        return {f"predicted_{name}": one for name, one in told.items()}

    def _day_after(self, days: float) -> date:
        return (self.as_of + timedelta(days=days)).astimezone(self.zone).date()
