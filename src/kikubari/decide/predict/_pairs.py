"""Pairs of customer and product, and what they were like on a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.histories import History
from kikubari.decide.predict._fitting import Floats
from kikubari.kit.instants import to_micros

_DAY_US = 86_400_000_000
# Half lives, in days, by which purchases of long ago count less.
_PAIR_HALF_LIVES = (7, 15, 30, 120, 60)
_CUSTOMER_HALF_LIVES = (15, 60)
_ITEM_HALF_LIVES = (10, 60)
_REPEATS_HALF_LIFE = 60
_PLACE_HALF_LIFE = 60
_LEAST_AGAIN = 1e-6
# Purchases that a product's rhythm, and a pair's, is shrunk by.
ITEM_PRIOR, PAIR_PRIOR = 5.0, 2.0

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Purchases:
    """Days on which customers bought products; one row each, by customer, product, day.

    Attributes:
        n_customers: of the history.
        n_items: of the history.
        key: int64, customer x `n_items` + product.
        day: int64, from the instant of the forecast; all before it are < 0.
    """

    n_customers: int
    n_items: int
    key: Ints
    day: Ints

    def before(self, day: int) -> "Purchases":
        """Return those known at the start of a day."""
        mask = self.day < day
        return Purchases(self.n_customers, self.n_items, self.key[mask], self.day[mask])

    def between(self, first: int, end: int) -> "Purchases":
        """Return those of the days from `first` until before `end`."""
        mask = (self.day >= first) & (self.day < end)
        return Purchases(self.n_customers, self.n_items, self.key[mask], self.day[mask])


def gather_purchases(history: History, as_of: datetime) -> Purchases:
    """Return who bought what on which day; returns (negative values) are no purchases."""
    if history.item is None or history.items is None:
        raise ValueError("the history tells no items")
    is_purchase = ~(history.value < 0)
    day = (history.at_us[is_purchase] - to_micros(as_of)) // _DAY_US
    return distinct_purchases(
        history.customer[is_purchase].astype(np.int64),
        history.item[is_purchase].astype(np.int64),
        day,
        len(history.customers),
        len(history.items),
    )


def distinct_purchases(
    customer: Ints, item: Ints, day: Ints, n_customers: int, n_items: int
) -> Purchases:
    """Return lines in any order as purchases: once a customer, product and day."""
    n_items = max(n_items, 1)
    key = customer * n_items + item
    order = np.lexsort((day, key))
    key, day = key[order], day[order]
    is_new = np.ones(len(key), dtype=bool)
    is_new[1:] = (np.diff(key) != 0) | (np.diff(day) != 0)
    return Purchases(n_customers, n_items, key[is_new], day[is_new])


class Pairs:
    """All pairs bought before a day, ascending, with what customers and products were like."""

    def __init__(self, purchases: Purchases, day: int) -> None:
        known = purchases.before(day)
        self._day = day
        self._n_items = purchases.n_items
        self.key, starts, self.n = np.unique(known.key, return_index=True, return_counts=True)
        self.customer, self.item = np.divmod(self.key, purchases.n_items)
        self._starts = starts
        self._known = known
        self._item_of_row = known.key % purchases.n_items
        self._is_again = np.ones(len(known.key), dtype=bool)
        self._is_again[starts] = False
        self._gather_customers(purchases.n_customers)
        self._gather_items()
        self._gather_places()

    def parts(self, size: int) -> Iterator[slice]:
        """Yield slices of about `size` pairs."""
        for start in range(0, len(self.key), size):
            yield slice(start, min(start + size, len(self.key)))

    def _gather_customers(self, n: int) -> None:
        known, day = self._known, self._day
        first = int(known.day.min()) if len(known.day) else day
        span = day - first + 1
        visits = np.unique(known.key // self._n_items * span + (known.day - first))
        who, when = visits // span, visits % span + first
        self._trips = np.bincount(who, minlength=n).astype(float)
        self._lately = [
            np.bincount(who, 0.5 ** ((day - when) / half), minlength=n)
            for half in _CUSTOMER_HALF_LIVES
        ]
        self._first_trip = np.full(n, day, dtype=float)
        np.minimum.at(self._first_trip, who, when)
        self._last_trip = np.full(n, first, dtype=float)
        np.maximum.at(self._last_trip, who, when)
        self._variety = np.bincount(self.customer, minlength=n).astype(float)
        self._gather_repeats(n)

    def _gather_repeats(self, n: int) -> None:
        """Tell who comes back to what they know from who buys something else each time."""
        who = self._known.key // self._n_items
        fading = 0.5 ** ((self._day - self._known.day) / _REPEATS_HALF_LIFE)
        again = np.bincount(who, fading * self._is_again, minlength=n)
        self._repeats = (again + 0.1) / (np.bincount(who, fading, minlength=n) + 0.5)

    def _gather_items(self) -> None:
        n, known = self._n_items, self._known
        age = (self._day - known.day).astype(float)
        self._selling = [
            np.bincount(self._item_of_row, 0.5 ** (age / half), minlength=n)
            for half in _ITEM_HALF_LIVES
        ]
        self._buyers = np.bincount(self.item, minlength=n).astype(float)
        again = np.bincount(self.item, self.n > 1, minlength=n)
        share = again.sum() / max(self._buyers.sum(), 1.0)
        # As long as nobody has come back for anything, the share is small, not nothing.
        self._again = np.maximum((again + 2 * share) / (self._buyers + 2), _LEAST_AGAIN)
        gap = np.log(np.diff(known.day, prepend=0)[self._is_again] + 1.0)
        usual = float(gap.mean()) if len(gap) else np.log(30.0)
        items = self._item_of_row[self._is_again]
        self._item_rhythm = (np.bincount(items, gap, minlength=n) + ITEM_PRIOR * usual) / (
            np.bincount(items, minlength=n) + ITEM_PRIOR
        )

    def _gather_places(self) -> None:
        """Tell what a customer buys most of late from what they buy beside it."""
        pair = np.repeat(np.arange(len(self.key)), self.n)
        age = (self._day - self._known.day).astype(float)
        lately = np.bincount(pair, 0.5 ** (age / _PLACE_HALF_LIFE), minlength=len(self.key))
        order = np.lexsort((-lately, self.customer))
        place = np.empty(len(order))
        place[order] = np.arange(len(order)) - np.searchsorted(self.customer, self.customer)
        of_all = np.bincount(self.customer, lately)[self.customer] if len(lately) else lately
        self._place, self._lately_of_all = place, of_all
        self._share = lately / np.maximum(of_all, 1e-9)

    def describe(self, chosen: slice | Ints) -> Floats:
        """Return what some pairs were like, a row each; the last column is the plain count."""
        index = np.arange(len(self.key))[chosen]
        n, starts = self.n[index].astype(float), self._starts[index]
        rows = _rows_of(starts, self.n[index])
        pair = np.repeat(np.arange(len(index)), self.n[index])
        when = self._known.day[rows]
        age = (self._day - when).astype(float)
        first, last = (
            when[np.cumsum(self.n[index]) - self.n[index]],
            when[np.cumsum(self.n[index]) - 1],
        )
        rhythm, unrest = self._rhythm(index, pair, when)
        silence = (self._day - last).astype(float)
        lately = [
            np.bincount(pair, 0.5 ** (age / half), minlength=len(index))
            for half in _PAIR_HALF_LIVES
        ]
        columns = [
            np.log(n),
            (n == 1).astype(float),
            np.log(silence + 0.5),
            np.log(silence + 0.5) - rhythm,
            np.log(self._day - first + 1.0),
            rhythm,
            unrest,
            *self._describe_customers(index, n, lately[-1].astype(float)),
            *self._describe_items(index),
            np.log1p(self._place[index]),
            np.log(self._share[index] + 1e-4),
            np.log(self._lately_of_all[index] + 0.1),
            *(np.log(one + 0.01) for one in lately),
        ]
        return np.stack(columns, axis=1)

    def _rhythm(self, index: Ints, pair: Ints, when: Ints) -> tuple[Floats, Floats]:
        """Return the log of the usual gap, shrunk to the product's, and how much gaps vary."""
        size = len(index)
        is_again = np.ones(len(pair), dtype=bool)
        is_again[np.flatnonzero(np.diff(pair, prepend=-1))] = False
        gap = np.log(np.diff(when, prepend=0)[is_again] + 1.0)
        n_gaps = np.bincount(pair[is_again], minlength=size)
        total = np.bincount(pair[is_again], gap, minlength=size)
        squares = np.bincount(pair[is_again], gap * gap, minlength=size)
        rhythm = (total + PAIR_PRIOR * self._item_rhythm[self.item[index]]) / (n_gaps + PAIR_PRIOR)
        some = np.maximum(n_gaps, 1)
        spread = np.sqrt(np.maximum(squares / some - (total / some) ** 2, 0))
        return rhythm, np.where(n_gaps > 1, spread, -0.1)

    def _describe_customers(self, index: Ints, n: Floats, lately: Floats) -> list[Floats]:
        who = self.customer[index]
        short, long = (one[who] for one in self._lately)
        trips = self._trips[who]
        return [
            np.log((lately + 0.1) / (long + 1)),
            np.log(short + 0.05),
            np.log(long + 0.1),
            np.log(self._day - self._last_trip[who] + 0.5),
            np.log(trips),
            np.log((self._day - self._first_trip[who]) / trips + 0.1),
            np.log(self._variety[who]),
            np.log(n / trips),
            np.log(self._repeats[who]),
        ]

    def _describe_items(self, index: Ints) -> list[Floats]:
        item = self.item[index]
        short, long = (one[item] for one in self._selling)
        again = self._again[item]
        return [
            self._item_rhythm[item],
            np.log(again / (1 - again + 1e-3)),
            np.log(short + 0.1),
            np.log(long + 0.1),
            np.log((short + 1) / (long + 6)),
            np.log(self._buyers[item]),
        ]


def _rows_of(starts: Ints, n: Ints) -> Ints:
    """Return the places of all rows of runs, one after the other."""
    ends = np.cumsum(n)
    rows: Ints = np.arange(int(n.sum())) + np.repeat(starts - (ends - n), n)
    return rows
