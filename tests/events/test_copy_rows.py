"""Rows of the copy: typed where conditions ask, silent about who somebody is."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.events import SequencedEvent
from kikubari.events.copy_rows import EVENT_COLUMNS, TRAIT_COLUMNS, RowBuilder
from kikubari.spec.envelope import IDENTIFIED, Event, EventKind

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHROME = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Safari/604"


def rows_of(table: str = "events", **fields: Any) -> list[dict[str, Any]]:
    event = Event(
        message_id="m1",
        kind=fields.pop("kind", EventKind.TRACK),
        type=fields.pop("type", "Product Viewed"),
        occurred_at=NOON,
        received_at=NOON,
        source_id=1,
        **fields,
    )
    built = RowBuilder(workspace_id=1, currency="JPY").build([SequencedEvent(1, 5, event)])
    columns = EVENT_COLUMNS if table == "events" else TRAIT_COLUMNS
    return [dict(zip(columns, row, strict=True)) for row in built[table]]


@pytest.mark.parametrize(
    ("properties", "minor"),
    [
        ({"revenue": 4980.5, "currency": "USD"}, 498050),
        ({"total": "1,200"}, 0),
        ({"total": "1200"}, 1200),
        ({"price": 12.345, "currency": "KWD", "quantity": 2}, 24690),
        ({"products": [{"price": 300, "quantity": 3}, {"price": 50}]}, 950),
        ({"revenue": True}, 0),
        ({"revenue": [1]}, 0),
        ({"price": {"amount": 1}}, 0),
        ({"revenue": 1e300}, 0),
    ],
)
def test_what_an_event_is_worth(properties: dict[str, Any], minor: int):
    assert rows_of(properties=properties)[0]["value_minor"] == minor


def test_device_and_campaign_become_columns():
    (row,) = rows_of(
        context={
            "userAgent": CHROME,
            "page": {"url": "https://shop.jp/sale?x=1", "referrer": "https://www.google.co.jp/"},
        }
    )
    assert (row["device"], row["os"]) == ("mobile", "iOS")
    assert (row["page_path"], row["acquisition_channel"]) == ("/sale", "organic_search")


def test_nothing_in_the_copy_says_who_somebody_is():
    (row,) = rows_of(
        properties={
            "email": "taro@example.jp",
            "note": "mail me at taro@example.jp",
            "form": {"phone": "090", "colour": "red"},
            "name": "Paper lamp",
        }
    )
    assert row["properties"] == '{"note":"","form":{"colour":"red"},"name":"Paper lamp"}'
    traits = rows_of(
        "traits",
        kind=EventKind.IDENTIFY,
        type=IDENTIFIED,
        traits={"email": "taro@example.jp", "last_name": "山田", "plan": "gold"},
    )
    assert {t["name"]: (t["text"], t["is_set"]) for t in traits} == {
        "email": ("", True),
        "last_name": ("", True),
        "plan": ("gold", True),
    }


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
known_names = st.sampled_from(
    ["revenue", "price", "quantity", "products", "product_id", "currency", "url", "query", "stock"]
)


@given(properties=st.dictionaries(known_names, json_values), context=json_values)
def test_any_json_gives_a_row(properties: dict[str, Any], context: Any):
    context = {"page": context, "campaign": context, "userAgent": context}
    (row,) = rows_of(properties=properties, context=context)
    assert -(2**63) <= row["value_minor"] < 2**63
    assert -(2**31) <= row["quantity"] < 2**31
