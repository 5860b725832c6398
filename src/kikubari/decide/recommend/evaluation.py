"""The blend held against what was bought after it, beside the baselines."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.histories import History
from kikubari.decide.recommend._candidates import Candidates, Snapshot
from kikubari.decide.recommend._windows import find_bought
from kikubari.decide.recommend.blend import SIMPLE, Lists, best_of, fit_blends
from kikubari.decide.recommend.contracts import Evaluation, Figure, Mode, NoItemsError, Scores
from kikubari.decide.recommend.metrics import LIST, coverage_of, figure_of, ndcg
from kikubari.decide.recommend.purchases import Purchases, to_purchases
from kikubari.kit.instants import to_micros

BLEND = "blend"
_AT_ONCE = 256
_BASELINES = {
    Mode.ALL: ("own_frequency", "popular", "trending"),
    Mode.NEW: ("popular", "trending"),
}

_Ranking = Callable[[Candidates], NDArray[np.float32]]


class _Tally:
    """What one ranking was worth, customer by customer."""

    def __init__(self) -> None:
        self._ndcg: list[NDArray[np.float64]] = []
        self._recall: list[NDArray[np.float64]] = []
        self._novelty: list[NDArray[np.float64]] = []
        self._lists: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        self._n_rows = 0

    def add(
        self,
        lists: Lists,
        bought: NDArray[np.int64],
        n_rows: int,
        n_items: int,
        surprise: NDArray[np.float64],
    ) -> None:
        keys = lists.row * n_items + lists.item
        self._ndcg.append(ndcg(lists.row, keys, bought, n_items, n_rows))
        n_hits = np.bincount(lists.row, np.isin(keys, bought), minlength=n_rows)
        self._recall.append(
            n_hits / np.maximum(np.bincount(bought // n_items, minlength=n_rows), 1)
        )
        length = np.maximum(np.bincount(lists.row, minlength=n_rows), 1)
        self._novelty.append(
            np.bincount(lists.row, surprise[lists.item], minlength=n_rows) / length
        )
        self._lists.append((lists.row + self._n_rows, lists.item))
        self._n_rows += n_rows

    @property
    def ndcg(self) -> NDArray[np.float64]:
        return np.concatenate(self._ndcg)

    def scores(self, ranking: str, n_sold: int, gain: Figure | None, seed: int) -> Scores:
        row, item = (np.concatenate(one) for one in zip(*self._lists, strict=True))
        return Scores(
            ranking=ranking,
            ndcg=figure_of(self.ndcg, seed),
            recall=figure_of(np.concatenate(self._recall), seed),
            coverage=coverage_of(row, item, n_rows=self._n_rows, n_sold=n_sold, seed=seed),
            novelty=figure_of(np.concatenate(self._novelty), seed),
            gain=gain,
        )


def evaluate(
    history: History, as_of: datetime, horizon: timedelta, mode: Mode, *, seed: int = 0
) -> Evaluation:
    """Learn from what came before an instant and hold the lists against the window after it.

    Judged are the customers known before who bought in the window (in mode NEW: something new to
    them). Intervals are of 95 %, by resampling customers. `seed`: of what is learned and drawn.

    Raises:
        NoItemsError: nobody bought before, or nobody who is known bought in the window.
    """
    started = time.perf_counter()
    end = as_of + horizon
    whole = to_purchases(history, to_micros(end))
    day = whole.end_day - horizon / timedelta(days=1)
    known = whole.before(day)
    customers, bought = find_bought(whole, day, whole.end_day, mode)
    if not len(customers):
        raise NoItemsError("nobody known before that instant bought anything in the window after")
    horizon_days = horizon / timedelta(days=1)
    blend = fit_blends(known, horizon_days=horizon_days, modes=(mode,), seed=seed)[mode]
    snapshot = Snapshot.take(known, horizon_days=horizon_days, seed=seed)
    seconds = time.perf_counter() - started
    rankings: dict[str, _Ranking] = {BLEND: blend.score}
    rankings |= {name: SIMPLE[mode][name] for name in _BASELINES[mode]}
    tallies = _tally(snapshot, mode, rankings, customers, bought)
    best = tallies[BLEND].ndcg
    n_sold = len(np.unique(known.item))
    return Evaluation(
        mode=mode,
        horizon_days=horizon_days,
        n_customers=len(customers),
        n_items=n_sold,
        n_skipped=history.n_skipped,
        seed=seed,
        seconds_to_fit=seconds,
        chosen=blend.chosen,
        scores=[
            tally.scores(
                name, n_sold, None if name == BLEND else figure_of(best - tally.ndcg, seed), seed
            )
            for name, tally in tallies.items()
        ],
        trials=list(blend.trials),
    )


def _tally(
    snapshot: Snapshot,
    mode: Mode,
    rankings: dict[str, _Ranking],
    customers: NDArray[np.int64],
    bought: NDArray[np.int64],
) -> dict[str, _Tally]:
    n_items = snapshot.known.n_items
    surprise = _surprise(snapshot.known)
    tallies = {name: _Tally() for name in rankings}
    for begin in range(0, len(customers), _AT_ONCE):
        some = customers[begin : begin + _AT_ONCE]
        first, end = np.searchsorted(bought, [some[0] * n_items, (some[-1] + 1) * n_items])
        theirs = bought[first:end]
        keys = np.searchsorted(some, theirs // n_items) * n_items + theirs % n_items
        found = snapshot.find(some, mode)
        for name, ranking in rankings.items():
            lists = best_of(found, ranking(found), LIST)
            tallies[name].add(lists, keys, len(some), n_items, surprise)
    return tallies


def _surprise(known: Purchases) -> NDArray[np.float64]:
    """Return how unlikely a customer is to have bought each item, in bits."""
    pairs = np.unique(known.customer.astype(np.int64) * known.n_items + known.item)
    buyers = np.bincount(pairs % known.n_items, minlength=known.n_items)
    return -np.log2(np.maximum(buyers, 1) / max(len(known.list_customers()), 1))
