"""How good a forecast was, and how surely that is known."""

from collections.abc import Callable

import msgspec
import numpy as np

from kikubari.decide.predict._fitting import Floats

CHANCE = 0.5  # AUC of a score that knows nothing
_BINS = 10
_RESAMPLES = 200
# Of very many rows, fewer resamples say as much.
_FEWEST_RESAMPLES, _MOST_ROWS_DRAWN = 20, 4_000_000


class Figure(msgspec.Struct, frozen=True):
    """A measured figure with its 95 % interval over resampled customers."""

    value: float
    low: float
    high: float


class ReliabilityBin(msgspec.Struct, frozen=True, kw_only=True):
    """One tenth of the forecasts, by probability: what was said and what happened.

    Attributes:
        n: forecasts.
        predicted: mean probability.
        observed: share for which it happened.
    """

    n: int
    predicted: float
    observed: float


class Reliability(msgspec.Struct, frozen=True, kw_only=True):
    """Whether of those told 30 % about 30 % did.

    Attributes:
        bins: from the lowest probabilities to the highest, of equal numbers of forecasts.
        expected_error: mean distance of said and happened (ECE), 0..1.
    """

    bins: tuple[ReliabilityBin, ...]
    expected_error: float


def mean_absolute_error(predicted: Floats, actual: Floats) -> float:
    """Return the mean distance."""
    return float(np.abs(predicted - actual).mean())


def root_mean_square_error(predicted: Floats, actual: Floats) -> float:
    """Return the root of the mean squared distance."""
    return float(np.sqrt(((predicted - actual) ** 2).mean()))


def bias(predicted: Floats, actual: Floats) -> float:
    """Return by how much the sum is off, as a share of the truth; NaN when that is 0."""
    total = actual.sum()
    return float(predicted.sum() / total - 1) if total else float("nan")


def auc(score: Floats, happened: Floats) -> float:
    """Return the probability that one who did scores above one who did not; NaN without both."""
    is_true = happened > 0
    n_true = int(is_true.sum())
    n_false = len(is_true) - n_true
    if not n_true or not n_false:
        return float("nan")
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    return float((rank[is_true].sum() - n_true * (n_true + 1) / 2) / (n_true * n_false))


def average_precision(score: Floats, happened: Floats) -> float:
    """Return the mean precision at each that happened, best first; equal scores count as one step.

    NaN when nothing happened.
    """
    is_true = happened > 0
    n_true = int(is_true.sum())
    if not n_true:
        return float("nan")
    order = np.argsort(-score, kind="stable")
    score, hits = score[order], np.cumsum(is_true[order])
    ends = np.append(np.flatnonzero(np.diff(score)), len(score) - 1)
    gained = np.diff(hits[ends], prepend=0)
    return float((hits[ends] / (ends + 1)) @ gained / n_true)


def reliability(probability: Floats, happened: Floats) -> Reliability:
    """Return what was said and what happened, by tenths of the forecasts."""
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, _BINS) if len(part)]
    bins = tuple(
        ReliabilityBin(
            n=len(part),
            predicted=float(probability[part].mean()),
            observed=float((happened[part] > 0).mean()),
        )
        for part in parts
    )
    error = sum(one.n * abs(one.predicted - one.observed) for one in bins)
    return Reliability(bins=bins, expected_error=error / max(len(order), 1))


def with_interval(
    measure: Callable[..., float], *arrays: Floats, seed: int = 0, resamples: int = _RESAMPLES
) -> Figure:
    """Return a figure and its interval: the same measure of resampled rows (percentile bootstrap).

    Args:
        measure: takes the arrays.
        arrays: of one length, resampled together.
        seed: of the resampling.
        resamples: how many at most.
    """
    value = measure(*arrays)
    draw = np.random.default_rng(seed)
    n = len(arrays[0])
    resamples = min(resamples, max(_FEWEST_RESAMPLES, _MOST_ROWS_DRAWN // max(n, 1)))
    found = [
        measure(*(array[chosen] for array in arrays))
        for chosen in (draw.integers(0, n, n) for _ in range(resamples if n else 0))
    ]
    known = [one for one in found if not np.isnan(one)]
    low, high = np.quantile(known, [0.025, 0.975]) if known else (float("nan"), float("nan"))
    return Figure(value, float(low), float(high))
