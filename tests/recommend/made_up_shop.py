"""A shop made up in memory: what it sells, who buys what, and a service on top of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
import numpy as np

from kikubari.catalog import Product
from kikubari.decide.recommend import Home, Lesson, Recommending, Shopper, learn
from kikubari.decide.recommend.models import Usable
from kikubari.decide.recommend.traces import Trace
from kikubari.kit.clock import ManualClock
from kikubari.kit.instants import to_micros
from kikubari.kit.money import Money
from kikubari.profiles import SavedThings

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CATEGORIES = ("Tea", "Cups", "Sweets", "Books")
N_ITEMS = 40
IDS = tuple(f"p{number:02}" for number in range(N_ITEMS))


def product(number: int, **changes: Any) -> Product:
    """Return the product of a number: four categories, dearer by number."""
    category = CATEGORIES[number % len(CATEGORIES)]
    plain = Product(
        product_id=IDS[number],
        updated_at=NOW,
        title=f"{category} of kind {number // 4}",
        title_ja=f"品{number}",
        category=category,
        category_ja=f"類{number % 4}",
        category_path=(category,),
        price=Money(1_000 + 100 * number, "JPY"),
        cost=Money(500, "JPY"),
        stock=5,
    )
    return msgspec.structs.replace(plain, **changes)


def ago(days: float) -> int:
    """Return the instant so many days before NOW, in microseconds."""
    return to_micros(NOW - timedelta(days=days))


@cache
def lesson(seed: int = 7) -> Lesson:
    """Return purchases in which each item is bought with, and before, the next of its kind."""
    draw = np.random.default_rng(3)
    customer, item, at_us = [], [], []
    for number in range(260):
        liked = int(draw.integers(4))
        for days in np.cumsum(draw.exponential(12, 14)):
            first = liked + 4 * int(draw.integers(6))
            bought = {first} | ({first + 4} if draw.random() < 0.7 else set())
            bought |= {int(draw.integers(N_ITEMS))} if draw.random() < 0.2 else set()
            for one in bought:
                customer.append(number)
                item.append(one)
                at_us.append(ago(float(days) + 0.01))
    return Lesson(
        customer=np.array(customer, dtype=np.int32),
        item=np.array(item, dtype=np.int32),
        at_us=np.array(at_us, dtype=np.int64),
        items=IDS,
        end_us=to_micros(NOW),
        seed=seed,
    )


@cache
def usable() -> Usable:
    """Return what the purchases teach."""
    return Usable(1, learn(lesson())[0])


class Shelves:
    """Stands for the catalogue."""

    def __init__(self, products: Iterable[Product]) -> None:
        self.products = {one.product_id: one for one in products}

    def iter_products(self) -> Iterable[Product]:
        return self.products.values()

    def load_products(self, ids: Iterable[str]) -> dict[str, Product]:
        return {one: self.products[one] for one in ids if one in self.products}


class People:
    """Stands for profiles, saved things and what people did."""

    position = 0

    def __init__(self) -> None:
        self.shoppers: dict[int, Shopper] = {}
        self.traces: dict[int, Trace] = {}
        self.homes: dict[int, Home] = {}
        self.saved: dict[int, SavedThings] = {}

    def add(
        self,
        number: int,
        trace: Trace,
        saved: SavedThings | None = None,
        home: Home | None = None,
        **known: Any,
    ) -> None:
        self.shoppers[number] = Shopper(number=number, numbers=(number,), **known)
        self.traces[number] = trace
        self.homes[number] = home or Home()
        self.saved[number] = saved or SavedThings()

    def load(self, numbers: Collection[int]) -> Mapping[int, Shopper]:
        return {one: self.shoppers[one] for one in numbers if one in self.shoppers}

    def load_homes(self, people: Collection[int]) -> Mapping[int, Home]:
        return {one: self.homes[one] for one in people}

    def load_saved(self, people: Collection[int]) -> Mapping[int, SavedThings]:
        return {one: self.saved[one] for one in people}

    def find(self, numbers: Sequence[int], **_: Any) -> Trace:
        return self.traces[numbers[0]]

    def follow(self) -> bool:
        return False


class Sales:
    """Stands for the copy: what sold, by place."""

    def __init__(self, rows: Sequence[tuple[str, str, str, int, int]]) -> None:
        self.rows = rows

    def query_rows(self, *_: Any, **__: Any) -> Sequence[tuple[str, str, str, int, int]]:
        return self.rows


class Learned:
    """Stands for the models."""

    def __init__(self, newest: Usable | None) -> None:
        self.newest = newest

    def load_newer(self, than: Usable | None) -> Usable | None:
        return None if self.newest is than else self.newest


class StatedSensitivity:
    """Believes what the catalogue states."""

    def is_sensitive(self, product: Product) -> bool:
        return product.sensitive_class is not None


SOLD = [("", "", one, 40 - number, 10) for number, one in enumerate(IDS)]


def recommending(
    products: Iterable[Product],
    people: People,
    *,
    learned: Usable | None = None,
    sold: Sequence[tuple[str, str, str, int, int]] = tuple(SOLD),
    now: datetime = NOW,
) -> Recommending:
    """Return the service on a made-up shop, ready."""
    service = Recommending(
        Learned(learned),
        people,
        catalog=Shelves(products),
        shoppers=people,
        sensitive=StatedSensitivity(),
        columnar=Sales(sold),
        clock=ManualClock(now),
    )
    service.refresh()
    return service


LONDON = Home(country="GB", area="London")
