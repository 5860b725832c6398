"""The catalogue: kept in step with the log, read by everyone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from kikubari.catalog import _repository as repository
from kikubari.catalog._news import mark_changed
from kikubari.catalog.contracts import (
    CategoryCount,
    KnownItem,
    PastOffer,
    Product,
    ProductPage,
)
from kikubari.catalog.fields import read_id
from kikubari.catalog.versions import (
    Folding,
    Statement,
    find_product_id,
    fold,
    search_terms,
    trace,
)
from kikubari.events import SequencedEvent, message_key
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError
from kikubari.storage import StateStore

_PRODUCTS_PER_READ = 1_000


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
        mark_changed(
            connection, self._workspace_id, touched, position=max(item.position for item in events)
        )


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

    def load_products(self, ids: Iterable[str]) -> dict[str, Product]:
        """Return those of the products that are known, by the id asked for.

        The id of a variant finds the product it belongs to.
        """
        wanted = sorted(set(ids))
        with self._store.read() as connection:
            found = repository.load_products(connection, self._workspace_id, wanted)
            missing = [one for one in wanted if one not in found]
            owners = repository.find_owners(connection, self._workspace_id, missing)
            owning = repository.load_products(
                connection, self._workspace_id, sorted(set(owners.values()))
            )
        return found | {one: owning[owner] for one, owner in owners.items() if owner in owning}

    def iter_products(self) -> Iterator[Product]:
        """Yield every product and all content, in order of id, read a thousand at a time."""
        after = ""
        while True:
            with self._store.read() as connection:
                found = repository.list_after(
                    connection, self._workspace_id, after=after, limit=_PRODUCTS_PER_READ
                )
            yield from found
            if len(found) < _PRODUCTS_PER_READ:
                return
            after = found[-1].product_id

    def list_past_offers(
        self, product_id: str, *, variant_id: str | None = None, until: datetime | None = None
    ) -> list[PastOffer]:
        """Return how a product, or a variant of it, was offered, oldest first.

        Args:
            product_id: of the product.
            variant_id: of one of its variants; None for the product as a whole.
            until: what was stated later does not count.
        """
        with self._store.read() as connection:
            for _, statements in repository.list_statements(
                connection, self._workspace_id, [product_id], until=until
            ):
                return trace(product_id, statements, variant_id)
        return []

    def list_known_items(self, *, after: str = "", limit: int = 1_000) -> list[KnownItem]:
        """Return the next products behind an id, each with its variants in the shop."""
        with self._store.read() as connection:
            found = repository.list_after(connection, self._workspace_id, after=after, limit=limit)
        return [
            KnownItem(
                one.product_id,
                is_gone=one.is_gone,
                variant_ids=[v.variant_id for v in one.variants if not v.is_gone],
            )
            for one in found
        ]

    def list_news_to(self, statements: Sequence[Mapping[str, Any]]) -> list[int]:
        """Return the indexes of those statements that would change what stands.

        A feed says every day what it said the day before; only what changed needs to be sent.
        Statements are properties of ``Kikubari Product Updated`` events.
        """
        ids = sorted({one for said in statements if (one := read_id(said.get("product_id")))})
        with self._store.read() as connection:
            known = {
                product_id: _folding(product_id, given)
                for product_id, given in repository.list_statements(
                    connection, self._workspace_id, ids
                )
            }
        return [i for i, said in enumerate(statements) if _is_news(said, known)]

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


def _folding(product_id: str, statements: Iterable[Statement]) -> Folding:
    folding = Folding(product_id)
    for statement in statements:
        folding.add(statement)
    return folding


def _is_news(said: Mapping[str, Any], known: Mapping[str, Folding]) -> bool:
    folding = known.get(read_id(said.get("product_id")) or "")
    if folding is None:
        return True
    standing = folding.stated(read_id(said.get("variant_id")))
    is_gone = True in (standing.get("is_gone"), folding.stated(None).get("is_gone"))
    if is_gone and said.get("is_gone") is not True:
        return True
    return any(name not in standing or standing[name] != value for name, value in said.items())
