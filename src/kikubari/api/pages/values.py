"""What is known of a customer, in words of their language, and what can be said instead."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import available_timezones

from babel import Locale
from babel.dates import get_timezone_location
from babel.numbers import format_currency, format_decimal

from kikubari.api.contracts import FILE_IMPORT
from kikubari.api.pages.reader import Reader
from kikubari.api.pages.texts import LANGUAGES, Language, load_texts
from kikubari.kit.money import Money

Field = Literal["text", "date", "choice"]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")
_SEPARATORS = re.compile(r"[ _-]+")
# Continents and oceans; the others are other names of the same zones.
_ZONES = re.compile(
    r"(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/\w+"
)
# Of two letters, without those that stand for groups of countries or for none.
_COUNTRY = re.compile(r"(?!EU|EZ|UN|QO|XA|XB|ZZ)[A-Z]{2}")
_CHANCES = frozenset(
    f"predicted_{name}" for name in ("alive", "churn", "category_share", "discount_share")
)
_CATEGORIES = frozenset({"favourite_category", "predicted_category"})


class Choice(NamedTuple):
    """One of the values a fact can have: as it is kept, and in words."""

    value: str
    words: str


class Values:
    """Writes values for one reader.

    Args:
        reader: of the page.
        zone: IANA zone of the shop, by whose clock instants are shown.
        currency: of the shop.
        category_ja: returns what a category is called in Japanese, None if nothing says.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        zone: str,
        currency: str,
        category_ja: Callable[[str], str | None],
    ) -> None:
        self._reader = reader
        self._zone = zone
        self._currency = currency
        self._category_ja = category_ja

    def say(self, name: str, value: object) -> str:
        """Return a fact's value in words; what has none stands as it was told."""
        match value:
            case str():
                return self._say_text(name, value)
            case datetime():
                return self._reader.day(value, self._zone)
            case bool():
                return self._reader.say("customer.yes" if value else "customer.no")
            case int() | float():
                return self._say_number(name, value)
            case list():
                return self._reader.say("customer.between").join(
                    self.say(name, one) for one in value
                )
            case _:
                return json.dumps(value, ensure_ascii=False, default=str)

    def choices(self, name: str, value: str) -> Sequence[Choice]:
        """Return what a fact can be chosen from; empty if it is written freely, as this one was."""
        known = _choices(name, self._reader.language)
        return known if any(one.value == value for one in known) else ()

    def field(self, name: str, value: str) -> Field:
        """Return by what kind of field a fact is put right."""
        if self.choices(name, value):
            return "choice"
        return "date" if _as_day(value) else "text"

    def say_source(self, name: str) -> str:
        """Return what a source is called: the shop's own word for it, but for the product's own."""
        return self._reader.say("customer.source_file") if name == FILE_IMPORT else name

    def _say_text(self, name: str, value: str) -> str:
        chosen = {one.value: one.words for one in _choices(name, self._reader.language)}
        if words := chosen.get(value) or chosen.get(_code(value)):
            return words
        if name in _CATEGORIES and self._reader.language == "ja":
            return self._category_ja(value) or value
        if day := _as_day(value):
            return self._reader.calendar_day(day)
        if _INSTANT.fullmatch(value):
            return self._say_instant(value)
        return value

    def _say_instant(self, value: str) -> str:
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return value
        return self._reader.day(at, self._zone) if at.tzinfo else self._reader.calendar_day(at)

    def _say_number(self, name: str, value: float) -> str:
        language = self._reader.language
        if name in _CHANCES:
            return f"{value:.0%}"
        if name.endswith("_minor"):
            worth = Money(round(value), self._currency).to_decimal()
            return format_currency(worth, self._currency, locale=language)
        if name == "predicted_best_hour":
            return self._reader.say("customer.hour", hour=f"{value:g}")
        return format_decimal(round(value, 1), locale=language)


def is_instant(value: object) -> bool:
    """Say whether a value is a moment, which nobody types."""
    return isinstance(value, str) and bool(_INSTANT.fullmatch(value))


def _as_day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        return None


def _code(value: str) -> str:
    """Return a value as codes are written: ``Non-binary`` is ``non_binary``."""
    return _SEPARATORS.sub("_", value.strip().lower())


# Bounded: anybody with a write key can make up names of attributes.
@lru_cache(maxsize=256)
def _choices(name: str, language: Language) -> tuple[Choice, ...]:
    """Return the usual values of a fact in the order they are offered in."""
    locale = Locale(language)
    found: dict[str, str]
    match name:
        case "country":
            codes = {str(code): str(words) for code, words in locale.territories.items()}
            found = {code: codes[code] for code in codes if _COUNTRY.fullmatch(code)}
        case "language":
            found = {code: locale.languages[code] for code in LANGUAGES}
        case "timezone":
            zones = sorted(zone for zone in available_timezones() if _ZONES.fullmatch(zone))
            found = {zone: get_timezone_location(zone, locale=locale) for zone in zones}
        case _:
            prefix = f"values.{name}_"
            texts = load_texts().items()
            found = {
                key.removeprefix(prefix): text.choose(language)
                for key, text in texts
                if key.startswith(prefix)
            }
            return tuple(Choice(*one) for one in found.items())
    return tuple(sorted((Choice(*one) for one in found.items()), key=lambda one: one.words))
