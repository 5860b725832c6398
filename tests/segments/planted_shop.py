"""Shops whose kinds of customers are known, because they were put there; and one without any."""

import random
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from population import FixedProgress
from pyroaring import BitMap

from kikubari.events.copy_schema import list_definitions
from kikubari.kit.clock import ManualClock
from kikubari.segments import SegmentDefinitions, SegmentEngine, StoredLists
from kikubari.storage import ColumnarStore, StateStore

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
CATEGORIES = ("lamp", "tea", "bag", "candle")
COLUMNS = (
    "workspace_id", "type", "profile", "profile_arrived", "at", "received_at", "position",
    "value_minor", "coupon", "device", "category", "item_categories", "acquisition_channel",
)  # fmt: skip


class Kind(NamedTuple):
    """How one kind of customer behaves: the middle of each number, the leaning of each share."""

    orders: float
    views: float
    price: int
    hour: int
    coupon: float
    device: str
    category: str


NIGHT_BARGAINS = Kind(3, 12, 1_500, 1, 0.9, "mobile", "tea")
BIG_SPENDERS = Kind(6, 8, 30_000, 14, 0.02, "desktop", "lamp")
LOOKERS = Kind(0, 40, 5_000, 8, 0.1, "mobile", "bag")
EVENING_REGULARS = Kind(14, 25, 4_000, 20, 0.3, "tablet", "candle")
KINDS = (NIGHT_BARGAINS, BIG_SPENDERS, LOOKERS, EVENING_REGULARS)
# Somebody like everybody else in all that can lean.
ANYBODY = Kind(4, 15, 5_000, -1, 0.2, "", "")


class PlantedShop:
    """People by kind, in the columnar copy; numbers ascend from 1, kind by kind."""

    def __init__(self, columnar: ColumnarStore, state: StateStore, seed: int = 5) -> None:
        self.columnar, self.state = columnar, state
        self.clock = ManualClock(NOW)
        self.lists = StoredLists(state, columnar)
        self.definitions = SegmentDefinitions(state)
        self.engine = SegmentEngine(
            columnar,
            progress=FixedProgress(),
            lists=self.lists,
            definitions=self.definitions,
            clock=self.clock,
            zone=TOKYO,
        )
        self._random = random.Random(seed)
        self._rows: list[tuple[object, ...]] = []
        self._last = 0
        for statement in list_definitions(columnar.database, columnar.dictionary_access):
            columnar.command(statement)

    def add(self, kind: Kind, n_people: int) -> BitMap:
        """Put so many customers of a kind into the shop; return their numbers."""
        first = self._last + 1
        for _ in range(n_people):
            self._last += 1
            self._add_person(kind)
        return BitMap(range(first, self._last + 1))

    def load(self) -> None:
        """Write what was added."""
        self.columnar.insert("events", COLUMNS, list(zip(*self._rows, strict=True)))
        self._rows = []

    def merge(self, number: int, into: int) -> None:
        """Make a number somebody else's."""
        columns = ("workspace_id", "number", "profile", "version")
        self.columnar.insert("profile_numbers", columns, [[1], [number], [into], [number]])
        self.columnar.command("SYSTEM RELOAD DICTIONARY profile_of")

    def _add_person(self, kind: Kind) -> None:
        rng = self._random
        for _ in range(max(0, round(rng.gauss(kind.orders, 0.3 * kind.orders)))):
            price = max(100, round(rng.lognormvariate(0, 0.3) * kind.price))
            coupon = "SPRING" if rng.random() < kind.coupon else ""
            self._event(kind, "Order Completed", price, coupon)
        for _ in range(max(1, round(rng.gauss(kind.views, 0.3 * kind.views)))):
            self._event(kind, "Product Viewed", 0, "")

    def _event(self, kind: Kind, type_: str, price: int, coupon: str) -> None:
        rng = self._random
        hour = rng.randrange(24) if kind.hour < 0 else (kind.hour + rng.choice((-1, 0, 0, 1))) % 24
        day = NOW.astimezone(TOKYO) - timedelta(days=rng.randrange(2, 200))
        at = day.replace(hour=hour, minute=rng.randrange(60))
        leans = rng.random() < 0.8
        category = kind.category if kind.category and leans else rng.choice(CATEGORIES)
        device = kind.device or rng.choice(("mobile", "desktop", "tablet"))
        items = [category] if type_ == "Order Completed" else []
        self._rows.append(
            (
                1, type_, self._last, self._last, at, at, len(self._rows) + 1,
                price, coupon, device, "" if items else category, items, "",
            )
        )  # fmt: skip
