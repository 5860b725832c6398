"""Until when a code is good. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from kikubari.decide.offers.contracts import Refusal, Validity

_LAST_SECOND = time(23, 59, 59)


def find_expiry(validity: Validity, issued_at: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the last second at which a code is good, None for one that is good for ever."""
    ends = [] if validity.ends_on is None else [validity.ends_on]
    if validity.days is not None:
        ends.append(issued_at.astimezone(zone).date() + timedelta(days=validity.days))
    return datetime.combine(min(ends), _LAST_SECOND, zone) if ends else None


def refuse_by_date(validity: Validity, at: datetime, zone: ZoneInfo) -> Refusal | None:
    """Say why none is handed out on a day, None if it may be."""
    today = at.astimezone(zone).date()
    if validity.starts_on is not None and today < validity.starts_on:
        return Refusal.OFFER_NOT_BEGUN
    if validity.ends_on is not None and today > validity.ends_on:
        return Refusal.OFFER_ENDED
    return None
