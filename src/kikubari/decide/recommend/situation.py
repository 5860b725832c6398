"""What a list is made for: who asks for what, and what is known at that moment."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import fmean, median
from typing import NamedTuple

from kikubari.catalog import Product
from kikubari.decide.recommend.contracts import Grounds, Home, Request
from kikubari.decide.recommend.learned import Learned
from kikubari.decide.recommend.purchases import DAY_US
from kikubari.decide.recommend.shelf import Shelf
from kikubari.decide.recommend.traces import Trace
from kikubari.decide.recommend.trends import Trends
from kikubari.kit.instants import to_micros
from kikubari.profiles import SavedThings

_LEAST_AGAIN = 0.15
_FEWEST_TIMES = 3
# How far gaps may lie from the usual one, on average and as a share of it.
_WIDEST_SPREAD = 0.35


class Pick(NamedTuple):
    """A product that a strategy offers."""

    product_id: str
    score: float
    grounds: Grounds


@dataclass(frozen=True, eq=False)
class Situation:
    """Everything that strategies look at.

    Attributes:
        request: what is asked.
        now: the instant.
        number: canonical, of the person; 0 for nobody.
        trace: what they did, as far as it may be used.
        seeds: products that were named.
        withheld: categories that are for others, unless they were named.
        learned: None as long as nothing is.
        version: of the model that `learned` is.
        shelf: the catalogue by likeness.
        trends: what sells.
        load: returns products by id, each looked up once.
        find_home: returns where the person lives.
        find_saved: returns what they have saved.
        stages, other_stages: of life that they are in, and that they are not in.
    """

    request: Request
    now: datetime
    number: int
    trace: Trace
    seeds: tuple[str, ...]
    withheld: frozenset[str]
    learned: Learned | None
    version: int | None
    shelf: Shelf
    trends: Trends
    load: Callable[[Iterable[str]], Mapping[str, Product]]
    find_home: Callable[[], Home]
    find_saved: Callable[[], SavedThings]
    stages: frozenset[str] = frozenset()
    other_stages: frozenset[str] = frozenset()

    def days_since(self, at_us: int) -> int:
        """Return whole days since an instant."""
        return max(0, (to_micros(self.now) - at_us) // DAY_US)


def days_of(times: Iterable[int]) -> list[int]:
    """Return the days of some instants, each once, since 1970."""
    return sorted({at_us // DAY_US for at_us in times})


def usual_days(days: Sequence[int]) -> int | None:
    """Return the usual time between days of buying; None where gaps do not agree.

    Two days make no habit, nor do gaps that lie far from their median.
    """
    if len(days) < _FEWEST_TIMES:
        return None
    gaps = [later - earlier for earlier, later in pairwise(days)]
    usual = median(gaps)
    is_habit = fmean(abs(gap - usual) for gap in gaps) <= _WIDEST_SPREAD * usual
    return round(usual) if is_habit else None


def is_bought_again(learned: Learned | None, product_id: str) -> bool:
    """Say whether so many buyers of a product come back for it that it must be used up."""
    if learned is None or product_id not in learned.code_of:
        return False
    return bool(learned.rhythms.again[learned.code_of[product_id]] >= _LEAST_AGAIN)
