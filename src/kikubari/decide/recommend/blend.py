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
from kikubari.decide.recommend._ranker import Ranker, fit_ranker
from kikubari.decide.recommend.contracts import Mode, Reason, Trial
from kikubari.decide.recommend.metrics import figure_of, mean_of, ndcg
from kikubari.decide.recommend.purchases import Purchases

LEARNED = "learned"
_AT_ONCE = 256
# Windows to learn from begin half a horizon apart; those judged lie side by side.
_WINDOWS = 8
_STEPS_A_WINDOW = 2
_JUDGED = 2
_MOST_LEARNED_FROM = 1_500
_FEWEST = 30
_SHARE_NOT_BOUGHT = 0.2
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
    ranker: Ranker | None
    trials: tuple[Trial, ...]

    def score(self, found: Candidates) -> NDArray[np.float32]:
        """Return the score of every candidate, the higher the better."""
        if self.ranker is not None:
            return self.ranker.score(found.features)
        return SIMPLE[self.mode][self.chosen](found)


@dataclass(frozen=True, eq=False)
class Lists:
    """The best items of customers, by customer and rank.

    Attributes:
        row: place among the customers asked for.
        item, score: what, and how good.
        reason: why.
    """

    row: NDArray[np.int64]
    item: NDArray[np.int64]
    score: NDArray[np.float32]
    reason: list[Reason]


@dataclass(frozen=True, eq=False)
class _Case:
    """A window of the past: what could be known before it, and what was bought in it.

    Attributes:
        back: horizons from its beginning to the end of what is known.
        customers: ascending.
        bought: as place among the customers * items + item.
        found: the candidates.
    """

    back: float
    customers: NDArray[np.int64]
    bought: NDArray[np.int64]
    found: Candidates

    def keys(self, n_items: int) -> NDArray[np.int64]:
        return self.found.row * n_items + self.found.item

    def count_found(self, n_items: int) -> int:
        """Return how many customers bought any of their candidates."""
        return len(np.unique(self.found.row[np.isin(self.keys(n_items), self.bought)]))


def fit_blends(
    known: Purchases, *, horizon_days: float, modes: tuple[Mode, ...], seed: int = 0
) -> dict[Mode, Blend]:
    """Return what recommends best in each mode, by the last windows that are known.

    Args:
        known: all purchases before the instant from which on is recommended.
        horizon_days: how far ahead recommendations look.
        modes: what to fit for.
        seed: the same purchases and seed give the same blend.
    """
    cases: dict[Mode, list[_Case]] = {mode: [] for mode in modes}
    for step in range(_WINDOWS):
        back = 1 + step / _STEPS_A_WINDOW
        if known.end_day - back * horizon_days < horizon_days:
            break
        for mode, case in _cases(known, back, horizon_days, modes, seed).items():
            cases[mode].append(case)
    return {mode: _fit_blend(mode, cases[mode], known.n_items, seed) for mode in modes}


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
    return Lists(found.row[kept], found.item[kept], scores[kept], _reasons(found, kept))


def _reasons(found: Candidates, kept: NDArray[np.int64]) -> list[Reason]:
    """Return what speaks loudest for each: bought before, with the last purchase, by others."""
    reasons = []
    count, together, likes, lively = (
        found.column(name)[kept] for name in ("count", "with_last_z", "likes_z", "next_up_z")
    )
    for bought, with_last, liked, next_up in zip(count, together, likes, lively, strict=True):
        if bought > 0:
            reasons.append(Reason.BUY_AGAIN)
        elif with_last > max(liked, next_up, 1):
            reasons.append(Reason.BOUGHT_TOGETHER)
        elif max(liked, next_up) > 1:
            reasons.append(Reason.SIMILAR_CUSTOMERS)
        else:
            reasons.append(Reason.TRENDING)
    return reasons


def find_bought(
    known: Purchases, begin: float, end: float, mode: Mode
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the known customers who bought in a window, and what, as customer * items + item."""
    keys = known.customer.astype(np.int64) * known.n_items + known.item
    before = known.day < begin
    bought = np.unique(keys[~before & (known.day < end)])
    is_known = np.isin(bought // known.n_items, known.customer[before])
    bought = bought[is_known]
    if mode is Mode.NEW:
        bought = np.setdiff1d(bought, keys[before], assume_unique=False)
    return np.unique(bought // known.n_items), bought


def _cases(
    known: Purchases, back: float, horizon_days: float, modes: tuple[Mode, ...], seed: int
) -> dict[Mode, _Case]:
    day = known.end_day - back * horizon_days
    snapshot = Snapshot.take(known.before(day), horizon_days=horizon_days, seed=seed)
    made = {}
    for mode in modes:
        customers, bought = find_bought(known, day, day + horizon_days, mode)
        if len(customers) > _MOST_LEARNED_FROM:
            generator = np.random.default_rng(seed)
            customers = np.sort(generator.choice(customers, _MOST_LEARNED_FROM, replace=False))
        parts = [
            snapshot.find(customers[begin : begin + _AT_ONCE], mode)
            for begin in range(0, len(customers), _AT_ONCE)
        ]
        owner = bought // known.n_items
        kept = np.isin(owner, customers)
        rows = np.searchsorted(customers, owner[kept])
        made[mode] = _Case(
            back, customers, rows * known.n_items + bought[kept] % known.n_items, _join(parts)
        )
    return made


def _join(parts: list[Candidates]) -> Candidates:
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return Candidates(nothing, nothing, np.zeros((0, 0), dtype=np.float32))
    return Candidates(
        np.concatenate([one.row + number * _AT_ONCE for number, one in enumerate(parts)]),
        np.concatenate([one.item for one in parts]),
        np.concatenate([one.features for one in parts]),
    )


def _fit_blend(mode: Mode, cases: list[_Case], n_items: int, seed: int) -> Blend:
    cases = [case for case in cases if case.count_found(n_items) >= _FEWEST]
    first = next(iter(SIMPLE[mode]))
    tries = _tries(cases)
    if not tries:
        return Blend(mode, first, None, ())
    judged = [case for case, _ in tries]
    worth = {
        name: np.concatenate([_worth(case, simple(case.found), n_items) for case in judged])
        for name, simple in SIMPLE[mode].items()
    }
    learned = np.concatenate(
        [
            _worth(case, _learn(mode, earlier, n_items, seed).score(case.found.features), n_items)
            for case, earlier in tries
        ]
    )
    simple_ones = [name for name in worth if name not in _REGRESSED]
    chosen = _best_proven(worth, simple_ones, first)
    worth[LEARNED] = learned
    chosen = _best_proven(worth, [LEARNED, *(_REGRESSED & worth.keys())], chosen)
    ranker = _learn(mode, cases, n_items, seed) if chosen == LEARNED else None
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


def _tries(cases: list[_Case]) -> list[tuple[_Case, list[_Case]]]:
    """Return the windows to judge by, each with those that were over before it began."""
    tries = []
    for back in range(1, _JUDGED + 1):
        earlier = [case for case in cases if case.back >= back + 1]
        tries += [(case, earlier) for case in cases if case.back == back and earlier]
    return tries


def _learn(mode: Mode, cases: list[_Case], n_items: int, seed: int) -> Ranker:
    """Return a ranker learned from windows: what was bought, and some of what was not."""
    generator = np.random.default_rng(seed)
    features, answers, lists = [], [], []
    n_lists = 0
    for case in cases:
        row = case.found.row
        is_bought = np.isin(case.keys(n_items), case.bought)
        kept = is_bought | (generator.random(len(is_bought)) < _SHARE_NOT_BOUGHT)
        # A list without anything that was bought does not say what is better.
        kept &= np.bincount(row, is_bought, minlength=len(case.customers))[row] > 0
        features.append(case.found.features[kept])
        answers.append(is_bought[kept])
        lists.append(row[kept] + n_lists)
        n_lists += len(case.customers)
    return fit_ranker(
        np.concatenate(features),
        np.concatenate(answers),
        np.concatenate(lists),
        by_lists_alone=mode is Mode.NEW,
        seed=seed,
    )


def _worth(case: _Case, scores: NDArray[np.float32], n_items: int) -> NDArray[np.float64]:
    lists = best_of(case.found, scores, _LIST)
    return ndcg(
        lists.row, lists.row * n_items + lists.item, case.bought, n_items, len(case.customers)
    )
