"""How a trait's JSON value is compared: one reading for the copy and for one person in memory."""

import math
from datetime import datetime
from typing import Any

import msgspec

from kikubari.kit.instants import parse_instant

# Traits that say who somebody is or where to reach them. The copy knows only that they are set.
IDENTIFYING_TRAITS = frozenset({
    "address", "address1", "address2", "street", "email", "phone", "name", "full_name",
    "first_name", "firstName", "last_name", "lastName", "first_name_kana", "last_name_kana",
    "name_kana", "middle_name", "username", "avatar", "line_user_id", "ip",
    "web_push_subscription", "app_push_token",
})  # fmt: skip
MAX_TEXT = 1_000
MAX_LIST = 100
_LONGEST_NUMBER = 40
_SHORTEST_INSTANT, _LONGEST_INSTANT = 10, 35


class TraitValue(msgspec.Struct, frozen=True):
    """One value in the forms conditions compare it in.

    Attributes:
        text: as text; "true"/"false" for booleans; JSON for objects and lists.
        number: if the value is a number, a boolean (0/1) or text that is a number.
        instant: if the value is text in ISO 8601.
        texts: the elements of a list, or the one text.
        is_set: False for null, which withdraws the trait.
    """

    text: str = ""
    number: float | None = None
    instant: datetime | None = None
    texts: tuple[str, ...] = ()
    is_set: bool = True


NOT_SET = TraitValue(is_set=False)
PRESENT = TraitValue()


def read_trait(name: str, value: Any) -> TraitValue:
    """Return the comparable forms of a trait; identifying traits show only that they are set."""
    if value is None:
        return NOT_SET
    if name in IDENTIFYING_TRAITS:
        return PRESENT
    return read_value(value)


def read_value(value: Any) -> TraitValue:
    """Return the comparable forms of any JSON value."""
    if value is None:
        return NOT_SET
    if isinstance(value, str):
        text = value[:MAX_TEXT]
        return TraitValue(text, _number_of(text), _instant_of(text), (text,))
    if isinstance(value, bool):
        text = "true" if value else "false"
        return TraitValue(text, float(value), None, (text,))
    if isinstance(value, int | float):
        text = _number_text(value)
        return TraitValue(text, _finite(value), None, (text,))
    if isinstance(value, list):
        texts = tuple(_element_text(element) for element in value[:MAX_LIST])
        return TraitValue(_json_text(value), None, None, texts)
    return TraitValue(_json_text(value), None, None, ())


def _element_text(element: Any) -> str:
    return element[:MAX_TEXT] if isinstance(element, str) else read_value(element).text


def _json_text(value: Any) -> str:
    return msgspec.json.encode(value).decode()[:MAX_TEXT]


def _number_text(value: float) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def _number_of(text: str) -> float | None:
    if not text or len(text) > _LONGEST_NUMBER or text[-1] not in "0123456789.":
        return None
    try:
        return _finite(float(text)) if text.isascii() and "_" not in text else None
    except ValueError:
        return None


def _finite(value: float) -> float | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _instant_of(text: str) -> datetime | None:
    if not _SHORTEST_INSTANT <= len(text) <= _LONGEST_INSTANT or text[4] != "-":
        return None
    try:
        return parse_instant(text)
    except ValueError:
        return None
