"""Who reads a page: the language they want, and how they write numbers, money and time."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_compact_currency, format_currency, format_decimal, format_percent
from litestar.connection import ASGIConnection

from kikubari.api.pages.texts import LANGUAGES, Language, load_texts
from kikubari.kit.money import Money

LANGUAGE_COOKIE = "kikubari_language"
_LOCALES = {"ja": "ja_JP", "en": "en_GB"}
_DAY_PATTERNS = {"ja": "y年M月d日", "en": "d MMM y"}
_INSTANT_PATTERNS = {"ja": "y年M月d日 HH:mm", "en": "d MMM y, HH:mm"}
_ACCEPTED = re.compile(
    r"\s*([a-zA-Z]{1,8})(?:-[a-zA-Z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?"
)
_MUCH_MONEY = 10_000_000


def choose_language(connection: ASGIConnection[Any, Any, Any, Any]) -> Language:
    """Return the language asked for by `?lang=`, else by the cookie, else by the browser."""
    for wish in (
        connection.query_params.get("lang"),
        connection.cookies.get(LANGUAGE_COOKIE),
    ):
        for language in LANGUAGES:
            if wish == language:
                return language
    return _accepted_language(connection.headers.get("accept-language", ""))


def _accepted_language(header: str) -> Language:
    """Return the language of ours that a browser likes best; English if it names neither."""
    best: tuple[float, Language] = (0.0, "en")
    for item in header[:200].split(","):
        match = _ACCEPTED.fullmatch(item)
        for language in LANGUAGES:
            if match and match[1].lower() == language:
                best = max(best, (float(match[2] or 1), language), key=lambda pair: pair[0])
    return best[1]


class Reader:
    """Says things in one language and in the shop's zone.

    Args:
        language: of the text.
        zone: in which instants are shown.
        now: for how long ago something was.
    """

    def __init__(self, language: Language, zone: ZoneInfo, now: datetime) -> None:
        self.language = language
        self.now = now
        self._zone = zone
        self._locale = _LOCALES[language]

    def say(self, key: str, /, **values: object) -> str:
        """Return a text of the catalogue with values put in; numbers as the reader writes them.

        Raises:
            KeyError: there is no such text.
        """
        pattern = load_texts()[key].choose(self.language, values.get("n"))
        return pattern.format_map({name: self._shown(value) for name, value in values.items()})

    def number(self, value: float) -> str:
        """Return a number with separators."""
        return str(format_decimal(value, locale=self._locale))

    def percent(self, share: float | None) -> str:
        """Return a share of 0..1 in percent, small ones with a decimal; a dash if unknown."""
        if share is None:
            return "–"  # noqa: RUF001 - a dash for no figure
        pattern = "0.0%" if 0 < share < 0.1 else "0%"  # noqa: PLR2004 - 9.9 % needs its decimal
        return str(format_percent(share, pattern, locale=self._locale))

    def money(self, amount_minor: int, currency: str) -> str:
        """Return an amount in its currency; very large ones shortened."""
        amount = Money(amount_minor, currency).to_decimal()
        if abs(amount) >= _MUCH_MONEY:
            return str(
                format_compact_currency(amount, currency, locale=self._locale, fraction_digits=1)
            )
        return str(format_currency(amount, currency, locale=self._locale))

    def day(self, instant: datetime) -> str:
        """Return the date of an instant in the shop's zone."""
        return self._dated(instant, _DAY_PATTERNS)

    def instant(self, instant: datetime) -> str:
        """Return date and time of an instant in the shop's zone."""
        return self._dated(instant, _INSTANT_PATTERNS)

    def ago(self, instant: datetime) -> str:
        """Return how long ago, or in how long, an instant is."""
        distance: timedelta = instant - self.now
        return str(format_timedelta(distance, add_direction=True, locale=self._locale))

    def _dated(self, instant: datetime, patterns: dict[str, str]) -> str:
        return format_datetime(
            instant, patterns[self.language], tzinfo=self._zone, locale=self._locale
        )

    def _shown(self, value: object) -> object:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return self.number(value) if is_number else value  # type: ignore[arg-type]  # just asked
