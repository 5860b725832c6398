"""Insights as programs meet them: a cell of the map and its segment are the same people."""

from datetime import UTC, datetime, timedelta

import pytest

N_PEOPLE = 60


@pytest.fixture(scope="module")
def shoppers(api):
    """People who bought one to six times, last up to 300 days ago; two of them are limited."""
    key = api.post("/api/sources", {"name": "shoppers"})["write_key"]
    batch = [
        {
            "type": "track",
            "userId": f"shopper-{number}",
            "event": "Order Completed",
            "properties": {
                "order_id": f"{number}-{place}",
                "total": 10 + number,
                "currency": api.get("/api/session")["shop"]["currency"],
                "products": [{"product_id": "TEA"}, {"product_id": "CUP"}][: 1 + number % 2],
            },
            "timestamp": (
                datetime.now(UTC) - timedelta(days=1 + number * 5 + place * 20)
            ).isoformat(),
        }
        for number in range(N_PEOPLE)
        for place in range(1 + number % 6)
    ]
    with api.stranger() as shop:
        answer = shop.post("/v1/batch", json={"batch": batch}, auth=(key, ""))
        answer.raise_for_status()
    api.settle()
    for number, limit in ((0, "restriction"), (1, "objection")):
        body = {"limit": limit, "reason": "asked by letter"}
        api.post(f"/api/profiles/shopper-{number}/limit", body)
    return len(batch)


def test_each_cell_of_the_map_is_a_segment_of_its_people(api, shoppers):
    told = api.get("/api/insights/rfm")
    assert told["n_people"] >= N_PEOPLE - 2
    assert sum(one["n_people"] for one in told["cells"]) == told["n_people"]
    filled = [one for one in told["cells"] if one["n_people"]]
    assert len(filled) > 5
    for one in told["cells"]:
        found = api.post("/api/segments/evaluate", {"condition": one["condition"]})
        assert found["count"] == one["n_people"], one


def test_who_is_limited_is_in_no_picture(api, shoppers):
    before = api.get("/api/insights/repeat")["curves"][0]["n_people"]
    body = {"limit": "objection", "reason": "asked"}
    api.post("/api/profiles/shopper-2/limit", body)
    assert api.get("/api/insights/repeat")["curves"][0]["n_people"] == before - 1
    api.post("/api/profiles/shopper-2/lift", {"limit": "objection"})
    assert api.get("/api/insights/repeat")["curves"][0]["n_people"] == before


def test_pictures_agree_on_who_bought(api, shoppers):
    months = api.get("/api/insights/growth", months=60)["months"]
    cohorts = api.get("/api/insights/retention", months=60)["cohorts"]
    assert sum(one["n_new"] for one in months) == sum(one["n_people"] for one in cohorts)
    repeat = api.get("/api/insights/repeat")["curves"]
    assert repeat[0]["n_people"] == sum(one["n_people"] for one in cohorts)
    baskets = api.get("/api/insights/baskets", of="product")["affinities"]
    assert {one["id"] for one in baskets["items"]} >= {"TEA", "CUP"}


def test_what_cannot_be_asked_is_refused(api):
    for path in ("retention?months=0", "repeat?horizon_days=0", "baskets?of=brand"):
        assert api.client.get(f"/api/insights/{path}").status_code == 400
