"""Windows of the past: what could be known before each, and what was bought in it.

A window teaches by what was bought and by some of what was not; only the newest, which rankings are
judged by and the tops of lists are learned from, keep every candidate. So what is held of all
windows is a fraction of what was looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.recommend._candidates import FEATURES, Candidates, Snapshot
from kikubari.decide.recommend.contracts import Mode
from kikubari.decide.recommend.purchases import Purchases

_AT_ONCE = 256
_MOST_CUSTOMERS = 1_500
_SHARE_NOT_BOUGHT = 0.2


@dataclass(frozen=True, eq=False)
class Lesson:
    """Lists that something was bought of: that, and some of what was not.

    Attributes:
        features: float32, a row per candidate.
        is_bought: what came of it.
        list_of: int64, whose candidate it is, ascending.
        n_lists: lists are the numbers below it.
    """

    features: NDArray[np.float32]
    is_bought: NDArray[np.bool_]
    list_of: NDArray[np.int64]
    n_lists: int


@dataclass(frozen=True, eq=False)
class Case:
    """Everything that could have been recommended in a window, to judge rankings by.

    Attributes:
        n_customers: who bought in it.
        bought: as place among the customers * items + item, ascending.
        found: the candidates.
    """

    n_customers: int
    bought: NDArray[np.int64]
    found: Candidates


@dataclass(frozen=True, eq=False)
class Window:
    """A window of the past.

    Attributes:
        back: horizons from its beginning to the end of what is known.
        lesson: what it teaches.
        case: None where not all candidates are kept.
    """

    back: float
    lesson: Lesson
    case: Case | None


def look_back(
    known: Purchases, snapshot: Snapshot, mode: Mode, back: float, *, is_whole: bool, seed: int
) -> Window:
    """Return the window that begins where a snapshot ends.

    Args:
        known: all purchases, those of the window too.
        snapshot: of what was known before it.
        mode: what may be recommended.
        back: horizons from its beginning to the end of what is known.
        is_whole: keep all candidates.
        seed: of the customers, of many, and of what was not bought.
    """
    begin = snapshot.known.end_day
    customers, bought = find_bought(known, begin, begin + snapshot.horizon_days, mode)
    draw = np.random.default_rng(seed)
    if len(customers) > _MOST_CUSTOMERS:
        customers = np.sort(draw.choice(customers, _MOST_CUSTOMERS, replace=False))
    owner = bought // known.n_items
    kept = np.isin(owner, customers)
    place = np.searchsorted(customers, owner[kept])
    bought = place * known.n_items + bought[kept] % known.n_items
    lessons, parts = [], []
    for found in _find(snapshot, customers, mode):
        lessons.append(_teach(found, np.isin(found.row * known.n_items + found.item, bought), draw))
        if is_whole:
            parts.append(found)
    case = Case(len(customers), bought, _join(parts)) if is_whole else None
    return Window(back, _join_lessons(lessons), case)


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


def _find(snapshot: Snapshot, customers: NDArray[np.int64], mode: Mode) -> Iterator[Candidates]:
    """Yield candidates, some customers at a time, by place among all of them."""
    for begin in range(0, len(customers), _AT_ONCE):
        found = snapshot.find(customers[begin : begin + _AT_ONCE], mode)
        yield Candidates(found.row + begin, found.item, found.features)


def _teach(found: Candidates, is_bought: NDArray[np.bool_], draw: np.random.Generator) -> Lesson:
    kept = is_bought | (draw.random(len(is_bought)) < _SHARE_NOT_BOUGHT)
    # A list without anything that was bought does not say what is better.
    kept &= np.isin(found.row, found.row[is_bought])
    lists, list_of = np.unique(found.row[kept], return_inverse=True)
    return Lesson(found.features[kept], is_bought[kept], list_of, len(lists))


def _join_lessons(parts: list[Lesson]) -> Lesson:
    if not parts:
        return Lesson(_NO_FEATURES, np.zeros(0, dtype=bool), _NOBODY, 0)
    begins = np.cumsum([0, *(one.n_lists for one in parts)])
    return Lesson(
        np.concatenate([one.features for one in parts]),
        np.concatenate([one.is_bought for one in parts]),
        np.concatenate([one.list_of + begin for one, begin in zip(parts, begins, strict=False)]),
        int(begins[-1]),
    )


def _join(parts: list[Candidates]) -> Candidates:
    if not parts:
        return Candidates(_NOBODY, _NOBODY, _NO_FEATURES)
    return Candidates(
        np.concatenate([one.row for one in parts]),
        np.concatenate([one.item for one in parts]),
        np.concatenate([one.features for one in parts]),
    )


_NOBODY = np.zeros(0, dtype=np.int64)
_NO_FEATURES = np.zeros((0, len(FEATURES)), dtype=np.float32)
