"""What messages show of an order, as shops send it and as they send it wrongly."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.app.ordered import list_lines, read_amounts
from kikubari.catalog import Product

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KETTLE = Product(product_id="P1", updated_at=NOW, title="Iron kettle", title_ja="鉄瓶", stock=0)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def test_an_order_lists_what_was_bought_even_if_it_is_sold_out_since():
    [line] = list_lines(
        {"currency": "jpy", "products": [{"product_id": "P1", "quantity": 2, "price": 1200}]},
        {"P1": KETTLE},
    )
    assert (line["title"], line["title_ja"], line["quantity"]) == ("Iron kettle", "鉄瓶", 2)
    assert line["amount"] == {"amount_minor": 2_400, "currency": "JPY"}


def test_what_the_catalogue_lacks_is_called_as_the_event_does():
    entries = [{"name": "Blue cup", "price": "8.50", "currency": "GBP"}, {"product_id": "unknown"}]
    [line] = list_lines({"products": entries}, {})
    assert (line["title_ja"], line["quantity"]) == ("Blue cup", 1)
    assert line["amount"] == {"amount_minor": 850, "currency": "GBP"}


@pytest.mark.parametrize("total", [None, "", "free", True, [], float("nan"), 10**40])
def test_what_is_no_amount_is_not_shown(total: object):
    assert read_amounts({"total": total, "currency": "GBP"}) == {}
    assert read_amounts({"total": 3.5}) == {}


@pytest.mark.parametrize("quantity", [None, 0, -2, True, float("inf"), float("nan"), "3", 10**9])
def test_what_is_no_quantity_is_one(quantity: object):
    [line] = list_lines({"products": [{"name": "Cup", "quantity": quantity}]}, {})
    assert line["quantity"] == 1


def test_amounts_are_money_of_the_orders_currency():
    event = {"total": 16.55, "shipping": 0, "new_price": 4, "currency": "GBP", "other": 3}
    found = {name: one["amount_minor"] for name, one in read_amounts(event).items()}
    assert found == {"total": 1_655, "shipping": 0, "new_price": 400}


@given(st.dictionaries(st.sampled_from(["currency", "products", "total", "tax"]), ANYTHING))
def test_no_event_is_too_odd_to_be_shown(event):
    assert all(line["title"] and line["quantity"] >= 1 for line in list_lines(event, {}))
    assert all(one["currency"] for one in read_amounts(event).values())


@given(
    st.fixed_dictionaries(
        {"product_id": ANYTHING, "quantity": ANYTHING, "price": ANYTHING, "name": ANYTHING}
    )
)
def test_no_line_is_too_odd_to_be_shown(entry):
    lines = list_lines({"products": [entry], "currency": "GBP"}, {"P1": KETTLE})
    assert all(line["title"] and line["quantity"] >= 1 for line in lines)
