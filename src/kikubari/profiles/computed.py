"""Computed traits: what a person's orders say, in memory and in the columnar copy alike.

One order is one `order_id`: repeated Order Completed events of it are corrections, and the latest
by (time, source, message) counts. A cancelled order never was. Refunds are subtracted from what
was spent; an order refunded to its full worth no longer counts as an order.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from kikubari.events import EVENT_COLUMNS, PROFILE, RowBuilder, SequencedEvent
from kikubari.kit.instants import LATEST, from_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.topics import ORDER_CANCELLED, ORDER_COMPLETED, ORDER_REFUNDED
from kikubari.storage import ColumnarStore, QueryBudget

_DAY = timedelta(days=1)
_ORDER_TYPES = (ORDER_COMPLETED, ORDER_REFUNDED, ORDER_CANCELLED)
_COLUMN = {name: index for index, name in enumerate(EVENT_COLUMNS)}


class ComputedTraits(msgspec.Struct, frozen=True):
    """What orders say about one person.

    Attributes:
        frequency: orders that count.
        monetary_minor: spent on orders, less refunds, in minor units of the base currency.
        aov_minor: monetary per order, rounded down; None without orders.
        recency_days: whole days since the last order; None without orders.
        first_order_at: of the orders that count.
        last_order_at: of the orders that count.
        favourite_category: bought in the largest quantity; the first by name among equals.
    """

    frequency: int = 0
    monetary_minor: int = 0
    aov_minor: int | None = None
    recency_days: int | None = None
    first_order_at: datetime | None = None
    last_order_at: datetime | None = None
    favourite_category: str | None = None


class OrderEvent(msgspec.Struct, frozen=True):
    """An order event as the copy has it; `key` orders statements made at one instant."""

    type: str
    at: datetime
    received_at: datetime
    key: tuple[int, int]  # source id, message key
    order_id: str
    value_minor: int
    categories: tuple[str, ...]
    quantities: tuple[int, ...]


def list_order_events(events: Sequence[SequencedEvent], builder: RowBuilder) -> list[OrderEvent]:
    """Return the order events among a person's events, read as the copy reads them."""
    orders = [item for item in events if item.event.type in _ORDER_TYPES]
    return [_order_event(row) for row in builder.build(orders)["events"]]


def compute(
    orders: Iterable[OrderEvent], *, as_of: datetime, known_at: datetime = LATEST
) -> ComputedTraits:
    """Return a person's computed traits from all their order events, in any order."""
    completed: dict[str, OrderEvent] = {}
    refunded: Counter[str] = Counter()
    cancelled: set[str] = set()
    for one in orders:
        if one.at > as_of or one.received_at > known_at:
            continue
        # Without an id every event is an order of its own.
        order = one.order_id or f"{one.key[0]}/{one.key[1]}"
        if one.type == ORDER_CANCELLED:
            cancelled.add(order)
        elif one.type == ORDER_REFUNDED:
            refunded[order] += abs(one.value_minor)
        elif order not in completed or (one.at, one.key) > (
            completed[order].at,
            completed[order].key,
        ):
            completed[order] = one
    spent = sum(one.value_minor for order, one in completed.items() if order not in cancelled)
    returned = sum(value for order, value in refunded.items() if order not in cancelled)
    counted = [
        one
        for order, one in completed.items()
        if order not in cancelled and not 0 < one.value_minor <= refunded[order]
    ]
    return _computed(
        n_orders=len(counted),
        monetary_minor=spent - returned,
        first_at=min((one.at for one in counted), default=None),
        last_at=max((one.at for one in counted), default=None),
        quantities=_sum_categories(counted),
        as_of=as_of,
    )


# One pass per step: events of an order → orders → people. Parameters are ClickHouse's own.
_QUERY = f"""
WITH orders AS (
  SELECT
    {PROFILE} AS person,
    if(order_id = '', concat(toString(source_id), '/', toString(message_key)), order_id) AS order,
    argMaxIf((value_minor, at, item_categories, item_quantities),
             (at, source_id, message_key), type = {{completed:String}}) AS latest,
    countIf(type = {{completed:String}}) > 0 AS is_completed,
    countIf(type = {{cancelled:String}}) > 0 AS is_cancelled,
    sumIf(abs(value_minor), type = {{refunded:String}}) AS refunded_minor,
    is_completed AND NOT is_cancelled
      AND NOT (latest.1 > 0 AND latest.1 <= refunded_minor) AS is_counted
  FROM events
  WHERE workspace_id = {{workspace:UInt16}}
    AND type IN ({{completed:String}}, {{cancelled:String}}, {{refunded:String}})
    AND at <= {{as_of:DateTime64(6, 'UTC')}} AND received_at <= {{known_at:DateTime64(6, 'UTC')}}
    AND person IN {{people:Array(UInt32)}}
  GROUP BY person, order
)
SELECT
  person,
  countIf(is_counted),
  sumIf(if(is_completed, latest.1, 0) - toInt64(refunded_minor), NOT is_cancelled),
  toUnixTimestamp64Micro(minIf(latest.2, is_counted)),
  toUnixTimestamp64Micro(maxIf(latest.2, is_counted)),
  sumMapIf(latest.3, arrayMap(q -> toInt64(q), latest.4), is_counted) AS categories
FROM orders
GROUP BY person
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters


def query_computed(
    store: ColumnarStore,
    people: Collection[int],
    *,
    as_of: datetime,
    known_at: datetime = LATEST,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> dict[int, ComputedTraits]:
    """Return the computed traits of many people, by canonical number, in one query."""
    found = {number: ComputedTraits() for number in people}
    rows = store.query_rows(
        _QUERY,
        {
            "workspace": workspace_id,
            "completed": ORDER_COMPLETED,
            "refunded": ORDER_REFUNDED,
            "cancelled": ORDER_CANCELLED,
            "as_of": as_of,
            "known_at": known_at,
            "people": sorted(people),
        },
        budget=QueryBudget.REPORT,
    )
    for person, n_orders, monetary_minor, first_us, last_us, (categories, sums) in rows:
        found[person] = _computed(
            n_orders=n_orders,
            monetary_minor=monetary_minor,
            first_at=from_micros(first_us) if n_orders else None,
            last_at=from_micros(last_us) if n_orders else None,
            quantities=dict(zip(categories, sums, strict=True)),
            as_of=as_of,
        )
    return found


def _computed(
    *,
    n_orders: int,
    monetary_minor: int,
    first_at: datetime | None,
    last_at: datetime | None,
    quantities: dict[str, int],
    as_of: datetime,
) -> ComputedTraits:
    bought = {name: count for name, count in quantities.items() if name and count > 0}
    return ComputedTraits(
        frequency=n_orders,
        monetary_minor=monetary_minor,
        aov_minor=monetary_minor // n_orders if n_orders else None,
        recency_days=(as_of - last_at) // _DAY if last_at is not None else None,
        first_order_at=first_at,
        last_order_at=last_at,
        favourite_category=min(bought, key=lambda name: (-bought[name], name), default=None),
    )


def _sum_categories(orders: Iterable[OrderEvent]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for one in orders:
        for category, quantity in zip(one.categories, one.quantities, strict=True):
            sums[category] += quantity
    return dict(sums)


def _order_event(row: Sequence[Any]) -> OrderEvent:
    return OrderEvent(
        type=row[_COLUMN["type"]],
        at=from_micros(row[_COLUMN["at"]]),
        received_at=from_micros(row[_COLUMN["received_at"]]),
        key=(row[_COLUMN["source_id"]], row[_COLUMN["message_key"]]),
        order_id=row[_COLUMN["order_id"]],
        value_minor=row[_COLUMN["value_minor"]],
        categories=tuple(row[_COLUMN["item_categories"]]),
        quantities=tuple(row[_COLUMN["item_quantities"]]),
    )
