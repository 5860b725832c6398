"""A generated shop: people with merges, late and tied events, boundaries, odd values."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from kikubari.events import SequencedEvent
from kikubari.events.copy_rows import COLUMNS, RowBuilder
from kikubari.events.copy_schema import list_definitions
from kikubari.kit.instants import to_micros
from kikubari.segments.moment import Moment
from kikubari.segments.person import Person
from kikubari.spec.conditions import Condition
from kikubari.spec.envelope import IDENTIFIED, PAGE_VIEWED, Event, EventKind
from kikubari.spec.errors import NotFoundError
from kikubari.spec.topics import (
    CONSENT_CHANGED,
    EMAIL_LINK_CLICKED,
    EMAIL_OPENED,
    REPLENISHMENT_FORECAST,
    SUPPRESSION_CHANGED,
    TRAIT_COMPUTED,
)
from kikubari.storage import ColumnarStore

ZONE = ZoneInfo("America/New_York")
MICRO = timedelta(microseconds=1)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


# End of a common February, the last microsecond of a local day, both clock changes, a leap day.
AS_OFS = [
    instant("2026-02-28T12:00:00+00:00"),
    instant("2026-03-01T05:00:00+00:00"),
    instant("2026-03-01T04:59:59.999999+00:00"),
    instant("2026-03-08T07:00:00+00:00"),
    instant("2026-03-09T04:00:00+00:00"),
    instant("2025-11-02T06:30:00+00:00"),
    instant("2028-02-29T12:00:00+00:00"),
]
KNOWN_ATS = [None, None, None, AS_OFS[0], AS_OFS[3], AS_OFS[4] + timedelta(days=2)]
DURATIONS = [
    {"minutes": 30}, {"hours": 4}, {"days": 1}, {"days": 2}, {"days": 7}, {"days": 30},
]  # fmt: skip
EVENTS = [
    "Order Completed", "Product Viewed", "Product Added", "Product Removed", "Cart Viewed",
    "Products Searched", PAGE_VIEWED,
]  # fmt: skip
CATEGORIES = ["dog", "cat", "猫🐈", "Dog Food"]
QUERIES = ["Dog food", "ドッグフード", "cat\nlitter", "DOG", "ÉCLAIR", "K k", ""]
COLORS = ["red", "blue", "", "true", "a\x00b", True, False, None, 5, 5.5, "5", ["red"], {"x": 1}]
PLANS = ["gold", "silver", "Gold", "", None, True, "true", 3, 3.5, "3", ["gold", "x"], {"a": 1}]
BIRTHDAYS = [
    "1990-02-28", "1992-02-29", "--03-01", "--02-29", "1985-03-08", "2000-03-07T10:00:00Z",
    "1971-11-02", "1970-03-09", "born 03-09", "1990-13-45", None, 19900228,
]  # fmt: skip
ZONES = ["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Mars/X", ""]
SIGNED_UP = [
    "2026-02-27", "2026-03-01T05:00:00Z", "2026-02-01T00:00:00+09:00", "2025-01-01", "soon", None,
]  # fmt: skip
PROVENANCES = ["declared", "observed", "inferred_self"]
AGENTS = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36",
    "",
]
STATUSES = ["granted", "granted", "denied", "withdrawn"]


def mail_acts(number: int) -> list[SequencedEvent]:
    """Return what was done to a person's mail, by them and by machines; drawn apart as well."""
    rng = random.Random(f"mail {number}")
    found = []
    for index in range(rng.choice([0, 0, 1, 2, 4])):
        at = rng.choice(AS_OFS[:5]) - timedelta(days=rng.choice([0, 1, 3, 20])) - MICRO
        event = Event(
            message_id=f"a{number}-{index}",
            kind=EventKind.TRACK,
            type=rng.choice([EMAIL_OPENED, EMAIL_LINK_CLICKED]),
            occurred_at=at,
            received_at=at,
            source_id=0,
            properties={
                "is_machine": rng.choice([True, True, False, "true", None]),
                "message_id": rng.choice(["msg_1", "msg_2"]),
                "category": rng.choice(CATEGORIES),
                "rating": rng.choice([1, 2, 3.5]),
            },
        )
        found.append(SequencedEvent(2_000_000 + number * 10 + index, number, event))
    return found


class Population:
    """People in memory, and the same people in the columnar copy."""

    def __init__(self, seed: int, n_people: int = 120) -> None:
        self._random = random.Random(seed)
        self.builder = RowBuilder(workspace_id=1, currency="JPY")
        self._position = 0
        self._last_at = AS_OFS[0]
        self.moves: list[tuple[int, int]] = []
        self.people: list[Person] = []
        self.lists = {"few": BitMap(), "most": BitMap([999_999])}
        self._tables: dict[str, list[tuple[object, ...]]] = {name: [] for name in COLUMNS}
        number = 1
        for _ in range(n_people):
            numbers = list(range(number, number + self._random.choice([1, 1, 2, 3])))
            number = numbers[-1] + 1
            self._add_person(numbers)
        nobody = self._builder_rows([self._event(0) for _ in range(20)])
        self._keep(nobody, {})

    def _add_person(self, numbers: list[int]) -> None:
        rng = self._random
        canonical = rng.choice(numbers)
        self.moves.extend((n, canonical) for n in numbers if n != canonical)
        n_events = rng.choice([0, 1, 3, 8, 20, 30, 40])
        events = [self._event(rng.choice(numbers)) for _ in range(n_events)]
        if events:
            events += self._forecasts(numbers[0], [item.event for item in events])
            events += mail_acts(numbers[0])
        rows = self._builder_rows(events)
        self.people.append(Person(canonical, rows))
        # Some rows were folded onto the person already, others are resolved by the dictionary.
        self._keep(rows, {n: canonical for n in numbers if rng.random() < 0.5})
        for name, share in (("few", 0.3), ("most", 0.8)):
            if rng.random() < share:
                self.lists[name].add(canonical)

    def _forecasts(self, number: int, events: list[Event]) -> list[SequencedEvent]:
        """Return what is expected to run low; drawn apart, so that all else stays as it was.

        Some of it was bought since: then an order is the latest word.
        """
        rng = random.Random(number)
        orders = [one for one in events if one.type == "Order Completed"]
        found = []
        for index in range(rng.choice([0, 1, 2, 4])):
            near = rng.choice(AS_OFS[:5])
            at = near - timedelta(days=rng.choice([0, 1, 7, 34, 35])) - MICRO * rng.choice([0, 1])
            hour = near.replace(minute=0, second=0, microsecond=0)
            low_at = hour + timedelta(days=rng.choice([-1, -1, 0, 1, 5, 5, 14, 28]))
            properties = {
                "category": rng.choice(["dog", "cat"]),
                "runs_low_us": to_micros(low_at + MICRO * rng.choice([-1, 0, 1, 1])),
                "confidence": rng.choice([0.3, 0.5, 0.7]),
            }
            if rng.random() < 0.7:
                properties["product_id"] = rng.choice(["p1", "p2", "p9"])
            if orders and rng.random() < 0.5:
                order = rng.choice(orders)
                at = order.occurred_at - timedelta(days=rng.choice([1, 1, 20]))
                low_at = order.occurred_at + timedelta(days=rng.choice([1, 5, 14]))
                properties["runs_low_us"] = to_micros(low_at)
            event = Event(
                message_id=f"f{number}-{index}",
                kind=EventKind.TRACK,
                type=REPLENISHMENT_FORECAST,
                occurred_at=at,
                received_at=at,
                source_id=0,
                properties=properties,
            )
            found.append(SequencedEvent(1_000_000 + number * 10 + index, number, event))
        return found

    def _builder_rows(self, events: list[SequencedEvent]) -> dict[str, list[tuple[object, ...]]]:
        return self.builder.build(events)

    def _keep(self, rows: dict[str, list[tuple[object, ...]]], folded: dict[int, int]) -> None:
        for table, table_rows in rows.items():
            place = COLUMNS[table].index("profile") if "profile" in COLUMNS[table] else None
            for row in table_rows:
                kept = list(row)
                if place is not None:
                    kept[place] = folded.get(row[place], row[place])
                self._tables[table].append(tuple(kept))

    def _at(self) -> datetime:
        rng = self._random
        base = rng.choice(AS_OFS[:-1])
        kind = rng.random()
        if kind < 0.35:
            step = timedelta(**rng.choice(DURATIONS)) * rng.choice([0, 1, 1, 1])
            return base - step + MICRO * rng.choice([-1, 0, 0, 1])
        if kind < 0.6:
            # A coarse grid makes ties.
            return base.replace(minute=0, second=0, microsecond=0) - timedelta(
                hours=rng.choice([0, 0, 1, 2, 12, 30])
            )
        if kind < 0.65:
            return datetime(1960, 5, 1, tzinfo=UTC) + timedelta(days=rng.randrange(100))
        return base - timedelta(seconds=rng.randrange(86_400 * 40))

    def _event(self, number: int) -> SequencedEvent:
        rng = self._random
        self._position += 1
        at = self._last_at if rng.random() < 0.15 else self._at()
        self._last_at = at
        delay = rng.choice([timedelta(0), timedelta(0), timedelta(minutes=5), timedelta(days=6)])
        kind, type_, body = self._body()
        received_at = at + delay
        known_at = rng.choice(KNOWN_ATS[3:])
        if known_at is not None and known_at >= at and rng.random() < 0.15:
            received_at = known_at
        event = Event(
            message_id=f"m{self._position}-{rng.randrange(10**9)}",
            kind=kind,
            type=type_,
            occurred_at=at,
            received_at=received_at,
            source_id=rng.choice([0, 1, 1, 2]),
            **body,
        )
        return SequencedEvent(self._position, number, event)

    def _body(self) -> tuple[EventKind, str, dict[str, dict[str, object]]]:
        rng = self._random
        kind = rng.random()
        if kind < 0.3:
            type_ = rng.choice([IDENTIFIED, IDENTIFIED, IDENTIFIED, TRAIT_COMPUTED])
            marks: dict[str, object] = {"provenance": rng.choice(PROVENANCES)}
            marks["confidence"] = rng.choice([0.1, 0.5, 0.7, 0.7, 1])
            context: dict[str, object] = {"kikubari": marks}
            of = EventKind.TRACK if type_ == TRAIT_COMPUTED else EventKind.IDENTIFY
            return of, type_, {"traits": self._traits(), "context": context}
        if kind < 0.45:
            if rng.random() < 0.4:
                said: dict[str, object] = {"status": rng.choice(["suppressed", "lifted"])}
                if rng.random() < 0.7:
                    said["channel"] = rng.choice(["email", "sms", 5, ""])
                return EventKind.TRACK, SUPPRESSION_CHANGED, {"properties": said}
            consent = {
                "purpose": rng.choice(["marketing", "marketing", "tracking"]),
                "channel": rng.choice(["", "email", "email", "sms"]),
                "status": rng.choice(STATUSES),
            }
            return EventKind.TRACK, CONSENT_CHANGED, {"properties": consent}
        return (
            EventKind.TRACK,
            rng.choice(EVENTS),
            {
                "properties": self._properties(),
                "context": self._context(),
            },
        )

    def _traits(self) -> dict[str, object]:
        rng = self._random
        choices: dict[str, object] = {
            "plan": rng.choice(PLANS),
            "score": rng.choice([0.1, 0.3, 0.30000000000000004, 1, 1, "0.3", None, "x"]),
            "birthday": rng.choice(BIRTHDAYS),
            "timezone": rng.choice(ZONES),
            "signed_up": rng.choice(SIGNED_UP),
            "email": rng.choice(["a@example.com", "a@example.com", None]),
            "country": rng.choice(["JP", "GB", None]),
            "postal_code": rng.choice(["100-0001", "150-0002", "SW1"]),
            "latitude": rng.choice([35.68, 35.7, 36.5, 34.7, None, "35.69", 999, 89.9]),
            "longitude": rng.choice([139.76, 139.7, 140.4, 135.5, None, "x", -179.9]),
            "interests": rng.choice([["dog", "cat"], ["dog"], [], "dog", [1, True, None], None]),
        }
        return {name: value for name, value in choices.items() if rng.random() < 0.6}

    def _properties(self) -> dict[str, object]:
        rng = self._random
        properties: dict[str, object] = {
            "category": rng.choice(CATEGORIES),
            "query": rng.choice(QUERIES),
            "color": rng.choice(COLORS),
            "rating": rng.choice([1, 2, 3.5, 0.1, 1.005, -4, 1e13, "3", None, True, 2**53 + 1]),
            "deep": rng.choice([{"a": {"b": "x"}}, {"a": {"b": 2}}, {"a": "x"}, None, []]),
            "cart_id": rng.choice(["", "c1", "c1", "c2"]),
            "coupon": rng.choice(["", "", "SPRING"]),
            "total": rng.choice([0, 100, 500, 500, 2000, 1999, -300]),
            "products": rng.choice(
                [
                    [
                        {"product_id": "p1", "category": "dog", "price": 500, "brand": "A"},
                        {"product_id": "p2", "category": "cat", "price": 100, "quantity": 2},
                    ],
                    [{"product_id": "p1", "category": "dog", "price": 100, "brand": "B"}],
                    [{"product_id": "p1", "category": "dog", "price": 300}] * 2 + [{"price": 5}],
                    [{"sku": "p3", "category": "猫🐈", "price": 900, "brand": True}, "junk", None],
                    [],
                    None,
                    "junk",
                    {"a": 1},
                    ["red", 5],
                ]
            ),
        }
        return {name: value for name, value in properties.items() if rng.random() < 0.8}

    def _context(self) -> dict[str, object]:
        rng = self._random
        context: dict[str, object] = {"userAgent": rng.choice(AGENTS)}
        if rng.random() < 0.5:
            context["campaign"] = rng.choice([
                {"source": "news", "medium": "email"}, {"source": "g", "medium": "cpc"}, {},
            ])  # fmt: skip
            context["page"] = {
                "url": "https://shop.example/x",
                "referrer": rng.choice(["https://www.google.com/", "https://shop.example/", ""]),
            }
        if rng.random() < 0.5:
            context["location"] = {"country": rng.choice(["JP", "GB"]), "region": "13"}
        return context

    def load(self, store: ColumnarStore) -> None:
        for statement in list_definitions(store.database, store.dictionary_access):
            store.command(statement)
        for table, rows in self._tables.items():
            if rows:
                store.insert(table, COLUMNS[table], list(zip(*rows, strict=True)))
        if self.moves:
            columns = [[1] * len(self.moves), *zip(*self.moves, strict=True), [1] * len(self.moves)]
            store.insert(
                "profile_numbers", ["workspace_id", "number", "profile", "version"], columns
            )
        store.command("SYSTEM RELOAD DICTIONARY profile_of")

    def moment(self, as_of: datetime, known_at: datetime | None) -> Moment:
        return Moment.at(as_of, known_at, ZONE)


class FixedLists:
    def __init__(self, lists: dict[str, BitMap]) -> None:
        self._lists = lists

    def members(self, list_id: str) -> BitMap:
        if list_id not in self._lists:
            raise NotFoundError(f"no list {list_id}")
        return self._lists[list_id]


class FixedDefinitions:
    def __init__(self, definitions: dict[str, Condition]) -> None:
        self.definitions = definitions

    def definition(self, segment_id: str) -> Condition:
        if segment_id not in self.definitions:
            raise NotFoundError(f"no segment {segment_id}")
        return self.definitions[segment_id]


class FixedProgress:
    def __init__(self, position: int = 1) -> None:
        self.position = position

    def copied_position(self) -> int:
        return self.position
