"""Which products are new in the shop, and since when."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection

from kikubari.catalog import _news as repository
from kikubari.catalog.contracts import Product
from kikubari.catalog.news_rules import NewsRules

# A catalogue younger than this is still being brought in: nothing of it is new in the shop.
SETTLED = timedelta(days=7)
# So many products within a day are told as new, the first that came: more are a bulk import.
MAX_A_DAY = 20
# So many people hear of one product: a topic that fits more is no longer chosen for anybody.
MAX_TOLD = 10_000
_A_DAY = timedelta(days=1)


class Arrivals:
    """Decides on products that are looked at for the first time.

    Args:
        workspace_id: whose shop.
        at: since when each product that may be new is so.
    """

    def __init__(self, workspace_id: int, at: Mapping[str, datetime]) -> None:
        self._workspace_id = workspace_id
        self._at = at

    @classmethod
    def find(
        cls,
        connection: Connection,
        workspace_id: int,
        products: Sequence[Product],
        *,
        rules: NewsRules,
        now: datetime,
    ) -> "Arrivals":
        """Return what may be new among products that were never looked at.

        They are new since they were first stated, or since their release, which may lie ahead.
        Nothing is new that is known too late, cannot be bought though released, or has neither
        category nor brand to say whom it fits.
        """
        likely = [one for one in products if _is_likely(one, now)]
        if not rules.is_on or not likely:
            return cls(workspace_id, {})
        if not repository.has_settled(connection, workspace_id, before=now - SETTLED):
            return cls(workspace_id, {})
        ids = [one.product_id for one in likely]
        stated = repository.load_first_stated(connection, workspace_id, ids)
        oldest = now - timedelta(hours=rules.fresh_hours)
        since = {one.product_id: _since(one, stated[one.product_id]) for one in likely}
        return cls(workspace_id, {name: at for name, at in since.items() if at >= oldest})

    def admit(self, connection: Connection, product: Product) -> datetime | None:
        """Return since when a product is new; None if it is not, or too many are."""
        at = self._at.get(product.product_id)
        if at is None:
            return None
        n_others = repository.count_arrivals(
            connection, self._workspace_id, after=at - _A_DAY, until=at
        )
        return at if n_others < MAX_A_DAY else None


def is_released(product: Product, now: datetime) -> bool:
    """Say whether a product's first day of sale, if it has one, has begun (UTC)."""
    return product.released_on is None or _day(product) <= now


def _is_likely(product: Product, now: datetime) -> bool:
    can_be_had = product.is_for_sale or not is_released(product, now)
    fits_somebody = bool(product.category or product.brand)
    return fits_somebody and can_be_had and not (product.is_content or product.is_gone)


def _since(product: Product, stated_at: datetime) -> datetime:
    return stated_at if product.released_on is None else max(stated_at, _day(product))


def _day(product: Product) -> datetime:
    assert product.released_on is not None  # noqa: S101 - asked of released products only
    return datetime.combine(product.released_on, time(), UTC)
