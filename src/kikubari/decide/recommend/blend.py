"""The blend of a shop: what ranks its items best, by windows of its own past.

The last windows before an instant are kept apart in turn: each way of ranking sees what came before
a window and is judged by what was bought in it; what is learned, is learned from windows that were
over when it began. The customer's own frequency (or popularity, for what is new to them) recommends
until another's gain over it has an interval above zero. What is learned from windows (the ranking
that weighs all features, or next-up alone) replaces the best simple one on the same terms; of two
that are proven the better does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.recommend._candidates import Candidates, Snapshot
from kikubari.decide.recommend._cascade import Cascade, fit_cascade
from kikubari.decide.recommend._kept_windows import KeptWindows
from kikubari.decide.recommend._selling import is_rising
from kikubari.decide.recommend._windows import Case, Window, look_back
from kikubari.decide.recommend.contracts import Mode, Reason, Trial
from kikubari.decide.recommend.metrics import figure_of, mean_of, ndcg
from kikubari.decide.recommend.purchases import Purchases

LEARNED = "learned"
_AT_ONCE = 256
# Windows to learn from begin half a horizon apart; those judged lie side by side.
_WINDOWS = 8
_STEPS_A_WINDOW = 2
_JUDGED = 2
# Windows side by side, from the newest on, that keep whole lists: what is judged, and one more.
_WHOLE = 3
# Customers who bought one of their candidates in a window; fewer teach nothing.
_FEWEST = 30
_LIST = 10

_Simple = Callable[[Candidates], NDArray[np.float32]]


def _by(main: str, tie: str = "pop_14") -> _Simple:
    return lambda found: found.column(main) + np.float32(1e-4) * found.column(tie)


def _own_trending(found: Candidates) -> NDArray[np.float32]:
    return found.column("own_150") + np.float32(0.05) * found.column("pop_14")


# The first of each mode is what holds unless another is proven better.
SIMPLE: Mapping[Mode, Mapping[str, _Simple]] = {
    Mode.ALL: {
        "own_frequency": _by("count", "pop"),
        "own_recent": _by("own_150"),
        "own_faster": _by("own_60"),
        "own_trending": _own_trending,
        "likes_lately": _by("lately"),
        "popular": _by("pop"),
        "trending": _by("pop_14"),
    },
    Mode.NEW: {
        "popular": _by("pop"),
        "trending": _by("pop_14"),
        "trending_fast": _by("pop_7"),
        "likes": _by("likes"),
        "likes_lately": _by("lately"),
        "next_up": _by("next_up"),
    },
}


# Learned from what was bought in windows, so they replace a simple one as LEARNED does.
_REGRESSED = frozenset({"next_up"})


@dataclass(frozen=True, eq=False)
class Blend:
    """What recommends in a shop, for one mode.

    Attributes:
        mode: what may be recommended.
        chosen: name of the ranking that does: LEARNED or one of SIMPLE.
        ranker: of the learned ranking, None when a simple one does.
        trials: what each was worth on windows of the past.
    """

    mode: Mode
    chosen: str
    ranker: Cascade | None
    trials: tuple[Trial, ...]

    def score(self, found: Candidates) -> NDArray[np.float32]:
        """Return the score of every candidate, the higher the better."""
        if self.ranker is not None:
            return self.ranker.score(found.features, found.row)
        return SIMPLE[self.mode][self.chosen](found)


@dataclass(frozen=True, eq=False)
class Lists:
    """The best items of customers, by customer and rank.

    Attributes:
        row: place among the customers asked for.
        item, score: what, and how good.
        reason: why.
        other_reason: why, if not because of what it is bought with.
    """

    row: NDArray[np.int64]
    item: NDArray[np.int64]
    score: NDArray[np.float32]
    reason: list[Reason]
    other_reason: list[Reason]


def fit_blends(
    known: Purchases,
    *,
    horizon_days: float,
    modes: tuple[Mode, ...],
    seed: int = 0,
    kept: KeptWindows | None = None,
) -> dict[Mode, Blend]:
    """Return what recommends best in each mode, by the last windows that are known.

    Args:
        known: all purchases before the instant from which on is recommended.
        horizon_days: how far ahead recommendations look.
        modes: what to fit for.
        seed: the same purchases and seed give the same blend.
        kept: windows that were looked at before, and where those that are now are kept.
    """
    windows: dict[Mode, list[Window]] = {mode: [] for mode in modes}
    for step in range(_WINDOWS):
        back = 1 + step / _STEPS_A_WINDOW
        begin = known.end_day - back * horizon_days
        if begin < horizon_days:
            break
        is_whole = step % _STEPS_A_WINDOW == 0 and step < _WHOLE * _STEPS_A_WINDOW
        snapshot: Snapshot | None = None
        for mode in modes:
            window = kept.load(step, mode) if kept is not None else None
            if window is None:
                snapshot = snapshot or Snapshot.take(
                    known.before(begin), horizon_days=horizon_days, seed=seed
                )
                window = look_back(known, snapshot, mode, back, is_whole=is_whole, seed=seed)
                if kept is not None:
                    kept.save(step, mode, window)
            if window.lesson.n_lists >= _FEWEST:
                windows[mode].append(window)
    return {mode: _fit_blend(mode, windows[mode], known.n_items, seed) for mode in modes}


def rank(
    snapshot: Snapshot, blend: Blend, customers: NDArray[np.int64], limit: int
) -> Iterator[tuple[NDArray[np.int64], Lists]]:
    """Yield customers, some at a time, with their best items."""
    for begin in range(0, len(customers), _AT_ONCE):
        some = customers[begin : begin + _AT_ONCE]
        found = snapshot.find(some, blend.mode)
        yield some, best_of(found, blend.score(found), limit)


def best_of(found: Candidates, scores: NDArray[np.float32], limit: int) -> Lists:
    """Return the best candidates of each customer; of equals the lower number leads."""
    order = np.lexsort((found.item, -scores, found.row))
    row = found.row[order]
    place = np.arange(len(order)) - np.searchsorted(row, row)
    kept = order[place < limit]
    return Lists(found.row[kept], found.item[kept], scores[kept], *_reasons(found, kept))


def _reasons(found: Candidates, kept: NDArray[np.int64]) -> tuple[list[Reason], list[Reason]]:
    """Return what speaks loudest for each, and what does where baskets are left out of account.

    A reason may be false even where a ranking is good, so each rests on a fact of its own: that
    others like the customer buy it on EASE alone, since `next_up` knows what everybody buys next.
    """
    columns = (found.column(name)[kept] for name in ("count", "with_last_z", "likes_z"))
    count, together, likes = columns
    rising = is_rising(found.column("pop_lately")[kept], found.column("trend_lately")[kept])
    reasons, others = [], []
    for bought, with_last, liked, rises in zip(count, together, likes, rising, strict=True):
        if bought > 0:
            other = Reason.BUY_AGAIN
        elif liked > 1:
            other = Reason.SIMILAR_CUSTOMERS
        else:
            other = Reason.TRENDING if rises else Reason.POPULAR
        goes_with = bought <= 0 and with_last > max(liked, 1)
        reasons.append(Reason.BOUGHT_TOGETHER if goes_with else other)
        others.append(other)
    return reasons, others


def _fit_blend(mode: Mode, windows: list[Window], n_items: int, seed: int) -> Blend:
    first = next(iter(SIMPLE[mode]))
    tries = _tries(windows)
    if not tries:
        return Blend(mode, first, None, ())
    worth = {
        name: np.concatenate([_worth(case, simple(case.found), n_items) for case, _ in tries])
        for name, simple in SIMPLE[mode].items()
    }
    learned = np.concatenate(
        [
            _worth(
                case,
                _learn(mode, earlier, n_items, seed).score(case.found.features, case.found.row),
                n_items,
            )
            for case, earlier in tries
        ]
    )
    simple_ones = [name for name in worth if name not in _REGRESSED]
    chosen = _best_proven(worth, simple_ones, first)
    worth[LEARNED] = learned
    chosen = _best_proven(worth, [LEARNED, *(_REGRESSED & worth.keys())], chosen)
    ranker = _learn(mode, windows, n_items, seed) if chosen == LEARNED else None
    base = worth[first]
    trials = tuple(
        Trial(
            ranking=name,
            ndcg=figure_of(values),
            gain=None if name == first else figure_of(values - base),
            is_chosen=name == chosen,
        )
        for name, values in worth.items()
    )
    return Blend(mode, chosen, ranker, trials)


def _best_proven(worth: Mapping[str, NDArray[np.float64]], names: Iterable[str], held: str) -> str:
    """Return the best of some rankings whose gain over the one that holds is proven, or that."""
    proven = [name for name in names if mean_of(worth[name] - worth[held]).low > 0]
    return max(proven, key=lambda name: float(worth[name].mean()), default=held)


def _tries(windows: list[Window]) -> list[tuple[Case, list[Window]]]:
    """Return the windows to judge by, each with those that teach: that were over before it."""
    tries = []
    for window in windows:
        earlier = [one for one in windows if one.back >= window.back + 1]
        if window.case is not None and window.back < 1 + _JUDGED and earlier:
            tries.append((window.case, earlier))
    return tries


def _learn(mode: Mode, windows: list[Window], n_items: int, seed: int) -> Cascade:
    return fit_cascade(
        [one.lesson for one in windows],
        [one.case for one in windows if one.case is not None],
        n_items,
        by_lists_alone=mode is Mode.NEW,
        seed=seed,
    )


def _worth(case: Case, scores: NDArray[np.float32], n_items: int) -> NDArray[np.float64]:
    lists = best_of(case.found, scores, _LIST)
    return ndcg(lists.row, lists.row * n_items + lists.item, case.bought, n_items, case.n_customers)
