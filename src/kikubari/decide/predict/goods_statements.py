"""What runs low, as it is told through the log: an event for each product of a person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.predict.goods import DueGoods
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import INTERNAL_SOURCE_ID, REPLENISHMENT_FORECAST

# The surest of a person say enough; a message names few.
_MOST_OF_A_PERSON = 20


@dataclass(frozen=True, eq=False)
class GoodsStatements:
    """How goods that run low are told.

    Attributes:
        version: of the model.
        as_of: when the forecasts are of.
        zone: of the shop, in which a day begins.
        people: profile numbers by place in the history.
    """

    version: int
    as_of: datetime
    zone: ZoneInfo
    people: NDArray[np.uint32]

    def of_products(
        self, due: DueGoods, products: Sequence[str], categories: Sequence[str]
    ) -> Iterator[Event]:
        """Yield an event for each product that runs low."""
        for row in _surest(due):
            item = int(due.item[row])
            named = {"product_id": products[item], "category": categories[item]}
            yield self._event(due, row, named)

    def of_categories(self, due: DueGoods, categories: Sequence[str]) -> Iterator[Event]:
        """Yield an event for each category that runs low as a whole."""
        for row in _surest(due):
            yield self._event(due, row, {"category": categories[int(due.item[row])]})

    def _event(self, due: DueGoods, row: int, named: dict[str, Any]) -> Event:
        number = int(self.people[due.customer[row]])
        low, middle, high = (
            to_micros(self._day_after(float(days[row])))
            for days in (due.low_days, due.days, due.high_days)
        )
        item = named.get("product_id", f"category:{named['category']}")
        confidence = round(float(due.confidence[row]), 3)
        return Event(
            message_id=f"runs-low:{self.version}:{number}:{item}",
            kind=EventKind.TRACK,
            type=REPLENISHMENT_FORECAST,
            occurred_at=self.as_of,
            received_at=self.as_of,
            source_id=INTERNAL_SOURCE_ID,
            trust=Trust.INTERNAL,
            number=number,
            properties={
                **named,
                "runs_low_us": middle,
                "earliest_us": low,
                "latest_us": high,
                "confidence": confidence,
                "purchases": int(due.purchases[row]),
                "model_version": self.version,
            },
            context={"kikubari": {"provenance": "inferred_self", "confidence": confidence}},
        )

    def _day_after(self, days: float) -> datetime:
        """Return the beginning of the day so many days ahead."""
        then = (self.as_of + timedelta(days=days)).astimezone(self.zone)
        return then.replace(hour=0, minute=0, second=0, microsecond=0)


def _surest(due: DueGoods) -> Iterator[int]:
    """Yield rows, at most so many of a customer: the surest come first."""
    starts = np.searchsorted(due.customer, due.customer)
    yield from (
        int(row) for row in np.flatnonzero(np.arange(len(due)) - starts < _MOST_OF_A_PERSON)
    )
