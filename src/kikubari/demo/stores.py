"""Simulated visits to simulated shops: what "your last store and staff" can speak of."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec

from kikubari.demo._resources import dice, happens
from kikubari.demo.people import Person
from kikubari.demo.source import DAY_SECONDS, day_start

_VISITING_SHARE = 0.14
_SPAN_DAYS = 300
_OPENS = timedelta(hours=10, minutes=15)
_OPEN_SECONDS = 8 * 3600


class Store(msgspec.Struct, frozen=True):
    """A shop on a street, with the first names (Japanese: family names) of its staff."""

    name: str
    country: str
    zone: str
    staff: tuple[str, ...]


STORES = (
    Store("Covent Garden", "GB", "Europe/London", ("Grace", "Tom", "Anita")),
    Store("Bath", "GB", "Europe/London", ("Helen", "Rhys")),
    Store("Edinburgh", "GB", "Europe/London", ("Morag", "Callum")),
    Store("Manchester", "GB", "Europe/London", ("Priya", "Lewis")),
    Store("銀座店", "JP", "Asia/Tokyo", ("森", "大西", "桜井")),
    Store("吉祥寺店", "JP", "Asia/Tokyo", ("小泉", "安藤")),
    Store("京都三条店", "JP", "Asia/Tokyo", ("松井", "西田")),
    Store("神戸元町店", "JP", "Asia/Tokyo", ("浜田", "平野")),
)


class Visit(msgspec.Struct, frozen=True):
    """One visit; `at` is in seconds since 1970, UTC."""

    customer_id: str
    at: int
    store: str
    staff: str


def plan_visits(people: list[Person], newest_day: int, seed: int) -> list[Visit]:
    """Let some customers visit the same store one to four times, and be served."""
    rng = dice(seed, "stores")
    visits = []
    for person in people:
        near = [store for store in STORES if store.country == person.country]
        if not near or not happens(rng, _VISITING_SHARE):
            continue
        store = rng.choice(near)
        zone = ZoneInfo(store.zone)
        oldest = max(newest_day - _SPAN_DAYS, person.created_at // DAY_SECONDS + 1)
        for _ in range(rng.choice((1, 1, 2, 2, 3, 4))):
            # Recent days come more often: the square of a chance leans towards nought.
            day = newest_day - int(rng.random() ** 2 * (newest_day - oldest + 1))
            if day < oldest:
                continue
            at = day_start(day, zone) + int(_OPENS.total_seconds()) + rng.randrange(_OPEN_SECONDS)
            visits.append(Visit(person.customer_id, at, store.name, rng.choice(store.staff)))
    return visits


def last_visits(visits: list[Visit]) -> dict[str, Visit]:
    """Return each customer's latest visit."""
    return {visit.customer_id: visit for visit in sorted(visits, key=lambda visit: visit.at)}
