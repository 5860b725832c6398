"""One cell in, one JSON-ready value out, or the reason why not."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import msgspec
from email_validator import EmailNotValidError, validate_email

from kikubari.kit.instants import EARLIEST, EPOCH, LATEST
from kikubari.spec.errors import InvalidInputError

Parser = Callable[[Any, tzinfo], Any]

_MAX_DIGITS = 15  # what a JSON number keeps exactly
_JAPANESE_DATE = re.compile(
    r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?(?:\s*(\d{1,2})\s*[時:]\s*(\d{1,2})?"
    r"\s*[分:]?\s*(?:(\d{1,2})\s*秒?)?)?"
)
_PLAIN_DATE = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
    r"(?:\s*(UTC|GMT|Z|[+-]\d{2}:?\d{2}))?",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[a-z]", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
# Spreadsheets count days from here (1900 is taken for a leap year, so day 60 is skipped).
_SERIAL_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
_SERIAL_DAYS = (10_000, 100_000)  # 1927 to 2173
_EPOCH_SECONDS = 100_000_000  # 1973; smaller whole numbers are no instants
_EPOCH_MILLIS = 100_000_000_000
# A bare run of ASCII without anything e-mail's grammar makes special: most addresses.
_SIMPLE_EMAIL = re.compile(
    r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\.)+(?:com|net|org|jp)",
)
_MAX_SIMPLE = 64
_CURRENCY_SIGNS = str.maketrans("", "", "¥￥$€£円, ")


class CellFaultError(ValueError):
    """A cell that does not hold what its column should; `code` is stable."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def parse_text(raw: Any, zone: tzinfo) -> str:
    """Return text; numbers as they are written."""
    del zone
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int | float):
        return str(int(raw)) if raw == int(raw) else repr(raw)
    raise CellFaultError("not_text", "a list or object where text should be")


def parse_id(raw: Any, zone: tzinfo) -> str:
    """Return an identifier of at most 256 characters."""
    text = raw.strip() if isinstance(raw, str) else parse_text(raw, zone)
    if len(text) > 256:  # noqa: PLR2004 - the tracking API's limit
        raise CellFaultError("id_too_long", "an id has at most 256 characters")
    return text


def parse_message_id(raw: Any, zone: tzinfo) -> str:
    """Return a message id of at most 100 characters."""
    text = parse_id(raw, zone)
    if len(text) > 100:  # noqa: PLR2004 - Segment's limit
        raise CellFaultError("id_too_long", "a message id has at most 100 characters")
    return text


def parse_email(raw: Any, zone: tzinfo) -> str:
    """Return an e-mail address that could receive mail by its form."""
    text = parse_text(raw, zone)
    if len(text) <= _MAX_SIMPLE and _SIMPLE_EMAIL.fullmatch(text):
        return text
    return _checked_email(text)


@lru_cache(maxsize=4096)
def _checked_email(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise CellFaultError("invalid_email", str(error)) from error


def parse_decimal(raw: Any) -> Decimal:
    """Return an exact number: 1,234.50, ¥1,200, (5), full-width digits; floats as they print."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise CellFaultError("not_a_number", "not a number")
    return _decimal_of_text(str(raw))


# Prices, quantities and the instant of an order's lines come again and again.
@lru_cache(maxsize=4096)
def _decimal_of_text(text: str) -> Decimal:
    text = text.strip()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = _decorated(text)
    if not value.is_finite() or value.adjusted() >= _MAX_DIGITS or value.adjusted() < -_MAX_DIGITS:
        raise CellFaultError("number_out_of_range", f"not a number below 10^{_MAX_DIGITS}")
    return value


def _decorated(text: str) -> Decimal:
    bare = text.translate(_CURRENCY_SIGNS)
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    unsigned = bare.removeprefix("-")
    if not _NUMBER.fullmatch(unsigned) or not _are_groups(text):
        raise CellFaultError("not_a_number", "not a number")
    return Decimal(bare)


def _are_groups(text: str) -> bool:
    """1,234 is a number; 1,5 may be a half in another country and is not guessed at."""
    head, *groups = re.sub(r"[^0-9,.]", "", text).partition(".")[0].split(",")
    return not groups or (bool(head) and all(len(group) == 3 for group in groups))  # noqa: PLR2004


def parse_decimal_cell(raw: Any, zone: tzinfo) -> Decimal:
    """Return an exact number, for amounts that are still to be added up."""
    del zone
    return parse_decimal(raw)


def parse_number(raw: Any, zone: tzinfo) -> int | float:
    """Return a JSON number: an int where there is no fraction."""
    del zone
    return json_number(parse_decimal(raw))


def json_number(value: Decimal) -> int | float:
    """Return the number a JSON reader turns back into this decimal."""
    return int(value) if value == value.to_integral_value() else float(value)


def parse_instant_cell(raw: Any, zone: tzinfo) -> str:
    """Return RFC 3339 in UTC from ISO 8601, 2026/11/22 9:05, 2026年11月22日, a serial or epoch."""
    if isinstance(raw, str):
        return _utc_text(raw, zone)
    return _instant(raw, zone).astimezone(UTC).isoformat().replace("+00:00", "Z")


@lru_cache(maxsize=1024)
def _utc_text(text: str, zone: tzinfo) -> str:
    return _instant(text, zone).astimezone(UTC).isoformat().replace("+00:00", "Z")


def _instant(raw: Any, zone: tzinfo) -> datetime:
    value: datetime | None
    if isinstance(raw, str):
        value = _instant_of_text(raw.strip(), zone)
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        value = _instant_of_number(float(raw), zone)
    else:
        value = None
    if value is None:
        raise CellFaultError("invalid_date", "not a date that can be read")
    # Compared before conversion: the edges of the calendar overflow.
    if not EARLIEST.year < value.year < LATEST.year:
        raise CellFaultError("date_out_of_range", f"not within {EARLIEST.year} to {LATEST.year}")
    return value


def _instant_of_text(text: str, zone: tzinfo) -> datetime | None:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return _instant_of_other_text(text, zone)
    if "-" not in text and len(text) <= len("20261122"):
        return _instant_of_other_text(text, zone) or value.replace(tzinfo=zone)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def _instant_of_other_text(text: str, zone: tzinfo) -> datetime | None:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    match = _PLAIN_DATE.fullmatch(text) or _JAPANESE_DATE.fullmatch(text)
    if match is None:
        is_number = _NUMBER.fullmatch(text) and len(text) != len("20261122")
        return _instant_of_number(float(text), zone) if is_number else None
    numbers = [int(part or 0) for part in match.groups()[:6]]
    offset = match[7] if match.re is _PLAIN_DATE else None
    try:
        value = datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001 - six numbers; the zone comes next
    except ValueError:
        return None
    if offset is None:
        return value.replace(tzinfo=zone)
    return datetime.fromisoformat(value.isoformat() + ("Z" if _LETTERS.match(offset) else offset))


def _instant_of_number(number: float, zone: tzinfo) -> datetime | None:
    """Days since 1899 as spreadsheets count, else seconds or milliseconds since 1970."""
    if _SERIAL_DAYS[0] <= number < _SERIAL_DAYS[1]:
        seconds = round(number * 86400)
        return (_SERIAL_ZERO + timedelta(seconds=seconds)).replace(tzinfo=zone)
    try:
        if number >= _EPOCH_MILLIS:
            return EPOCH + timedelta(milliseconds=number)
        if number >= _EPOCH_SECONDS:
            return EPOCH + timedelta(seconds=number)
    except OverflowError:
        raise CellFaultError("date_out_of_range", "beyond every calendar") from None
    return None


def parse_day(raw: Any, zone: tzinfo) -> str:
    """Return a calendar day as YYYY-MM-DD, the day as written."""
    if isinstance(raw, str) and len(raw) == 10:  # noqa: PLR2004 - the common form, not normalised
        try:
            day = date.fromisoformat(raw)
        except ValueError:
            pass
        else:
            if EARLIEST.year <= day.year < LATEST.year:
                return raw
    return _instant(raw, zone).date().isoformat()


def parse_list(raw: Any, zone: tzinfo) -> list[str]:
    """Return a list of texts cut at ; | 、 or line ends (and commas where there is no other)."""
    if isinstance(raw, list):
        return [parse_text(item, zone) for item in raw]
    text = parse_text(raw, zone)
    parts = re.split(r"[;|、\n]", text)
    if len(parts) == 1:
        parts = text.split(",")
    return [part.strip() for part in parts if part.strip()]


def parse_object(raw: Any, zone: tzinfo) -> dict[str, Any]:
    """Return an object, from JSON text too."""
    value = _from_json(raw, zone)
    if isinstance(value, dict):
        return value
    raise CellFaultError("bad_json", "not a JSON object")


def parse_objects(raw: Any, zone: tzinfo) -> list[dict[str, Any]]:
    """Return a list of objects, from JSON text too."""
    value = _from_json(raw, zone)
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return value
    raise CellFaultError("bad_json", "not a JSON list of objects")


def _from_json(raw: Any, zone: tzinfo) -> Any:
    if isinstance(raw, dict | list):
        return raw
    try:
        return msgspec.json.decode(parse_text(raw, zone))
    except (msgspec.DecodeError, RecursionError):
        return None


def parse_free(raw: Any, zone: tzinfo) -> Any:
    """Return the value of a column nobody gave a type: text stripped, the rest as it is."""
    del zone
    return raw.strip() if isinstance(raw, str) else raw


def one_of(words: dict[str, str], code: str) -> Parser:
    """Return a parser that knows these words, in lower case without spaces and hyphens."""
    known = ", ".join(sorted(set(words.values())))

    def parse(raw: Any, zone: tzinfo) -> str:
        word = re.sub(r"[\s_-]", "", parse_text(raw, zone).casefold())
        try:
            return words[word]
        except KeyError:
            raise CellFaultError(code, f"not one of {known}") from None

    return parse


def parse_as_of(text: str, zone: tzinfo) -> datetime:
    """Return the instant a user named on the command line.

    Raises:
        InvalidInputError: not a date.
    """
    try:
        return _instant(text, zone).astimezone(UTC)
    except CellFaultError as error:
        raise InvalidInputError(f"{text!r}: {error.reason}") from error
