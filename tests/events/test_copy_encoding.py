"""Encoded rows arrive in the engine exactly as its client's own way would insert them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from kikubari.events import SequencedEvent
from kikubari.events.copy_encoding import encode_rows
from kikubari.events.copy_rows import COLUMNS, RowBuilder
from kikubari.events.copy_schema import LOG_TABLES
from kikubari.spec.envelope import IDENTIFIED, Event, EventKind, Trust
from kikubari.spec.topics import CONSENT_CHANGED, PRODUCT_UPDATED
from kikubari.storage import ColumnarStore

NOON = datetime(2026, 11, 20, 12, 0, 0, 123_456, tzinfo=UTC)


def an_event(n: int, type_: str, **fields: Any) -> SequencedEvent:
    event = Event(
        message_id=f"m{n}",
        kind=fields.pop("kind", EventKind.TRACK),
        type=type_,
        occurred_at=fields.pop("at", NOON - timedelta(days=n)),
        received_at=NOON,
        source_id=2**31 + n,
        **fields,
    )
    return SequencedEvent(2**40 + n, 2**32 - 1 - n, event)


EVENTS = [
    an_event(1, "Order Completed", properties={
        "order_id": "注文-1", "total": 2**53, "currency": "JPY", "quantity": -3,
        "coupon": "é\"'\\\0\n",
        "products": [{"product_id": "p1", "price": 12.5, "quantity": 2}, {"sku": "p2"}],
    }),
    an_event(2, "Page Viewed", at=datetime(1900, 1, 1, tzinfo=UTC), context={
        "page": {"path": "/x", "url": "https://shop.example/x?utm=1", "referrer": "https://t.co/"},
        "campaign": {"source": "news", "medium": "email", "name": "夏"},
        "userAgent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604",
    }),
    an_event(3, "Message Opened", at=datetime(2261, 1, 1, tzinfo=UTC), properties={
        "message_id": "msg", "broadcast_id": "brd", "is_machine": True,
    }),
    an_event(4, IDENTIFIED, kind=EventKind.IDENTIFY, trust=Trust.SERVER, traits={
        "age": 41, "score": 0.1, "birthday": "1984-02-29", "likes": ["お茶", ""], "vip": True,
        "gone": None, "email": "a@shop.example", "nested": {"a": [1, None]},
    }, context={"kikubari": {"confidence": 0.7, "provenance": "inferred_self"}}),
    an_event(5, CONSENT_CHANGED, properties={
        "purpose": "marketing", "channel": "email", "status": "granted",
    }),
    an_event(6, PRODUCT_UPDATED, properties={"product_id": "p1", "title": "茶碗", "price": 1200}),
    an_event(7, PRODUCT_UPDATED, properties={"product_id": "p2", "price": 1, "stock": 0}),
]  # fmt: skip


def test_every_column_of_every_table_is_the_same(columnar: ColumnarStore):
    rows = RowBuilder(workspace_id=65_535, currency="JPY").build(EVENTS)
    assert set(rows) == set(LOG_TABLES)
    for table, ddl in LOG_TABLES.items():
        for name in (f"{table}_client", f"{table}_encoded"):
            columnar.command(ddl.format(name=name))
        assert rows[table], f"no row for {table}"
        columns = COLUMNS[table]
        columnar.insert(f"{table}_client", columns, list(zip(*rows[table], strict=True)))
        columnar.insert_encoded(f"{table}_encoded", columns, encode_rows(table, rows[table]))
        wanted, found = (
            columnar.query_rows(f"SELECT * FROM {table}_{way} ORDER BY position, tuple(*)")
            for way in ("client", "encoded")
        )
        assert len(found) == len(rows[table])
        assert found == wanted


def test_a_token_inserts_once(columnar: ColumnarStore):
    rows = RowBuilder(workspace_id=1, currency="JPY").build(EVENTS)["events"]
    columnar.command(LOG_TABLES["events"].format(name="once"))
    for _ in range(3):
        columnar.insert_encoded(
            "once", COLUMNS["events"], encode_rows("events", rows), token="events:1-7"
        )
    assert columnar.query_rows("SELECT count() FROM once") == [(len(rows),)]
