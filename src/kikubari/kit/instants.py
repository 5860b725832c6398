"""Instants at the edges: microseconds since 1970 in stores, aware UTC datetimes in code."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# Stores keep 64-bit microseconds and ClickHouse DateTime64 ends in 2299: outside this span an
# instant is a mistake of the sender's, not a date.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2262, 4, 11, tzinfo=UTC)


def to_micros(instant: datetime) -> int:
    """Return microseconds since 1970-01-01T00:00Z of an aware instant."""
    return (instant - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC instant of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def parse_instant(text: str) -> datetime:
    """Parse RFC 3339 / ISO 8601; a time without zone is taken as UTC, as Segment does.

    Raises:
        ValueError: not a date, or outside 1900..2262.
    """
    value = datetime.fromisoformat(text)
    try:
        value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"instant outside the calendar: {text}") from error
    if not EARLIEST <= value <= LATEST:
        raise ValueError(f"instant outside {EARLIEST.year}..{LATEST.year}: {text}")
    return value


def format_instant(instant: datetime) -> str:
    """Write an instant as RFC 3339 in UTC with milliseconds and Z."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
