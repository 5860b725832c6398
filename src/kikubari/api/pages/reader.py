"""Who reads a page: the language they want."""

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar.connection import ASGIConnection

from kikubari.api.pages.texts import LANGUAGES, Language, load_texts

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_ACCEPTED = re.compile(
    r"\s*([a-zA-Z]{1,8})(?:-[a-zA-Z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?"
)


def choose_language(connection: ASGIConnection[Any, Any, Any, Any]) -> Language:
    """Return the language asked for by `?lang=`, else by the browser."""
    wish = connection.query_params.get("lang")
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
    """Says things in one language.

    Args:
        language: of the text.
    """

    def __init__(self, language: Language) -> None:
        self.language = language

    def say(self, key: str, /, **values: str) -> str:
        """Return a text of the catalogue with values put in.

        Raises:
            KeyError: there is no such text.
        """
        return load_texts()[key].choose(self.language).format_map(values)

    def day(self, at: datetime, zone: str) -> str:
        """Return a date as the language writes it, in an IANA zone."""
        return self.calendar_day(at.astimezone(ZoneInfo(zone)))

    def calendar_day(self, day: date) -> str:
        """Return a date that is the same day everywhere, as the language writes it."""
        if self.language == "ja":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
