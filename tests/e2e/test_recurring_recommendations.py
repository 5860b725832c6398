"""A letter that goes again and again recommends anew each time, to each reader their own."""

import pytest

from e2e.recipe_shop import ORDER, RecipeShop
from e2e.recurring import send_soon

AGREED = {"type": "consent", "purpose": "marketing", "channel": "email", "status": "granted"}
MARK = "今週のおすすめ"
LETTER = {
    "name": "Weekly",
    "segment": AGREED,
    "sender": {"from_address": "news@shop.example"},
    "template": {
        "default_language": "ja",
        "variants": {
            "ja": {
                "subject": MARK,
                "html": f"<h1>{MARK}</h1>{{% recommend 'viewed_not_bought' %}}"
                "{% for item in items %}<p>{{ item.title }}</p>{% endfor %}"
                "{% else %}<p>新着をご覧ください</p>{% endrecommend %}"
                '<a href="{{ unsubscribe_url }}">停止</a>',
            }
        },
    },
}
KETTLE, CUP, NOTHING = "鉄瓶", "青い湯のみ", "新着をご覧ください"


@pytest.fixture(scope="module")
def shop(installation):
    opened = RecipeShop(installation)
    for user in ("kettle", "cup", "nobody"):
        opened.register(user, tracking=True)
    opened.track("kettle", "Product Viewed", {"product_id": "P1"})
    opened.track("cup", "Product Viewed", {"product_id": "P2"})
    installation.settle()
    return opened


def read_letters(shop, n_times):
    """Wait until everybody has so many letters; return the latest of each."""
    latest = {}

    def have_come():
        for user in ("kettle", "cup", "nobody"):
            mine = [one for one in shop.list_mails(user) if MARK in one["html"]]
            if len(mine) < n_times:
                return False
            latest[user] = mine[0]["html"]
        return True

    shop.installation.wait(have_come)
    return latest


def shown(html):
    return {one for one in (KETTLE, CUP, NOTHING) if one in html}


def test_each_time_is_computed_anew_and_each_reader_gets_their_own(shop):
    api = shop.installation
    made = api.post("/api/broadcasts", LETTER)["id"]
    send_soon(api, made, {"each": "day"})
    first = read_letters(shop, 1)
    assert {user: shown(html) for user, html in first.items()} == {
        "kettle": {KETTLE},
        "cup": {CUP},
        "nobody": {NOTHING},
    }
    # What was recommended is bought by one, and looked at by another.
    shop.track("cup", "Order Completed", ORDER)
    shop.track("nobody", "Product Viewed", {"product_id": "P2"})
    api.settle()
    # The next is tomorrow's; taken back to a draft, it is given a time that comes today.
    api.post(f"/api/broadcasts/{made}/unschedule")
    send_soon(api, made, {"each": "day"})
    second = read_letters(shop, 2)
    assert {user: shown(html) for user, html in second.items()} == {
        "kettle": {KETTLE},
        "cup": {NOTHING},
        "nobody": {CUP},
    }
