"""On a product's page: who would most likely want it, why, and a segment made of them."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def fan(shop):
    """A new fan that nobody has bought, and somebody who saved one nearly the same."""
    key = shop.post("/api/sources", {"name": "fans", "kind": "server"})["write_key"]
    at = (datetime.now(UTC) - timedelta(days=3)).isoformat()

    def say(event, **properties):
        return {"type": "track", "event": event, "userId": "J1", "timestamp": at,
                "properties": properties}  # fmt: skip

    kind = {"category": "Fans", "price": 3000, "currency": "JPY", "stock": 5}
    with shop.stranger() as client:
        batch = [
            say("Kikubari Product Updated", product_id="fan-old", title="Silk folding fan", **kind),
            say("Kikubari Product Updated", product_id="fan-new", title="Silk folding fan red",
                title_ja="絹の扇子（赤）", **kind),
            say("Product Added to Wishlist", product_id="fan-old"),
        ]  # fmt: skip
        client.post("/v1/batch", json={"batch": batch}, auth=(key, "")).raise_for_status()
    shop.settle()
    asked = {"product": "fan-new"}
    shop.wait(lambda: shop.post("/api/recommendations/audience", asked)["n_found"] == 1)
    return "/catalogue/fan-new"


def test_who_would_want_a_new_product_stands_on_its_page(console, fan) -> None:
    page = console.open(fan)
    in_japanese = console.view.language == "ja"
    title = "この商品を求めていそうなお客様" if in_japanese else "Who would most likely want it"
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    first = page.get_by_role("list", name="上位のお客様" if in_japanese else "The first of them")
    expect(first).to_contain_text("Silk folding fan")
    button = "セグメントを作る" if in_japanese else "Make a segment of them"
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/segments/*")
