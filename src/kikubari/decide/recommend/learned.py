"""What is learned of a shop at once: rankings, pairs and rhythms."""

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.recommend._candidates import Snapshot
from kikubari.decide.recommend._kept_windows import KeptWindows
from kikubari.decide.recommend._pairs import Pairs, learn_pairs
from kikubari.decide.recommend.blend import Blend, fit_blends
from kikubari.decide.recommend.contracts import BlendCard, Mode, ModelCard
from kikubari.decide.recommend.exporting import find_horizon
from kikubari.decide.recommend.purchases import DAY_US, Purchases, pack
from kikubari.kit.instants import from_micros

_DAY = timedelta(days=1)
# Weight of the shop's usual in what is said of an item that few bought.
_FEW_BUYERS = 5.0
_FEW_GAPS = 5


@dataclass(frozen=True, eq=False)
class Lesson:
    """Standing purchases to learn from, in any order.

    Attributes:
        customer: int32, numbers from 0.
        item: int32, places in `items`.
        at_us: int64.
        items: product ids.
        end_us: what lies after it is unknown.
        seed: the same lesson and seed give the same.
    """

    customer: NDArray[np.int32]
    item: NDArray[np.int32]
    at_us: NDArray[np.int64]
    items: tuple[str, ...]
    end_us: int
    seed: int


@dataclass(frozen=True, eq=False)
class Rhythms:
    """How items are bought again.

    Attributes:
        again: float32, share of buyers who bought it on another day too.
        gap_days: float32, the usual time between; NaN where too few tell.
    """

    again: NDArray[np.float32]
    gap_days: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Learned:
    """Everything that lists are made with.

    Attributes:
        items: product ids; numbers of items are places in it.
        code_of: and back.
        snapshot: of the day of learning, without the customers.
        blends: what ranks best, by mode.
        goes_with: bought together.
        next_after: bought next.
        rhythms: bought again.
        epoch_day: days since 1970 at which the snapshot's day is zero.
    """

    items: tuple[str, ...]
    code_of: dict[str, int]
    snapshot: Snapshot
    blends: dict[Mode, Blend]
    goes_with: Pairs
    next_after: Pairs
    rhythms: Rhythms
    epoch_day: int


def learn(lesson: Lesson, work: Path | None = None) -> tuple[Learned, ModelCard]:
    """Return what a shop's purchases teach, and the card that says how well.

    Args:
        lesson: the purchases.
        work: folder where windows are kept, to go on from there if this process ends.
    """
    started = time.monotonic()
    epoch_day = int(lesson.at_us.min() // DAY_US)
    known = pack(
        lesson.customer,
        lesson.item,
        lesson.at_us / DAY_US - epoch_day,
        n_customers=int(lesson.customer.max()) + 1,
        n_items=len(lesson.items),
        epoch_day=epoch_day,
        end_day=lesson.end_us / DAY_US - epoch_day,
    )
    horizon_days = find_horizon(known) / _DAY
    kept = None
    if work is not None:
        kept = KeptWindows.of(work, known, horizon_days=horizon_days, seed=lesson.seed)
    blends = fit_blends(
        known, horizon_days=horizon_days, modes=tuple(Mode), seed=lesson.seed, kept=kept
    )
    snapshot = Snapshot.take(known, horizon_days=horizon_days, seed=lesson.seed)
    goes_with, next_after = learn_pairs(known, seed=lesson.seed)
    learned = Learned(
        items=lesson.items,
        code_of={name: code for code, name in enumerate(lesson.items)},
        snapshot=snapshot.without_customers(),
        blends=blends,
        goes_with=goes_with,
        next_after=next_after,
        rhythms=learn_rhythms(known),
        epoch_day=epoch_day,
    )
    card = ModelCard(
        n_customers=len(known.list_customers()),
        n_items=known.n_items,
        n_purchases=len(known),
        first_at=from_micros(int(lesson.at_us.min())),
        last_at=from_micros(int(lesson.at_us.max())),
        horizon_days=horizon_days,
        seed=lesson.seed,
        seconds=round(time.monotonic() - started, 1),
        n_goes_with=len(goes_with.partner),
        n_next_after=len(next_after.partner),
        blends=tuple(
            BlendCard(mode=mode, chosen=blend.chosen, trials=blend.trials)
            for mode, blend in blends.items()
        ),
    )
    return learned, card


def learn_rhythms(known: Purchases) -> Rhythms:
    """Return how items are bought again; items of few buyers are held to be as usual."""
    pair = known.customer.astype(np.int64) * known.n_items + known.item
    order = np.lexsort((known.day, pair))
    pair, day = pair[order], known.day[order]
    is_again = np.diff(pair) == 0
    keys, times = np.unique(pair, return_counts=True)
    item = keys % known.n_items
    buyers = np.bincount(item, minlength=known.n_items)
    again = np.bincount(item[times > 1], minlength=known.n_items)
    usual = again.sum() / max(buyers.sum(), 1)
    gaps = np.diff(day)[is_again]
    gap_days = np.full(known.n_items, np.nan, dtype=np.float32)
    which = (pair % known.n_items)[1:][is_again]
    by_item = np.lexsort((gaps, which))
    which, gaps = which[by_item], gaps[by_item]
    items, starts, counts = np.unique(which, return_index=True, return_counts=True)
    enough = counts >= _FEW_GAPS
    gap_days[items[enough]] = gaps[(starts + counts // 2)[enough]]
    return Rhythms(
        ((again + _FEW_BUYERS * usual) / (buyers + _FEW_BUYERS)).astype(np.float32), gap_days
    )
