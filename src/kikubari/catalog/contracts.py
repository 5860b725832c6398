"""What the catalogue knows of a product."""

from datetime import datetime
from typing import Any

import msgspec

from kikubari.kit.money import Money


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """A product as the latest statements about it have it.

    Every field but the id may be unknown. `attributes` holds what sources said beyond the
    fields named here; `updated_at` is the instant of the newest statement.
    """

    product_id: str
    updated_at: datetime
    title: str | None = None
    title_ja: str | None = None
    category: str | None = None
    category_ja: str | None = None
    brand: str | None = None
    price: Money | None = None
    stock: int | None = None
    image_url: str | None = None
    url: str | None = None
    attributes: dict[str, Any] = {}


class ProductPage(msgspec.Struct, frozen=True):
    """Some of the products that match, and how many match in all."""

    products: list[Product]
    total: int


class CategoryCount(msgspec.Struct, frozen=True):
    """A category and how many products it has."""

    category: str
    n_products: int
