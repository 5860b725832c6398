"""The RFM grid: buyers in fifths by last order, and by how often or how much they buy."""

from typing import Literal

import msgspec

from kikubari.segments.builtin import rfm_cell, rfm_part
from kikubari.segments.engine import SegmentEngine
from kikubari.segments.thresholds import RFM_PARTS, ThresholdValues
from kikubari.spec.conditions import convert_condition

RfmMeasure = Literal["monetary", "frequency"]


class RfmCell(msgspec.Struct, frozen=True):
    """One cell: 5 is the fifth that bought last, or most.

    `segment_id` targets it, where the grid is by revenue.
    """

    recency: int
    value: int
    count: int
    segment_id: str | None


class RfmGrid(msgspec.Struct, frozen=True):
    """All cells, best first, and the edges between them: days, and orders or minor units."""

    by: RfmMeasure
    recency_edges: list[float]
    value_edges: list[float]
    n_buyers: int
    cells: list[RfmCell]


def compute_rfm_grid(
    engine: SegmentEngine, values: ThresholdValues, by: RfmMeasure = "monetary"
) -> RfmGrid:
    """Count the buyers of every cell.

    Fifths are those of the shop's own buyers at the edges it uses; where many buyers share a value
    (most bought once) a fifth can be larger than a fifth, and its neighbour empty.
    """
    parts = range(RFM_PARTS, 0, -1)

    def read(key: str) -> int:
        return round(values.values[key])

    recency, value = (
        {
            part: engine.evaluate(convert_condition(rfm_part(read, name, part))).members
            for part in parts
        }
        for name in ("recency", by)
    )
    cells = [
        RfmCell(r, v, len(recency[r] & value[v]), rfm_cell(r, v).id if by == "monetary" else None)
        for r in parts
        for v in parts
    ]
    edges = range(1, RFM_PARTS)
    return RfmGrid(
        by,
        [values.values[f"rfm_recency_{edge}"] for edge in edges],
        [values.values[f"rfm_{by}_{edge}"] for edge in edges],
        sum(cell.count for cell in cells),
        cells,
    )
