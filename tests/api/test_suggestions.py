"""Categories and searches for a customer: what many looked for, with reasons that hold."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

N_SEARCHING = 21
PRODUCTS = {
    "sug-tent": ("Tunnel tent", "Tents", {}),
    "sug-lamp": ("Camping lamp", "Lamps", {}),
    "sug-test": ("Discreet kit", "Kits", {"sensitive_class": "health"}),
}


@pytest.fixture(scope="module")
def shop(api):
    """A shop where many search for tents and kits, and few for a lamp by a name."""
    key = api.post("/api/sources", {"name": "suggestions"})["write_key"]

    def track(person, event, minutes, **properties):
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        return {"type": "track", "userId": person, "event": event, "timestamp": at.isoformat(),
                "properties": properties}  # fmt: skip

    def send(batch):
        with api.stranger() as stranger:
            for begin in range(0, len(batch), 100):
                body = {"batch": batch[begin : begin + 100]}
                stranger.post("/v1/batch", json=body, auth=(key, "")).raise_for_status()
        api.settle()

    minutes = count(300, 2)

    def searches(person, words, product):
        before = next(minutes)
        return [
            track(person, "Products Searched", before, query=words),
            track(person, "Product Viewed", before - 1, product_id=product),
        ]

    stated = [
        track("catalogue", "Kikubari Product Updated", 500, product_id=name, title=title,
              category=category, stock=5, price=10, currency="GBP", **more)
        for name, (title, category, more) in PRODUCTS.items()
    ]  # fmt: skip
    many = [
        event
        for number in range(N_SEARCHING)
        for words, product in (
            (" Light TENT ", "sug-tent"),
            ("discreet help", "sug-test"),
            ("call 555 123 99", "sug-lamp"),
        )
        for event in searches(f"sug-{number}", words, product)
    ]
    few = [
        event
        for number in range(N_SEARCHING - 2)
        for event in searches(f"sug-{number}", "lamp of jane doe", "sug-lamp")
    ]
    # Ever anew, one person is one.
    alone = [event for _ in range(30) for event in searches("sug-0", "only mine", "sug-tent")]
    viewer = [track("sug-viewer", "Product Viewed", 60, product_id="sug-tent")]
    send([*stated, *many, *few, *alone, *viewer])
    api.wait(lambda: ask(api, "categories", "sug-viewer"))
    return send, track


def ask(api, kind, person):
    return api.post("/api/recommendations/suggestions", {"profile": person, "kind": kind})


def test_categories_are_those_of_what_somebody_did_and_never_too_telling(api, shop):
    [own] = [one for one in ask(api, "categories", "sug-viewer") if one["name"] == "Tents"]
    assert own["reason"] == "viewed"
    assert own["en"] == "You looked at things from here"
    assert own["ja"] == "最近ご覧になったカテゴリーです"
    assert "Kits" not in {one["name"] for one in ask(api, "categories", "sug-1")}
    send, track = shop
    send([track("sug-viewer", "Recommendation Dismissed", 0, category="Tents")])
    api.wait(lambda: not ask(api, "categories", "sug-viewer"))
    send([track("sug-viewer", "Recommendation Restored", 0, category="Tents")])


def test_only_what_many_people_searched_for_is_shown(api, shop):
    api.wait(lambda: ask(api, "searches", "sug-viewer"))
    found = ask(api, "searches", "sug-viewer")
    assert [one["name"] for one in found] == ["light tent"]
    assert found[0]["en"] == "Leads many people to Tents, which you looked at"
    everybody = {one["name"] for one in ask(api, "searches", "sug-1")}
    assert "light tent" in everybody
    assert not everybody & {"discreet help", "lamp of jane doe", "only mine", "call 555 123 99"}


def test_the_command_tells_the_same(api, shop):
    told = api.json("recommend", "suggestions", "sug-1", "--kind", "searches")
    assert [one["name"] for one in told] == ["light tent"]
    assert "Tents" in api.run("recommend", "suggestions", "sug-1", "--ja").stdout
