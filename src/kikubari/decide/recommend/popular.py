"""Popular now: what most people bought of a category lately and is still there to buy."""

import threading
from datetime import datetime, timedelta

from kikubari.catalog import Catalog, Product
from kikubari.kit.clock import Clock
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.topics import ORDER_COMPLETED
from kikubari.storage import ColumnarStore, QueryBudget

_WINDOW = timedelta(days=28)
_FRESH = timedelta(minutes=10)
_CANDIDATES = 12

# Buyers, not pieces: one wholesale order must not make a bestseller.
_QUERY = """
SELECT category, groupArray({candidates:UInt8})(product_id)
FROM (
  SELECT item.1 AS product_id, item.2 AS category, uniqExact(profile) AS buyers
  FROM events
  ARRAY JOIN arrayZip(item_product_ids, item_categories) AS item
  WHERE workspace_id = {workspace:UInt16} AND type = {ordered:String}
    AND at > {since:DateTime64(6, 'UTC')} AND at <= {now:DateTime64(6, 'UTC')}
    AND item.2 != '' AND profile != 0
  GROUP BY product_id, category
  ORDER BY buyers DESC, product_id
)
GROUP BY category
"""


class PopularProducts:
    """Popular products by category, counted anew every ten minutes.

    Args:
        columnar: copy of the log.
        catalog: says what is in stock.
        clock: four weeks back from now.
        workspace_id: whose shop.
    """

    def __init__(
        self,
        columnar: ColumnarStore,
        catalog: Catalog,
        clock: Clock,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._columnar = columnar
        self._catalog = catalog
        self._clock = clock
        self._workspace_id = workspace_id
        self._lock = threading.Lock()
        self._counted_at: datetime | None = None
        self._by_category: dict[str, list[Product]] = {}

    def top(self, category: str, *, limit: int = 3) -> list[Product]:
        """Return up to `limit` (at most 12) products of a category, the most bought first."""
        with self._lock:
            now = self._clock.now()
            if self._counted_at is None or now - self._counted_at > _FRESH:
                self._by_category = self._count(now)
                self._counted_at = now
        return self._by_category.get(category, [])[:limit]

    def _count(self, now: datetime) -> dict[str, list[Product]]:
        rows = self._columnar.query_rows(
            _QUERY,
            {
                "workspace": self._workspace_id,
                "ordered": ORDER_COMPLETED,
                "since": now - _WINDOW,
                "now": now,
                "candidates": _CANDIDATES,
            },
            budget=QueryBudget.REPORT,
        )
        ids = {category: list(found) for category, found in rows}
        products = self._catalog.load_products(one for found in ids.values() for one in found)
        return {
            category: [products[one] for one in found if one in products and _has(products[one])]
            for category, found in ids.items()
        }


def _has(product: Product) -> bool:
    """Say whether a product can be bought; a stock nobody stated counts as there."""
    return product.stock is None or product.stock > 0
