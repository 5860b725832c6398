"""The map of buyers: how lately and how often they bought, and what they are worth."""

from collections.abc import Sequence
from datetime import datetime
from itertools import product
from typing import Any

import msgspec

from kikubari.measure.insights._orders import OrderBook, fill_in
from kikubari.segments import RFM_PARTS, ThresholdValues
from kikubari.spec.topics import ORDER_COMPLETED

_DAY_US = 86_400_000_000

# Orders are counted as segments count them, so that a cell and its segment are the same people.
_CELLS = fill_in("""
SELECT
  {parts:UInt8} - arrayCount(edge -> ago >= edge, {recency_edges_us:Array(Int64)}) AS recency,
  1 + arrayCount(edge -> n > edge, {frequency_edges:Array(UInt32)}) AS frequency,
  count(), sum(value)
FROM (
  SELECT $who AS who, count() AS n, sum($value) AS value,
    toUnixTimestamp64Micro({as_of:DateTime64(6, 'UTC')}) - toUnixTimestamp64Micro(max(at)) AS ago
  $rows AND type = {completed:String}
  GROUP BY who
)
GROUP BY recency, frequency
ORDER BY recency, frequency
""")


class RfmMapCell(msgspec.Struct, frozen=True, kw_only=True):
    """Buyers of one cell.

    Attributes:
        recency: 5 bought last, 1 longest ago.
        frequency: 5 bought most often.
        n_people: who they are now.
        value_minor: worth of all their orders, in minor units of the shop's currency.
        condition: of a segment of exactly these people, for docs/segments.md.
    """

    recency: int
    frequency: int
    n_people: int
    value_minor: int
    condition: dict[str, Any]


class RfmMap(msgspec.Struct, frozen=True, kw_only=True):
    """All twenty-five cells, best first, and the edges between them.

    Attributes:
        recency_edges: days since the last order, ascending: below the first is recency 5.
        frequency_edges: orders, ascending: up to and with the first is frequency 1.
    """

    as_of: datetime
    n_people: int
    value_minor: int
    recency_edges: list[int]
    frequency_edges: list[int]
    cells: list[RfmMapCell]


def choose_edges(values: ThresholdValues, by: str) -> list[int]:
    """Return the edges between fifths, each above the one before.

    Where most buyers have ordered once, several fifths end at one order: the next edges are moved
    up, so that no row of the map stays empty only for that.
    """
    edges: list[int] = []
    for part in range(1, RFM_PARTS):
        own = round(values.values[f"rfm_{by}_{part}"])
        edges.append(max(own, edges[-1] + 1) if edges else max(own, 1))
    return edges


def read_rfm_map(
    book: OrderBook,
    as_of: datetime,
    *,
    recency_edges: Sequence[int],
    frequency_edges: Sequence[int],
) -> RfmMap:
    """Return the map of everybody who ever ordered."""
    rows = book.ask(
        _CELLS,
        as_of,
        parts=RFM_PARTS,
        recency_edges_us=[days * _DAY_US for days in recency_edges],
        frequency_edges=list(frequency_edges),
    )
    found = {(recency, frequency): (n, value) for recency, frequency, n, value in rows}
    cells = []
    for recency, frequency in product(range(RFM_PARTS, 0, -1), repeat=2):
        n, value = found.get((recency, frequency), (0, 0))
        parts = [_recency(recency, recency_edges), _frequency(frequency, frequency_edges)]
        cells.append(
            RfmMapCell(
                recency=recency,
                frequency=frequency,
                n_people=n,
                value_minor=value,
                condition={"type": "all", "of": parts},
            )
        )
    return RfmMap(
        as_of=as_of,
        n_people=sum(one.n_people for one in cells),
        value_minor=sum(one.value_minor for one in cells),
        recency_edges=list(recency_edges),
        frequency_edges=list(frequency_edges),
        cells=cells,
    )


def _recency(part: int, edges: Sequence[int]) -> dict[str, Any]:
    condition: dict[str, Any] = {"type": "recency", "event": ORDER_COMPLETED}
    if part > 1:
        condition["within"] = {"days": edges[RFM_PARTS - part]}
    if part < RFM_PARTS:
        condition["more_than"] = {"days": edges[RFM_PARTS - part - 1]}
    return condition


def _frequency(part: int, edges: Sequence[int]) -> dict[str, Any]:
    count = {"at_least": 1 if part == 1 else edges[part - 2] + 1}
    if part < RFM_PARTS:
        count["at_most"] = edges[part - 1]
    return {"type": "event_count", "event": ORDER_COMPLETED, "count": count}
