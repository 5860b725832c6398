# ruff: noqa: RUF001 - Japanese is written with full-width signs
"""Numbers, money, dates and the words of the catalogue, as a reader of one language writes them."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal

from kikubari.kit.money import Money
from kikubari.segments.explanation.contracts import Language
from kikubari.spec.conditions import Duration

_LOCALES: Mapping[Language, str] = {"ja": "ja_JP", "en": "en_GB"}
_DAYS: Mapping[Language, str] = {"ja": "y年M月d日", "en": "d MMMM y"}
_INSTANTS: Mapping[Language, str] = {"ja": "y年M月d日 HH:mm:ss", "en": "d MMMM y, HH:mm:ss"}
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_SNAKE = re.compile(r"[a-z]+(_[a-z0-9]+)*")
_UNITS = ("days", "hours", "minutes", "seconds")


class EventWord(msgspec.Struct, frozen=True):
    """What a type of event is called."""

    ja: str
    noun: str
    past: str
    base: str
    nouns: str = ""


class Name(msgspec.Struct, frozen=True):
    """What an attribute, property or channel is called."""

    ja: str
    en: str


@cache
def event_words() -> Mapping[str, EventWord]:
    """Return the types of events that have words of their own."""
    return msgspec.convert(_read("events"), dict[str, EventWord])


@cache
def names(catalogue: str) -> Mapping[str, Name]:
    """Return the names of a catalogue: `traits` or `columns`."""
    return msgspec.convert(_read(catalogue), dict[str, Name])


def find_event_word(event: str) -> EventWord | None:
    """Return the words for a type of event; None for the shop's own types."""
    return event_words().get(_NOT_A_WORD.sub("_", event.lower()))


class Formats:
    """Writes values for readers of a language.

    Args:
        language: of the reader.
        currency: of the shop, which money is in.
        zone: the shop's, which dates are in.
    """

    def __init__(self, language: Language, currency: str, zone: ZoneInfo) -> None:
        self.language = language
        self._currency = currency
        self._zone = zone
        self._locale = Locale.parse(_LOCALES[language])

    def name(self, catalogue: str, key: str) -> str:
        """Return what something is called; the shop's own names as they are."""
        found = names(catalogue).get(key)
        if found is not None:
            return found.ja if self.language == "ja" else found.en
        if self.language == "en" and _SNAKE.fullmatch(key):
            return key.replace("_", " ")
        return self.quoted(key)

    def quoted(self, value: object) -> str:
        """Return a value in the language's quotation marks, numbers and truth without."""
        if isinstance(value, bool):
            return {"ja": ("いいえ", "はい"), "en": ("no", "yes")}[self.language][value]
        if isinstance(value, int | float):
            return self.number(value)
        return f"「{value}」" if self.language == "ja" else f"“{value}”"

    def place(self, code: str) -> str:
        """Return a country by its code with its name, anything else quoted."""
        name = self._locale.territories.get(code) if len(code) == 2 else None  # noqa: PLR2004 - ISO 3166-1 alpha-2
        if not name:
            return self.quoted(code)
        return f"{name}（{code}）" if self.language == "ja" else f"{name} ({code})"

    def number(self, value: float) -> str:
        """Return a number with separators and every decimal it has."""
        return str(format_decimal(value, locale=self._locale, decimal_quantization=False))

    def money(self, amount_minor: float) -> str:
        """Return an amount of the shop's currency, parts of a minor unit included."""
        minor = Decimal(repr(float(amount_minor)))
        amount = minor * Money(1, self._currency).to_decimal()
        is_whole = minor == minor.to_integral_value()
        if self._currency == "JPY":
            shown = self.number(float(minor))
            return f"{shown}円" if self.language == "ja" else f"¥{shown}"
        return str(
            format_currency(
                amount,
                self._currency,
                locale=self._locale,
                currency_digits=is_whole,
                decimal_quantization=is_whole,
            )
        )

    def day(self, instant: datetime) -> str:
        """Return the day of an instant in the shop's zone; with the time, unless it begins it."""
        local = instant.astimezone(self._zone)
        pattern = _DAYS if self.is_midnight(instant) else _INSTANTS
        return format_datetime(local, pattern[self.language], locale=self._locale)

    def last_day(self, until: datetime) -> str | None:
        """Return the last whole day before an instant that begins a day; None for others."""
        return self.day_before(until) if self.is_midnight(until) else None

    def day_before(self, instant: datetime) -> str:
        """Return the day before the one an instant begins."""
        local = instant.astimezone(self._zone) - timedelta(days=1)
        return format_datetime(local, _DAYS[self.language], locale=self._locale)

    def is_midnight(self, instant: datetime) -> bool:
        """Say whether an instant begins a day in the shop's zone."""
        return instant.astimezone(self._zone).time() == time(0)

    def amounts(self, duration: Duration) -> Sequence[tuple[str, int]]:
        """Return the units of a duration that are not 0."""
        return [(unit, n) for unit in _UNITS if (n := getattr(duration, unit))]


def _read(catalogue: str) -> object:
    file = files("kikubari.segments.explanation") / "words" / f"{catalogue}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
