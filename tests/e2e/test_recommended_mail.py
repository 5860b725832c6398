"""Recommended products in mail as received: for the reader, within the rules, recorded."""

import pytest
from recipe_shop import ORDER, RecipeShop

HOSTILE = '"<img src=x onerror=alert(1)> kettle"'
SHELF = f"""\
product_id,title,title_ja,category,price,currency,stock,url,image_url
P1,Iron kettle,鉄瓶,Tea,1200,JPY,50,https://shop.example/p/1,https://shop.example/p/1.jpg
P2,Blue cup,青い湯のみ,Tea,800,JPY,50,https://shop.example/p/2,https://shop.example/p/2.jpg
P3,Sold out pot,品切れの急須,Tea,900,JPY,0,https://shop.example/p/3,https://shop.example/p/3.jpg
P4,{HOSTILE},{HOSTILE},Tea,700,JPY,9,https://shop.example/p/4,
"""
BROADCAST = {
    "name": "Seen",
    "segment": {"type": "consent", "purpose": "marketing", "channel": "email", "status": "granted"},
    "sender": {"from_address": "news@shop.example"},
    "template": {
        "default_language": "ja",
        "variants": {
            "ja": {
                "subject": "{% recommend 'viewed_not_bought', limit: 1 %}"
                "{{ items.first.title }}{% else %}新着{% endrecommend %}",
                "html": "{% recommend 'viewed_not_bought' %}{% for item in items %}"
                '<p><a href="{{ item.url }}">{{ item.title }}</a> {{ item.price | money }} '
                "{{ item.reason }}</p>{% endfor %}{% else %}<p>新着をご覧ください</p>"
                '{% endrecommend %}<a href="{{ unsubscribe_url }}">停止</a>',
            }
        },
    },
}


@pytest.fixture(scope="module")
def shop(installation):
    opened = RecipeShop(installation)
    opened.import_products(SHELF)
    opened.open_recipe("order-confirmation")
    for user, is_tracked in (("seen", True), ("unseen", False)):
        opened.register(user, tracking=is_tracked)
        for product in ("P1", "P2", "P3", "P4") if is_tracked else ():
            opened.track(user, "Product Viewed", {"product_id": product})
    installation.settle()
    return opened


def test_an_order_confirmation_shows_what_was_looked_at_and_not_bought(shop):
    shop.track("seen", "Order Completed", ORDER)
    mail = shop.await_mail("seen", "order-confirmation")
    before, _, after = mail["html"].partition("こちらの商品も、いまお求めいただけます。")
    assert "青い湯のみ" in before
    assert "鉄瓶" in after
    assert "青い湯のみ" not in after  # it was bought
    assert "品切れの急須" not in after
    assert "<img src=x" not in mail["html"]
    assert "&lt;img src=x" in after


def test_who_looked_at_nothing_gets_the_confirmation_alone(shop):
    shop.track("unseen", "Order Completed", ORDER)
    mail = shop.await_mail("unseen", "order-confirmation")
    assert "青い湯のみ" in mail["html"]
    assert "こちらの商品も" not in mail["html"]


def test_a_broadcast_is_sent_as_it_was_previewed_and_says_what_it_rests_on(shop):
    installation = shop.installation
    draft = installation.post("/api/broadcasts", BROADCAST)
    [person] = installation.get("/api/people", q="seen@shop.example")["people"]
    previewed = installation.post(f"/api/drafts/preview?profile_id={person['id']}", BROADCAST)
    installation.post(f"/api/broadcasts/{draft['id']}/send", {})

    def has_come():
        return any("最近ご覧になった" in one["html"] for one in shop.list_mails("seen"))

    installation.wait(has_come)
    [mail] = [one for one in shop.list_mails("seen") if "最近ご覧になった" in one["html"]]
    assert dict(mail["headers"])["Subject"] == previewed["subject"]
    for product in ("鉄瓶", "&lt;img src=x"):
        assert product in mail["html"]
        assert product in previewed["html"]
    assert "ご覧になった商品" in mail["text"].rpartition("停止")[2]
    [other] = [one for one in shop.list_mails("unseen") if "新着をご覧ください" in one["html"]]
    assert dict(other["headers"])["Subject"] == "新着"
