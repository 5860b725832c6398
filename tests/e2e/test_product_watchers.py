"""Who hears of a product's news: from the shop's own calls to people's timelines."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

NOW = datetime.now(UTC)
FEED = "product_id,title,category,price,currency,stock\nlamp,Lamp,Light,100,GBP,20\n"
PEOPLE = ("favours", "carts", "views", "bought", "took-out", "withdrew", "restricted", "old-view",
          "buys", "leans")  # fmt: skip


def an_event(user: str, event: str, days_ago: float, **properties: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "userId": user,
        "event": event,
        "timestamp": (NOW - timedelta(days=days_ago)).isoformat(),
        "properties": {"product_id": "lamp", **properties},
    }


_ARRIVAL = "Kikubari New Arrival"

BEHAVIOUR = [
    an_event("favours", "Product Added to Wishlist", 200),
    an_event("favours", "Product Viewed", 3),
    an_event("carts", "Product Added", 3, quantity=1),
    an_event("views", "Product Viewed", 3),
    an_event("bought", "Product Added to Wishlist", 9),
    an_event("bought", "Order Completed", 2, order_id="o1", products=[{"product_id": "lamp"}]),
    an_event("took-out", "Product Added", 4, quantity=1),
    an_event("took-out", "Product Removed", 3),
    an_event("withdrew", "Product Added to Wishlist", 9),
    an_event("restricted", "Product Added to Wishlist", 9),
    an_event("old-view", "Product Viewed", 40),
    an_event("buys", "Order Completed", 90, order_id="o2", products=[{"product_id": "lamp"}]),
    {"type": "identify", "userId": "leans", "traits": {"predicted_category": "Light"}},
    *(an_event(user, "Store Visited", 300) for user in PEOPLE),
    an_event("withdrew", "Kikubari Consent Changed", 1, purpose="marketing", status="withdrawn",
             channel="email"),
]  # fmt: skip


def news_of(
    installation: Any, user: str, event: str = "Kikubari Price Dropped"
) -> list[dict[str, Any]]:
    found = installation.get("/api/profiles/lookup", reference=user)["profile"]["id"]
    entries = installation.get(f"/api/profiles/{found}/timeline")["events"]
    return [one for one in entries if one["type"].startswith(event)]


@pytest.fixture(scope="module")
def shop(installation, tmp_path_factory):
    """A lamp, eight people and the lamp's price lowered, by file."""
    folder = tmp_path_factory.mktemp("feeds")
    key = installation.json("sources", "create", "shop")["write_key"]
    feed = folder / "products.csv"
    feed.write_text(FEED)
    long_ago = (NOW - timedelta(days=10)).isoformat()
    installation.run("import", "products", str(feed), "--as-of", long_ago)
    with installation.stranger() as client:
        client.post("/v1/batch", json={"batch": BEHAVIOUR}, auth=(key, "")).raise_for_status()
    installation.settle()
    found = installation.get("/api/profiles/lookup", reference="restricted")["profile"]["id"]
    installation.post(
        f"/api/profiles/{found}/limit", {"limit": "restriction", "reason": "they asked"}
    )
    feed.write_text(FEED.replace("100", "75") + "torch,Torch,Light,30,GBP,8\n")
    installation.run("import", "products", str(feed))
    installation.wait(lambda: bool(news_of(installation, "views")))
    installation.wait(lambda: bool(news_of(installation, "views", _ARRIVAL)))
    installation.settle()
    return installation


@pytest.mark.parametrize(
    ("user", "tie"), [("favours", "favourite"), ("carts", "cart"), ("views", "view")]
)
def test_who_watches_a_product_hears_that_its_price_dropped(shop, user, tie):
    (news,) = news_of(shop, user)
    said = news["details"]
    assert (said["old_price"], said["new_price"], said["currency"]) == (100, 75, "GBP")
    assert (said["drop_percent"], said["stock"], said["connection"]) == (25, 20, tie)


@pytest.mark.parametrize("user", sorted(set(PEOPLE) - {"favours", "carts", "views"}))
def test_who_does_not_watch_it_or_may_not_be_told_hears_nothing(shop, user):
    assert news_of(shop, user) == []


_FITTING = {
    "favours": "favourite",
    "bought": "favourite",
    "views": "view",
    "buys": "purchase",
    "leans": "taste",
}


@pytest.mark.parametrize("user", PEOPLE)
def test_something_new_is_told_to_those_whom_it_fits_and_may_be_told(shop, user):
    said = [one["details"] for one in news_of(shop, user, _ARRIVAL)]
    wanted = [("torch", _FITTING[user])] if user in _FITTING else []
    assert [(one["product_id"], one["connection"]) for one in said] == wanted


def test_the_same_file_again_is_no_news(shop, tmp_path):
    feed = tmp_path / "again.csv"
    feed.write_text(FEED.replace("100", "75") + "torch,Torch,Light,30,GBP,8\n")
    position = shop.health()["log_position"]
    shop.run("import", "products", str(feed))
    shop.settle()
    assert len(news_of(shop, "views")) == 1
    assert shop.health()["log_position"] == position
