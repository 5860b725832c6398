"""A product's page and news about products in a browser."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

NOW = datetime.now(UTC)
KIMONO = {"product_id": "kimono", "name": "Kimono", "title_ja": "着物", "currency": "JPY"}


def said(days_ago: float, **properties):
    return {
        "type": "track",
        "event": "Kikubari Product Updated",
        "userId": "feed",
        "timestamp": (NOW - timedelta(days=days_ago)).isoformat(),
        "properties": KIMONO | properties,
    }


@pytest.fixture(scope="module")
def kimono(shop):
    """A product with two variants and a past, that somebody has saved, and news of it."""
    key = shop.post("/api/sources", {"name": "feeds", "kind": "server"})["write_key"]

    def send(*messages: dict[str, object]):
        with shop.stranger() as client:
            body = {"batch": list(messages)}
            client.post("/v1/batch", json=body, auth=(key, "")).raise_for_status()
        shop.settle()

    saved = {
        "type": "track",
        "event": "Product Added to Wishlist",
        "userId": "J1",
        "timestamp": (NOW - timedelta(days=9)).isoformat(),
        "properties": {"product_id": "kimono"},
    }
    send(
        said(30, released_on="2026-04-01", replaces=["P1"], cost=6000),
        said(30, variant_id="kimono-M", options={"size": "M"}, price=15000, stock=9),
        said(20, variant_id="kimono-L", options={"size": "L"}, price=15000, stock=0),
        saved,
    )
    known = shop.get("/api/catalogue/news")["total"]
    shop.wait(lambda: _is_watched(shop))
    send(said(0, variant_id="kimono-M", price=12000))
    shop.wait(lambda: shop.get("/api/catalogue/news")["total"] > known + 1)
    shop.wait(lambda: all(one["state"] == "told" for one in _news(shop)))
    shop.settle()
    return "/catalogue/kimono"


def _news(shop):
    return shop.get("/api/catalogue/news", product="kimono")["news"]


def _is_watched(shop):
    return shop.get("/api/catalogue/products/kimono/watchers")["favourite"] == 1


def test_a_product_shows_its_variants_its_past_and_who_watches_it(console, kimono) -> None:
    page = console.open(kimono)
    in_japanese = console.view.language == "ja"
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("着物" if in_japanese else "Kimono")
    course = page.get_by_role("img", name=re.compile("価格" if in_japanese else "Price since"))
    expect(course).to_be_visible()
    variants = page.get_by_role("table", name="バリエーション" if in_japanese else "Variants")
    expect(variants).to_contain_text("kimono-L")
    news = page.get_by_role("list", name="商品のお知らせ" if in_japanese else "News about products")
    expect(news).to_contain_text("12,000")
    expect(page.get_by_role("link", name="P1", exact=True)).to_be_visible()
    console.check()


def test_news_are_listed_and_their_rules_are_changed(console, kimono) -> None:
    page = console.open("/catalogue-news")
    in_japanese = console.view.language == "ja"
    expect(page.get_by_role("link", name="着物" if in_japanese else "Kimono").first).to_be_visible()
    console.check()
    field = page.get_by_label("残りわずかとする数（以下）" if in_japanese else "So few are few")
    field.fill("3")
    page.get_by_role("button", name="保存" if in_japanese else "Save").click()
    saved = "保存しました" if in_japanese else "Saved"
    expect(page.get_by_text(saved, exact=True)).to_be_visible()
    page.reload()
    console.settle()
    expect(field).to_have_value("3")
