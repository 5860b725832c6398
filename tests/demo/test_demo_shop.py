"""The demo shop as its files: complete, consistent, the same every time."""

import hashlib
import subprocess
import sys

from demo_shop import NEWEST_ON, read

SUBDOMAINS = ("shop", "search", "social")


def test_files_come_in_the_order_of_import_with_their_row_counts(shop, orders, events):
    kinds = [file.kind for file in shop.files]
    assert kinds == [
        "products", "products", "customers", "customers", "consents", "suppressions", "orders",
        "events", "products",
    ]  # fmt: skip
    by_name = {file.path.name: file.rows for file in shop.files}
    assert by_name["orders.csv"] == len(orders)
    assert by_name["events.jsonl"] == len(events)
    assert shop.rows == sum(by_name.values())


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
