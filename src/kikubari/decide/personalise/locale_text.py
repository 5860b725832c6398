"""Money, numbers, dates, counts and names as people of a language write them."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from kikubari.kit.money import Money

DateWidth = Literal["short", "medium", "long", "full"]

_MONEY_KEYS = frozenset({"amount_minor", "currency"})
_SUFFIXES = {"sama": "様", "san": "さん", "dono": "殿", "kun": "くん", "chan": "ちゃん"}
HONORIFIC_STYLES = frozenset({*_SUFFIXES, "none"})
# What stands in for a name nobody gave: a real form of address in Japanese, neutral in English.
_NAMELESS = {"ja": "お客様"}
_NAMELESS_ELSEWHERE = "there"
# The kanji suffix stands off the name; kana ones belong to it.
_SPACED = frozenset({"様", "殿"})


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Return the locale of a BCP 47 tag; an unknown one reads as English."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def as_money(value: object) -> Money | None:
    """Return the amount that a value is, as an object or as the mapping it travels as."""
    if isinstance(value, Money):
        return value
    if isinstance(value, Mapping) and len(value) == len(_MONEY_KEYS) and set(value) >= _MONEY_KEYS:
        return Money(value["amount_minor"], value["currency"])
    return None


@lru_cache(maxsize=8192)
def money_text(money: Money, language: str) -> str:
    """Write an amount: ``￥1,980`` in Japanese, ``¥1,980`` and ``$19.80`` in English."""
    return format_currency(money.to_decimal(), money.currency.upper(), locale=locale_of(language))


@lru_cache(maxsize=8192)
def number_text(number: float, language: str, decimals: int | None = None) -> str:
    """Write a number with the language's separators, at most three decimals unless told."""
    pattern = None if decimals is None else "#,##0." + "0" * decimals if decimals else "#,##0"
    return format_decimal(number, format=pattern, locale=locale_of(language))


@lru_cache(maxsize=8192)
def date_text(day: date, language: str, width: DateWidth) -> str:
    """Write a date: long is ``2026年11月5日`` or ``November 5, 2026``; full adds the weekday."""
    return format_date(day, format=width, locale=locale_of(language))


def time_text(instant: datetime, language: str) -> str:
    """Write a time of day without seconds, in the instant's own zone."""
    return format_time(instant, format="short", locale=locale_of(language), tzinfo=instant.tzinfo)


def count_text(number: float, one: str, many: str | None, language: str) -> str:
    """Write how many: ``3点`` (a Japanese counter follows directly), ``1 item``, ``3 items``."""
    written = number_text(number, language)
    if language.startswith("ja"):
        return f"{written}{one}"
    return f"{written} {one if number == 1 else many or one}"


def with_honorific(name: str, style: str, language: str) -> str:
    """Address somebody by a name: ``山田 様``, ``山田さん``, and plain ``Taro`` elsewhere."""
    suffix = _SUFFIXES.get(style, "") if language.startswith("ja") else ""
    if not suffix or name.endswith(suffix):
        return name
    return f"{name} {suffix}" if suffix in _SPACED else f"{name}{suffix}"


def nameless(language: str) -> str:
    """Return how to address somebody whose name is not known."""
    return _NAMELESS.get(language[:2], _NAMELESS_ELSEWHERE)
