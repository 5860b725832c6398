"""What a few customers of the demo shop do today: undated, marked, by people who may be asked."""

import csv
from collections import Counter

import msgspec
import pytest


@pytest.fixture(scope="module")
def messages(shop):
    return [msgspec.json.decode(line) for line in shop.visitors.read_bytes().splitlines()]


@pytest.fixture(scope="module")
def last_word(shop):
    (path,) = (one.path for one in shop.files if one.kind == "consents")
    with path.open() as file:
        rows = list(csv.DictReader(file))
    return {row["customer_id"]: row["status"] for row in rows if row["purpose"] == "marketing"}


def users(messages, event):
    return [one["userId"] for one in messages if one["event"] == event]


def test_they_have_no_time_and_are_marked(messages):
    assert len({one["messageId"] for one in messages}) == len(messages) <= 100
    assert not any("timestamp" in one for one in messages)
    assert all(one["context"]["kikubari"]["simulated"] is True for one in messages)


def test_who_orders_or_leaves_a_cart_has_agreed_to_letters(messages, last_word):
    ordered, left = (users(messages, name) for name in ("Order Completed", "Product Added"))
    assert {last_word[one] for one in ordered + left} == {"granted"}
    assert not set(ordered) & set(left)
    assert sum(one.startswith("P9") for one in ordered) == 5  # they never bought before
    assert set(Counter(left).values()) == {3}


def test_who_agrees_today_was_never_asked(messages, last_word):
    agreeing = users(messages, "Kikubari Consent Changed")
    assert len(agreeing) == 7
    assert not last_word.keys() & set(agreeing)


def test_an_order_adds_up(messages):
    for one in messages:
        if one["event"] == "Order Completed":
            said = one["properties"]
            lines = [line["price"] * line["quantity"] for line in said["products"]]
            assert said["total"] == pytest.approx(sum(lines))
            assert len(said["products"]) == 3
