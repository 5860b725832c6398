"""Reads the values of statements. Pure: what cannot be read is unknown, never an error."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from kikubari.catalog.contracts import Availability, RelationKind
from kikubari.kit.money import Money, to_minor

MAX_ID_CHARS = 200
MAX_TEXT_CHARS = 2_000
_MAX_DESCRIPTION_CHARS = 10_000
_MAX_ENTRIES = 50
_CURRENCY_CHARS = 3
_YES = frozenset({"true", "yes", "y", "1", "はい"})
_NO = frozenset({"false", "no", "n", "0", "いいえ"})


def read_id(value: object) -> str | None:
    """Return an id; whole numbers are ids as well."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return value if isinstance(value, str) and 0 < len(value) <= MAX_ID_CHARS else None


def read_text(value: object) -> str | None:
    """Return text that says something, cut where it is endless."""
    return value[:MAX_TEXT_CHARS] if isinstance(value, str) and value else None


def read_description(value: object) -> str | None:
    """Return text of several paragraphs, cut where it is endless."""
    return value[:_MAX_DESCRIPTION_CHARS] if isinstance(value, str) and value else None


def read_texts(value: object) -> tuple[str, ...]:
    """Return a list of texts; one alone is a list too."""
    given = value if isinstance(value, list) else [value]
    return tuple(text for one in given[:_MAX_ENTRIES] if (text := read_text(one)))


def read_price(value: object, currency: object) -> Money | None:
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


def read_count(value: object) -> int | None:
    """Return a whole number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return None
    try:
        return int(value) if isinstance(value, int | float) else None
    except (ValueError, OverflowError):  # neither a number nor finite
        return None


def read_flag(value: object) -> bool | None:
    """Return yes or no."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold() if isinstance(value, str | int) else ""
    return True if word in _YES else False if word in _NO else None


def read_day(value: object) -> date | None:
    """Return a calendar day; of an instant the day as written."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def read_availability(value: object) -> Availability | None:
    """Return the availability; feeds write ``in stock`` as well as ``in_stock``."""
    word = value.strip().lower().replace(" ", "_") if isinstance(value, str) else ""
    try:
        return Availability(word)
    except ValueError:
        return None


def read_options(value: object) -> dict[str, str]:
    """Return a variant's options."""
    if not isinstance(value, Mapping):
        return {}
    given = list(value.items())[:_MAX_ENTRIES]
    return {str(name): text for name, one in given if (text := read_text(one))}


def read_path(category: str | None) -> tuple[str, ...]:
    """Return a category as a path: feeds write ``Home > Candles``."""
    if category is None:
        return ()
    return tuple(part.strip() for part in category.split(">") if part.strip())


def read_relations(fields: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return related products by kind of relation."""
    found = {}
    for kind in RelationKind:
        value = fields.get(kind.value)
        given = value if isinstance(value, list) else [value]
        if ids := tuple(known for one in given[:_MAX_ENTRIES] if (known := read_id(one))):
            found[kind.value] = ids
    return found
