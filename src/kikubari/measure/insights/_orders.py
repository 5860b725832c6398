"""The orders that insights count, as one piece of a question."""

from collections.abc import Sequence
from datetime import datetime
from string import Template
from typing import Any, Protocol

from pyroaring import BitMap

from kikubari.events import PROFILE
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.topics import ORDER_CANCELLED, ORDER_COMPLETED, ORDER_REFUNDED
from kikubari.storage import ColumnarStore, QueryBudget

# Nobody's events, and those of people who are left out, count for nobody. Money in another
# currency cannot be added to the shop's own.
_PIECES = {
    "who": PROFILE,
    "value": "if(currency = {currency:String}, value_minor, 0)",
    # Instants before 1970 are negative; none is before 1900.
    "rank": "bitShiftLeft(toUInt256(toUnixTimestamp64Micro(at) + bitShiftLeft(1, 52)), 96)"
    " + bitShiftLeft(toUInt256(source_id), 64) + message_key",
    "rows": f"""
      FROM events
      WHERE workspace_id = {{workspace:UInt16}} AND profile != 0
        AND at <= {{as_of:DateTime64(6, 'UTC')}}
        AND {PROFILE} NOT IN {{left_out:Array(UInt32)}}""",
}

# As in the computed traits of profiles: an order counts once, by its latest statement, less what
# was refunded; neither cancelled nor refunded to its full worth. A number stands for its id, which
# is only ever compared with the same person's others. Which statement is the latest is one number
# too (instant, source, message): of tuples the engine keeps the greatest ten times as slowly.
_ORDERS = """
  SELECT $who AS who,
    if(order_id = '', message_key, cityHash64(order_id)) AS order_key,
    maxIf(at, type = {completed:String}) AS ordered_at,
    argMaxIf($value, $rank, type = {completed:String}) AS stated,
    argMaxIf(position, $rank, type = {completed:String}) AS latest,
    sumIf(toInt64(abs($value)), type = {refunded:String}) AS refunded,
    greatest(0, stated - refunded) AS worth
  $rows
    AND type IN ({completed:String}, {cancelled:String}, {refunded:String})
  GROUP BY who, order_key
  HAVING countIf(type = {completed:String}) > 0 AND countIf(type = {cancelled:String}) = 0
    AND NOT (stated > 0 AND stated <= refunded)
"""


class LeftOut(Protocol):
    """Those whose data is kept and not used."""

    def list_left_out(self) -> BitMap:
        """Return their profile numbers."""
        ...


def fill_in(sql: str, **pieces: str) -> str:
    """Return the question with the pieces of this module, and those given, in place."""
    return Template(sql).substitute(_PIECES | pieces)


# The question for orders: who, ordered_at, worth in minor units, latest (its statement's position).
ORDERS = fill_in(_ORDERS)


class OrderBook:
    """Asks about orders, always of the same people.

    Args:
        columnar: the copy of the log.
        left_out: people who are not counted.
        currency: of the shop.
        timezone: in which its days and months begin.
        workspace_id: whose orders.
    """

    def __init__(
        self,
        columnar: ColumnarStore,
        *,
        left_out: LeftOut,
        currency: str,
        timezone: str,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._columnar = columnar
        self._left_out = left_out
        self._currency = currency
        self.timezone = timezone
        self._workspace_id = workspace_id

    def ask(self, sql: str, as_of: datetime, **values: Any) -> Sequence[Sequence[Any]]:
        """Return the rows of a question; `values` are its own parameters."""
        given = {
            "workspace": self._workspace_id,
            "left_out": list(self._left_out.list_left_out()),
            "as_of": as_of,
            "completed": ORDER_COMPLETED,
            "cancelled": ORDER_CANCELLED,
            "refunded": ORDER_REFUNDED,
            "currency": self._currency,
            "zone": self.timezone,
        }
        return self._columnar.query_rows(sql, given | values, budget=QueryBudget.REPORT)
