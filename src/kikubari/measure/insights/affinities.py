"""What goes into one basket together more often than chance would have it.

Lift is how many times as often two things are bought together as they would be if neither had to do
with the other ("interest" of Brin, Motwani, Ullman and Tsur, SIGMOD 1997); support is in how many
baskets that was. The interval is of log lift by the delta method, over baskets, and wide enough to
hold for all pairs compared at once (Bonferroni), for among thousands of pairs some always look
strong.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil, exp, sqrt
from statistics import NormalDist
from typing import Any, Literal

import msgspec

from kikubari.measure.insights._orders import ORDERS, OrderBook, fill_in

Basket = Literal["product", "category"]

_COLUMNS: Mapping[Basket, str] = {"product": "item_product_ids", "category": "item_categories"}
# What a reseller orders at once goes with everything.
_LARGEST_BASKET = 60
_MOST_ITEMS = 400
_FEWEST, _FEWEST_PER_MILLE = 10, 0.5
_MOST_PAIRS, _MOST_SHOWN_ITEMS = 40, 12
_ERROR = 0.05

_BASKETS = """
  SELECT arraySort(arrayDistinct(arrayFilter(one -> one != '',
      arrayMap(one -> toString(one), $items)))) AS items
  $rows AND type = {completed:String}
    AND at > {as_of:DateTime64(6, 'UTC')} - toIntervalDay({days:UInt32})
    AND length(items) BETWEEN 1 AND {largest:UInt32}
    AND position IN (SELECT latest FROM ($orders))
"""
# In how many baskets each thing is; '' is in every one.
_ITEMS = """
SELECT arrayJoin(arrayPushFront(items, '')) AS item, count() AS n
FROM ($baskets)
GROUP BY item
ORDER BY n DESC, item
LIMIT {most:UInt32}
"""
_PAIRS = """
SELECT pair.1, pair.2, count() AS n
FROM (
  SELECT arrayFilter(one -> one IN {among:Array(String)}, items) AS kept,
    arrayJoin(arrayFlatten(arrayMap(
      (one, place) -> arrayMap(other -> (one, other), arraySlice(kept, place + 1)),
      kept, arrayEnumerate(kept)
    ))) AS pair
  FROM ($baskets)
)
GROUP BY pair
HAVING n >= {fewest:UInt64}
"""


class AffinityItem(msgspec.Struct, frozen=True, kw_only=True):
    """A product or category, and in how many orders it is."""

    id: str
    n_orders: int


class AffinityPair(msgspec.Struct, frozen=True, kw_only=True):
    """Two things that were bought together.

    Attributes:
        left: id of one; `right` of the other.
        n_orders: with both.
        left_share: of the orders with left, those that have right too; `right_share` likewise.
        lift: 2 is twice as often as by chance.
        low: the lift is at least this, with 95 % for all pairs at once; `high` likewise at most.
    """

    left: str
    right: str
    n_orders: int
    left_share: float
    right_share: float
    lift: float
    low: float
    high: float


class Affinities(msgspec.Struct, frozen=True, kw_only=True):
    """What goes together.

    Attributes:
        of: products or categories.
        days: how far back.
        n_orders: looked at: those that name what was bought, of up to 60 different things.
        fewest_orders: pairs in fewer orders are not told.
        n_compared: pairs in at least so many.
        items: the twelve in most orders, first.
        among: the pairs of those items.
        pairs: the forty that go together most surely: by the least their lift can be.
    """

    as_of: datetime
    of: Basket
    days: int
    n_orders: int
    fewest_orders: int
    n_compared: int
    items: list[AffinityItem]
    among: list[AffinityPair]
    pairs: list[AffinityPair]


def read_affinities(book: OrderBook, as_of: datetime, *, of: Basket, days: int) -> Affinities:
    """Return what was bought together in the orders of the last days."""
    baskets = fill_in(_BASKETS, items=_COLUMNS[of], orders=ORDERS)
    given = {"days": days, "largest": _LARGEST_BASKET}
    rows = book.ask(fill_in(_ITEMS, baskets=baskets), as_of, most=1 + _MOST_ITEMS, **given)
    counts = {str(item): int(n) for item, n in rows}
    n_orders = counts.pop("", 0)
    fewest = max(_FEWEST, ceil(n_orders * _FEWEST_PER_MILLE / 1_000))
    often = [item for item, n in counts.items() if n >= fewest]
    pairs = []
    if len(often) > 1:
        rows = book.ask(
            fill_in(_PAIRS, baskets=baskets), as_of, among=often, fewest=fewest, **given
        )
        pairs = _compare(rows, counts, n_orders)
    shown = list(counts)[:_MOST_SHOWN_ITEMS]
    return Affinities(
        as_of=as_of,
        of=of,
        days=days,
        n_orders=n_orders,
        fewest_orders=fewest,
        n_compared=len(pairs),
        items=[AffinityItem(id=item, n_orders=counts[item]) for item in shown],
        among=[one for one in pairs if one.left in shown and one.right in shown],
        pairs=[one for one in pairs if one.low > 1][:_MOST_PAIRS],
    )


def _compare(
    rows: Sequence[Sequence[Any]], counts: Mapping[str, int], n_orders: int
) -> list[AffinityPair]:
    """Return every pair with its lift, surest first."""
    reach = NormalDist().inv_cdf(1 - _ERROR / (2 * max(len(rows), 1)))
    pairs = []
    for left, right, n in rows:
        lift, spread = lift_of(n, counts[left], counts[right], n_orders)
        pairs.append(
            AffinityPair(
                left=left,
                right=right,
                n_orders=n,
                left_share=n / counts[left],
                right_share=n / counts[right],
                lift=lift,
                low=lift * exp(-reach * spread),
                high=lift * exp(reach * spread),
            )
        )
    return sorted(pairs, key=lambda one: (-one.low, one.left, one.right))


def lift_of(both: int, left: int, right: int, baskets: int) -> tuple[float, float]:
    """Return the lift of a pair, and the standard error of its logarithm.

    Args:
        both: baskets with both; at least 1.
        left: baskets with one.
        right: baskets with the other.
        baskets: all there are.
    """
    share, of_left, of_right = both / baskets, left / baskets, right / baskets
    # The delta method: the gradient of log lift in the shares of baskets with both and with one
    # alone; its mean over baskets is -1.
    squares = (
        share * (1 / share - 1 / of_left - 1 / of_right) ** 2
        + (of_left - share) / of_left**2
        + (of_right - share) / of_right**2
    )
    return share / (of_left * of_right), sqrt(max(squares - 1, 0.0) / baskets)
