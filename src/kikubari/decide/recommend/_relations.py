"""How items go together: four tables of items by items, learned from purchases before a day.

- `together`: bought on the same day, by the cosine of their buyers, damped where there are few.
- `likes`: EASE (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019).
- `lately`: EASE on purchases that fade by half in three weeks.
- `next_up`: what those who had an item went on to buy for the first time in a window after: ridge
  regression of the first purchases of the last windows on all before them. Being about what comes
  next, it knows trends and seasons, which EASE does not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.recommend._rows import Rows, gather_rows, multiply
from kikubari.decide.recommend.purchases import Purchases

MOST_ITEMS = 2_500
_MOST_CUSTOMERS = 100_000
_LIVELY_DAYS = 56.0
FADING_DAYS = 21.0
_BASKET_DAYS = 180.0
_FEW_BASKETS = 5.0
_WINDOWS_BACK_DAYS = 56.0
# Smaller halves are inverted as a whole.
_SMALL = 128


@dataclass(frozen=True, eq=False)
class Relations:
    """Tables over the liveliest items.

    Attributes:
        items: the items that the tables are about, liveliest first.
        place: of every item in `items`, -1 outside.
        together, likes, lately: float32, items by items.
        next_up: float32, items and one row that holds for everybody, by items.
    """

    items: NDArray[np.int64]
    place: NDArray[np.int32]
    together: NDArray[np.float32]
    likes: NDArray[np.float32]
    lately: NDArray[np.float32]
    next_up: NDArray[np.float32]


def learn_relations(known: Purchases, *, horizon_days: float, seed: int) -> Relations:
    """Return what purchases say about items; beyond 100,000 customers a sample speaks for all."""
    items = _liveliest(known)
    place = np.full(known.n_items, -1, dtype=np.int32)
    place[items] = np.arange(len(items))
    sample = _sample(known, place, seed)
    likes, lately = _learn_likes(sample, known.end_day)
    return Relations(
        items=items,
        place=place,
        together=_learn_together(sample, known.end_day),
        likes=likes,
        lately=lately,
        next_up=_learn_next(sample, known.end_day, horizon_days),
    )


@dataclass(frozen=True, eq=False)
class _Sample:
    """Purchases of some customers, numbered anew, of items by place in the tables."""

    n_customers: int
    n_items: int
    customer: NDArray[np.int64]
    place: NDArray[np.int64]
    day: NDArray[np.float32]

    def rows(self, chosen: NDArray[np.bool_], weight: NDArray[np.float64] | None = None) -> Rows:
        return gather_rows(
            self.customer[chosen],
            self.place[chosen],
            None if weight is None else weight[chosen],
            n_rows=self.n_customers,
            n_columns=self.n_items,
        )


def _liveliest(known: Purchases) -> NDArray[np.int64]:
    """Return items by their sales of the last eight weeks, then of all time, then by number."""
    is_recent = known.day >= known.end_day - _LIVELY_DAYS
    recent = np.bincount(known.item[is_recent], minlength=known.n_items)
    ever = np.bincount(known.item, minlength=known.n_items)
    order = np.lexsort((np.arange(known.n_items), -ever, -recent))
    return order[: min(MOST_ITEMS, int((ever > 0).sum()))]


def _sample(known: Purchases, place: NDArray[np.int32], seed: int) -> _Sample:
    customers = known.list_customers()
    if len(customers) > _MOST_CUSTOMERS:
        customers = np.random.default_rng(seed).choice(customers, _MOST_CUSTOMERS, replace=False)
        customers.sort()
    number = np.full(known.n_customers, -1, dtype=np.int64)
    number[customers] = np.arange(len(customers))
    kept = (number[known.customer] >= 0) & (place[known.item] >= 0)
    return _Sample(
        len(customers),
        int((place >= 0).sum()),
        number[known.customer[kept]],
        place[known.item[kept]].astype(np.int64),
        known.day[kept],
    )


def _learn_likes(
    sample: _Sample, end_day: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    everything = np.ones(len(sample.customer), dtype=bool)
    fading = 0.5 ** ((end_day - sample.day.astype(np.float64)) / FADING_DAYS)
    ridge = float(np.clip(0.15 * sample.n_customers, 10, 500))
    return (
        _ease(sample.rows(everything), ridge),
        _ease(sample.rows(everything, fading), ridge / 2),
    )


def _ease(rows: Rows, ridge: float) -> NDArray[np.float32]:
    gram = multiply(rows, rows)
    gram[np.diag_indices(len(gram))] += ridge
    inverse = _invert(gram)
    weights: NDArray[np.float32] = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


def _invert(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the inverse of a symmetric positive definite matrix.

    By halves and Schur's complement: half the work of a general inverse, nearly all of it products.
    """
    half = len(matrix) // 2
    if half < _SMALL:
        return np.linalg.inv(matrix).astype(np.float32)
    first = _invert(matrix[:half, :half])
    across = first @ matrix[:half, half:]
    second = _invert(matrix[half:, half:] - matrix[half:, :half] @ across)
    side = across @ second
    inverse = np.empty_like(matrix)
    inverse[:half, :half] = first + side @ across.T
    inverse[:half, half:] = -side
    inverse[half:, :half] = -side.T
    inverse[half:, half:] = second
    return inverse


def _learn_together(sample: _Sample, end_day: float) -> NDArray[np.float32]:
    n_items = sample.n_items
    recent = sample.day >= end_day - _BASKET_DAYS
    basket = sample.customer[recent] * 4096 + np.floor(sample.day[recent]).astype(np.int64) % 4096
    names, number = np.unique(basket, return_inverse=True)
    rows = gather_rows(number, sample.place[recent], None, n_rows=len(names), n_columns=n_items)
    # A long basket says less about each of its pairs.
    pairs = multiply(rows.scaled(), rows.scaled())
    buyers = np.bincount(rows.columns, minlength=n_items).astype(np.float32) + _FEW_BASKETS
    np.fill_diagonal(pairs, 0)
    return (pairs / np.sqrt(buyers[:, None] * buyers[None, :])).astype(np.float32)


def _learn_next(sample: _Sample, end_day: float, horizon_days: float) -> NDArray[np.float32]:
    n_items = sample.n_items
    gram = np.zeros((n_items + 1, n_items + 1), dtype=np.float32)
    after = np.zeros((n_items + 1, n_items), dtype=np.float32)
    n_cases = 0
    for back in range(max(2, round(_WINDOWS_BACK_DAYS / horizon_days))):
        begin = end_day - horizon_days * (back + 1)
        causes, effects = _window(sample, begin, begin + horizon_days)
        if causes.n_rows == 0:
            break
        weight = np.float32(0.5 ** (back * horizon_days / _WINDOWS_BACK_DAYS))
        gram += weight * multiply(causes, causes)
        after += weight * multiply(causes, effects)
        n_cases += causes.n_rows
    gram[np.diag_indices(n_items + 1)] += float(np.clip(0.005 * n_cases, 1, 200))
    return np.linalg.solve(gram, after)


def _window(sample: _Sample, begin: float, end: float) -> tuple[Rows, Rows]:
    """Return what those who bought in a window had before, and what they bought first in it."""
    n_items = sample.n_items
    before = sample.day < begin
    within = (sample.day >= begin) & (sample.day < end)
    had = np.zeros(sample.n_customers, dtype=bool)
    had[sample.customer[before]] = True
    buys = np.zeros(sample.n_customers, dtype=bool)
    buys[sample.customer[within]] = True
    number = np.where(had & buys, np.cumsum(had & buys) - 1, -1)
    n_rows = int((had & buys).sum())

    def rows(keys: NDArray[np.int64]) -> Rows:
        row = number[keys // n_items]
        kept = row >= 0
        return gather_rows(row[kept], keys[kept] % n_items, None, n_rows=n_rows, n_columns=n_items)

    keys = sample.customer * n_items + sample.place
    first = np.setdiff1d(keys[within], keys[before])
    return with_everybody(rows(keys[before]).scaled()), rows(first)


def with_everybody(rows: Rows) -> Rows:
    """Return the rows with one more column that is 1 in each: what holds for everybody."""
    lengths = np.diff(rows.starts)
    ends = np.cumsum(lengths + 1) - 1
    columns = np.full(len(rows.columns) + rows.n_rows, rows.n_columns, dtype=np.int32)
    weights = np.ones(len(columns), dtype=np.float32)
    is_entry = np.ones(len(columns), dtype=bool)
    is_entry[ends] = False
    columns[is_entry], weights[is_entry] = rows.columns, rows.weights
    return Rows(np.concatenate([[0], ends + 1]), columns, weights, rows.n_columns + 1)
