"""Customers by API: found, in parts, exported, erased everywhere."""

import sqlite3
from contextlib import closing

import pytest

CANARY = "canaryhidden"
PERSON = {
    "type": "identify",
    "userId": f"{CANARY}-1",
    "anonymousId": f"{CANARY}-device",
    "traits": {
        "email": f"{CANARY}@example.jp", "first_name": "Canaryhidden", "last_name": "Bird",
        "city": f"{CANARY}-city",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def canary(api):
    key = api.post("/api/sources", {"name": "till of people"})["write_key"]
    events = [
        PERSON,
        *(
            {
                "type": "track", "userId": f"{CANARY}-1", "event": "Product Added",
                "properties": {"product_id": f"{CANARY}-{n}", "quantity": n + 1, "price": 2},
                "timestamp": f"2026-01-0{n + 1}T10:00:00Z",
            }
            for n in range(3)
        ),
        {"type": "group", "userId": f"{CANARY}-1", "groupId": "g", "traits": {"name": "Guild"}},
    ]  # fmt: skip
    with api.stranger() as till:
        till.post("/v1/batch", json={"batch": events}, auth=(key, "")).raise_for_status()
    api.settle()
    return api.get(f"/api/people?q={CANARY}")["people"][0]["id"]


def test_the_last_heard_of_come_first(api, canary):
    page = api.get("/api/people", limit=1)
    assert page["next"] is not None
    seen = {page["people"][0]["id"]}
    while page["next"] is not None:
        page = api.get("/api/people", limit=1, after=page["next"])
        seen |= {one["id"] for one in page["people"]}
    assert canary in seen


def test_members_of_a_segment_page_by_page(api, canary):
    first = api.get("/api/people", segment="builtin:everyone", limit=2)
    second = api.get("/api/people", segment="builtin:everyone", limit=2, after=first["next"])
    assert len(first["people"]) == 2
    assert not {one["id"] for one in first["people"]} & {one["id"] for one in second["people"]}
    found = api.get("/api/people", q=CANARY, segment="builtin:everyone")
    assert [one["id"] for one in found["people"]] == [canary]


def test_a_person_in_parts(api, canary):
    facts = api.get(f"/api/profiles/{canary}/facts")
    assert facts["name"] == "Canaryhidden Bird"
    assert facts["companies"][0]["name"] == "Guild"
    assert facts["habits"]["n_events"] >= 3
    assert {one["name"]: one["reason"] for one in facts["traits"]}["city"] == "only"
    saved = api.get(f"/api/profiles/{canary}/saved")
    assert [one["availability"] for one in saved["cart"]] == ["unknown"] * 3
    assert [one["item"]["quantity"] for one in saved["cart"]] == [3, 2, 1]
    identity = api.get(f"/api/profiles/{canary}/identity")
    assert len(identity["identifiers"]) == 3
    assert api.get(f"/api/profiles/{canary}/sharing")["hold_back"] == []
    segments = {one["id"]: one for one in api.get(f"/api/profiles/{canary}/segments")}
    everyone = segments["builtin:everyone"]
    assert everyone["size"] > 0
    assert "since" in everyone
    assert [one["is_true"] for one in api.client.get(everyone["why"]).json()] == [True]
    assert api.get(f"/api/profiles/{canary}/messages") == []


def test_a_timeline_in_pages(api, canary):
    overview = api.get(f"/api/profiles/{canary}/timeline/overview")
    # Segments made by other tests tell who enters them.
    told = sum(one["n"] for one in overview["types"] if "Segment" in one["type"])
    assert overview["total"] == 5 + told
    assert {one["month"]: one["n"] for one in overview["months"]}["2026-01"] == 3
    positions, before = [], ""
    while True:
        page = api.get(f"/api/profiles/{canary}/timeline", limit=2, before=before)
        positions += [one["position"] for one in page["events"]]
        before = page["next"]
        if before is None:
            break
    assert len(positions) == len(set(positions)) == 5 + told
    past = api.get(f"/api/profiles/{canary}/timeline", until="2026-01-02T00:00:00Z")
    assert [one["summary"]["amount"]["amount_minor"] for one in past["events"]] == [200]
    odd = api.client.get(f"/api/profiles/{canary}/timeline", params={"before": "yesterday"})
    assert odd.json()["error"]["code"] == "invalid_input"


def test_exported_then_erased_nothing_is_left(api, canary):
    answer = api.client.post(f"/api/profiles/{canary}/export", json={})
    exported = answer.raise_for_status().json()
    assert exported["standing_traits"]["city"] == f"{CANARY}-city"
    said = [one for one in exported["events"] if "Segment" not in one["event"]["type"]]
    assert len(said) == 5
    assert exported["saved"]["cart"][0]["id"] == f"{CANARY}-2"
    receipts = api.get("/api/rights/receipts")
    assert receipts["exports"][0]["receipt_id"] == answer.headers["Kikubari-Receipt"]

    api.post("/api/data/attributes/refresh")  # what is counted holds values, this person's too
    wrong = {"confirm": "prf_1", "reason": "asked"}
    refused = api.client.post(f"/api/profiles/{canary}/erase", json=wrong)
    assert refused.status_code == 400
    erased = api.post(f"/api/profiles/{canary}/erase", {"confirm": canary, "reason": "asked"})
    assert erased["erased_by"] == "tests"
    api.wait(lambda: api.get("/api/rights/receipts")["erasures"][0]["is_finished"])

    assert api.client.get(f"/api/profiles/{canary}/facts").status_code == 404
    assert api.get("/api/people", q=CANARY)["people"] == []
    everyone = api.post("/api/segments/evaluate", {"condition": "builtin:everyone", "members": 999})
    assert canary not in everyone["members"]
    assert everyone["count"] == len(set(everyone["members"]))
    for name in ("state.db", "intake.db", "sandbox.db"):
        assert CANARY not in readable(api.home / name), name


def readable(path):
    """Everything a data base says in plain text."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = [row for (table,) in tables for row in database.execute(f"SELECT * FROM {table}")]
    return "\n".join(map(str, rows)).lower()
