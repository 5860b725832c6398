"""The demo shop as its files: true to the source, plausible, marked, the same every time."""

import csv
import hashlib
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import pyarrow.parquet as pq
import pytest

from kikubari.decide.stages import Did, LifeStages, check_limits
from kikubari.demo import DemoShop, write_demo_shop
from kikubari.demo.catalogue import build_catalogue
from kikubari.demo.people import invent_people, list_buyers
from kikubari.demo.source import read_sales
from kikubari.spec.conditions import convert_condition

NEWEST_ON = date(2026, 3, 30)  # the day after British clocks went forward
SOURCE_NEWEST_ON = date(2011, 11, 10)
SHIFT = NEWEST_ON - SOURCE_NEWEST_ON
LONDON = ZoneInfo("Europe/London")
SOURCE = Path(__file__).parents[2] / "../shared/data/online_retail/online_retail.parquet"
SHIPPING = {"POST", "DOT", "C2", "23444"}
SUBDOMAINS = ("shop", "search", "social")
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


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> DemoShop:
    told = []
    shop = write_demo_shop(
        tmp_path_factory.mktemp("shop"),
        newest_on=NEWEST_ON,
        progress=lambda *step: told.append(step),
    )
    assert told == [(i, 8, file.path.name) for i, file in enumerate(shop.files, start=1)]
    return shop


def read(shop: DemoShop, name: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    path = next(file.path for file in shop.files if file.path.name == name)
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def orders(shop):
    return read(shop, "orders.csv")


@pytest.fixture(scope="module")
def products(shop):
    return {row["product_id"]: row for row in read(shop, "products.csv", "utf-8-sig")}


@pytest.fixture(scope="module")
def customers(shop):
    rows = read(shop, "customers_ja.csv", "cp932") + read(shop, "customers_en.csv")
    return {row["customer_id"]: row for row in rows}


@pytest.fixture(scope="module")
def consents(shop):
    return read(shop, "consents.csv")


@pytest.fixture(scope="module")
def events(shop):
    path = next(file.path for file in shop.files if file.kind == "events")
    decode = msgspec.json.Decoder().decode
    with path.open("rb") as file:
        return [decode(line) for line in file]


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


def test_files_come_in_the_order_of_import_with_their_row_counts(shop, orders, events):
    kinds = [file.kind for file in shop.files]
    assert kinds == [
        "products", "customers", "customers", "consents", "suppressions", "orders", "events",
        "products",
    ]  # fmt: skip
    by_name = {file.path.name: file.rows for file in shop.files}
    assert by_name["orders.csv"] == len(orders)
    assert by_name["events.jsonl"] == len(events)
    assert shop.rows == sum(by_name.values())


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


def test_some_goods_are_reduced_some_run_out_and_some_are_back(shop, products):
    changes = read(shop, "restocking.csv")
    assert {row["product_id"] for row in changes} <= products.keys()
    reduced = [row for row in changes if row["compare_at_price"]]
    for row in reduced:
        before = float(products[row["product_id"]]["price"])
        assert float(row["compare_at_price"]) == before
        assert float(row["price"]) <= 0.91 * before
    others = [(products[row["product_id"]]["stock"], row["stock"]) for row in changes
              if row not in reduced]  # fmt: skip
    assert {before == "0" or int(now) < 5 for before, now in others} == {True}
    assert {before == "0" for before, _ in others} == {True, False}


def test_rows_refer_to_what_exists(orders, products, customers, consents, shop):
    assert {row["product_id"] for row in orders} == products.keys()
    for row in orders:
        assert (row["customer_id"] in customers) != (
            row["anonymous_id"] == f"guest-{row['order_id']}"
        )
    assert {row["customer_id"] for row in consents} <= customers.keys()
    emails = {row["email"] for row in customers.values()}
    assert {row["email"] for row in read(shop, "suppressions.csv")} <= emails


def test_events_refer_to_what_exists(orders, products, customers, events):
    order_ids = {None} | {row["order_id"] for row in orders}
    for event in events:
        properties = event.get("properties", {})
        assert event.get("userId") is None or event["userId"] in customers
        assert "userId" in event or "anonymousId" in event
        assert properties.get("order_id") in order_ids
        listed = [properties, *properties.get("products", [])]
        assert {item["product_id"] for item in listed if "product_id" in item} <= products.keys()


def test_ids_are_unique(customers, events):
    emails = [row["email"] for row in customers.values()]
    assert len(set(emails)) == len(emails)
    assert len({event["messageId"] for event in events}) == len(events)


def test_only_example_domains_appear(shop):
    hosts = ("example.com", "example.jp", *(f"{name}.example.com" for name in SUBDOMAINS))
    for file in shop.files:
        is_japanese = file.path.name == "customers_ja.csv"
        text = file.path.read_text(encoding="cp932" if is_japanese else "utf-8")
        for marker in ("@", "://"):
            assert all(after.startswith(hosts) for after in text.split(marker)[1:])
        assert text.count(".com") == text.count("example.com")
        assert not [end for end in ("www.", ".co.uk", ".co.jp", ".org/") if end in text]


def test_everything_simulated_says_so(customers, consents, events, products):
    for row in products.values():
        assert {"cost", "stock", "is_consumable"} <= set(row["simulated_fields"].split(";"))
    for row in customers.values():
        is_prospect = row["customer_id"].startswith("P")
        is_resident_of_source = row["language"] == "en" and not is_prospect
        real = {"simulated_fields"} | (set() if is_prospect else {"customer_id"})
        filled = {name for name, value in row.items() if value} - real
        if is_resident_of_source:
            filled.discard("country")
        marked = set(row["simulated_fields"].split(";"))
        assert filled - {"country"} <= marked
        assert marked <= {name for name, value in row.items() if value}
    assert {row["source"] for row in consents} == {"simulated"}
    assert all(event["context"]["kikubari"] == {"simulated": True} for event in events)


def test_shares_are_those_of_a_shop(customers, consents, products, shop):
    people = len(customers)

    def share(predicate):
        return sum(bool(predicate(row)) for row in customers.values()) / people

    assert 0.33 < share(lambda row: row["language"] == "ja") < 0.37
    assert 0.3 < share(lambda row: not row["gender"]) < 0.55
    assert 0.3 < share(lambda row: not row["birthday"]) < 0.5
    assert sum(row["birthday"].endswith("-02-29") for row in customers.values()) >= 3
    assert 0.1 < share(lambda row: row["income_band"]) < 0.3
    assert 0.2 < share(lambda row: row["interests"]) < 0.4
    assert 0.05 < share(lambda row: row["last_staff"]) < 0.25
    last_word = {
        row["customer_id"]: row["status"]
        for row in sorted(consents, key=lambda row: row["at"])
        if row["purpose"] == "marketing"
    }
    words = Counter(last_word.values())
    assert 0.59 < words["granted"] / people < 0.65
    assert words["denied"] > words["withdrawn"] > 100
    assert people - len(last_word) > 300
    tracked = sum(row["purpose"] == "tracking" and row["status"] == "granted" for row in consents)
    assert 0.4 < tracked / (words["granted"] + words["withdrawn"]) < 0.5
    assert len(read(shop, "suppressions.csv")) == round(0.005 * people)
    categories = Counter(row["category"] for row in products.values())
    assert len(categories) == 16
    assert max(categories.values()) < 0.15 * len(products)
    assert sum(row["stock"] == "0" for row in products.values()) > 100


def test_gardeners_were_asked_since_when(customers):
    asked = [row for row in customers.values() if "gardening" in row["interests"].split(";")]
    answered = [row for row in customers.values() if row["gardening_since"]]
    assert all(row in asked for row in answered)
    assert 0.7 < len(answered) / len(asked) < 0.9
    assert all("gardening_since" in row["simulated_fields"] for row in answered)
    since = [date.fromisoformat(row["gardening_since"]) for row in answered]
    assert max(since) <= NEWEST_ON
    assert min(sum(day > NEWEST_ON - timedelta(days=365) for day in since), len(since) // 4) >= 20


def test_the_life_stages_read_what_the_shop_has(customers, products):
    body = files("kikubari.demo").joinpath("life_stages.json").read_bytes()
    definition = msgspec.json.decode(body, type=LifeStages)
    check_limits(definition)
    evidence = [one for stage in definition.stages for one in stage.evidence]
    categories = {name for one in evidence if isinstance(one, Did) for name in one.categories}
    traits = {one.trait for one in evidence if not isinstance(one, Did)}
    assert categories <= {row["category"] for row in products.values()}
    assert traits <= next(iter(customers.values())).keys()
    segment = files("kikubari.demo").joinpath("new_gardeners.json").read_bytes()
    of_stage, _ = convert_condition(msgspec.json.decode(segment)).of
    assert of_stage.trait == definition.trait
    assert of_stage.test.value in {stage.id for stage in definition.stages}


def test_nothing_happens_after_the_newest_day_nor_before_the_sign_up(customers, consents, events):
    end = datetime.combine(NEWEST_ON + timedelta(days=1), datetime.min.time(), LONDON)
    created = {key: datetime.fromisoformat(row["created_at"]) for key, row in customers.items()}
    for row in consents:
        assert created[row["customer_id"]] < datetime.fromisoformat(row["at"]) < end
    for event in events:
        at = datetime.fromisoformat(event["timestamp"])
        assert at < end
        if event["type"] == "track" and "userId" in event:
            assert at >= created[event["userId"]], event


def test_events_lead_to_the_orders(orders, events):
    assert 120_000 <= len(events) <= 180_000
    ordered_at = {row["order_id"]: row["ordered_at"] for row in orders}
    lines = {(row["order_id"], row["product_id"]) for row in orders}
    added: dict[str, list[tuple[str, str]]] = defaultdict(list)
    viewed = set()
    check_outs = 0
    for event in events:
        properties = event.get("properties", {})
        name = event.get("event")
        if name == "Product Viewed":
            viewed.add((event["anonymousId"], properties["product_id"]))
        if name == "Product Added":
            assert (event["anonymousId"], properties["product_id"]) in viewed
            added[properties["cart_id"]].append((properties["product_id"], event["timestamp"]))
        if name == "Checkout Started" and "order_id" in properties:
            check_outs += 1
            order_id = properties["order_id"]
            assert datetime.fromisoformat(event["timestamp"]) < datetime.fromisoformat(
                ordered_at[order_id]
            )
            assert added[properties["cart_id"]]
            assert all((order_id, product) in lines for product, _ in added[properties["cart_id"]])
    assert check_outs > 5_000


def test_there_is_somebody_for_every_recipe(events, customers):
    names = Counter(event.get("event", event["type"]) for event in events)
    for name in (
        "Products Searched", "Product List Viewed", "Cart Viewed", "Product Removed",
        "Product Added to Wishlist", "Product Added to Compare List", "Coupon Applied",
        "Store Visited", "identify", "page",
    ):  # fmt: skip
        assert names[name] >= 50, name
    recent = (NEWEST_ON - timedelta(days=6)).isoformat()
    checked_out, carts = set(), set()
    for event in events:
        if event["timestamp"] >= recent and "userId" in event:
            if event.get("event") == "Cart Viewed":
                carts.add((event["userId"], event["properties"]["cart_id"]))
            if event.get("event") == "Checkout Started" and "order_id" in event["properties"]:
                checked_out.add((event["userId"], event["properties"]["cart_id"]))
    assert len(carts - checked_out) > 100
    users_of_tablets = defaultdict(set)
    for event in events:
        if event.get("anonymousId", "").startswith("tablet-") and "userId" in event:
            users_of_tablets[event["anonymousId"]].add(event["userId"])
    assert sum(len(users) > 1 for users in users_of_tablets.values()) >= 3
    disputed = [event for event in events if "birthday" in event.get("traits", {})]
    assert len(disputed) >= 6
    for event in disputed:
        assert event["traits"]["birthday"] != customers[event["userId"]]["birthday"]


def test_last_store_and_staff_are_those_of_the_last_visit(customers, events):
    last = {
        event["userId"]: event["properties"]
        for event in events
        if event.get("event") == "Store Visited"
    }
    assert len(last) > 300
    for key, row in customers.items():
        visit = last.get(key, {"store": "", "staff": ""})
        assert (row["last_store"], row["last_staff"]) == (visit["store"], visit["staff"])


def test_same_day_and_seed_give_the_same_bytes_in_another_process(shop, tmp_path):
    code = (
        "import sys, datetime, pathlib; from kikubari.demo import write_demo_shop;"
        "day = datetime.date.fromisoformat(sys.argv[2]);"
        "write_demo_shop(pathlib.Path(sys.argv[1]), newest_on=day)"
    )
    command = [sys.executable, "-c", code, str(tmp_path), NEWEST_ON.isoformat()]
    subprocess.run(command, check=True, env={"PYTHONHASHSEED": "77"})
    for file in shop.files:
        again = (tmp_path / file.path.name).read_bytes()
        assert hashlib.sha256(again).digest() == hashlib.sha256(file.path.read_bytes()).digest()


def test_another_seed_changes_the_people_but_not_the_sales():
    sales = read_sales(NEWEST_ON)
    products = build_catalogue(sales, seed=1)
    buyers = list_buyers(sales, products)
    assert buyers == list_buyers(sales, build_catalogue(sales, seed=2))
    assert invent_people(buyers, NEWEST_ON, seed=1) != invent_people(buyers, NEWEST_ON, seed=2)
