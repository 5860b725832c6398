"""How items sell: to how many, rising or falling, to whom, and how often again."""

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.recommend.purchases import Purchases

_DAYS = (3, 7, 14, 28, 56)
_EVER = 100_000
# Who first bought an item within so many days is a new buyer.
_NEW_DAYS = 14
_FEW_BUYERS = 2.0
_FEW_HOLDERS = 4.0

# More buyers than before are a trend from a fifth on, and beyond what chance alone makes of it.
_FEWEST_RISING = 3
_LEAST_GROWTH = 1.2
_CALM = 3.0

OF_SALES = (
    *(f"pop_{days}" for days in _DAYS), "pop", "new_buyers", "trend", "trend_slow",
    "rebought", "age", "unsold", "again_lately", "new_lately", "pop_lately", "trend_lately",
    "buyer_kinds",
)  # fmt: skip


def describe_items(known: Purchases, horizon_days: float) -> NDArray[np.float32]:
    """Return how each item sells; buyers, not pieces: one wholesale order makes no bestseller.

    Args:
        known: all purchases.
        horizon_days: "lately" is so many days back.

    Returns:
        A row per item, a column per name in OF_SALES.
    """
    return _Sales(known).describe(horizon_days)


def is_rising(
    pop_lately: NDArray[np.float32], trend_lately: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Say which items sell more than before, by the columns of these names in OF_SALES."""
    now = np.expm1(pop_lately.astype(np.float64))
    before = (now + 1) / np.exp(trend_lately.astype(np.float64)) - 1
    is_more = (now + _CALM) / (before + _CALM) >= _LEAST_GROWTH
    return (now > _FEWEST_RISING - 0.5) & is_more & (now - before > np.sqrt(now + before))


class _Sales:
    """Pairs of a customer and an item that the customer bought."""

    def __init__(self, known: Purchases) -> None:
        self._known = known
        self._n_items = known.n_items
        self._ago = known.end_day - known.day.astype(np.float64)
        keys = known.customer.astype(np.int64) * known.n_items + known.item
        pairs, self._pair = np.unique(keys, return_inverse=True)
        self._customer, self._item = pairs // known.n_items, pairs % known.n_items
        self._first = np.zeros(len(pairs))
        np.maximum.at(self._first, self._pair, self._ago)

    def describe(self, lately: float) -> NDArray[np.float32]:
        counts = {days: self._buyers(days) for days in (*_DAYS, _EVER)}
        ever = counts[_EVER]
        again = self._count(np.bincount(self._pair) > 1)
        again_lately, new_lately = self._buyers_lately(lately)
        pop_lately = self._buyers(lately)
        age, unsold = np.zeros(self._n_items), np.full(self._n_items, float(_EVER))
        np.maximum.at(age, self._known.item, self._ago)
        np.minimum.at(unsold, self._known.item, self._ago)
        kinds = np.log1p(np.bincount(self._customer))[self._customer]
        columns = [
            *(np.log1p(counts[days]) for days in (*_DAYS, _EVER)),
            np.log1p(self._count(self._first <= _NEW_DAYS)),
            np.log((counts[7] + 1) / (self._buyers(28, 7) / 3 + 1)),
            np.log((counts[28] + 1) / (self._buyers(84, 28) / 2 + 1)),
            (again + _FEW_BUYERS * again.sum() / max(ever.sum(), 1)) / (ever + _FEW_BUYERS),
            np.log1p(age),
            np.log1p(unsold),
            again_lately,
            np.log1p(new_lately),
            np.log1p(pop_lately),
            self._trend_lately(pop_lately, lately),
            np.bincount(self._item, kinds, minlength=self._n_items) / np.maximum(ever, 1),
        ]
        return np.column_stack(columns).astype(np.float32)

    def _trend_lately(self, pop_lately: NDArray[np.float64], lately: float) -> NDArray[np.float64]:
        """Return growth over as long before; none where the history does not reach back so far."""
        if self._ago.max(initial=0) < 2 * lately - 1:
            return np.zeros(self._n_items)
        trend: NDArray[np.float64] = np.log(
            (pop_lately + 1) / (self._buyers(2 * lately, lately) + 1)
        )
        return trend

    def _buyers(self, days: float, until: float = -1) -> NDArray[np.float64]:
        """Return how many bought each item at most `days` and more than `until` days ago."""
        return self._count(self._has((self._ago <= days) & (self._ago > until)))

    def _buyers_lately(self, lately: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return of who had an item and bought lately the share that bought it; and new buyers."""
        is_late = self._ago <= lately
        had, has = self._has(~is_late), self._has(is_late)
        is_active = np.zeros(self._known.n_customers, dtype=bool)
        is_active[self._known.customer[is_late]] = True
        holders = self._count(had & is_active[self._customer])
        again = self._count(had & has)
        usual = again.sum() / max(holders.sum(), 1)
        share = (again + _FEW_HOLDERS * usual) / (holders + _FEW_HOLDERS)
        return share, self._count(has & ~had)

    def _has(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the pairs that a chosen purchase is of."""
        found = np.zeros(len(self._item), dtype=bool)
        found[self._pair[chosen]] = True
        return found

    def _count(self, pairs: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.bincount(self._item[pairs], minlength=self._n_items).astype(np.float64)
