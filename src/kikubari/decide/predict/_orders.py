"""Orders of everybody, from the columnar copy."""

from datetime import datetime

import numpy as np
import pyarrow as pa

from kikubari.decide.histories import History
from kikubari.events import PROFILE
from kikubari.spec.topics import ORDER_CANCELLED, ORDER_COMPLETED, ORDER_REFUNDED
from kikubari.storage import ColumnarStore, QueryBudget

_ROW = np.dtype([("person", "<u4"), ("at_us", "<i8"), ("value_minor", "<i8")])

# What counts as an order, and what it is worth, is as in the computed traits of profiles: the
# latest statement of an order, less refunds; neither cancelled nor refunded to its full worth.
_QUERY = f"""
WITH orders AS (
  SELECT
    {PROFILE} AS person,
    if(order_id = '', concat(toString(source_id), '/', toString(message_key)), order_id) AS order,
    argMaxIf((value_minor, at), (at, source_id, message_key),
             type = {{completed:String}}) AS latest,
    countIf(type = {{completed:String}}) > 0 AS is_completed,
    countIf(type = {{cancelled:String}}) > 0 AS is_cancelled,
    sumIf(abs(value_minor), type = {{refunded:String}}) AS refunded_minor
  FROM events
  WHERE workspace_id = {{workspace:UInt16}}
    AND type IN ({{completed:String}}, {{cancelled:String}}, {{refunded:String}})
    AND at <= {{as_of:DateTime64(6, 'UTC')}}
  GROUP BY person, order
)
SELECT
  toUInt32(person),
  toInt64(toUnixTimestamp64Micro(latest.2)),
  greatest(toInt64(0), toInt64(latest.1) - toInt64(refunded_minor))
FROM orders
WHERE is_completed AND NOT is_cancelled
  AND NOT (latest.1 > 0 AND latest.1 <= toInt64(refunded_minor))
ORDER BY person
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters


def read_orders(store: ColumnarStore, as_of: datetime, *, workspace_id: int) -> History:
    """Return everybody's orders; customers are profile numbers, values minor units."""
    rows = store.query_records(
        _QUERY,
        {
            "workspace": workspace_id,
            "completed": ORDER_COMPLETED,
            "cancelled": ORDER_CANCELLED,
            "refunded": ORDER_REFUNDED,
            "as_of": as_of,
        },
        _ROW,
        budget=QueryBudget.REPORT,
    )
    people, customer = np.unique(rows["person"], return_inverse=True)
    return History(
        customers=pa.array(people),
        customer=customer.astype(np.int32),
        at_us=rows["at_us"].astype(np.int64),
        value=rows["value_minor"].astype(float),
    )


def count_orders(store: ColumnarStore, *, workspace_id: int) -> int:
    """Return how many statements of orders there are, quickly."""
    rows = store.query_rows(
        "SELECT count() FROM events"
        " WHERE workspace_id = {workspace:UInt16} AND type = {completed:String}",
        {"workspace": workspace_id, "completed": ORDER_COMPLETED},
    )
    return int(rows[0][0])
