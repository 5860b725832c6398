"""From statements about a product to the product. Pure.

A statement may say everything (a feed) or one thing (a stock level); each field has the value
of the latest statement that names it, and a null withdraws it. So the same statements give the
same product in whatever order they arrive.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from kikubari.catalog.contracts import Product
from kikubari.kit.money import Money, to_minor
from kikubari.spec import topics
from kikubari.spec.envelope import Event, Trust

MAX_ID_CHARS = 200
MAX_TEXT_CHARS = 2_000

_TEXT_FIELDS = ("title", "title_ja", "category", "category_ja", "brand", "image_url", "url")
_OTHER_FIELDS = frozenset({"product_id", "name", "price", "currency", "stock"})
_CURRENCY_CHARS = 3


class Statement(msgspec.Struct, frozen=True):
    """What one event says about a product."""

    at: datetime
    fields: Mapping[str, Any]


def find_product_id(event: Event) -> str | None:
    """Return the product an event makes a statement about, None if it makes none that counts."""
    if event.type != topics.PRODUCT_UPDATED or event.trust is Trust.PUBLIC:
        return None
    return _id_text(event.properties.get("product_id"))


def fold(product_id: str, statements: Sequence[Statement]) -> Product:
    """Return the product that its statements describe, given in their order, at least one."""
    fields: dict[str, Any] = {}
    for statement in statements:
        fields |= statement.fields
    texts = {name: _text(fields.get(name)) for name in _TEXT_FIELDS}
    # Feeds say title, the e-commerce spec says name.
    texts["title"] = texts["title"] or _text(fields.get("name"))
    return Product(
        product_id=product_id,
        updated_at=statements[-1].at,
        price=_price(fields.get("price"), fields.get("currency")),
        stock=_whole_number(fields.get("stock")),
        attributes={
            name: value
            for name, value in sorted(fields.items())
            if name not in _OTHER_FIELDS and name not in texts and value is not None
        },
        **texts,
    )


def search_text(product: Product) -> str:
    """Return the text in which a product is searched, folded as `search_terms` folds."""
    texts = (product.product_id, product.title, product.title_ja, product.brand)
    return _folded(" ".join(text for text in texts if text))


def search_terms(query: str) -> list[str]:
    """Return the words of a search; full-width and half-width forms and case do not matter."""
    return _folded(query).split()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _id_text(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and 0 < len(value) <= MAX_ID_CHARS else None


def _text(value: object) -> str | None:
    return value[:MAX_TEXT_CHARS] if isinstance(value, str) and value else None


def _price(value: object, currency: object) -> Money | None:
    """Return the price, None when it is no amount or nothing says in which currency."""
    if not isinstance(currency, str) or len(currency) != _CURRENCY_CHARS:
        return None
    if not isinstance(value, int | float | str | Decimal) or isinstance(value, bool):
        return None
    try:
        amount_minor = to_minor(value, currency.upper())
    except ValueError:
        return None
    return Money(amount_minor, currency.upper()) if amount_minor >= 0 else None


def _whole_number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return None
    return int(value) if isinstance(value, int | float) else None
