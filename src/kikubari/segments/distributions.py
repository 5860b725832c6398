# ruff: noqa: S608 - text is joined from this room's own pieces; values travel as parameters
"""How the shop's own values lie: what thresholds of ready-made segments come from."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from kikubari.events import PROFILE
from kikubari.spec.topics import ORDER_COMPLETED, PRODUCT_ADDED, PRODUCT_COMPARED, PRODUCT_VIEWED
from kikubari.storage import ColumnarStore, QueryBudget

Unit = Literal["days", "orders", "minor", "times", "percent"]
N_BINS = 24
_DAY = 86_400 * 1_000_000
# Hundredths at which quantiles are kept.
_PERCENTS = (5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 85, 90, 95)


class Distribution(msgspec.Struct, frozen=True):
    """How one value lies over people (or over orders).

    Attributes:
        n: how many values there are.
        lowest: the least.
        highest: the greatest.
        quantiles: value at each percent.
        low: where the first bin begins.
        width: of a bin; 0 if all values are the same.
        bins: how many values each bin holds; the last one holds all beyond.
    """

    n: int
    lowest: float
    highest: float
    quantiles: dict[int, float]
    low: float
    width: float
    bins: list[int]

    def quantile(self, percent: int) -> float:
        """Return the value that so many percent of values do not exceed."""
        return self.quantiles[percent]


_SINCE = "AND at > fromUnixTimestamp64Micro({{as_of:Int64}} - {days} * {day}, 'UTC')"


def _per_person(value: str, event: str, days: int | None, where: str = "") -> str:
    since = "" if days is None else _SINCE.format(days=days, day=_DAY)
    return (
        f"SELECT toFloat64({value}) AS v FROM events WHERE {{rows}} AND type = '{event}'"
        f" {since} {where} GROUP BY {PROFILE}"
    )


_QUERIES: Mapping[str, str] = {
    "order_gaps": (
        "SELECT gap / 86400 AS v FROM (SELECT arrayJoin(arrayPopFront(arrayDifference("
        "arraySort(groupArray(toUnixTimestamp(at)))))) AS gap FROM events"
        f" WHERE {{rows}} AND type = '{ORDER_COMPLETED}' GROUP BY {PROFILE}) WHERE gap >= 3600"
    ),
    "orders_a_year": _per_person("count()", ORDER_COMPLETED, 365),
    "revenue_a_year": _per_person("sum(value_minor)", ORDER_COMPLETED, 365),
    "cart_value": _per_person("sum(value_minor)", PRODUCT_ADDED, 30, "AND value_minor > 0"),
    "coupon_orders": _per_person("count()", ORDER_COMPLETED, 365, "AND coupon != ''"),
    "product_views": _per_person("count()", PRODUCT_VIEWED, 30),
    "compared": _per_person("count()", PRODUCT_COMPARED, 14),
    "same_product": (
        "SELECT max(n) AS v FROM (SELECT p, count() AS n FROM"
        f" (SELECT {PROFILE} AS p, arrayJoin(arrayDistinct(item_product_ids)) AS item FROM events"
        f" WHERE {{rows}} AND type = '{ORDER_COMPLETED}' {_SINCE.format(days=365, day=_DAY)})"
        " GROUP BY p, item) GROUP BY p"
    ),
    "recency": _per_person(
        f"({{as_of:Int64}} - toUnixTimestamp64Micro(max(at))) / {_DAY}", ORDER_COMPLETED, None
    ).replace("{{as_of", "{as_of"),
    "frequency": _per_person("count()", ORDER_COMPLETED, None),
    "monetary": _per_person("sum(value_minor)", ORDER_COMPLETED, None),
}
UNITS: Mapping[str, Unit] = {
    "order_gaps": "days",
    "orders_a_year": "orders",
    "revenue_a_year": "minor",
    "cart_value": "minor",
    "coupon_orders": "orders",
    "product_views": "times",
    "compared": "times",
    "same_product": "times",
    "recency": "days",
    "frequency": "orders",
    "monetary": "minor",
}
_ROWS = (
    "workspace_id = {workspace:UInt16} AND profile != 0"
    " AND at <= fromUnixTimestamp64Micro({as_of:Int64}, 'UTC')"
)


def compute_distribution(
    columnar: ColumnarStore, name: str, *, workspace_id: int, as_of: int
) -> Distribution | None:
    """Return how a value lies as of an instant (µs); None if nobody has one.

    Raises:
        KeyError: there is no distribution of this name.
    """
    values = _QUERIES[name].replace("{rows}", _ROWS).replace("{{", "{").replace("}}", "}")
    parameters: dict[str, float] = {"workspace": workspace_id, "as_of": as_of}
    shares = ", ".join(str(percent / 100) for percent in _PERCENTS)
    n, lowest, highest, quantiles = columnar.query_rows(
        f"SELECT count(), min(v), max(v), quantilesExactLow({shares})(v) FROM ({values})",
        parameters,
        budget=QueryBudget.REPORT,
    )[0]
    if not n:
        return None
    # What lies beyond the 95th percent shares the last bin: a few giants hide nobody.
    width = max(0.0, quantiles[-1] - lowest) / (N_BINS - 1)
    bins = [0] * N_BINS
    if width:
        rows = columnar.query_rows(
            "SELECT least({last:Int32}, toInt32(floor((v - {low:Float64}) / {width:Float64})))"
            f" AS bin, count() FROM ({values}) GROUP BY bin",
            {**parameters, "last": N_BINS - 1, "low": lowest, "width": width},
            budget=QueryBudget.REPORT,
        )
        for bin_, count in rows:
            bins[bin_] = count
    else:
        bins[0] = n
    return Distribution(
        n, lowest, highest, dict(zip(_PERCENTS, quantiles, strict=True)), lowest, width, bins
    )
