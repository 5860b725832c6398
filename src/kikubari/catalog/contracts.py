"""What the catalogue knows of a product, and what it needs to know of people."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec
from pyroaring import BitMap

from kikubari.kit.money import Money


class Availability(StrEnum):
    """Whether something can be bought, in the words of product feeds."""

    IN_STOCK = "in_stock"
    OUT_OF_STOCK = "out_of_stock"
    PREORDER = "preorder"
    BACKORDER = "backorder"
    DISCONTINUED = "discontinued"


class RelationKind(StrEnum):
    """How a product is related to another, as the shop states it."""

    ACCESSORY_OF = "accessory_of"
    REPLACES = "replaces"
    SIMILAR_TO = "similar_to"
    PART_OF = "part_of"


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One size, colour or pack of a product, with what is its own.

    Attributes:
        variant_id: as events and orders name it; often the SKU.
        title: of this variant.
        options: what tells it from the others, for example ``{"size": "M"}``.
        sku: stock keeping unit.
        image_url: of this variant.
        price: what is paid now.
        price_at: since when the price is what it is.
        list_price: before a reduction, if it is reduced.
        stock: pieces.
        stock_at: since when the stock is what it is.
        availability: as stated; None if only the stock is known.
        for_sale_at: since when it can be ordered, or cannot.
        is_gone: no longer in the shop.
    """

    variant_id: str
    title: str | None = None
    options: dict[str, str] = {}
    sku: str | None = None
    image_url: str | None = None
    price: Money | None = None
    price_at: datetime | None = None
    list_price: Money | None = None
    stock: int | None = None
    stock_at: datetime | None = None
    availability: Availability | None = None
    for_sale_at: datetime | None = None
    is_gone: bool = False

    @property
    def is_for_sale(self) -> bool:
        """Whether it can be ordered; a stock nobody stated counts as there."""
        return is_for_sale(self.stock, self.availability, is_gone=self.is_gone)


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """A product, or an article or guide, as the latest statements about it have it.

    Every field but the id may be unknown.

    Attributes:
        product_id: as events and orders name it.
        updated_at: instant of the newest statement.
        title, title_ja, category, category_ja, brand: as sources have them.
        price: what is paid now; of a product with variants the lowest of those in the shop.
        stock: pieces; of a product with variants the sum over those in the shop.
        image_url, url: addresses.
        attributes: what sources said beyond the fields named here.
        kind: ``product``; content has another word: ``article``, ``guide``.
        description, description_ja: plain text.
        sku: of a product without variants.
        category_path: the category cut at ``>``: ``("Home", "Candles")``.
        images: all pictures, the main one first.
        list_price: before a reduction, if it is reduced.
        cost: what the shop pays for a piece; see `margin_percent`.
        price_at, stock_at: since when price and stock are what they are.
        availability: as stated; None if only the stock is known. See `is_for_sale`.
        for_sale_at: since when it can be ordered, or cannot.
        is_gone: no longer in the shop; never to be recommended.
        released_on: first day of sale.
        preorder_from, preorder_until: days on which it can be ordered before its release.
        is_consumable: is used up and bought again, so that having bought it is no reason to leave
            it out; None if nobody said.
        sensitive_class: of what it says about its buyer (``health``, ``intimate`` …), as stated.
        topic, stage: of content: what it is about, and for whom (``puppy``, ``beginner``).
        relations: kind of relation (see `RelationKind`) → ids of other products.
        variants: in order of id, those that are gone included.
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
    kind: str = "product"
    description: str | None = None
    description_ja: str | None = None
    sku: str | None = None
    category_path: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    list_price: Money | None = None
    cost: Money | None = None
    price_at: datetime | None = None
    stock_at: datetime | None = None
    availability: Availability | None = None
    for_sale_at: datetime | None = None
    is_gone: bool = False
    released_on: date | None = None
    preorder_from: date | None = None
    preorder_until: date | None = None
    is_consumable: bool | None = None
    sensitive_class: str | None = None
    topic: str | None = None
    stage: str | None = None
    relations: dict[str, tuple[str, ...]] = {}
    variants: tuple[Variant, ...] = ()

    @property
    def is_content(self) -> bool:
        """Whether it is something to read, which has neither price nor stock."""
        return self.kind != "product"

    @property
    def is_for_sale(self) -> bool:
        """Whether it can be ordered (content: read); a stock nobody stated counts as there."""
        live = [variant for variant in self.variants if not variant.is_gone]
        if live and not self.is_gone:
            return any(variant.is_for_sale for variant in live)
        return is_for_sale(self.stock, self.availability, is_gone=self.is_gone)

    @property
    def margin_percent(self) -> float | None:
        """What is left of the price after the cost; None unless both are known."""
        if self.price is None or self.cost is None or self.price.amount_minor <= 0:
            return None
        if self.price.currency != self.cost.currency:
            return None
        left = self.price.amount_minor - self.cost.amount_minor
        return round(100 * left / self.price.amount_minor, 2)

    def is_orderable(self, on: date) -> bool:
        """Whether it can be ordered (content: read) on that day, by stock, release and window.

        Before its release it can be within its pre-order window; where no window is stated, if
        the shop says that it takes pre-orders. Without a release, a window holds by itself.
        """
        if not self.is_for_sale:
            return False
        if self.released_on is not None and on >= self.released_on:
            return True
        if self.preorder_from is not None or self.preorder_until is not None:
            has_begun = self.preorder_from is None or on >= self.preorder_from
            return has_begun and (self.preorder_until is None or on <= self.preorder_until)
        return self.released_on is None or self.is_content or self._takes_preorders()

    def _takes_preorders(self) -> bool:
        live = [variant.availability for variant in self.variants if not variant.is_gone]
        return Availability.PREORDER in (live or [self.availability])

    def is_preorder(self, on: date) -> bool:
        """Whether it can be ordered on that day before it is released."""
        if self.preorder_from is None or on < self.preorder_from:
            return False
        until = self.preorder_until or self.released_on
        return until is None or on <= until


def is_for_sale(stock: int | None, availability: Availability | None, *, is_gone: bool) -> bool:
    """Say whether something can be ordered; what is not known does not stand in the way."""
    if is_gone or availability is Availability.DISCONTINUED:
        return False
    if availability in (Availability.PREORDER, Availability.BACKORDER):
        return True
    return availability is not Availability.OUT_OF_STOCK and (stock is None or stock > 0)


class ProductPage(msgspec.Struct, frozen=True):
    """Some of the products that match, and how many match in all."""

    products: list[Product]
    total: int


class CategoryCount(msgspec.Struct, frozen=True):
    """A category and how many products it has."""

    category: str
    n_products: int


class PastOffer(msgspec.Struct, frozen=True):
    """How a product or variant was offered from an instant on, until the next one.

    Attributes:
        at: instant of the statement that changed it.
        price: then; of a product with variants the lowest.
        stock: then.
        is_for_sale: then.
    """

    at: datetime
    price: Money | None
    stock: int | None
    is_for_sale: bool


class KnownItem(msgspec.Struct, frozen=True):
    """A product and its variants in the shop, for comparison with a whole feed."""

    product_id: str
    is_gone: bool
    variant_ids: list[str]


class Tie(StrEnum):
    """What connects somebody with a product. The first of those that hold is told."""

    FAVOURITE = "favourite"
    CART = "cart"
    VIEW = "view"
    PURCHASE = "purchase"  # of goods of the same category or brand
    TASTE = "taste"  # leans to its category, as learned from purchases


class Watcher(msgspec.Struct, frozen=True):
    """Somebody to whom news about a product matters.

    Attributes:
        number: canonical, of the person.
        tie: the closest one.
        since: saved, put into the cart or last viewed then.
    """

    number: int
    tie: Tie
    since: datetime


class WatcherPage(msgspec.Struct, frozen=True):
    """Some of the watchers of an item.

    Attributes:
        watchers: in order of number.
        next_after: go on behind this number; None when there are no more.
    """

    watchers: list[Watcher]
    next_after: int | None


class WatcherCounts(msgspec.Struct, frozen=True):
    """How many people have a product in favourites, cart or recent views.

    Everybody counts once, by the closest tie. `is_more` says that not all were looked at.
    """

    favourite: int
    cart: int
    view: int
    is_more: bool


class Watchers(Protocol):
    """Says who watches a product; implemented above, where people are known."""

    def is_ready(self, position: int) -> bool:
        """Return whether what happened up to that position of the log is taken into account."""
        ...

    def list_watchers(
        self,
        item_ids: Collection[str],
        *,
        now: datetime,
        view_days: int,
        but_not: BitMap,
        after: int,
        limit: int,
    ) -> WatcherPage:
        """Return those who have one of the items in favourites, cart or recent views.

        Left out are those who bought it since, who have their data restricted or object to its
        use, who withdrew their consent, and `but_not`, by any number they have or had. A page
        may be shorter than `limit`, or empty, and not be the last.
        """
        ...

    def count_watchers(
        self, item_ids: Collection[str], *, now: datetime, view_days: int, limit: int
    ) -> WatcherCounts:
        """Return how many people watch, looking at `limit` of them at most."""
        ...

    def list_fitting(
        self,
        product: Product,
        *,
        now: datetime,
        view_days: int,
        but_not: BitMap,
        after: int,
        limit: int,
    ) -> WatcherPage:
        """Return those whom a product fits that they have not touched themselves.

        They saved, viewed (within `view_days`) or bought goods of its category or brand, or its
        category is what they are learned to lean to. Left out are those whom `list_watchers`
        leaves out; pages likewise.
        """
        ...
