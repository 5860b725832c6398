"""The demo shop, written once for all tests of this folder, and what stands in its files."""

import msgspec
import pytest
from demo_shop import NEWEST_ON, read

from kikubari.demo import DemoShop, write_demo_shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory) -> DemoShop:
    told = []
    shop = write_demo_shop(
        tmp_path_factory.mktemp("shop"),
        newest_on=NEWEST_ON,
        progress=lambda *step: told.append(step),
    )
    assert told == [(i, 9, file.path.name) for i, file in enumerate(shop.files, start=1)]
    return shop


@pytest.fixture(scope="session")
def orders(shop):
    return read(shop, "orders.csv")


@pytest.fixture(scope="session")
def products(shop):
    return {row["product_id"]: row for row in read(shop, "products.csv", "utf-8-sig")}


@pytest.fixture(scope="session")
def customers(shop):
    rows = read(shop, "customers_ja.csv", "cp932") + read(shop, "customers_en.csv")
    return {row["customer_id"]: row for row in rows}


@pytest.fixture(scope="session")
def consents(shop):
    return read(shop, "consents.csv")


@pytest.fixture(scope="session")
def events(shop):
    path = next(file.path for file in shop.files if file.kind == "events")
    decode = msgspec.json.Decoder().decode
    with path.open("rb") as file:
        return [decode(line) for line in file]
