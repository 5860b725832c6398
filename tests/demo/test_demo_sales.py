"""The demo shop's sales are the source's: each order, line and penny, on moved dates."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq
import pytest
from demo_shop import LONDON, NEWEST_ON

from kikubari.demo.catalogue import build_catalogue
from kikubari.demo.people import invent_people, list_buyers
from kikubari.demo.source import read_sales

SOURCE_NEWEST_ON = date(2011, 11, 10)
SHIFT = NEWEST_ON - SOURCE_NEWEST_ON
SOURCE = Path(__file__).parents[2] / "../shared/data/online_retail/online_retail.parquet"
SHIPPING = {"POST", "DOT", "C2", "23444"}
# What the shop does not sell as a product: fees, corrections, samples, vouchers, services.
NO_GOODS = {
    "D",
    "M",
    "S",
    "B",
    "CRUK",
    "PADS",
    "AMAZONFEE",
    "BANK CHARGES",
    "22016",
    "23702",
}


class Row(NamedTuple):
    order_id: str
    code: str
    quantity: int
    at: datetime
    price: Decimal
    customer: int | None


@pytest.fixture(scope="module")
def source():
    table = pq.ParquetFile(SOURCE).read()
    columns = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
    values = [table[name].to_pylist() for name in columns]
    values[4] = [Decimal(str(price)) for price in values[4]]
    return [Row(*row) for row in zip(*values, strict=True)]


@pytest.fixture(scope="module")
def sold(source):
    """The source's rows that count as sales, by the words of docs/demo-shop.md."""
    return [
        row
        for row in source
        if row.code.upper() not in NO_GOODS | SHIPPING
        and not row.code.startswith("gift_")
        and (row.price > 0 or row.customer)
    ]


def test_sales_equal_the_source_to_the_penny(sold, orders):
    for is_refund, status in ((False, "completed"), (True, "refunded")):
        theirs = [row for row in sold if row.order_id.startswith("C") is is_refund]
        ours = [row for row in orders if row["status"] == status]
        assert {row["order_id"] for row in ours} == {row.order_id for row in theirs}
        assert len(ours) == len(theirs)
        revenue = sum(int(row["quantity"]) * Decimal(row["unit_price"]) for row in ours)
        assert revenue == sum(abs(row.quantity) * row.price for row in theirs)


def test_customers_with_sales_are_the_sources(sold, customers):
    buyers = {str(row.customer) for row in sold if row.customer}
    assert {key for key in customers if not key.startswith("P")} == buyers


def test_postage_becomes_shipping_of_its_order(source, orders):
    postage: dict[str, Decimal] = defaultdict(Decimal)
    for row in source:
        if row.code in SHIPPING:
            postage[row.order_id] += row.quantity * row.price
    shipping = {row["order_id"]: Decimal(row["shipping"]) for row in orders}
    assert sum(amount > 0 for amount in shipping.values()) > 1000
    assert all(amount == abs(postage[order_id]) for order_id, amount in shipping.items())


def test_dates_move_by_whole_days_of_the_shops_clock(sold, orders):
    local_before = {row.order_id: row.at for row in reversed(sold)}
    ordered_at = {row["order_id"]: row["ordered_at"] for row in orders}
    days = set()
    for order_id, text in ordered_at.items():
        at = datetime.fromisoformat(text).astimezone(LONDON).replace(tzinfo=None)
        assert at == local_before[order_id] + SHIFT
        days.add(at.date())
    assert max(days) == NEWEST_ON


def test_lines_of_an_order_are_adjacent_and_agree(orders):
    seen: dict[str, tuple[str, ...]] = {}
    previous = None
    for row in orders:
        fields = ("customer_id", "anonymous_id", "ordered_at", "status", "country", "shipping")
        head = tuple(row[name] for name in fields)
        if row["order_id"] != previous:
            assert row["order_id"] not in seen
        assert seen.setdefault(row["order_id"], head) == head
        previous = row["order_id"]


def test_another_seed_changes_the_people_but_not_the_sales():
    sales = read_sales(NEWEST_ON)
    products = build_catalogue(sales, seed=1)
    buyers = list_buyers(sales, products)
    assert buyers == list_buyers(sales, build_catalogue(sales, seed=2))
    assert invent_people(buyers, NEWEST_ON, seed=1) != invent_people(buyers, NEWEST_ON, seed=2)
