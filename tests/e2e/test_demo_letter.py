"""The demo shop's weekly letter brings one of its own articles, read in the mail as sent."""

from datetime import UTC, datetime, timedelta

import pytest
from recipe_shop import RecipeShop

from kikubari.demo.articles import list_articles
from kikubari.demo.files import write_articles

CANDLE = {
    "order_id": "A-7",
    "total": 6,
    "currency": "GBP",
    "products": [
        {"product_id": "C1", "quantity": 1, "price": 6, "category": "Candles & Scents"},
    ],
}
GOODS = """\
product_id,title,title_ja,category,category_ja,price,currency,stock,url,image_url
C1,Ivory candle,生成りのキャンドル,Candles & Scents,キャンドル・香り,6,GBP,9,https://shop.example/c/1,
C2,Pillar candle,太いキャンドル,Candles & Scents,キャンドル・香り,8,GBP,9,https://shop.example/c/2,
"""
READERS = {
    "reader-ja": (
        "ja",
        "読みものも、おひとつどうぞ。",
        "お買い上げいただいたキャンドル・香りにまつわる読みものです",
        "ご購入の履歴",
    ),
    "reader-en": (
        "en",
        "And one to read:",
        "About Candles &amp; Scents, which you bought",
        "what you bought",
    ),
}


@pytest.fixture(scope="module")
def shop(installation):
    """A shop with the demo's articles, whose weekly letter goes every minute."""
    opened = RecipeShop(installation)
    opened.import_products(GOODS)
    today = datetime.now(UTC).date()
    file = installation.home / "articles.csv"
    write_articles(file, list_articles(today - timedelta(days=1)))
    installation.run("import", "products", str(file), "--quiet")
    bought_at = (datetime.now(UTC) - timedelta(days=10)).isoformat()
    for user, (language, *_) in READERS.items():
        opened.register(user, language=language)
        order = {**CANDLE, "order_id": user}
        opened.track(user, "Order Completed", order, timestamp=bought_at)
    installation.settle()
    for user in READERS:
        [person] = installation.get("/api/people", q=f"{user}@shop.example")["people"]
        asked = {"profile": person["id"], "strategy": "content", "limit": 1}
        # Lists follow the log a moment after it: of what they bought, before a letter is made.
        installation.wait(
            lambda asked=asked: (
                [
                    one["reason"]["facts"]["code"]
                    for one in installation.post("/api/recommendations", asked)["items"]
                ]
                == ["about_bought"]
            )
        )
    opened.open_recipe("weekly-discovery", cron="* * * * *")
    return opened


@pytest.mark.parametrize("user", READERS)
def test_it_shows_one_article_with_why_and_no_price(shop, user):
    language, above, reason, known = READERS[user]
    candles = next(one for one in list_articles(datetime.now(UTC).date())
                   if one.category.slug == "candles")  # fmt: skip
    title = candles.title_ja if language == "ja" else candles.title
    mails = []

    def has_come():
        mails[:] = [one for one in shop.list_mails(user) if above in one["html"]]
        return bool(mails)

    shop.installation.wait(has_come)
    html, text = mails[0]["html"], mails[0]["text"]
    _, _, after = html.partition(above)
    assert f'alt="{title}"' in after
    assert "https://shop.example.com/read/candle-care" in text
    assert reason in after
    assert reason.replace("&amp;", "&") in text
    assert title in text.partition(above)[2]
    assert "£" not in text.partition(above)[2]
    # One and no more: the shop has written of eight things.
    assert sum(one.title in text or one.title_ja in text
               for one in list_articles(datetime.now(UTC).date())) == 1  # fmt: skip
    assert known in text
