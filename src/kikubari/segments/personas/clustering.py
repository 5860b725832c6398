"""k-means, whether there is anything to find, and how many clusters there are.

Lloyd's algorithm from k-means++ starts (Arthur and Vassilvitskii, SODA 2007). A number of clusters
is considered only if it explains more than it would explain where there are none, in the manner of
the gap statistic (Tibshirani, Walther and Hastie, J. R. Statist. Soc. B 63, 2001), against three
kinds of nothing: an even cloud, a single round one (as SigClust: Liu, Hayes, Nobel and Marron, JASA
103, 2008), and customers who all lean the same way and differ by chance alone.
"""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from kikubari.segments._matrices import Floats, cross, multiply
from kikubari.segments.personas.search import Report, report_nothing

Labels = NDArray[np.int64]

# Of several starts the best is taken: a small cluster is missed by one in two. When what is
# explained is compared with chance, luck is the same for both.
_STARTS, _STARTS_TO_COMPARE = 8, 3
_STEPS = 40
_DRAWS = 5
_SURE = 2.0  # standard errors


class Clustering(msgspec.Struct, frozen=True):
    """Centres, whom each holds, and the sum of squared distances to them."""

    centres: Floats
    labels: Labels
    within: float


def cluster(values: Floats, k: int, rng: np.random.Generator, starts: int = _STARTS) -> Clustering:
    """Return the best of some runs of k-means."""
    return min((_run(values, k, rng) for _ in range(starts)), key=lambda one: one.within)


def assign(values: Floats, centres: Floats) -> tuple[Labels, Floats]:
    """Return the nearest centre of each row, and its squared distance."""
    labels, nearness = _nearest(values, centres)
    return labels, np.maximum((values**2).sum(axis=1) + nearness, 0.0)


def _nearest(values: Floats, centres: Floats) -> tuple[Labels, Floats]:
    """Return the nearest centre of each row, and its squared distance less the row's own square."""
    nearness = multiply(values, -2 * centres.T) + (centres**2).sum(axis=1)
    labels = nearness.argmin(axis=1)
    return labels, nearness[np.arange(len(values)), labels]


def _run(values: Floats, k: int, rng: np.random.Generator) -> Clustering:
    own = (values**2).sum(axis=1)
    centres = _start(values, k, rng)
    labels, nearness = _nearest(values, centres)
    for _ in range(_STEPS):
        sizes = np.bincount(labels, minlength=k)
        sums = cross((labels[:, None] == np.arange(k)).astype(np.float64), values)
        # A centre that lost everybody moves to whoever is farthest from theirs.
        farthest = values[(own + nearness).argmax()]
        centres = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], farthest)
        before = labels
        labels, nearness = _nearest(values, centres)
        if np.array_equal(before, labels):
            break
    return Clustering(centres, labels, float(np.maximum(own + nearness, 0.0).sum()))


def _start(values: Floats, k: int, rng: np.random.Generator) -> Floats:
    chosen = [int(rng.integers(len(values)))]
    squares = ((values - values[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < k:
        total = squares.sum()
        chances = squares / total if total > 0 else None
        chosen.append(int(rng.choice(len(values), p=chances)))
        squares = np.minimum(squares, ((values - values[chosen[-1]]) ** 2).sum(axis=1))
    return values[chosen]


Nothing = Callable[[np.random.Generator], Floats]


def plausible_numbers(
    values: Floats,
    nothings: Sequence[Nothing],
    most: int,
    rng: np.random.Generator,
    report: Report = report_nothing,
) -> list[int]:
    """Return the numbers of clusters that explain what chance does not, in ascending order.

    A number is in when its gap is surely above zero, and surely above the gap of one less, whatever
    kind of nothing it is compared with.

    Args:
        values: one row a person.
        nothings: draw as many rows of data without clusters.
        most: largest number to look at.
        rng: source of chance.
        report: is told how much is done.
    """
    ours = _explained(values, most, rng)
    plausible = np.ones(most + 1, dtype=bool)
    plausible[:2] = False
    for place, nothing in enumerate(nothings):
        drawn = []
        for draw in range(_DRAWS):
            report((place + draw / _DRAWS) / len(nothings))
            drawn.append(_explained(nothing(rng), most, rng))
        theirs = np.array(drawn)
        gap = theirs.mean(axis=0) - ours
        error = theirs.std(axis=0, ddof=1) * np.sqrt(1 + 1 / _DRAWS)
        gap, error = np.insert(gap, 0, 0.0), np.insert(error, 0, 0.0)  # of one cluster
        steps = np.diff(gap) > _SURE * error[1:]
        plausible[2:] &= (gap[1:] > _SURE * error[1:]) & steps
    return [int(k) for k in np.flatnonzero(plausible)]


def even(values: Floats) -> Nothing:
    """Return an even cloud of the same extent along the same principal axes."""
    mean, axes, along = _principal(values)
    low, high = along.min(axis=0), along.max(axis=0)
    return lambda rng: multiply(rng.uniform(low, high, along.shape), axes) + mean


def round_(values: Floats) -> Nothing:
    """Return a Gaussian cloud of the same mean and covariance."""
    mean, axes, along = _principal(values)
    spread = along.std(axis=0)
    return lambda rng: multiply(rng.normal(0.0, spread, along.shape), axes) + mean


def _principal(values: Floats) -> tuple[Floats, Floats, Floats]:
    mean = values.mean(axis=0)
    _, columns = np.linalg.eigh(cross(values - mean, values - mean))
    return mean, columns.T, multiply(values - mean, columns)


def _explained(values: Floats, most: int, rng: np.random.Generator) -> Floats:
    """Return log(W_k / W_1) for 2 .. most clusters."""
    whole = max(float(((values - values.mean(axis=0)) ** 2).sum()), 1e-12)
    return np.array(
        [
            np.log(max(cluster(values, k, rng, _STARTS_TO_COMPARE).within, 1e-12) / whole)
            for k in range(2, most + 1)
        ]
    )
