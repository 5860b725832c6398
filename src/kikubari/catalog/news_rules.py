"""What is news about a product: the shop's thresholds, and what they come to. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from kikubari.catalog.contracts import Product, Variant
from kikubari.kit.money import Money
from kikubari.spec.errors import InvalidInputError
from kikubari.spec.topics import BACK_IN_STOCK, LOW_STOCK, NEW_ARRIVAL, PRICE_DROPPED

_MAX_STOCK = 1_000_000
_MAX_COOL_DOWN_DAYS = 365
_MAX_VIEW_DAYS = 365
_MAX_FRESH_HOURS = 24 * 31


class NewsRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From when on something is news, and how often it may be told.

    Attributes:
        is_on: whether there are any news at all.
        min_drop_percent: a price must fall by so much, at once or in smaller steps.
        low_stock: so many pieces, or fewer, are few.
        cool_down_days: nobody hears the same kind of news about a product more often.
        view_days: who looked at a product so recently watches it.
        fresh_hours: what is true for longer is no news when it becomes known.
    """

    is_on: bool = True
    min_drop_percent: float = 5.0
    low_stock: int = 5
    cool_down_days: int = 7
    view_days: int = 30
    fresh_hours: int = 48


def check_rules(rules: NewsRules) -> None:
    """Refuse rules that cannot be followed.

    Raises:
        InvalidInputError: a figure out of range.
    """
    if not 0 < rules.min_drop_percent <= 100:  # noqa: PLR2004 - percent
        raise InvalidInputError("min_drop_percent: above 0, at most 100")
    for name, low, high in (
        ("low_stock", 1, _MAX_STOCK),
        ("cool_down_days", 0, _MAX_COOL_DOWN_DAYS),
        ("view_days", 1, _MAX_VIEW_DAYS),
        ("fresh_hours", 1, _MAX_FRESH_HOURS),
    ):
        if not low <= getattr(rules, name) <= high:
            raise InvalidInputError(f"{name}: {low} to {high}")


class Offer(msgspec.Struct, frozen=True):
    """How an item is offered. `price` is what the next price is compared with."""

    price: Money | None
    stock: int | None
    is_for_sale: bool


def list_items(product: Product) -> dict[str, Product | Variant]:
    """Return what people may have saved: the product and its variants, by id."""
    items: dict[str, Product | Variant] = {one.variant_id: one for one in product.variants}
    return items | {product.product_id: product}


def offer_of(product: Product, item: Product | Variant) -> Offer:
    """Return how an item of a product is offered."""
    return Offer(item.price, item.stock, item.is_for_sale and not product.is_gone)


def compare(before: Offer, now: Offer, rules: NewsRules) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the news that a change of an item is, each with what it says."""
    if not now.is_for_sale:
        return
    drop = _drop_percent(before.price, now.price)
    if drop >= rules.min_drop_percent and before.price and now.price:
        yield (
            PRICE_DROPPED,
            {
                "old_price": _amount(before.price),
                "new_price": _amount(now.price),
                "currency": now.price.currency,
                "drop_percent": drop,
            },
        )
    if not before.is_for_sale:
        yield BACK_IN_STOCK, {}
    elif before.stock is not None and _is_low(now.stock, rules) and before.stock > rules.low_stock:
        yield LOW_STOCK, {}


def remember(before: Offer | None, now: Offer, rules: NewsRules) -> Offer:
    """Return what the next change is compared with.

    After a drop too small to tell, prices go on being compared with the one before it: a price
    that falls in small steps has fallen all the same.
    """
    if before is None or before.price is None:
        return now
    is_small = 0 < _drop_percent(before.price, now.price) < rules.min_drop_percent
    keeps = now.price is None or is_small or not now.is_for_sale
    return Offer(before.price if keeps else now.price, now.stock, now.is_for_sale)


def still_holds(event: str, properties: dict[str, Any], now: Offer, rules: NewsRules) -> bool:
    """Say whether news are still true of an item as it is offered now."""
    if not now.is_for_sale:
        return False
    if event == PRICE_DROPPED:
        is_same = now.price is not None and now.price.currency == properties["currency"]
        return is_same and now.price is not None and _amount(now.price) <= properties["new_price"]
    return event in (BACK_IN_STOCK, NEW_ARRIVAL) or _is_low(now.stock, rules)


def since(event: str, product: Product, item: Product | Variant) -> datetime:
    """Return since when it is as the news say."""
    at = {
        PRICE_DROPPED: item.price_at,
        LOW_STOCK: item.stock_at,
        BACK_IN_STOCK: item.for_sale_at,
    }[event]
    return at or product.updated_at


def _is_low(stock: int | None, rules: NewsRules) -> bool:
    return stock is not None and 0 < stock <= rules.low_stock


def _drop_percent(before: Money | None, now: Money | None) -> float:
    """Return by how many percent a price fell, to one decimal; negative when it rose."""
    if before is None or now is None or before.currency != now.currency or not before.amount_minor:
        return 0.0
    return round(100 * (before.amount_minor - now.amount_minor) / before.amount_minor, 1)


def _amount(price: Money) -> int | float:
    amount = price.to_decimal()
    return int(amount) if amount == amount.to_integral_value() else float(amount)
