"""What people of one household have in common, read from one event. Pure.

An address counts with its postal code and street; spellings of one address are made one: widths,
case, spaces, and Japanese block numbers (``1丁目2番3号`` is ``1-2-3``). A phone number counts when
its plan says that it is a fixed line.
"""

import re
import unicodedata
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache
from typing import Any

import phonenumbers

from kikubari.spec.envelope import Event, EventKind


class Mark(IntEnum):
    """Kinds of things in common. Stored; do not renumber."""

    ADDRESS = 1
    SURNAME = 2
    LANDLINE = 3


_NESTED = "address"
_POSTAL = ("postal_code", "postalCode", "postcode", "zip")
_STREET = ("street", "address1", "address_line1", "line1", "street_address")
_STREET_MORE = ("address2", "address_line2", "line2", "building")
_LAST_NAME = ("last_name", "lastName", "family_name")
_MAX_TEXT = 300
_KANJI_DIGITS = str.maketrans("一二三四五六七八九〇", "1234567890")
_CHOME = re.compile(r"([一二三四五六七八九十]+)(?=丁目)")
_BLOCK = re.compile(r"丁目|番地の|番地|番|号室|号|の(?=\d)")
_DASHES = re.compile(r"[‐‑‒–—―−ーｰ]")  # noqa: RUF001 - every dash that addresses are typed with
_NOT_ADDRESS = re.compile(r"[\s.,#、。・]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_TEN = 10


def read_marks(event: Event, region: str) -> dict[Mark, str]:
    """Return what an identify call says that a household may share; empty text withdraws it.

    Args:
        event: any event; only `identify` says something.
        region: ISO 3166 region whose plan reads phone numbers without country code.
    """
    if event.kind is not EventKind.IDENTIFY or not event.traits:
        return {}
    traits = event.traits
    found = {
        Mark.ADDRESS: _address(traits),
        Mark.SURNAME: _surname(traits),
        Mark.LANDLINE: _landline(traits, region),
    }
    return {mark: text for mark, text in found.items() if text is not None}


def normalise_address(postal_code: str, street: str) -> str:
    """Return one spelling of an address, empty if it does not name a house."""
    postal = re.sub(r"[^0-9a-z]", "", _plain(postal_code))
    text = _CHOME.sub(lambda match: _number(match[1]), _plain(street))
    text = _BLOCK.sub("-", _DASHES.sub("-", text))
    text = re.sub(r"-+", "-", _NOT_ADDRESS.sub("", text)).strip("-")
    # Without a house number it is a street, and everybody in it.
    has_number = any(character.isdigit() for character in text)
    return f"{postal}|{text}" if postal and has_number else ""


def _address(traits: Mapping[str, Any]) -> str | None:
    nested = traits.get(_NESTED)
    if _NESTED in traits and nested is None:
        return ""
    place = nested if isinstance(nested, Mapping) else traits
    postal, street = _first(place, _POSTAL), _first(place, _STREET)
    if not postal and not street:
        return None
    return normalise_address(postal, f"{street} {_first(place, _STREET_MORE)}")


def _surname(traits: Mapping[str, Any]) -> str | None:
    for name in _LAST_NAME:
        if name in traits:
            value = traits[name]
            return _plain(value) if isinstance(value, str) else ""
    whole = traits.get("name")
    if not isinstance(whole, str):
        return None
    words = _plain(whole).split()
    if len(words) < 2:  # noqa: PLR2004 - one word is not a name and a surname
        return None
    return words[0] if _CJK.search(whole) else words[-1]


def _landline(traits: Mapping[str, Any], region: str) -> str | None:
    if "phone" not in traits:
        return None
    value = traits["phone"]
    return _fixed_line(value, region) if isinstance(value, str) else ""


@lru_cache(maxsize=4096)
def _fixed_line(text: str, region: str) -> str:
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), region)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.FIXED_LINE:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _number(kanji: str) -> str:
    """Return a number up to 99 written in kanji in digits."""
    if "十" not in kanji:
        return kanji.translate(_KANJI_DIGITS)
    tens, _, ones = kanji.translate(_KANJI_DIGITS).partition("十")
    return (
        str(int(tens or 1) * _TEN + int(ones or 0))
        if (tens + ones).isdigit() or kanji == "十"
        else kanji
    )


def _first(place: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((place[name] for name in names if isinstance(place.get(name), str)), "")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:_MAX_TEXT]).casefold().strip()
