"""From behaviour to clusters that hold, or to the reason why there are none."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kikubari.segments._matrices import Floats
from kikubari.segments.behaviour import Behaviour, Scale
from kikubari.segments.personas.clustering import (
    Clustering,
    Labels,
    assign,
    cluster,
    even,
    plausible_numbers,
    round_,
)
from kikubari.segments.personas.contracts import NothingFound
from kikubari.segments.personas.search import Report, report_nothing
from kikubari.segments.personas.stability import STABLE, Stability, measure_stability

MOST_CLUSTERS = 8
FEWEST_PEOPLE = 200
# Clusters are looked for among so many, and everybody is assigned to them.
_SAMPLE = 3_000
_PEOPLE_AT_ONCE = 100_000
# How many kinds there are takes about this share of the search; whether they hold, the rest.
_COUNTED = 0.7


class Found(NamedTuple):
    """Clusters that hold: each person's label, -1 for those of unstable clusters.

    Attributes:
        labels: in the order of the people.
        jaccard: stability of each shown cluster.
        rand: of all clusters together.
    """

    labels: Labels
    jaccard: tuple[float, ...]
    rand: float


def find_clusters(
    behaviour: Behaviour, *, seed: int, report: Report = report_nothing
) -> Found | NothingFound:
    """Return the clusters among these people, or why there are none.

    Args:
        behaviour: of everybody.
        seed: of all chance in here: the same people give the same clusters.
        report: is told how much is done.
    """
    if len(behaviour.numbers) < FEWEST_PEOPLE:
        return "too_few_people"
    rng = np.random.default_rng(seed)
    sample = behaviour.rows(_draw(len(behaviour.numbers), rng))
    scale = Scale.of(sample)
    values = scale.apply(sample)

    def by_chance(rng: np.random.Generator) -> Floats:
        return scale.apply(_alike(sample, rng))

    numbers = plausible_numbers(
        values,
        (even(values), round_(values), by_chance),
        MOST_CLUSTERS,
        rng,
        report=lambda share: report(_COUNTED * share),
    )
    if not numbers:
        return "no_structure"
    clustering, stability = _most_stable(
        values, numbers, rng, report=lambda share: report(_COUNTED + (1 - _COUNTED) * share)
    )
    shown = [label for label, one in enumerate(stability.jaccard) if one >= STABLE]
    if len(shown) < 2:  # noqa: PLR2004 - one kind of customer is no division
        return "unstable"
    names = np.full(len(stability.jaccard), -1)
    names[shown] = np.arange(len(shown))
    return Found(
        names[_assign_all(behaviour, scale, clustering)],
        tuple(stability.jaccard[label] for label in shown),
        stability.rand,
    )


def _draw(n_people: int, rng: np.random.Generator) -> NDArray[np.int64]:
    return np.sort(rng.permutation(n_people)[:_SAMPLE])


def _alike(sample: Behaviour, rng: np.random.Generator) -> Behaviour:
    """Return people who do as much as these, but all lean the same way."""
    return Behaviour(
        sample.numbers,
        sample.amount_names,
        round_(sample.amounts)(rng),
        tuple(one.alike(rng) for one in sample.shares),
    )


def _most_stable(
    values: Floats, numbers: list[int], rng: np.random.Generator, report: Report
) -> tuple[Clustering, Stability]:
    """Return the most clusters that are all stable; else those that hold most people steadily.

    Plausible numbers come first. Fewer clusters are coarser views of what those show, and often
    steadier.
    """
    tried = []
    coarser = [k for k in range(2, max(numbers)) if k not in numbers]
    candidates = (*reversed(numbers), *reversed(coarser))
    for tries, k in enumerate(candidates):
        report(tries / len(candidates))
        found = cluster(values, k, rng)
        stability = measure_stability(values, found, rng)
        if min(stability.jaccard) >= STABLE:
            return found, stability
        steady = np.array(stability.jaccard) >= STABLE
        tried.append((float(steady[found.labels].mean()), found, stability))
    _, found, stability = max(tried, key=lambda one: one[0])
    return found, stability


def _assign_all(behaviour: Behaviour, scale: Scale, clustering: Clustering) -> Labels:
    parts = []
    for start in range(0, len(behaviour.numbers), _PEOPLE_AT_ONCE):
        some = behaviour.rows(
            np.arange(start, min(start + _PEOPLE_AT_ONCE, len(behaviour.numbers)))
        )
        parts.append(assign(scale.apply(some), clustering.centres)[0])
    return np.concatenate(parts)
