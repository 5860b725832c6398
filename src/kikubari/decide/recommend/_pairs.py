"""Which products are bought with one, and which after it, with how many cases speak for that.

Baskets are what one customer bought on one day. Pairs that fewer than three baskets show, or that
chance explains, are none: a pair counts by its lift, the share of the first's baskets that hold the
second over the share of all that do (Brin et al., SIGMOD 1997).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.recommend._rows import Rows, gather_rows, multiply
from kikubari.decide.recommend.purchases import Purchases

_RECENT_DAYS = 180.0
_MOST_ITEMS = 2_500
_MOST_BASKETS = 500_000
_FEWEST = 3
_LEAST_LIFT = 1.2
_PER_ITEM = 30
# A pair of few baskets is believed by half at so many.
_FEW = 20.0


@dataclass(frozen=True, eq=False)
class Pairs:
    """Partners of items, the best first; those of item i are `starts[i]` on.

    Attributes:
        starts: int64, one more than items.
        partner: int32, item.
        score: float32, lift in doublings, less where few baskets show it.
        share: float32, of the item's baskets in which the partner is.
        n_cases: int32, baskets.
    """

    starts: NDArray[np.int64]
    partner: NDArray[np.int32]
    score: NDArray[np.float32]
    share: NDArray[np.float32]
    n_cases: NDArray[np.int32]

    def of(self, item: int) -> list[tuple[int, float, float]]:
        """Return partner, score and share of an item's partners, best first."""
        which = slice(self.starts[item], self.starts[item + 1])
        return list(
            zip(
                self.partner[which].tolist(),
                self.score[which].tolist(),
                self.share[which].tolist(),
                strict=True,
            )
        )


@dataclass(frozen=True, eq=False)
class _Baskets:
    """Recent baskets of the liveliest items.

    Attributes:
        items: the item of every column.
        rows: a row a basket; ordered by customer and day.
        customer: of each basket.
    """

    items: NDArray[np.int64]
    rows: Rows
    customer: NDArray[np.int64]


def learn_pairs(known: Purchases, *, seed: int) -> tuple[Pairs, Pairs]:
    """Return what is bought together, and what is bought on a customer's next day of buying.

    Args:
        known: purchases.
        seed: of the sample of customers that speaks for a large shop.
    """
    baskets = _gather(known, seed)
    n_baskets = baskets.rows.n_rows
    together = multiply(baskets.rows, baskets.rows)
    np.fill_diagonal(together, 0)
    follows = np.flatnonzero(np.diff(baskets.customer) == 0)
    causes, effects = _take(baskets.rows, follows), _take(baskets.rows, follows + 1)
    after = multiply(causes, effects)
    np.fill_diagonal(after, 0)
    width, n_items = len(baskets.items), known.n_items
    size, before, later = (
        np.bincount(rows.columns, minlength=width) for rows in (baskets.rows, causes, effects)
    )
    return (
        _judge(together, (size, size), n_cases=n_baskets, items=baskets.items, n_items=n_items),
        _judge(after, (before, later), n_cases=len(follows), items=baskets.items, n_items=n_items),
    )


def _gather(known: Purchases, seed: int) -> _Baskets:
    is_recent = known.day >= known.end_day - _RECENT_DAYS
    customer = known.customer[is_recent].astype(np.int64)
    day = np.floor(known.day[is_recent]).astype(np.int64)
    item = known.item[is_recent].astype(np.int64)
    ever = np.bincount(item, minlength=known.n_items)
    order = np.lexsort((np.arange(known.n_items), -ever))
    items = order[: min(_MOST_ITEMS, int((ever > 0).sum()))]
    place = np.full(known.n_items, -1, dtype=np.int64)
    place[items] = np.arange(len(items))
    span = int(day.max(initial=0)) + 2
    names, number = np.unique(customer * span + day, return_inverse=True)
    if len(names) > _MOST_BASKETS:
        people = np.unique(customer)
        share = _MOST_BASKETS / len(names)
        spoken = people[np.random.default_rng(seed).random(len(people)) < share]
        kept = np.isin(customer, spoken)
        customer, item, day = customer[kept], item[kept], day[kept]
        names, number = np.unique(customer * span + day, return_inverse=True)
    inside = place[item] >= 0
    rows = gather_rows(
        number[inside], place[item[inside]], None, n_rows=len(names), n_columns=len(items)
    )
    return _Baskets(items, rows, names // span)


def _take(rows: Rows, chosen: NDArray[np.int64]) -> Rows:
    lengths = np.diff(rows.starts)[chosen]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    entry = np.repeat(rows.starts[:-1][chosen] - starts[:-1], lengths) + np.arange(starts[-1])
    return Rows(starts, rows.columns[entry], rows.weights[entry], rows.n_columns)


def _judge(
    counts: NDArray[np.float32],
    sizes: tuple[NDArray[np.int64], NDArray[np.int64]],
    *,
    n_cases: int,
    items: NDArray[np.int64],
    n_items: int,
) -> Pairs:
    share = counts / np.maximum(sizes[0], 1)[:, None]
    lift = share * n_cases / np.maximum(sizes[1], 1)[None, :]
    score = np.log2(np.maximum(lift, 1e-6)) * counts / (counts + _FEW)
    score[(counts < _FEWEST) | (lift < _LEAST_LIFT)] = -np.inf
    n_best = min(_PER_ITEM, len(items))
    if not n_best:
        nothing = np.zeros(0, dtype=np.float32)
        empty = nothing.astype(np.int32)
        return Pairs(np.zeros(n_items + 1, dtype=np.int64), empty, nothing, nothing, empty)
    best = np.argsort(-score, axis=1, kind="stable")[:, :n_best]
    first = np.repeat(np.arange(len(items)), n_best)
    second = best.ravel()
    kept = score[first, second] > 0
    first, second = first[kept], second[kept]
    order = np.argsort(items[first], kind="stable")
    first, second = first[order], second[order]
    return Pairs(
        starts=np.searchsorted(items[first], np.arange(n_items + 1)),
        partner=items[second].astype(np.int32),
        score=score[first, second].astype(np.float32),
        share=share[first, second].astype(np.float32),
        n_cases=counts[first, second].astype(np.int32),
    )
