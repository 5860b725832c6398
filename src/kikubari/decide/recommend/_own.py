"""What people bought themselves: how often, how lately, whether it is due, and how they buy."""

import numpy as np
from numpy.typing import NDArray

HALF_LIVES = (7, 21, 60, 150)
# Places among a person's own items are by these.
_RANKED_BY = (60, 150)
_NEVER = 7.0
_SOON = (3, 8)
_FADING_BY_VISIT = 0.85
_FAR_BACK = 1_000_000

OF_ITEM = (
    "count", "share", *(f"own_{days}" for days in HALF_LIVES), "since", "gap", "due", "in_last",
    *(f"rank_{days}" for days in _RANKED_BY),
    "visits_since", *(f"in_{visits}_visits" for visits in _SOON), "by_visit",
)  # fmt: skip
OF_PERSON = (
    "days", "recent_days", "recency", "tenure", "kinds", "repeats",
    "kinds_a_visit", "last_kinds", "last_new",
)  # fmt: skip
# Of an item that a person never bought.
_ABSENT = {
    "since": _NEVER,
    "visits_since": _NEVER,
    **{f"rank_{days}": _NEVER for days in _RANKED_BY},
}


class Own:
    """What people bought, a line per person and item.

    Args:
        row: ascending numbers of people.
        item: what each bought.
        day: and when, ascending for each.
        end_day: the day that is asked about.
        n_items: items are the numbers below it.

    Attributes:
        keys: row * n_items + item of each line, ascending.
        row, item: of each line.
        in_last: whether it was bought within a day of the person's last purchase.
    """

    def __init__(
        self,
        row: NDArray[np.int64],
        item: NDArray[np.int32],
        day: NDArray[np.float32],
        end_day: float,
        n_items: int,
    ) -> None:
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
        self.in_last = self._last < self._latest[self.row] + 0.5
        whole = np.floor(day).astype(np.int64)
        visits, visit = np.unique(
            row * _FAR_BACK + whole - whole.min(initial=0), return_inverse=True
        )
        self._visit_row = visits // _FAR_BACK
        self._visits = np.bincount(self._visit_row, minlength=n_rows).astype(np.float64)
        self._visit_ago = np.zeros(len(visits))
        self._visit_ago[visit] = self._ago
        # Of each purchase, how many visits came after it.
        self._visits_ago = (np.cumsum(self._visits)[self._visit_row] - 1 - np.arange(len(visits)))[
            visit
        ]

    def fading(self, half_life: float) -> NDArray[np.float64]:
        """Return each item's purchases, halved with every `half_life` days gone by."""
        return self._sum(0.5 ** (self._ago / half_life))

    def list_favourites(self, limit: int) -> NDArray[np.int64]:
        """Return the keys of each person's most bought items, the lately bought first."""
        return self.keys[self._rank(150) < limit]

    def describe(self, keys: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return what the person and the item of each key have had to do with each other."""
        gap = np.where(
            self._count > 1, (self._first - self._last) / np.maximum(self._count - 1, 1), 0
        )
        due = np.where(self._count > 1, np.log((self._last + 1) / (gap + 1)), 0)
        visits_since = np.full(len(self.keys), np.inf)
        np.minimum.at(visits_since, self._group, self._visits_ago)
        lines = np.column_stack(
            [
                np.log1p(self._count),
                self._count / np.maximum(self._visits[self.row], 1),
                *(self.fading(days) for days in HALF_LIVES),
                np.log1p(self._last),
                np.log1p(gap),
                due,
                self.in_last,
                *(np.log1p(self._rank(days)) for days in _RANKED_BY),
                np.log1p(visits_since),
                *(self._sum(self._visits_ago < visits) for visits in _SOON),
                self._sum(_FADING_BY_VISIT**self._visits_ago),
            ]
        )
        absent = np.array([_ABSENT.get(name, 0) for name in OF_ITEM], dtype=np.float32)
        return _take(lines, self.keys, keys, absent)

    def describe_people(self, n_rows: int, horizon_days: float) -> NDArray[np.float32]:
        """Return how each person buys."""
        found = np.zeros((n_rows, len(OF_PERSON)), dtype=np.float32)
        some = len(self._latest)
        recent = self._visit_row[self._visit_ago < 2 * horizon_days]
        kinds = np.bincount(self.row, minlength=some)
        lines = np.bincount(self.row, self._count, minlength=some)
        last_kinds = np.bincount(self.row, self.in_last, minlength=some)
        last_new = np.bincount(self.row, self.in_last & (self._count == 1), minlength=some)
        found[:some] = np.column_stack(
            [
                np.log1p(self._visits),
                np.log1p(np.bincount(recent, minlength=some)),
                np.log1p(np.where(np.isfinite(self._latest), self._latest, 1e4)),
                np.log1p(self._earliest),
                np.log1p(kinds),
                lines / np.maximum(kinds, 1),
                np.log1p(lines / np.maximum(self._visits, 1)),
                np.log1p(last_kinds),
                last_new / np.maximum(last_kinds, 1),
            ]
        )
        return found

    def _sum(self, weights: NDArray[np.float64] | NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.bincount(self._group, weights, minlength=len(self.keys)).astype(np.float64)

    def _rank(self, half_life: float) -> NDArray[np.int64]:
        """Return the place of each line among the person's own, from 0, by what is bought most."""
        order = np.lexsort((self.item, -self.fading(half_life), self.row))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order)) - np.searchsorted(self.row[order], self.row[order])
        return rank


def _take(
    lines: NDArray[np.float64],
    held: NDArray[np.int64],
    asked: NDArray[np.int64],
    absent: NDArray[np.float32],
) -> NDArray[np.float32]:
    found = np.tile(absent, (len(asked), 1))
    if len(held):
        at = np.minimum(np.searchsorted(held, asked), len(held) - 1)
        is_held = held[at] == asked
        found[is_held] = lines[at[is_held]]
    return found
