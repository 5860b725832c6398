"""What was bought, as the arrays that recommendations are learned from."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.histories import History
from kikubari.decide.recommend.contracts import NoItemsError

DAY_US = 86_400_000_000


@dataclass(frozen=True, eq=False)
class Purchases:
    """Days on which customers bought items: once a customer, item and day, however many pieces.

    Sorted by customer, then day, then item, so the order of what they were made from is gone.

    Attributes:
        n_customers: customers are the numbers below it.
        n_items: items are the numbers below it.
        customer: int32.
        item: int32.
        day: float32, days since `epoch_day`: the day's first moment of purchase.
        epoch_day: days since 1970 at which `day` is zero.
        end_day: what happened at this day or later is unknown.
    """

    n_customers: int
    n_items: int
    customer: NDArray[np.int32]
    item: NDArray[np.int32]
    day: NDArray[np.float32]
    epoch_day: int
    end_day: float

    def __len__(self) -> int:
        return len(self.customer)

    def before(self, day: float) -> Self:
        """Return what was known just before a day."""
        known = self.day < day
        return replace(
            self,
            customer=self.customer[known],
            item=self.item[known],
            day=self.day[known],
            end_day=day,
        )

    def starts(self) -> NDArray[np.int64]:
        """Return where each customer's purchases start, and at last where all end."""
        return np.searchsorted(self.customer, np.arange(self.n_customers + 1))

    def list_customers(self) -> NDArray[np.int64]:
        """Return the customers who bought anything."""
        return np.flatnonzero(np.diff(self.starts()))


def to_purchases(history: History, end_us: int | None = None) -> Purchases:
    """Return the purchases of a history before an instant; returns are not purchases.

    Raises:
        NoItemsError: the history tells no items, or nobody bought anything.
    """
    if history.items is None or history.item is None:
        raise NoItemsError("the history does not say what was bought")
    end_us = int(history.at_us.max(initial=0)) + 1 if end_us is None else end_us
    kept = (history.at_us < end_us) & ~(history.value < 0)
    if not kept.any():
        raise NoItemsError("nobody bought anything before that instant")
    at_us = history.at_us[kept]
    epoch_day = int(at_us.min() // DAY_US)
    return pack(
        history.customer[kept],
        history.item[kept],
        at_us / DAY_US - epoch_day,
        n_customers=len(history.customers),
        n_items=len(history.items),
        epoch_day=epoch_day,
        end_day=end_us / DAY_US - epoch_day,
    )


def pack(
    customer: NDArray[np.int32],
    item: NDArray[np.int32],
    day: NDArray[np.float64],
    *,
    n_customers: int,
    n_items: int,
    end_day: float,
    epoch_day: int = 0,
) -> Purchases:
    """Return lines in any order as purchases: sorted, one a customer, item and whole day."""
    order = np.lexsort((day, item, np.floor(day), customer))
    customer, item, day = customer[order], item[order], day[order]
    whole = np.floor(day)
    is_first = np.ones(len(customer), dtype=bool)
    is_first[1:] = (np.diff(customer) != 0) | (np.diff(item) != 0) | (np.diff(whole) != 0)
    return Purchases(
        n_customers=n_customers,
        n_items=n_items,
        customer=customer[is_first].astype(np.int32),
        item=item[is_first].astype(np.int32),
        day=day[is_first].astype(np.float32),
        epoch_day=epoch_day,
        end_day=end_day,
    )
