"""What a tracking plan costs each event, and what counting attributes costs: run on one core.

    python benchmarks/governance.py [--events 1000000] [--profiles 100000]

Events go through the tracking API's own reading (`read_message`, `normalise`) with no plan, with a
plan that every event fits, and with one that a tenth of them breaks. The catalogue counts generated
events in an embedded columnar engine.
"""

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from generated_events import CURRENCY
from kikubari.collect import (
    AttributeCatalogue,
    Mode,
    PlanGate,
    PlanRule,
    Source,
    SourceKind,
    TrackingPlan,
    Violations,
)
from kikubari.collect.governance.compiled_plan import CompiledPlan
from kikubari.collect.normalise import Arrival, normalise
from kikubari.collect.wire import Message, read_message
from kikubari.events.copy_schema import list_definitions
from kikubari.kit.clock import SystemClock
from kikubari.spec.envelope import Event, Trust
from kikubari.storage import ColumnarStore, SqliteStateStore, metadata

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ITEM = {"product_id": "85123A", "category": "lamp", "price": 1200, "quantity": 2}
SCHEMAS: dict[str, dict[str, Any]] = {
    "Order Completed": {
        "type": "object",
        "required": ["order_id", "total"],
        "properties": {
            "order_id": {"type": "string", "minLength": 1},
            "total": {"type": "number", "minimum": 0},
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
            "products": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["product_id"],
                    "properties": {
                        "product_id": {"type": "string"},
                        "category": {"type": "string"},
                        "price": {"type": "number"},
                        "quantity": {"type": "integer", "minimum": 1},
                    },
                },
            },
        },
    },
    "Product Viewed": {
        "type": "object",
        "required": ["product_id"],
        "properties": {
            "product_id": {"type": "string"},
            "category": {"type": "string"},
            "price": {"type": "number"},
            "currency": {"type": "string"},
            "url": {"type": "string"},
        },
    },
}


def messages(n: int, *, broken_every: int) -> list[bytes]:
    """Return messages of which one in five is an order of three lines."""
    encode = msgspec.json.encode
    made = []
    for number in range(n):
        body: dict[str, Any] = {
            "type": "track",
            "messageId": f"m-{number}",
            "userId": f"customer-{number % 1000}",
            "timestamp": "2026-11-21T10:00:00Z",
        }
        if number % 5 == 0:
            body["event"] = "Order Completed"
            body["properties"] = {
                "order_id": f"o-{number}", "total": 3600, "currency": CURRENCY,
                "products": [ITEM] * 3,
            }  # fmt: skip
        else:
            body["event"] = "Product Viewed"
            body["properties"] = {
                "product_id": "85123A", "category": "lamp", "price": 1200, "currency": CURRENCY,
                "url": "https://shop.example/p/85123A",
            }  # fmt: skip
        if broken_every and number % broken_every == 0:
            body["properties"]["price"] = "1200"
            body["properties"]["mood"] = "happy"
        made.append(encode(body))
    return made


def cost_of_a_plan(n: int) -> None:
    """Print microseconds per event of reading, with and without a plan."""
    plan = TrackingPlan(
        unknown_events=Mode.FLAG,
        events={name: PlanRule(schema, Mode.FLAG, Mode.FLAG) for name, schema in SCHEMAS.items()},
    )
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStateStore(Path(folder) / "intake.db")
        store.write(metadata.create_all)
        gate = PlanGate(Violations(store))
        source = Source(1, "bench", SourceKind.SERVER, "k", (), NOW)
        cases = (("no plan", 0, None), ("all fit", 0, plan), ("one in ten breaks it", 10, plan))
        for name, broken_every, chosen in cases:
            gate.use(CompiledPlan(chosen or TrackingPlan()))
            raw = messages(n, broken_every=broken_every)
            seconds = min(read_all(raw, gate, source) for _ in range(5))
            print(f"{name:22} {seconds / n * 1e6:6.2f} µs per event, all told")
        alone = min(judge_all(messages(n, broken_every=0), CompiledPlan(plan)) for _ in range(5))
        print(f"judging one that fits  {alone / n * 1e6:6.2f} µs")
        store.close()


def read_all(raw: list[bytes], gate: PlanGate, source: Source) -> float:
    """Return seconds to read all messages in requests of a hundred, violations stored too."""
    arrival = Arrival(source_id=1, trust=Trust.SERVER, received_at=NOW)
    began = time.process_time()
    stored = []
    for start in range(0, len(raw), 100):
        inspection = gate.begin(source, NOW)
        for one in raw[start : start + 100]:
            message = read_message(one)
            assert isinstance(message, Message)
            event = normalise(message, arrival, str)
            assert isinstance(event, Event)
            if inspection:
                inspection.judge(event)
        if inspection:
            stored.append(inspection.store())
    for one in stored:
        if one is not None:
            one.result()
    return time.process_time() - began


def judge_all(raw: list[bytes], plan: CompiledPlan) -> float:
    """Return seconds to judge messages that are read already."""
    arrival = Arrival(source_id=1, trust=Trust.SERVER, received_at=NOW)
    events = [normalise(read_message(one), arrival, str) for one in raw]  # type: ignore[arg-type]  # they are messages
    began = time.process_time()
    for event in events:
        assert plan.find_faults(event) is None  # type: ignore[arg-type]  # they are events
    return time.process_time() - began


class Copied:
    """A copy that is as far as it says."""

    def __init__(self, position: int) -> None:
        self.position = position

    def copied_position(self) -> int:
        """Return how far."""
        return self.position


def cost_of_counting(n_events: int, n_profiles: int) -> None:
    """Print seconds of one count, of its queries' engine in this process."""
    with tempfile.TemporaryDirectory() as folder:
        columnar = ColumnarStore(f"chdb://{folder}/copy")
        fill(columnar, n_events, n_profiles)
        store = SqliteStateStore(Path(folder) / "state.db")
        store.write(metadata.create_all)
        catalogue = AttributeCatalogue(store, columnar, Copied(n_events), SystemClock())
        for _ in range(2):
            began = time.process_time()
            state = catalogue.refresh()
            print(
                f"counting {state.n_events:,} events ({state.n_events_read:,} read) and"
                f" {state.n_profiles:,} profiles ({state.n_profiles_read:,} read):"
                f" {time.process_time() - began:.1f} s of processor, {state.seconds:.1f} s"
            )
        found = catalogue.list_attributes()
        began = time.thread_time()
        for _ in range(20):
            catalogue.list_attributes()
        listing = (time.thread_time() - began) / 20
        print(f"listing {len(found)} attributes: {listing * 1e3:.1f} ms of processor")
        worst = max(found, key=lambda one: one.figures.error)
        print(f"widest margin: ± {worst.figures.error:.2%} ({worst.event} {worst.name})")
        store.close()
        columnar.close()


def fill(columnar: ColumnarStore, n_events: int, n_profiles: int) -> None:
    """Make events of twelve names and six traits of every profile."""
    for statement in list_definitions(columnar.database, columnar.dictionary_access):
        columnar.command(statement)
    step = 1_000_000
    for first in range(0, n_events, step):
        columnar.command(_EVENTS_SQL.format(first=first, n=min(step, n_events - first)))
    columnar.command(_TRAITS_SQL.format(n=n_profiles))


_EVENTS_SQL = """
INSERT INTO events (workspace_id, type, profile, profile_arrived, at, received_at, position,
  source_id, message_key, properties)
SELECT 1, ['Product Viewed', 'Page Viewed', 'Product Viewed', 'Order Completed', 'Cart Viewed',
  'Product Added', 'Products Searched', 'Product Viewed', 'Email Opened', 'Coupon Applied',
  'Store Visited', 'Rare Event'][if(number % 9973 = 0, 12, 1 + number % 11)] AS type,
  1 + cityHash64(number) % 1000000, 1 + cityHash64(number) % 1000000,
  toDateTime64('2025-01-01', 6, 'UTC') + intDiv(number * 60000000, {n} + {first}) , now64(6),
  number + 1, number % 3, number,
  if(type = 'Order Completed',
    concat('{{"order_id":"o', toString(number), '","total":', toString(number % 9000),
      if(number % 7 = 0, ',"coupon":"SPRING"', ''),
      ',"currency":"JPY","products":[{{"product_id":"p', toString(number % 5000),
      '","price":1200,"quantity":2}},{{"product_id":"q","price":300,"quantity":1}}]}}'),
    concat('{{"product_id":"p', toString(number % 5000), '","category":"c',
      toString(number % 24), '","price":', toString(number % 300),
      ',"currency":"JPY","url":"https://shop.example/p/', toString(number % 5000), '"}}'))
FROM numbers({first}, {n}) SETTINGS max_partitions_per_insert_block = 0
"""
_TRAITS_SQL = """
INSERT INTO traits (workspace_id, name, profile, profile_arrived, at, received_at, position,
  source_id, message_key, text, number, instant, texts, is_set, provenance, confidence)
SELECT 1, ['tier', 'birthday', 'points', 'prefecture', 'language', 'email'][1 + number % 6] AS name,
  1 + intDiv(number, 6), 1 + intDiv(number, 6), now64(6), now64(6), number, 1, number,
  multiIf(name = 'email', '', name = 'points', toString(number % 900), name = 'birthday',
    concat('19', toString(60 + number % 40), '-04-0', toString(1 + number % 9)),
    concat('v', toString(number % 47))) AS value,
  if(name = 'points', toFloat64(number % 900), NULL), NULL,
  if(name = 'email', [], [value]), 1, 'declared', 1
FROM numbers({n} * 6) SETTINGS max_partitions_per_insert_block = 0
"""


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--profiles", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=50_000)
    chosen = parser.parse_args()
    cost_of_a_plan(chosen.messages)
    cost_of_counting(chosen.events, chosen.profiles)


if __name__ == "__main__":
    main()
