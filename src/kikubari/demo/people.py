"""Who the customers are: real ids, countries and purchases; everything personal is simulated."""

from collections import Counter
from datetime import date
from functools import cache
from random import Random

import msgspec
import numpy as np
from msgspec.structs import replace

from kikubari.demo._resources import dice, happens, word_list
from kikubari.demo.catalogue import Product
from kikubari.demo.categories import CATEGORIES
from kikubari.demo.source import DAY_SECONDS, Sales

JAPANESE_SHARE = 0.35
PROSPECTS = 240
_PROSPECT_SPAN_DAYS = 200
_ACQUISITION = {
    "organic_search": 30, "social": 18, "email": 14, "paid_search": 12,
    "referral": 10, "direct": 8, "store": 5, "marketplace": 3,
}  # fmt: skip
_INCOME_BANDS = {"under 25k": 28, "25k-50k": 40, "50k-75k": 20, "over 75k": 12}
_INTEREST_OF = {
    "kitchen": "baking", "tableware": "tea", "garden": "gardening", "stationery": "crafts",
    "textiles": "interior", "decor": "interior", "signs": "interior", "storage": "tidying",
    "toys": "family", "bags": "travel", "candles": "relaxation", "jewellery": "fashion",
    "christmas": "celebrations", "party": "celebrations", "cards": "letter writing",
    "lighting": "interior",
}  # fmt: skip
_LEAP_BIRTHDAYS = 0.002
_POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # the inward half of a UK postcode uses only these


class Buyer(msgspec.Struct, frozen=True):
    """What the source tells of a customer; a prospect has no orders.

    Attributes:
        country: its name in the source.
        orders: indexes into the sales' orders and refunds, oldest first.
        first_at: seconds since 1970 of the first of them (a prospect's: of the sign-up).
        tastes: slugs of the categories bought most, most first.
    """

    customer_id: str
    country: str
    orders: tuple[int, ...]
    first_at: int
    tastes: tuple[str, ...]


class Person(msgspec.Struct, frozen=True):
    """A customer as the shop's books show them; empty text where nothing is known."""

    buyer: Buyer
    email: str
    first_name: str
    last_name: str
    first_name_kana: str
    last_name_kana: str
    language: str
    gender: str
    birthday: str
    country: str
    region: str
    city: str
    postal_code: str
    timezone: str
    income_band: str
    interests: tuple[str, ...]
    gardening_since: str
    acquisition_channel: str
    created_at: int

    @property
    def customer_id(self) -> str:
        """The id in orders and events."""
        return self.buyer.customer_id

    @property
    def is_japanese(self) -> bool:
        """Whether this is one of the (simulated) residents of Japan."""
        return self.language == "ja"


def list_buyers(sales: Sales, products: list[Product]) -> list[Buyer]:
    """Return the real customers, by id."""
    by_customer = np.argsort(sales.customers, kind="stable")
    ids, starts = np.unique(sales.customers[by_customer], return_index=True)
    ends = np.append(starts[1:], len(by_customer))
    category = np.array([product.category.slug for product in products])[sales.product]
    buyers = []
    for customer, start, end in zip(ids.tolist(), starts, ends, strict=True):
        if not customer:
            continue
        orders = sorted(by_customer[start:end].tolist(), key=sales.ordered_at.__getitem__)
        tastes: Counter[str] = Counter()
        for order in orders:
            tastes.update(category[sales.first_line[order] : sales.first_line[order + 1]].tolist())
        buyers.append(
            Buyer(
                customer_id=str(customer),
                country=Counter(sales.countries[i] for i in orders).most_common(1)[0][0],
                orders=tuple(orders),
                first_at=int(sales.ordered_at[orders[0]]),
                tastes=tuple(slug for slug, _ in tastes.most_common(4)),
            )
        )
    return buyers


def invent_prospects(newest_day: int, seed: int) -> list[Buyer]:
    """Return people who signed up and have not bought: the source knows only buyers."""
    rng = dice(seed, "prospects")
    return [
        Buyer(
            customer_id=f"P{90001 + i}",
            country="United Kingdom",
            orders=(),
            first_at=(newest_day - rng.randrange(1, _PROSPECT_SPAN_DAYS)) * DAY_SECONDS
            + rng.randrange(7 * 3600, 21 * 3600),
            tastes=tuple(rng.sample(sorted(CATEGORIES), 3)),
        )
        for i in range(PROSPECTS)
    ]


def invent_people(buyers: list[Buyer], newest_on: date, seed: int) -> list[Person]:
    """Give each buyer a person: name, address, language, and now and then more."""
    british = sum(buyer.country == "United Kingdom" for buyer in buyers)
    from_japan = sum(buyer.country == "Japan" for buyer in buyers)
    share = (JAPANESE_SHARE * len(buyers) - from_japan) / british
    rng = dice(seed, "people")
    people = []
    for buyer in buyers:
        is_japanese = rng.random() < share and buyer.country == "United Kingdom"
        is_japanese = is_japanese or buyer.country == "Japan"
        people.append(_person(buyer, newest_on, rng, is_japanese=is_japanese))
    return _ask_gardeners(people, newest_on, seed)


def _ask_gardeners(people: list[Person], newest_on: date, seed: int) -> list[Person]:
    """Have most of those who like gardening say since when: about half since lately."""
    rng = dice(seed, "gardeners")
    return [
        replace(person, gardening_since=_months_ago(newest_on, rng.expovariate(1 / 30)))
        if "gardening" in person.interests and happens(rng, 0.8)
        else person
        for person in people
    ]


def _months_ago(day: date, months: float) -> str:
    """Return the first of the month so many months ago; people remember no day."""
    year, month = divmod(day.year * 12 + day.month - 1 - int(months), 12)
    return date(year, month + 1, 1).isoformat()


def _person(buyer: Buyer, newest_on: date, rng: Random, *, is_japanese: bool) -> Person:
    name = _japanese_name(rng) if is_japanese else _english_name(rng)
    place = _japanese_place(rng) if is_japanese else _place(buyer.country, rng)
    domain = "example.jp" if is_japanese else "example.com"
    is_stated = happens(rng, 0.55)
    return Person(
        buyer=buyer,
        email=f"{name.latin}.{buyer.customer_id.lower()}@{domain}",
        first_name=name.first,
        last_name=name.last,
        first_name_kana=name.first_kana,
        last_name_kana=name.last_kana,
        language="ja" if is_japanese else "en",
        gender=name.gender if is_stated else "",
        birthday=_birthday(newest_on.year, rng),
        country=place.country,
        region=place.region,
        city=place.city,
        postal_code=place.postal_code,
        timezone=place.timezone,
        income_band=_drawn(_INCOME_BANDS, rng) if happens(rng, 0.2) else "",
        interests=_interests(buyer.tastes, rng),
        gardening_since="",
        acquisition_channel=_drawn(_ACQUISITION, rng),
        created_at=_created_at(buyer, rng),
    )


def _drawn(weights: dict[str, int], rng: Random) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _created_at(buyer: Buyer, rng: Random) -> int:
    """Half sign up within the two hours before they first order, the others earlier."""
    if not buyer.orders:
        return buyer.first_at
    if happens(rng, 0.5):
        return buyer.first_at - rng.randrange(50 * 60, 120 * 60)
    return buyer.first_at - rng.randrange(3600, 10 * 3600) - int(rng.expovariate(1 / 80)) * 86_400


def _birthday(year: int, rng: Random) -> str:
    chance = rng.random()
    age = int(min(82, max(19, rng.gauss(45, 13))))
    if chance < _LEAP_BIRTHDAYS:
        leap = (year - age) // 4 * 4
        return f"{leap}-02-29"
    if chance < 0.4:  # noqa: PLR2004 - four in ten do not say
        return ""
    born = date(year - age, 1, 1).toordinal() + rng.randrange(365)
    return date.fromordinal(born).isoformat()


def _interests(tastes: tuple[str, ...], rng: Random) -> tuple[str, ...]:
    """A third declare interests, mostly but not always what they buy."""
    if not happens(rng, 0.33):
        return ()
    named = [_INTEREST_OF[slug] for slug in tastes if happens(rng, 0.6)]
    named.append(rng.choice(sorted(set(_INTEREST_OF.values()))))
    return tuple(dict.fromkeys(named))[:3]


class _Name(msgspec.Struct, frozen=True):
    first: str
    last: str
    first_kana: str
    last_kana: str
    latin: str
    gender: str


_GENDERS = {"f": "female", "m": "male", "u": ""}


@cache
def _names(language: str) -> dict[str, list[tuple[str, ...]]]:
    rows: dict[str, list[tuple[str, ...]]] = {}
    for row in word_list(f"names_{language}"):
        rows.setdefault(row[0], []).append(row)
    return rows


def _japanese_name(rng: Random) -> _Name:
    names = _names("ja")
    _, last, last_kana, last_latin = rng.choice(names["family"])
    kind, first, first_kana, first_latin = rng.choice(names[rng.choice("ffffffmmm")])
    latin = f"{first_latin}.{last_latin}"
    return _Name(first, last, first_kana, last_kana, latin, _GENDERS[kind])


def _english_name(rng: Random) -> _Name:
    names = _names("en")
    _, last = rng.choice(names["family"])
    kind, first = rng.choice(names[rng.choice("ffffffmmmu")])
    latin = f"{first}.{last}".lower().replace("'", "")
    return _Name(first, last, "", "", latin, _GENDERS[kind])


class _Place(msgspec.Struct, frozen=True):
    country: str
    region: str
    city: str
    postal_code: str
    timezone: str


@cache
def _weighted(name: str) -> tuple[list[tuple[str, ...]], list[int]]:
    rows = list(word_list(name))
    return rows, [int(row[1]) for row in rows]


@cache
def countries() -> dict[str, tuple[str, str, str]]:
    """Return the source's country names with ISO code, time zone and a city."""
    return {name: (code, zone, city) for name, code, zone, city in word_list("countries")}


def _japanese_place(rng: Random) -> _Place:
    rows, weights = _weighted("places_jp")
    prefecture, _, city, prefix = rng.choices(rows, weights)[0]
    return _Place("JP", prefecture, city, f"{prefix}-00{rng.randrange(1, 80):02}", "Asia/Tokyo")


def _place(country: str, rng: Random) -> _Place:
    code, zone, city = countries()[country]
    if code != "GB":
        return _Place(code, "", city, "", zone)
    rows, weights = _weighted("places_gb")
    region, _, city, area = rng.choices(rows, weights)[0]
    inward = f"{rng.randrange(1, 10)}{''.join(rng.choices(_POSTCODE_LETTERS, k=2))}"
    return _Place(code, region, city, f"{area}{rng.randrange(1, 20)} {inward}", zone)
