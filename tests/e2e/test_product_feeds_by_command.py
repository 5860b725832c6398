"""Whole product feeds by command: what is new is sent, what is gone is marked, never by mistake."""

import pytest

SHOPIFY = """\
Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,\
Variant Inventory Qty,Variant Price,Image Src
shirt,Shirt,Size,M,SH-M,shopify,4,3000,https://x.example/1.jpg
shirt,,,L,SH-L,shopify,2,3200,
"""


def merchant(*ids: str, price: str = "1,980 JPY") -> str:
    items = "".join(
        f"<item><g:id>{one}</g:id><g:title>急須 {one}</g:title><g:price>{price}</g:price></item>"
        for one in ids
    )
    return f'<rss xmlns:g="http://base.google.com/ns/1.0"><channel>{items}</channel></rss>'


@pytest.fixture(scope="module")
def feed(installation, tmp_path_factory):
    path = tmp_path_factory.mktemp("feeds") / "feed.xml"

    def take_in(content: str, *options: str, status: int = 0):
        path.write_text(content)
        done = installation.run("import", "products", str(path), "--quiet", *options, status=status)
        installation.settle()
        return done

    return take_in


def live(installation):
    items = installation.get("/api/catalogue/items")["items"]
    return [one["product_id"] for one in items if not one["is_gone"]]


def test_whole_feeds(installation, feed, tmp_path):
    ids = [f"P{n}" for n in range(10)]
    assert "10 messages taken in" in feed(merchant(*ids), "--complete").stdout
    assert "0 messages taken in, 10 unchanged" in feed(merchant(*ids), "--complete").stdout
    done = feed(merchant(*ids[:7]), "--complete", status=2)
    assert "3 of 10 products are not in the feed" in done.stdout + done.stderr
    assert live(installation) == ids
    assert "1 no longer in the shop" in feed(merchant(*ids[:9]), "--complete").stdout
    assert live(installation) == ids[:9]
    feed(merchant(*ids[:7]), "--complete", "--max-gone", "50")
    assert live(installation) == ids[:7]
    feed(merchant(*ids, price="980 JPY"))
    assert live(installation) == ids

    offers = installation.get("/api/catalogue/products/P0/past")["offers"]
    assert [one["price"]["amount_minor"] for one in offers] == [1980, 980]
    watchers = installation.get("/api/catalogue/products/P0/watchers")
    assert watchers == {"favourite": 0, "cart": 0, "view": 0, "is_more": False}

    export = tmp_path / "products_export.csv"
    export.write_text(SHOPIFY)
    installation.run("import", "products", str(export), "--set", "currency=JPY")
    installation.settle()
    shirt = installation.get("/api/catalogue/products/shirt")
    assert [one["variant_id"] for one in shirt["variants"]] == ["SH-L", "SH-M"]
    assert (shirt["price"], shirt["stock"]) == ({"amount_minor": 3000, "currency": "JPY"}, 6)


def test_the_rules_for_news_are_the_shops_own(installation):
    rules = installation.get("/api/catalogue/news-rules")
    assert rules["min_drop_percent"] == 5
    client = installation.client
    changed = {**rules, "min_drop_percent": 12.5}
    assert client.put("/api/catalogue/news-rules", json=changed).json() == changed
    assert client.put("/api/catalogue/news-rules", json={"low_stock": 0}).status_code == 400
    assert installation.get("/api/catalogue/news-rules") == changed
    news = installation.get("/api/catalogue/news")["news"]
    assert all(one["n_told"] == 0 for one in news)


def test_only_products_can_be_whole(installation, tmp_path):
    file = tmp_path / "events.csv"
    file.write_text("event,customer_id,timestamp\n")
    installation.run("import", "events", str(file), "--complete", status=2)
