"""How good lists are, held against what was bought after."""

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.recommend.contracts import Figure

LIST = 10
_RESAMPLES = 1000
_RESAMPLED_AT_ONCE = 50
_DRAWN_AT_ONCE = 5_000_000
_DRAWS_OF_COVERAGE = 200


def ndcg(
    row: NDArray[np.int64],
    key: NDArray[np.int64],
    bought: NDArray[np.int64],
    n_items: int,
    n_rows: int,
) -> NDArray[np.float64]:
    """Return NDCG@10 of each row: what was bought counts 1, whatever else 0.

    Args:
        row: of every listed item, ascending; within a row the best first, at most ten.
        key: row * n_items + item of every listed item.
        bought: keys of what was bought.
        n_items: of the keys.
        n_rows: how many rows; those without a list get 0.
    """
    discounts = 1 / np.log2(np.arange(2, LIST + 2))
    place = np.arange(len(row)) - np.searchsorted(row, row)
    gained = np.bincount(row, np.isin(key, bought) * discounts[place], minlength=n_rows)
    n_bought = np.bincount(bought // n_items, minlength=n_rows)
    ideal = np.concatenate([[0.0], np.cumsum(discounts)])[np.minimum(n_bought, LIST)]
    # Nothing bought, nothing gained.
    worth: NDArray[np.float64] = gained / np.maximum(ideal, discounts[-1])
    return worth


def mean_of(values: NDArray[np.float64]) -> Figure:
    """Return the mean of at least two values and its 95 % interval, taken as normal."""
    mean, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
    return Figure(mean, mean - 1.96 * error, mean + 1.96 * error)


def figure_of(values: NDArray[np.float64], seed: int = 0) -> Figure:
    """Return the mean and its 95 % interval by resampling customers a thousand times."""
    if len(values) == 0:
        return Figure(0.0, 0.0, 0.0)
    generator = np.random.default_rng(seed)
    at_once = max(1, min(_RESAMPLED_AT_ONCE, _DRAWN_AT_ONCE // len(values)))
    means = [
        values[generator.integers(0, len(values), (at_once, len(values)))].mean(1)
        for _ in range(-(-_RESAMPLES // at_once))
    ]
    low, high = np.quantile(np.concatenate(means), (0.025, 0.975))
    return Figure(float(values.mean()), float(low), float(high))


def coverage_of(
    row: NDArray[np.int64], item: NDArray[np.int64], *, n_rows: int, n_sold: int, seed: int = 0
) -> Figure:
    """Return the share of items that stand in anybody's list, and its 95 % interval.

    People drawn anew hold fewer different items than those they are drawn from, since some are
    drawn twice. So how far draws lie from their mean is told around the share itself.

    Args:
        row: whose list an item stands in.
        item: that stands there.
        n_rows: lists, those without an item too.
        n_sold: items that could have been listed.
        seed: of the draws.
    """
    held = np.unique(item)
    if not len(held) or not n_sold:
        return Figure(0.0, 0.0, 0.0)
    generator = np.random.default_rng(seed)
    place = np.searchsorted(held, item)
    draws = np.empty(_DRAWS_OF_COVERAGE)
    for at in range(_DRAWS_OF_COVERAGE):
        times = np.bincount(generator.integers(0, n_rows, n_rows), minlength=n_rows)
        draws[at] = np.count_nonzero(np.bincount(place, times[row], minlength=len(held)))
    value = len(held) / n_sold
    low, high = (float(draws.mean() - np.quantile(draws, one)) for one in (0.975, 0.025))
    return Figure(value, max(0.0, value + low / n_sold), min(1.0, value + high / n_sold))
