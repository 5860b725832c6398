"""From statements about a product to the product. Pure.

A statement may say everything (a feed) or one thing (a stock level), about the product or, with a
`variant_id`, about one of its variants. Each field has the value of the latest statement that
names it, and a null withdraws it. So the same statements give the same product in whatever order
they arrive.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

import msgspec

from kikubari.catalog import fields as read
from kikubari.catalog.contracts import (
    Availability,
    PastOffer,
    Product,
    RelationKind,
    Variant,
    is_for_sale,
)
from kikubari.kit.money import Money
from kikubari.spec import topics
from kikubari.spec.envelope import Event, Trust

_TEXT_FIELDS = (
    "title", "title_ja", "category", "category_ja", "brand", "url", "sku", "sensitive_class",
    "topic", "stage",
)  # fmt: skip
_NAMED = frozenset(
    {
        *_TEXT_FIELDS, *(kind.value for kind in RelationKind),
        "product_id", "variant_id", "name", "price", "currency", "stock", "kind", "description",
        "description_ja", "image_url", "images", "list_price", "compare_at_price", "cost",
        "availability", "is_gone", "released_on", "preorder_from", "preorder_until",
        "is_consumable", "options",
    }
)  # fmt: skip
_BETWEEN_WORDS = " \u3000-/,(\uff08・:|"
_LAST_WORD = re.compile(rf"[^{re.escape(_BETWEEN_WORDS)}]*$")
_LASTING = (Availability.PREORDER, Availability.BACKORDER, Availability.DISCONTINUED)


class Statement(msgspec.Struct, frozen=True):
    """What one event says about a product."""

    at: datetime
    fields: Mapping[str, Any]


def find_product_id(event: Event) -> str | None:
    """Return the product an event makes a statement about, None if it makes none that counts."""
    if event.type != topics.PRODUCT_UPDATED or event.trust is Trust.PUBLIC:
        return None
    return read.read_id(event.properties.get("product_id"))


class _Item:
    """What was said so far of a product itself, or of one of its variants."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        self.price: Money | None = None
        self.price_at: datetime | None = None
        self.stock: int | None = None
        self.stock_at: datetime | None = None
        self.is_for_sale = True
        self.for_sale_at: datetime | None = None

    def add(self, statement: Statement) -> None:
        """Take in the next statement."""
        said = statement.fields
        # Whatever is stated anew is there again; of stock and availability the newer word counts.
        self.fields.pop("is_gone", None)
        if "stock" in said and "availability" not in said:
            if read.read_availability(self.fields.get("availability")) not in _LASTING:
                self.fields.pop("availability", None)
        elif "availability" in said and "stock" not in said:
            self.fields.pop("stock", None)
        self.fields.update(said)
        price = read.read_price(self.fields.get("price"), self.fields.get("currency"))
        stock = read.read_count(self.fields.get("stock"))
        if price != self.price:
            self.price, self.price_at = price, statement.at
        if stock != self.stock:
            self.stock, self.stock_at = stock, statement.at
        was_for_sale = self.is_for_sale
        self.is_for_sale = is_for_sale(stock, self.availability, is_gone=self.is_gone)
        if self.for_sale_at is None or self.is_for_sale != was_for_sale:
            self.for_sale_at = statement.at

    @property
    def is_gone(self) -> bool:
        return self.fields.get("is_gone") is True

    @property
    def availability(self) -> Availability | None:
        return read.read_availability(self.fields.get("availability"))

    def money(self, *names: str) -> Money | None:
        """Return the first of the amounts that is one, in the item's currency."""
        currency = self.fields.get("currency")
        found = (read.read_price(self.fields.get(name), currency) for name in names)
        return next((amount for amount in found if amount is not None), None)

    def list_price(self) -> Money | None:
        """Return the price before a reduction, if there is one."""
        full = self.money("list_price", "compare_at_price")
        if full is None or self.price is None or full.amount_minor <= self.price.amount_minor:
            return None
        return full


class Folding:
    """Statements about one product, taken in in their order."""

    def __init__(self, product_id: str) -> None:
        self._product_id = product_id
        self._updated_at: datetime | None = None
        self._own = _Item()
        self._variants: dict[str, _Item] = {}

    def add(self, statement: Statement) -> None:
        """Take in the next statement."""
        variant_id = read.read_id(statement.fields.get("variant_id"))
        item = self._variants.setdefault(variant_id, _Item()) if variant_id else self._own
        item.add(statement)
        if variant_id and not item.is_gone:
            self._own.fields.pop("is_gone", None)
        self._updated_at = statement.at

    def stated(self, variant_id: str | None) -> Mapping[str, Any]:
        """Return what stands of the product itself or of a variant, field by field."""
        if variant_id is None:
            return self._own.fields
        item = self._variants.get(variant_id)
        return item.fields if item else {}

    def product(self) -> Product:
        """Return the product as it now is; there was at least one statement."""
        if self._updated_at is None:
            raise ValueError(f"nothing was said about {self._product_id!r}")
        variants = tuple(_variant(one, self._variants[one]) for one in sorted(self._variants))
        said = self._shared_fields()
        texts: dict[str, Any] = {name: read.read_text(said.get(name)) for name in _TEXT_FIELDS}
        texts["title"] = _title(said)
        images = read.read_texts(said.get("image_url")) + read.read_texts(said.get("images"))
        return Product(
            product_id=self._product_id,
            updated_at=self._updated_at,
            attributes={
                name: value
                for name, value in sorted(said.items())
                if name not in _NAMED and value is not None
            },
            kind=read.read_text(said.get("kind")) or "product",
            description=read.read_description(said.get("description")),
            description_ja=read.read_description(said.get("description_ja")),
            category_path=read.read_path(texts["category"]),
            image_url=images[0] if images else None,
            images=tuple(dict.fromkeys(images)),
            cost=self._own.money("cost") or self._cost_of_variants(),
            is_gone=self._is_gone(variants),
            released_on=read.read_day(said.get("released_on")),
            preorder_from=read.read_day(said.get("preorder_from")),
            preorder_until=read.read_day(said.get("preorder_until")),
            is_consumable=read.read_flag(said.get("is_consumable")),
            relations=read.read_relations(said),
            variants=variants,
            **self._offer(variants),
            **texts,
        )

    def _shared_fields(self) -> dict[str, Any]:
        """Return what is said of the product itself; what only variants say, by the first."""
        said: dict[str, Any] = {}
        for variant_id in sorted(self._variants, reverse=True):
            said |= {k: v for k, v in self._variants[variant_id].fields.items() if v is not None}
        if self._variants:
            said.pop("sku", None)
        if self._own.fields.get("name"):
            said.pop("title", None)
        elif title := _common_title(self._variants.values()):
            said["title"] = title
        return said | {
            name: value
            for name, value in self._own.fields.items()
            if value is not None or name not in said
        }

    def _cost_of_variants(self) -> Money | None:
        costs = [cost for one in self._variants.values() if (cost := one.money("cost"))]
        return max(costs, key=lambda cost: cost.amount_minor, default=None)

    def _is_gone(self, variants: Sequence[Variant]) -> bool:
        if variants and all(variant.is_gone for variant in variants):
            return True
        return self._own.is_gone

    def _offer(self, variants: Sequence[Variant]) -> dict[str, Any]:
        """Return price, stock and availability: of the variants in the shop, else its own."""
        own = self._own
        priced = [one for one in variants if one.price is not None and not one.is_gone]
        counted = [one for one in variants if one.stock is not None and not one.is_gone]
        offer: dict[str, Any] = {
            "price": own.price,
            "price_at": own.price_at,
            "list_price": own.list_price(),
            "stock": own.stock,
            "stock_at": own.stock_at,
            "availability": own.availability,
            "for_sale_at": max(
                (one.for_sale_at for one in variants if one.for_sale_at), default=own.for_sale_at
            ),
        }
        if priced:
            lowest = min(priced, key=_price_of)
            offer |= {
                "price": lowest.price,
                "price_at": lowest.price_at,
                "list_price": lowest.list_price,
            }
        if counted:
            offer |= {
                "stock": sum(one.stock or 0 for one in counted),
                "stock_at": max(one.stock_at for one in counted if one.stock_at),
            }
        return offer


def fold(product_id: str, statements: Iterable[Statement]) -> Product:
    """Return the product that its statements describe, given in their order, at least one."""
    folding = Folding(product_id)
    for statement in statements:
        folding.add(statement)
    return folding.product()


def trace(
    product_id: str, statements: Iterable[Statement], variant_id: str | None = None
) -> list[PastOffer]:
    """Return how a product, or one of its variants, was offered as time went by."""
    folding = Folding(product_id)
    past: list[PastOffer] = []
    for statement in statements:
        folding.add(statement)
        product = folding.product()
        one = product if variant_id is None else find_variant(product, variant_id)
        if one is None:
            continue
        offer = PastOffer(statement.at, one.price, one.stock, one.is_for_sale)
        if not past or past[-1] != msgspec.structs.replace(offer, at=past[-1].at):
            past.append(offer)
    return past


def find_variant(product: Product, variant_id: str) -> Variant | None:
    """Return a variant of a product, None if it has none by that id."""
    return next((one for one in product.variants if one.variant_id == variant_id), None)


def search_text(product: Product) -> str:
    """Return the text in which a product is searched, folded as `search_terms` folds."""
    texts = (
        *(product.product_id, product.title, product.title_ja, product.brand, product.sku),
        *(variant.variant_id for variant in product.variants),
    )
    return _folded(" ".join(text for text in texts if text))


def search_terms(query: str) -> list[str]:
    """Return the words of a search; full-width and half-width forms and case do not matter."""
    return _folded(query).split()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _common_title(items: Iterable[_Item]) -> str:
    """Return what the titles of variants begin with, up to a mark between words."""
    titles = {title for one in items if (title := _title(one.fields))}
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*titles, strict=False))
    common = "".join(letters[0] for letters in same)
    return (common if len(titles) == 1 else _LAST_WORD.sub("", common)).strip(_BETWEEN_WORDS)


def _title(fields: Mapping[str, Any]) -> str | None:
    """Return a title: feeds say title, the e-commerce spec says name."""
    return read.read_text(fields.get("title")) or read.read_text(fields.get("name"))


def _variant(variant_id: str, item: _Item) -> Variant:
    images = read.read_texts(item.fields.get("image_url"))
    return Variant(
        variant_id=variant_id,
        title=_title(item.fields),
        options=read.read_options(item.fields.get("options")),
        sku=read.read_text(item.fields.get("sku")),
        image_url=images[0] if images else None,
        price=item.price,
        price_at=item.price_at,
        list_price=item.list_price(),
        stock=item.stock,
        stock_at=item.stock_at,
        availability=item.availability,
        for_sale_at=item.for_sale_at,
        is_gone=item.is_gone,
    )


def _price_of(variant: Variant) -> tuple[str, int]:
    assert variant.price is not None  # noqa: S101 - only those with a price are compared
    return variant.price.currency, variant.price.amount_minor
