"""Candidates of customers, and what is known of each: the features that rankings weigh."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.recommend._relations import Relations, learn_relations, with_everybody
from kikubari.decide.recommend._rows import Rows, gather_rows, score
from kikubari.decide.recommend.contracts import Mode
from kikubari.decide.recommend.purchases import Purchases

# Of each way of finding candidates, and of what a customer bought.
_FOUND_EACH = 70
_OWN = 250
_HALF_LIVES = (7, 21, 60, 150)
_POPULAR_DAYS = (3, 7, 14, 28, 56, 100_000)
_NEVER = 7.0
# Who first bought an item within so many days is a new buyer.
_NEW_DAYS = 14

_RELATED = ("next_up", "likes", "lately", "together", "with_last")
FEATURES = (
    "count", "share", *(f"own_{days}" for days in _HALF_LIVES), "since", "gap", "due", "in_last",
    *_RELATED, *(f"{name}_z" for name in _RELATED),
    "pop_3", "pop_7", "pop_14", "pop_28", "pop_56", "pop", "new_buyers", "trend", "trend_slow",
    "rebought", "age",
    "days", "recent_days", "recency", "tenure", "kinds", "repeats",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Candidates:
    """Rows of candidates, by customer.

    Attributes:
        row: int64, place among the customers asked for, ascending.
        item: int64.
        features: float32, a column per name in FEATURES.
    """

    row: NDArray[np.int64]
    item: NDArray[np.int64]
    features: NDArray[np.float32]

    def column(self, name: str) -> NDArray[np.float32]:
        """Return a feature of every candidate."""
        return self.features[:, FEATURES.index(name)]


class Snapshot:
    """All that is known on a day, ready to find candidates for anybody.

    Args:
        known: purchases before the day.
        horizon_days: how far ahead is asked.
        seed: of the sample that a large shop's relations are learned from.
    """

    def __init__(self, known: Purchases, *, horizon_days: float, seed: int) -> None:
        self.known = known
        self.relations: Relations = learn_relations(known, horizon_days=horizon_days, seed=seed)
        self._starts = known.starts()
        self._horizon_days = horizon_days
        self._about_items = _describe_items(known)
        popular = self._about_items[self.relations.items]
        self._popular = [
            np.argsort(-popular[:, column], kind="stable")[:_FOUND_EACH] for column in (1, 2, 5)
        ]

    def find(self, customers: NDArray[np.int64], mode: Mode) -> Candidates:
        """Return candidates of customers, who may be unknown: then what is popular."""
        begins, ends = self._starts[customers], self._starts[customers + 1]
        lengths = ends - begins
        place = (
            np.repeat(begins, lengths)
            + np.arange(lengths.sum())
            - np.repeat(np.cumsum(lengths) - lengths, lengths)
        )
        row = np.repeat(np.arange(len(customers)), lengths)
        return self.find_by_history(
            row, self.known.item[place], self.known.day[place], len(customers), mode
        )

    def find_by_history(
        self,
        row: NDArray[np.int64],
        item: NDArray[np.int32],
        day: NDArray[np.float32],
        n_rows: int,
        mode: Mode,
    ) -> Candidates:
        """Return candidates of people by what they bought, whether or not it was learned from.

        Args:
            row: ascending numbers of people, below `n_rows`.
            item: what each bought.
            day: and when, ascending for each, at most once a whole day.
            n_rows: how many people.
            mode: what may be a candidate.
        """
        own = _Own(row, item, day, self.known.end_day, self.known.n_items)
        related = self._relate(own, n_rows)
        keys = self._choose(own, related, n_rows, mode)
        who, what = keys // self.known.n_items, keys % self.known.n_items
        place = self.relations.place[what]
        features = np.concatenate(
            [
                own.describe(keys),
                *_look_up(related, who, place),
                self._about_items[what],
                own.describe_people(n_rows, self._horizon_days)[who],
            ],
            axis=1,
            dtype=np.float32,
        )
        return Candidates(who, what, features)

    def _relate(self, own: "_Own", n_rows: int) -> list[NDArray[np.float32]]:
        tables = self.relations
        is_inside = tables.place[own.item] >= 0
        row, place = own.row[is_inside], tables.place[own.item[is_inside]].astype(np.int64)

        def rows(weight: NDArray[np.float64] | None) -> Rows:
            return gather_rows(row, place, weight, n_rows=n_rows, n_columns=len(tables.items))

        bought, fading = rows(None), rows(own.fading(60)[is_inside])
        last = rows(own.in_last[is_inside].astype(np.float64))
        return [
            score(with_everybody(bought.scaled()), tables.next_up),
            score(bought, tables.likes),
            score(fading, tables.lately),
            score(fading, tables.together),
            score(last, tables.together),
        ]

    def _choose(
        self, own: "_Own", related: list[NDArray[np.float32]], n_rows: int, mode: Mode
    ) -> NDArray[np.int64]:
        n_items = len(self.relations.items)
        n_found = min(_FOUND_EACH, n_items)
        is_chosen = np.zeros((n_rows, n_items), dtype=bool)
        for places in self._popular:
            is_chosen[:, places] = True
        inside = self.relations.place[own.item]
        if mode is Mode.NEW:
            related = [np.array(one) for one in related]
        for one in related:
            if mode is Mode.NEW:
                one[own.row[inside >= 0], inside[inside >= 0]] = -np.inf
            top = np.argpartition(-one, n_found - 1, axis=1)[:, :n_found]
            np.put_along_axis(is_chosen, top, values=True, axis=1)
        row, place = np.nonzero(is_chosen)
        keys = row * self.known.n_items + self.relations.items[place]
        if mode is Mode.NEW:
            return np.setdiff1d(keys, own.keys, assume_unique=True)
        return np.union1d(keys, own.list_favourites(_OWN))


class _Own:
    """What people bought themselves, a line per person and item."""

    def __init__(
        self,
        row: NDArray[np.int64],
        item: NDArray[np.int32],
        day: NDArray[np.float32],
        end_day: float,
        n_items: int,
    ) -> None:
        self._n_items = n_items
        self._line_row, self._line_day = row, day
        self._ago = np.maximum(end_day - day.astype(np.float64), 0)
        self.keys, self._group = np.unique(
            row * n_items + item.astype(np.int64), return_inverse=True
        )
        self.row, self.item = self.keys // n_items, self.keys % n_items
        n_keys = len(self.keys)
        self._count = np.bincount(self._group, minlength=n_keys).astype(np.float64)
        self._last = np.full(n_keys, np.inf)
        np.minimum.at(self._last, self._group, self._ago)
        self._first = np.zeros(n_keys)
        np.maximum.at(self._first, self._group, self._ago)
        n_rows = int(row[-1]) + 1 if len(row) else 0
        self._latest = np.full(n_rows, np.inf)
        np.minimum.at(self._latest, row, self._ago)
        self._earliest = np.zeros(n_rows)
        np.maximum.at(self._earliest, row, self._ago)
        # Within a day of the last purchase counts as the last basket.
        self.in_last = self._last < self._latest[self.row] + 0.5
        self._visits = self._count_visits(n_rows, np.inf)

    def _count_visits(self, n_rows: int, within_days: float) -> NDArray[np.float64]:
        recent = self._ago < within_days
        whole = np.floor(self._line_day[recent]).astype(np.int64)
        visits = np.unique(self._line_row[recent] * 1_000_000 + whole)
        return np.bincount(visits // 1_000_000, minlength=n_rows).astype(np.float64)

    def fading(self, half_life: float) -> NDArray[np.float64]:
        """Return each item's purchases, halved with every `half_life` days gone by."""
        weights = 0.5 ** (self._ago / half_life)
        return np.bincount(self._group, weights, minlength=len(self.keys)).astype(np.float64)

    def list_favourites(self, limit: int) -> NDArray[np.int64]:
        """Return the keys of each person's most bought items, the lately bought first."""
        order = np.lexsort((self.item, -self.fading(150), self.row))
        rank = np.arange(len(order)) - np.searchsorted(self.row[order], self.row[order])
        return self.keys[order[rank < limit]]

    def describe(self, keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what the person and the item of each key have had to do with each other."""
        gap = np.where(
            self._count > 1, (self._first - self._last) / np.maximum(self._count - 1, 1), 0
        )
        due = np.where(self._count > 1, np.log((self._last + 1) / (gap + 1)), 0)
        lines = np.column_stack(
            [
                np.log1p(self._count),
                self._count / np.maximum(self._visits[self.row], 1),
                *(self.fading(days) for days in _HALF_LIVES),
                np.log1p(self._last),
                np.log1p(gap),
                due,
                self.in_last,
            ]
        )
        absent = np.zeros(lines.shape[1])
        absent[2 + len(_HALF_LIVES)] = _NEVER
        return _take(lines, self.keys, keys, absent)

    def describe_people(self, n_rows: int, horizon_days: float) -> NDArray[np.float32]:
        """Return how each person buys."""
        found = np.zeros((n_rows, 6), dtype=np.float32)
        some = len(self._latest)
        kinds = np.bincount(self.row, minlength=some)
        found[:some] = np.column_stack(
            [
                np.log1p(self._visits),
                np.log1p(self._count_visits(some, 2 * horizon_days)),
                np.log1p(np.where(np.isfinite(self._latest), self._latest, 1e4)),
                np.log1p(self._earliest),
                np.log1p(kinds),
                np.bincount(self.row, self._count, minlength=some) / np.maximum(kinds, 1),
            ]
        )
        return found


def _take(
    lines: NDArray[np.float64],
    held: NDArray[np.int64],
    asked: NDArray[np.int64],
    absent: NDArray[np.float64],
) -> NDArray[np.float32]:
    found = np.tile(absent.astype(np.float32), (len(asked), 1))
    if len(held):
        at = np.minimum(np.searchsorted(held, asked), len(held) - 1)
        is_held = held[at] == asked
        found[is_held] = lines[at[is_held]]
    return found


def _look_up(
    related: list[NDArray[np.float32]], row: NDArray[np.int64], place: NDArray[np.int32]
) -> list[NDArray[np.float32]]:
    """Return the scores at the candidates, as they are and by how far above a person's usual."""
    inside = place >= 0
    plain = np.zeros((len(row), len(related)), dtype=np.float32)
    standard = np.zeros_like(plain)
    for column, one in enumerate(related):
        plain[inside, column] = one[row[inside], place[inside]]
        mean, spread = one.mean(1), one.std(1) + np.float32(1e-6)
        standard[inside, column] = ((plain[:, column] - mean[row]) / spread[row])[inside]
    return [plain, standard]


def _describe_items(known: Purchases) -> NDArray[np.float32]:
    """Return how each item sells; buyers, not pieces: one wholesale order makes no bestseller."""
    n_items, ago = known.n_items, known.end_day - known.day.astype(np.float64)
    pair = np.unique(known.customer.astype(np.int64) * n_items + known.item)
    oldest = np.full(len(pair), 0.0)
    group = np.searchsorted(pair, known.customer.astype(np.int64) * n_items + known.item)
    np.maximum.at(oldest, group, ago)
    pair_item = pair % n_items

    def buyers(days: float, until: float = 0) -> NDArray[np.float64]:
        within = (ago <= days) & (ago > until) if until else ago <= days
        keys = np.unique(group[within])
        return np.bincount(pair_item[keys], minlength=n_items).astype(np.float64)

    counts = {days: buyers(days) for days in _POPULAR_DAYS}
    times = np.bincount(group)
    again = np.bincount(pair_item, times > 1, minlength=n_items)
    ever = counts[_POPULAR_DAYS[-1]]
    usual = again.sum() / max(ever.sum(), 1)
    age = np.zeros(n_items)
    np.maximum.at(age, known.item, ago)
    columns = [
        *(np.log1p(counts[days]) for days in _POPULAR_DAYS),
        np.log1p(np.bincount(pair_item[oldest <= _NEW_DAYS], minlength=n_items)),
        np.log((counts[7] + 1) / (buyers(28, 7) / 3 + 1)),
        np.log((counts[28] + 1) / (buyers(84, 28) / 2 + 1)),
        (again + 2 * usual) / (ever + 2),
        np.log1p(age),
    ]
    return np.column_stack(columns).astype(np.float32)
