"""Recommendations in the product: learned in the background, followed, shown with reasons."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

N_PRODUCTS = 24


def product_id(number):
    return f"rec-{number:02}"


@pytest.fixture(scope="module")
def shop(api):
    """A source to send events with, of a shop in which n and n + 1 are bought together."""
    return Shop(api)


class Shop:
    """Sends what customers do, and asks what they would be recommended."""

    def __init__(self, api) -> None:
        self.api = api
        self._key = api.post("/api/sources", {"name": "recommended"})["write_key"]
        draw = np.random.default_rng(5)
        self.send([self.state(number) for number in range(N_PRODUCTS)])
        orders = []
        for person in range(80):
            for days in np.cumsum(draw.exponential(15, 8)):
                first = 2 * int(draw.integers(N_PRODUCTS // 2))
                bought = [first, first + 1] if draw.random() < 0.8 else [first]
                orders.append(self.order(f"r{person}", bought, days=float(days) + 0.1))
        self.send(orders)

    def state(self, number, **changes):
        properties = {
            "product_id": product_id(number),
            "title": f"Cup of glaze {number}",
            "category": "Cups" if number % 4 < 2 else "Plates",
            "price": 10 + number,
            "currency": "GBP",
            "stock": 9,
            "is_consumable": False,
            **changes,
        }
        return self.track(None, "Kikubari Product Updated", 0, **properties)

    def order(self, person, bought, *, days=0.0):
        lines = [{"product_id": product_id(one), "quantity": 1, "price": 10} for one in bought]
        named = f"{person}-{bought}-{days}"
        return self.track(person, "Order Completed", days, order_id=named, products=lines)

    def track(self, person, event, days, **properties):
        at = datetime.now(UTC) - timedelta(days=days)
        who = {"userId": person} if person else {"anonymousId": "catalogue"}
        return {
            "type": "track",
            **who,
            "event": event,
            "timestamp": at.isoformat(),
            "properties": properties,
        }

    def send(self, batch):
        with self.api.stranger() as shop:
            for start in range(0, len(batch), 100):
                body = {"batch": batch[start : start + 100]}
                shop.post("/v1/batch", json=body, auth=(self._key, "")).raise_for_status()
        self.api.settle()

    def ask(self, strategy, **asked):
        body = {"strategy": strategy, "falls_back": False, **asked}
        return self.api.post("/api/recommendations", body)

    def ids(self, strategy, **asked):
        return [one["product"]["product_id"] for one in self.ask(strategy, **asked)["items"]]


@pytest.fixture(scope="module")
def learned(api, shop):
    """The model that serves after it was asked for."""
    asked = api.post("/api/recommendations/models", {})

    def is_serving():
        newest = api.get("/api/recommendations/models")[0]
        return newest["version"] == asked["version"] and newest["is_serving"]

    api.wait(is_serving)
    return api.get("/api/recommendations/models")[0]


def test_the_card_tells_what_was_learned_from_and_what_was_tried(learned):
    card = learned["card"]
    assert learned["learned_at"] is not None
    assert card["n_customers"] >= 80
    assert card["n_items"] >= N_PRODUCTS
    assert card["n_goes_with"] > 0
    assert {one["mode"] for one in card["blends"]} == {"all", "new"}
    for blend in card["blends"]:
        assert [one["ranking"] for one in blend["trials"] if one["is_chosen"]] == [blend["chosen"]]


def test_what_goes_with_a_product_says_so_in_both_languages(shop, learned):
    found = shop.ask("goes_with", seeds=[product_id(4)], limit=3)
    [best, *_] = found["items"]
    assert found["model_version"] == learned["version"]
    assert best["product"]["product_id"] == product_id(5)
    assert best["product"]["price"] == {"amount_minor": 1500, "currency": "GBP"}
    assert best["reason"]["en"] == "Often bought with Cup of glaze 4"
    assert best["reason"]["ja"] == "「Cup of glaze 4」と一緒によく選ばれています"
    assert best["reason"]["facts"]["share"] > 0.5


def test_what_is_out_of_stock_is_gone_from_lists_at_once(shop, learned):
    del learned
    assert product_id(7) in shop.ids("goes_with", seeds=[product_id(6)])
    shop.send([shop.state(7, stock=0)])
    assert product_id(7) not in shop.ids("goes_with", seeds=[product_id(6)])


def test_an_order_changes_the_lists_of_who_placed_it(api, shop, learned):
    del learned
    shop.send([shop.track("r-new", "Product Viewed", 0.5, product_id=product_id(10))])
    api.wait(lambda: shop.ids("viewed_not_bought", profile="r-new") == [product_id(10)])
    shop.send([shop.order("r-new", [10])])
    api.wait(lambda: shop.ids("viewed_not_bought", profile="r-new") == [])
    api.wait(lambda: product_id(11) in shop.ids("goes_with", profile="r-new"))
    everything = shop.ask("for_you", profile="r-new", limit=20, falls_back=True)
    named = [one["product"]["product_id"] for one in everything["items"]]
    assert product_id(10) not in named
    assert len(named) == len(set(named))
    assert {one["strategy"] for one in everything["items"]} - {"for_you"} == set(
        everything["fell_back_to"]
    )


def test_a_cancelled_order_was_never_bought(api, shop, learned):
    del learned
    order = shop.order("r-off", [12])
    shop.send([order])
    api.wait(lambda: product_id(13) in shop.ids("goes_with", profile="r-off"))
    named = order["properties"]["order_id"]
    shop.send([shop.track("r-off", "Order Cancelled", 0, order_id=named)])
    api.wait(lambda: shop.ids("goes_with", profile="r-off") == [])


def test_not_for_me_is_remembered_of_a_product_and_of_a_category(api, shop, learned):
    del learned
    shop.send([shop.order("r-no", [14])])
    asked = {"profile": "r-no", "seeds": [product_id(16)]}
    api.wait(lambda: product_id(17) in shop.ids("goes_with", **asked))
    no = shop.track("r-no", "Recommendation Dismissed", 0, product_id=product_id(17))
    shop.send([no])
    api.wait(lambda: product_id(17) not in shop.ids("goes_with", **asked))
    shop.send([shop.track("r-no", "Recommendation Restored", 0, product_id=product_id(17))])
    api.wait(lambda: product_id(17) in shop.ids("goes_with", **asked))
    shop.send([shop.track("r-no", "Recommendation Dismissed", 0, category="Plates")])
    found = {"profile": "r-no", "limit": 20}
    api.wait(
        lambda: all(
            one["product"]["category"] != "Plates" for one in shop.ask("trending", **found)["items"]
        )
    )


def test_saved_things_are_offered_with_where_they_are(api, shop, learned):
    del api, learned
    saved = shop.track("r-saved", "Product Added to Wishlist", 3, product_id=product_id(20))
    shop.send([saved])
    [item] = shop.ask("saved_items", profile="r-saved")["items"]
    assert item["product"]["product_id"] == product_id(20)
    assert item["reason"]["facts"]["code"] == "favourite"
    assert item["reason"]["facts"]["days_since"] == 3


def test_what_was_bought_is_not_used_for_who_refuses_profiling(api, shop, learned):
    del learned
    shop.send([shop.order("r-private", [18])])
    api.wait(lambda: product_id(19) in shop.ids("goes_with", profile="r-private"))
    said = {"purpose": "profiling", "channel": "email", "status": "denied"}
    shop.send([shop.track("r-private", "Kikubari Consent Changed", 0, **said)])
    assert shop.ids("goes_with", profile="r-private") == []


def test_exclusions_and_categories_hold(shop, learned):
    del learned
    asked = {"seeds": [product_id(4)], "limit": 20, "falls_back": True}
    asked |= {"excluded": [product_id(5)], "categories": ["Cups"]}
    shop.api.wait(lambda: shop.ids("goes_with", **asked) != [])
    found = shop.ids("goes_with", **asked)
    assert product_id(5) not in found
    assert all(int(name.removeprefix("rec-")) % 4 < 2 for name in found)


def test_the_command_shows_what_a_customer_would_get(api, shop, learned):
    del learned
    shop.send([shop.order("r-command", [14])])
    api.wait(lambda: product_id(15) in shop.ids("goes_with", profile="r-command"))
    told = api.json("recommend", "show", "r-command", "--strategy", "goes_with", "--limit", "2")
    assert {"items", "fell_back_to", "model_version"} == told.keys()
    plain = api.run("recommend", "show", "r-command", "--strategy", "goes_with", "--ja")
    assert "選ばれています" in plain.stdout


def test_an_unknown_customer_is_not_found(api):
    body = {"profile": "nobody-by-this-name", "strategy": "for_you"}
    assert api.client.post("/api/recommendations", json=body).status_code == 404
