"""Who would want a product that nobody has bought yet: found by what people did with its kin."""

from datetime import UTC, datetime, timedelta

import pytest

NEW = "aud-new"


@pytest.fixture(scope="module")
def shop(api):
    """A shop of kettles and rugs with a new kettle, and people who did different things."""
    return Shop(api)


class Shop:
    """Sends what is sold and done, and asks who wants something."""

    def __init__(self, api) -> None:
        self.api = api
        self._key = api.post("/api/sources", {"name": "audiences"})["write_key"]
        self.send([self.state(f"aud-kettle-{n}", "Copper kettle", "Kettles") for n in range(3)])
        self.send([self.state(f"aud-rug-{n}", "Woven wool rug", "Rugs") for n in range(3)])
        self.send([self.state(NEW, "Copper kettle with whistle", "Kettles")])
        self.send([self.state("aud-test", "Pregnancy test", "Health", sensitive_class="health")])
        self.send(
            [
                self.order("aud-buyer", "aud-kettle-0", days=5),
                self.order("aud-rugs", "aud-rug-0", days=1),
                self.order("aud-rugs", "aud-rug-1", days=2),
                self.act("aud-saver", "Product Added to Wishlist", "aud-kettle-1", days=9),
                self.act("aud-looker", "Product Viewed", "aud-kettle-2", days=3),
                self.order("aud-has-it", "aud-kettle-0", days=3),
                self.order("aud-has-it", NEW, days=1),
                self.order("aud-nothing", "aud-kettle-0", days=4),
                self.act("aud-nothing", "Recommendation Dismissed", NEW, days=1),
                self.order("aud-objects", "aud-kettle-0", days=4),
            ]
        )

    def state(self, name, title, category, **more):
        return self.act(None, "Kikubari Product Updated", name, title=title, category=category,
                        price=40, currency="GBP", stock=9, is_consumable=False, **more)  # fmt: skip

    def order(self, person, name, *, days):
        lines = [{"product_id": name, "quantity": 1, "price": 40}]
        return self.track(person, "Order Completed", days, order_id=f"{person}-{name}",
                          products=lines)  # fmt: skip

    def act(self, person, event, name, *, days=0.0, **more):
        return self.track(person, event, days, product_id=name, **more)

    def track(self, person, event, days, **properties):
        at = datetime.now(UTC) - timedelta(days=days, minutes=10)
        who = {"userId": person} if person else {"anonymousId": "catalogue"}
        return {"type": "track", **who, "event": event, "timestamp": at.isoformat(),
                "properties": properties}  # fmt: skip

    def send(self, batch):
        with self.api.stranger() as stranger:
            body = {"batch": batch}
            stranger.post("/v1/batch", json=body, auth=(self._key, "")).raise_for_status()
        self.api.settle()

    def profile(self, person):
        return self.api.get(f"/api/profiles/{person}/facts")["id"]

    def ask(self, product=NEW, **asked):
        return self.api.post("/api/recommendations/audience", {"product": product, **asked})

    def found(self):
        """Return what is said of each person, once the new product is on the shelf."""
        self.api.wait(lambda: self.ask()["n_found"] > 0)
        return {one["profile_id"]: one for one in self.ask(shown=50)["people"]}


def test_those_who_did_most_with_what_is_like_it_come_first_with_their_reason(shop):
    shop.api.wait(lambda: shop.ask()["n_found"] > 0)
    answer = shop.ask(shown=50)
    order = [one["profile_id"] for one in answer["people"]]
    buyer, saver, looker = map(shop.profile, ("aud-buyer", "aud-saver", "aud-looker"))
    assert order.index(buyer) < order.index(looker)
    assert order.index(saver) < order.index(looker)
    by_id = {one["profile_id"]: one for one in answer["people"]}
    assert by_id[buyer]["strength"] == "strong"
    assert by_id[looker]["strength"] == "fair"
    assert by_id[buyer]["reason"]["en"] == "Bought Copper kettle 5 days ago"
    assert by_id[buyer]["reason"]["ja"] == "5日前に「Copper kettle」を購入"
    assert by_id[saver]["reason"]["did"] == "saved"
    assert answer["n_found"] == sum(answer["by_strength"].values())


def test_who_has_it_or_does_not_want_it_is_left_out(shop):
    found = shop.found()
    assert shop.profile("aud-has-it") not in found
    assert shop.profile("aud-nothing") not in found
    shop.send([shop.act("aud-nothing", "Recommendation Restored", NEW)])
    assert shop.profile("aud-nothing") in shop.found()


def test_who_objects_to_profiling_is_not_chosen(shop):
    person = shop.profile("aud-objects")
    assert person in shop.found()
    shop.api.run("rights", "limit", person, "profiling", "--reason", "asked")
    assert person not in shop.found()


def test_what_somebody_looked_at_counts_only_if_they_let_it_be_followed(shop):
    looker = shop.profile("aud-looker")
    assert looker in shop.found()
    said = {"purpose": "tracking", "channel": "email", "status": "denied",
            "wording_version": "v1", "source": "form", "proof": "203.0.113.7"}  # fmt: skip
    shop.send([shop.track("aud-looker", "Kikubari Consent Changed", 0, **said)])
    shop.api.wait(lambda: looker not in shop.found())


def test_nobody_is_chosen_for_what_says_too_much(shop):
    refused = shop.api.client.post("/api/recommendations/audience", json={"product": "aud-test"})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "product_too_telling"
    unknown = shop.api.client.post("/api/recommendations/audience", json={"product": "aud-none"})
    assert unknown.status_code == 404


def test_an_audience_is_kept_as_a_list_that_a_segment_reads(shop):
    shop.found()
    told = shop.api.json("recommend", "audience", NEW, "--size", "2", "--name", "For the kettle")
    assert told["list_id"] == f"wanting-{NEW}"
    assert told["n_chosen"] == 2
    condition = {"type": "list", "list": told["list_id"]}
    members = shop.api.post("/api/segments/evaluate", {"condition": condition})
    assert members["count"] == 2
    plain = shop.api.run("recommend", "audience", NEW, "--ja").stdout
    assert "を購入" in plain


def test_who_objects_later_is_not_chosen_by_a_list_that_was_kept_before(shop):
    assert shop.profile("aud-saver") in shop.found()
    kept = shop.api.post("/api/recommendations/audience/list", {"product": NEW, "name": "Kettle"})
    condition = {"type": "list", "list": kept["list_id"]}
    segment = shop.api.post("/api/segments", {"name": "Kettle", "condition": condition})

    def count(one):
        return shop.api.post("/api/segments/evaluate", {"condition": one})["count"]

    before = count(condition)
    person = shop.profile("aud-saver")
    shop.api.run("rights", "limit", person, "profiling", "--reason", "asked")
    assert count(condition) == before - 1
    assert count({"type": "segment", "segment": segment["id"]}) == before - 1
    shop.api.run("rights", "lift", person, "profiling")
    assert count(condition) == before
