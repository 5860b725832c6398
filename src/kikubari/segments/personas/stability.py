"""Whether a clustering would be found again among other customers of the same kind.

Cluster-wise stability by resampling (Hennig, Comput. Stat. Data Anal. 52, 2007): each cluster's
best Jaccard similarity with the clusters found in bootstrap samples, averaged; 0.75 and more is a
cluster that can be relied on. The adjusted Rand index (Hubert and Arabie, J. Classif. 2, 1985) says
the same of all clusters together.
"""

import msgspec
import numpy as np

from kikubari.segments._matrices import Floats
from kikubari.segments.personas.clustering import Clustering, Labels, assign, cluster

STABLE = 0.75
_ROUNDS = 20


class Stability(msgspec.Struct, frozen=True):
    """Mean Jaccard similarity of each cluster, and mean adjusted Rand index, over all rounds."""

    jaccard: tuple[float, ...]
    rand: float


def measure_stability(
    values: Floats, found: Clustering, rng: np.random.Generator, *, rounds: int = _ROUNDS
) -> Stability:
    """Return how stable a clustering of these rows is."""
    k = len(found.centres)
    best, rands = [], []
    for _ in range(rounds):
        drawn = values[rng.integers(len(values), size=len(values))]
        labels, _ = assign(values, cluster(drawn, k, rng).centres)
        table = _contingency(found.labels, labels, k)
        union = table.sum(axis=1)[:, None] + table.sum(axis=0)[None, :] - table
        best.append((table / np.maximum(union, 1)).max(axis=1))
        rands.append(adjusted_rand(found.labels, labels))
    return Stability(tuple(float(one) for one in np.mean(best, axis=0)), float(np.mean(rands)))


def adjusted_rand(left: Labels, right: Labels) -> float:
    """Return the adjusted Rand index of two labellings: 1 the same, 0 as alike as by chance."""
    table = _contingency(left, right, int(max(left.max(), right.max())) + 1)
    together = _pairs(table).sum()
    rows, columns = _pairs(table.sum(axis=1)).sum(), _pairs(table.sum(axis=0)).sum()
    by_chance = rows * columns / _pairs(np.array([len(left)])).sum()
    most = (rows + columns) / 2
    return 1.0 if most == by_chance else float((together - by_chance) / (most - by_chance))


def _contingency(left: Labels, right: Labels, k: int) -> Floats:
    return np.bincount(left * k + right, minlength=k * k).reshape(k, k).astype(np.float64)


def _pairs(counts: Floats) -> Floats:
    return counts * (counts - 1) / 2
