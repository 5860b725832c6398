"""Personas and look-alike audiences as programs and the command line meet them."""

import json
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

BUYERS = {"type": "event_count", "event": "Order Completed", "count": {"at_least": 1}}


@pytest.fixture(scope="module")
def buyers(api):
    """Id of a segment of everybody who bought, in a shop of 130 buyers and as many lookers."""
    key = api.post("/api/sources", {"name": "kinds"})["write_key"]
    with api.stranger() as shop:
        for event in ("Order Completed", "Product Viewed"):
            batch = [
                {
                    "type": "track",
                    "userId": f"{event[0]}{number}",
                    "event": event,
                    "timestamp": (datetime.now(UTC) - timedelta(days=days)).isoformat(),
                }
                for number, days in product(range(130), (1, 3))
            ]
            shop.post("/v1/batch", json={"batch": batch}, auth=(key, "")).raise_for_status()
    api.settle()
    return api.post("/api/segments", {"name": "Buyers of all kinds", "condition": BUYERS})["id"]


def members_of_list(api, list_id):
    body = {"condition": {"type": "list", "list": list_id}, "members": 1_000}
    return api.post("/api/segments/evaluate", body)["members"]


def test_defined_personas_are_conditions_and_take_everybody_once(api, buyers, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text(
        json.dumps({"rules": [{"name": "買う人", "segment_id": buyers}], "default_name": "見る人"})
    )
    made = api.json("personas", "define", str(rules))
    assert [one["name_ja"] for one in made["personas"]] == ["買う人", "見る人"]
    assert api.get("/api/personas")["defined"] == made
    assert sum(one["size"] for one in made["personas"]) == made["n_people"]
    first, second = (set(members_of_list(api, one["list_id"])) for one in made["personas"])
    assert (len(first), first & second) == (made["personas"][0]["size"], set())
    again = api.json("personas", "assign")
    assert again["version"] == made["version"] + 1
    assert "買う人" in api.run("personas", "show").stdout


def test_a_lookalike_audience_is_kept_only_under_a_name(api, buyers):
    looked = api.post(f"/api/segments/{buyers}/lookalikes", {"size": 20})
    assert looked["list_id"] is None
    kept = api.json("lookalikes", buyers, "--size", "20", "--name", "Like buyers")
    later = {name: kept[name] for name in ("as_of", "distinctions")}  # days since, by now
    assert kept == {**looked, "list_id": f"lookalike-{buyers}", **later}
    assert len(members_of_list(api, kept["list_id"])) == 20
    names = {one["id"]: one["name_en"] for one in api.get("/api/lists")}
    assert names[kept["list_id"]] == "Like buyers"
    assert "Lift" in api.run("lookalikes", buyers, "--size", "20").stdout


def test_what_was_found_is_told_with_its_reason(api, buyers):
    found = api.json("personas", "find")
    assert api.get("/api/personas")["found"] == found
    assert bool(found["personas"]) != bool(found["nothing"])


def test_an_audience_larger_than_there_are_people_is_refused(api, buyers):
    answer = api.client.post(f"/api/segments/{buyers}/lookalikes", json={"size": 10_000})
    assert answer.status_code == 400
    assert "an audience can have" in answer.text
