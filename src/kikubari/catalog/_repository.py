"""Every query on the catalogue."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, select

from kikubari.catalog._tables import product_variants, product_versions, products
from kikubari.catalog.contracts import CategoryCount, Product
from kikubari.catalog.versions import Statement, search_text
from kikubari.kit.instants import from_micros, to_micros
from kikubari.storage import insert_or_ignore, upsert

# SQLite allows 32,766 parameters in one statement.
_IDS_PER_QUERY = 5_000

_decode_product = msgspec.json.Decoder(Product).decode


def insert_versions(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store statements; those stored before stay as they are."""
    connection.execute(insert_or_ignore(connection, product_versions), rows)


def list_statements(
    connection: Connection,
    workspace_id: int,
    product_ids: Sequence[str],
    *,
    until: datetime | None = None,
) -> Iterator[tuple[str, list[Statement]]]:
    """Return each product's statements in the order that decides, up to an instant."""
    version = product_versions.c
    for ids in _chunks(product_ids):
        query = select(version.product_id, version.at_us, version.fields).where(
            version.workspace_id == workspace_id, version.product_id.in_(ids)
        )
        if until is not None:
            query = query.where(version.at_us <= to_micros(until))
        rows = connection.execute(
            query.order_by(
                version.product_id, version.at_us, version.source_id, version.message_key
            )
        )
        for product_id, group in groupby(rows, key=lambda row: str(row.product_id)):
            yield (
                product_id,
                [
                    Statement(from_micros(row.at_us), msgspec.json.decode(row.fields))
                    for row in group
                ],
            )


def save_products(connection: Connection, workspace_id: int, folded: Sequence[Product]) -> None:
    """Store products as they are now."""
    changing = ["updated_us", "category", "search_text", "body"]
    statement = upsert(connection, products, key=["workspace_id", "product_id"], update=changing)
    rows = [
        {
            "workspace_id": workspace_id,
            "product_id": product.product_id,
            "updated_us": to_micros(product.updated_at),
            "category": product.category,
            "search_text": search_text(product),
            "body": msgspec.json.encode(product).decode(),
        }
        for product in folded
    ]
    connection.execute(statement, rows)
    owners = [
        {
            "workspace_id": workspace_id,
            "variant_id": variant.variant_id,
            "product_id": product.product_id,
        }
        for product in folded
        for variant in product.variants
    ]
    if owners:
        # Should two products claim a variant, the one that said so last has it.
        key = ["workspace_id", "variant_id"]
        connection.execute(
            upsert(connection, product_variants, key=key, update=["product_id"]), owners
        )


def find_owners(
    connection: Connection, workspace_id: int, variant_ids: Sequence[str]
) -> dict[str, str]:
    """Return the product of each of these ids that is a variant's."""
    variant = product_variants.c
    found: dict[str, str] = {}
    for ids in _chunks(variant_ids):
        rows = connection.execute(
            select(variant.variant_id, variant.product_id).where(
                variant.workspace_id == workspace_id, variant.variant_id.in_(ids)
            )
        )
        found.update((row.variant_id, row.product_id) for row in rows)
    return found


def list_after(
    connection: Connection, workspace_id: int, *, after: str, limit: int
) -> list[Product]:
    """Return the next products behind an id."""
    rows = connection.execute(
        select(products.c.body)
        .where(products.c.workspace_id == workspace_id, products.c.product_id > after)
        .order_by(products.c.product_id)
        .limit(limit)
    )
    return [_decode_product(row.body) for row in rows]


def load_products(
    connection: Connection, workspace_id: int, product_ids: Sequence[str]
) -> dict[str, Product]:
    """Return those products that are known, by id."""
    found: dict[str, Product] = {}
    for ids in _chunks(product_ids):
        rows = connection.execute(
            select(products.c.product_id, products.c.body).where(
                products.c.workspace_id == workspace_id, products.c.product_id.in_(ids)
            )
        )
        found.update((row.product_id, _decode_product(row.body)) for row in rows)
    return found


def list_products(
    connection: Connection,
    workspace_id: int,
    *,
    category: str | None,
    terms: Sequence[str],
    offset: int,
    limit: int,
) -> tuple[list[Product], int]:
    """Return matching products in order of id, and how many match."""
    matches = _matches(workspace_id, category, terms)
    rows = connection.execute(
        select(products.c.body)
        .where(matches)
        .order_by(products.c.product_id)
        .offset(offset)
        .limit(limit)
    )
    found = [_decode_product(row.body) for row in rows]
    total = connection.execute(select(func.count()).select_from(products).where(matches))
    return found, int(total.scalar_one())


def list_categories(connection: Connection, workspace_id: int) -> list[CategoryCount]:
    """Return every category with its number of products, in order of name."""
    rows = connection.execute(
        select(products.c.category, func.count().label("n_products"))
        .where(products.c.workspace_id == workspace_id, products.c.category.is_not(None))
        .group_by(products.c.category)
        .order_by(products.c.category)
    )
    return [CategoryCount(row.category, row.n_products) for row in rows]


def _matches(workspace_id: int, category: str | None, terms: Sequence[str]) -> ColumnElement[bool]:
    conditions = [products.c.workspace_id == workspace_id]
    if category is not None:
        conditions.append(products.c.category == category)
    conditions += [products.c.search_text.contains(term, autoescape=True) for term in terms]
    return and_(*conditions)


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _IDS_PER_QUERY] for start in range(0, len(ids), _IDS_PER_QUERY))
