"""The learned ranking: nets over all candidates, and nets that know only the top of their lists.

Of some hundred candidates most are easily told from what is bought, and what is learned from all of
them is mostly that. So whole lists of some windows are ranked once, and others learn what tells
among the first sixty; where those stand is the mean of both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.nets import Floats
from kikubari.decide.recommend._ranker import Ranker, fit_ranker
from kikubari.decide.recommend._windows import Case, Lesson

_TOP = 60
# Lists whose top holds something that was bought; fewer teach nothing about it.
_FEWEST = 30


@dataclass(frozen=True, eq=False)
class Cascade:
    """What ranks candidates.

    Attributes:
        wide: ranks all.
        narrow: of those that `wide` has at the top; None where too little taught it.
    """

    wide: Ranker
    narrow: Ranker | None

    def score(self, features: Floats, row: NDArray[np.int64]) -> Floats:
        """Return scores that order a customer's candidates.

        Args:
            features: a row per candidate.
            row: whose candidate it is, ascending from 0.
        """
        wide = self.wide.score(features)
        if self.narrow is None or not len(row):
            return wide
        scores = wide.copy()
        is_top = _is_top(wide, row)
        scores[is_top] = (wide[is_top] + self.narrow.score(features[is_top])) / 2
        # What is below keeps its order, and stays below.
        lowest, edge = (np.full(int(row[-1]) + 1, np.inf, dtype=np.float32) for _ in range(2))
        np.minimum.at(lowest, row[is_top], scores[is_top])
        np.minimum.at(edge, row[is_top], wide[is_top])
        below = row[~is_top]
        scores[~is_top] = lowest[below] + (wide[~is_top] - edge[below])
        return scores


def fit_cascade(
    lessons: Sequence[Lesson],
    cases: Sequence[Case],
    n_items: int,
    *,
    by_lists_alone: bool,
    seed: int,
) -> Cascade:
    """Return the ranking that windows teach.

    Args:
        lessons: what was bought and some of what was not, by window.
        cases: whole lists of some of these windows.
        n_items: items are the numbers below it.
        by_lists_alone: as of `fit_ranker`, for what is learned from all candidates.
        seed: as of `fit_ranker`.
    """
    wide = _fit(lessons, by_lists_alone=by_lists_alone, seed=seed)
    tops = [_top_of(case, wide, n_items) for case in cases]
    if sum(one.n_lists for one in tops) < _FEWEST:
        return Cascade(wide, None)
    narrow = _fit(tops, by_lists_alone=True, seed=seed)
    features = np.concatenate([one.features for one in tops])
    spread = [ranker.score(features).std() + np.float32(1e-6) for ranker in (wide, narrow)]
    return Cascade(wide, narrow.scaled(spread[0] / spread[1]))


def _fit(lessons: Sequence[Lesson], *, by_lists_alone: bool, seed: int) -> Ranker:
    begins = np.cumsum([0, *(one.n_lists for one in lessons[:-1])])
    return fit_ranker(
        np.concatenate([one.features for one in lessons]),
        np.concatenate([one.is_bought for one in lessons]),
        np.concatenate([one.list_of + begin for one, begin in zip(lessons, begins, strict=True)]),
        by_lists_alone=by_lists_alone,
        seed=seed,
    )


def _top_of(case: Case, wide: Ranker, n_items: int) -> Lesson:
    """Return the tops of lists, of those that hold something that was bought."""
    found = case.found
    is_bought = np.isin(found.row * n_items + found.item, case.bought)
    kept = _is_top(wide.score(found.features), found.row)
    kept &= np.isin(found.row, found.row[kept & is_bought])
    lists, list_of = np.unique(found.row[kept], return_inverse=True)
    return Lesson(found.features[kept], is_bought[kept], list_of, len(lists))


def _is_top(scores: Floats, row: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which candidates are among the first of their list."""
    order = np.lexsort((-scores, row))
    is_top = np.zeros(len(row), dtype=bool)
    is_top[order] = np.arange(len(row)) - np.searchsorted(row, row) < _TOP
    return is_top
