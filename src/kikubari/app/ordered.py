"""What an event says of an order, for messages: its lines, and its amounts as money."""

from collections.abc import Mapping
from typing import Any

import msgspec

from kikubari.catalog import Product
from kikubari.kit.money import Money, to_minor

# What shops send as decimals of a currency; news on prices have the last two.
_AMOUNTS = (
    *("total", "subtotal", "shipping", "tax", "discount"),
    *("old_price", "new_price"),
)
# More pieces of one thing are a mistake.
_MOST = 1_000_000


def list_lines(properties: Mapping[str, Any], known: Mapping[str, Product]) -> list[dict[str, Any]]:
    """Return each product of an order: title, title_ja, quantity, amount of the line.

    They are named as the catalogue has them, or else as the event does; what is sold out since is
    among them. One without a name is left out, and without a price has no amount.
    """
    listed = properties.get("products")
    entries = listed if isinstance(listed, list) else []
    lines = [
        _line(one, known, properties.get("currency")) for one in entries if isinstance(one, Mapping)
    ]
    return [one for one in lines if one["title"]]


def read_amounts(properties: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the amounts of an event as money, by name; what is no amount is left out."""
    currency = properties.get("currency")
    found = {name: _money(properties.get(name), currency) for name in _AMOUNTS}
    return {name: amount for name, amount in found.items() if amount is not None}


def _line(
    entry: Mapping[str, Any], known: Mapping[str, Product], currency: object
) -> dict[str, Any]:
    product = known.get(str(entry.get("product_id") or ""))
    name = str(entry.get("name") or "")
    title = (product and (product.title or product.title_ja)) or name
    quantity = _count(entry.get("quantity"))
    return {
        "title": title,
        "title_ja": (product and product.title_ja) or title,
        "quantity": quantity,
        "amount": _money(entry.get("price"), entry.get("currency") or currency, times=quantity),
    }


def _count(value: object) -> int:
    """Return a quantity; 1 where an event has none, or one that nobody orders."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= _MOST:
        return int(value)
    return 1


def _money(value: object, currency: object, *, times: int = 1) -> dict[str, Any] | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if not isinstance(currency, str) or not currency:
        return None
    try:
        amount = Money(to_minor(value, currency) * times, currency.upper())
    except ValueError:
        return None
    plain: dict[str, Any] = msgspec.to_builtins(amount)
    return plain
