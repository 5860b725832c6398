"""Products that everybody bought, from the columnar copy."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kikubari.decide.predict._pairs import Ints, Purchases, distinct_purchases
from kikubari.events import PROFILE
from kikubari.kit.instants import to_micros
from kikubari.spec.topics import ORDER_CANCELLED, ORDER_COMPLETED
from kikubari.storage import ColumnarStore, QueryBudget

_DAY_US = 86_400_000_000
_ROW = np.dtype([("person", "<u4"), ("at_us", "<i8"), ("product", "<u8")])

# Products travel as hashes: a table of names is read once, not with every line.
_ORDERS = """
FROM events
ARRAY JOIN item_product_ids AS item, item_categories AS kind
WHERE workspace_id = {workspace:UInt16}
  AND type = {completed:String}
  AND at <= {as_of:DateTime64(6, 'UTC')}
  AND item != ''
"""
_LINES = f"""
SELECT toUInt32({PROFILE}), toInt64(toUnixTimestamp64Micro(at)), cityHash64(toString(item))
{_ORDERS}
  AND (order_id = '' OR order_id NOT IN (
    SELECT order_id FROM events
    WHERE workspace_id = {{workspace:UInt16}} AND type = {{cancelled:String}} AND order_id != ''
      AND at <= {{as_of:DateTime64(6, 'UTC')}}
  ))
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters
_PRODUCTS = f"""
SELECT cityHash64(toString(item)) AS product, any(toString(item)), argMax(toString(kind), at)
{_ORDERS}
GROUP BY product
ORDER BY product
"""


@dataclass(frozen=True, eq=False)
class Lines:
    """What was bought: one row for each line of an order.

    Attributes:
        people: profile numbers, ascending.
        products: ids, in the order of their hashes.
        categories: of the products; empty where none is told.
        customer: int64, places in `people`.
        product: int64, places in `products`.
        at_us: int64.
    """

    people: NDArray[np.uint32]
    products: list[str]
    categories: list[str]
    customer: Ints
    product: Ints
    at_us: Ints

    def without(self, people: NDArray[np.uint32]) -> "Lines":
        """Return the lines of everybody else."""
        kept = ~np.isin(self.people, people)[self.customer]
        return Lines(
            self.people,
            self.products,
            self.categories,
            self.customer[kept],
            self.product[kept],
            self.at_us[kept],
        )

    def by_product(self, as_of: datetime) -> Purchases:
        """Return who bought which product on which day."""
        return self._purchases(self.product, len(self.products), as_of, slice(None))

    def by_category(self, as_of: datetime) -> tuple[Purchases, list[str]]:
        """Return who bought something of which category on which day, and the categories."""
        names, place = np.unique(np.array(self.categories, dtype=object), return_inverse=True)
        named = names[place[self.product]] != ""
        purchases = self._purchases(place[self.product], len(names), as_of, named)
        return purchases, [str(one) for one in names]

    def _purchases(
        self, item: Ints, n_items: int, as_of: datetime, kept: NDArray[np.bool_] | slice
    ) -> Purchases:
        day = (self.at_us - to_micros(as_of)) // _DAY_US
        return distinct_purchases(
            self.customer[kept], item[kept], day[kept], len(self.people), n_items
        )


def read_lines(store: ColumnarStore, as_of: datetime, *, workspace_id: int) -> Lines:
    """Return every line of orders that were not cancelled."""
    values = {"workspace": workspace_id, "completed": ORDER_COMPLETED, "as_of": as_of}
    named = store.query_rows(_PRODUCTS, values, budget=QueryBudget.REPORT)
    values["cancelled"] = ORDER_CANCELLED
    rows = store.query_records(_LINES, values, _ROW, budget=QueryBudget.REPORT)
    hashes = np.array([row[0] for row in named], dtype=np.uint64)
    # A line that came in between the two queries may name a product that is not in the table.
    place = np.searchsorted(hashes, rows["product"])
    known = np.flatnonzero(place < len(hashes))
    known = known[hashes[place[known]] == rows["product"][known]]
    people, customer = np.unique(rows["person"][known], return_inverse=True)
    return Lines(
        people=people,
        products=[row[1] for row in named],
        categories=[row[2] for row in named],
        customer=customer.astype(np.int64),
        product=place[known].astype(np.int64),
        at_us=rows["at_us"][known].astype(np.int64),
    )
