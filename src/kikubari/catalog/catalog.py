"""The catalogue: kept in step with the log, read by everyone."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from kikubari.catalog import _repository as repository
from kikubari.catalog.contracts import CategoryCount, Product, ProductPage
from kikubari.catalog.versions import find_product_id, fold, search_terms
from kikubari.events import SequencedEvent, message_key
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError
from kikubari.storage import StateStore


class CatalogProjection:
    """Takes statements about products from the log; a `Projection` of the sequencer."""

    def __init__(self, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._workspace_id = workspace_id

    def apply(self, connection: Connection, events: Sequence[SequencedEvent]) -> None:
        """Store the statements among the events and fold the products they are about."""
        rows = [
            {
                "workspace_id": self._workspace_id,
                "product_id": product_id,
                "at_us": to_micros(item.event.occurred_at),
                "source_id": item.event.source_id,
                "message_key": message_key(item.event.message_id),
                "fields": msgspec.json.encode(item.event.properties).decode(),
            }
            for item in events
            if (product_id := find_product_id(item.event)) is not None
        ]
        if not rows:
            return
        repository.insert_versions(connection, rows)
        touched = sorted({str(row["product_id"]) for row in rows})
        folded = [
            fold(product_id, statements)
            for product_id, statements in repository.list_statements(
                connection, self._workspace_id, touched
            )
        ]
        repository.save_products(connection, self._workspace_id, folded)


class Catalog:
    """Reads the catalogue."""

    def __init__(self, store: StateStore, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._store = store
        self._workspace_id = workspace_id

    def get_product(self, product_id: str) -> Product:
        """Return a product.

        Raises:
            NotFoundError: nobody has said anything about it.
        """
        product = self.find_product(product_id)
        if product is None:
            raise NotFoundError(f"no product {product_id!r}")
        return product

    def find_product(self, product_id: str, *, as_of: datetime | None = None) -> Product | None:
        """Return a product as it is, or as it was at an instant; None if nothing was said yet."""
        with self._store.read() as connection:
            if as_of is None:
                return repository.load_products(connection, self._workspace_id, [product_id]).get(
                    product_id
                )
            for _, statements in repository.list_statements(
                connection, self._workspace_id, [product_id], until=as_of
            ):
                return fold(product_id, statements)
            return None

    def load_products(self, product_ids: Iterable[str]) -> dict[str, Product]:
        """Return those of the products that are known, by id."""
        ids = sorted(set(product_ids))
        with self._store.read() as connection:
            return repository.load_products(connection, self._workspace_id, ids)

    def list_products(
        self, *, category: str | None = None, search: str = "", page: int = 1, page_size: int = 50
    ) -> ProductPage:
        """Return products in order of id.

        Args:
            category: only products of exactly this category.
            search: words that id, titles or brand must all contain; width and case do not matter.
            page: counts from 1.
            page_size: products per page.
        """
        with self._store.read() as connection:
            found, total = repository.list_products(
                connection,
                self._workspace_id,
                category=category,
                terms=search_terms(search),
                offset=(max(page, 1) - 1) * page_size,
                limit=page_size,
            )
        return ProductPage(found, total)

    def list_categories(self) -> list[CategoryCount]:
        """Return every category with its number of products."""
        with self._store.read() as connection:
            return repository.list_categories(connection, self._workspace_id)
