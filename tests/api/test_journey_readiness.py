"""What a journey looks at and whether it comes, over HTTP and by command."""

import pytest

WARNED = "Never Sent By Anybody"


def a_journey(api, journey_id, event):
    definition = {
        "name": "Readiness",
        "trigger": {"type": "event", "events": {"event": event}},
        "segment": "builtin:everyone",
        "start": "w",
        "steps": [
            {
                "type": "wait_for",
                "id": "w",
                "timeout": {"days": 1},
                "events": {
                    "event": "Order Completed",
                    "where": [
                        {
                            "on": "property",
                            "path": ["gift_wrap"],
                            "test": {"type": "is", "value": True},
                        }
                    ],
                },
            }
        ],
        "rules": {"goal": {"events": {"event": "Order Completed"}}},
    }
    api.post("/api/journeys", {"id": journey_id, "definition": definition})


def findings(api, journey_id):
    found = api.get(f"/api/journeys/{journey_id}/readiness")
    assert found["journey_id"] == journey_id
    return {(one["kind"], one["name"]): one for one in found["findings"]}


def test_what_never_came_is_told_and_what_came_is_counted(api):
    a_journey(api, "readiness-1", WARNED)
    found = findings(api, "readiness-1")
    never, ordered = found["event", WARNED], found["event", "Order Completed"]
    assert (never["code"], never["is_warning"]) == ("event_never_seen", True)
    assert WARNED in never["example"]
    assert ordered["code"] == "event_seen"
    assert ordered["n"] >= 2
    assert ordered["paths"] == ["rules.goal", "steps.w"]
    assert found["property", "gift_wrap"]["code"] == "property_never_filled"
    assert '"gift_wrap": true' in found["property", "gift_wrap"]["example"]
    assert found["segment", "builtin:everyone"]["code"] == "segment_size"


@pytest.mark.parametrize("is_counted", [False, True], ids=["at once", "counted"])
def test_an_event_is_known_as_soon_as_it_came(api, is_counted):
    name = f"Came Just Now {is_counted}"
    key = api.post("/api/sources", {"name": name})["write_key"]
    with api.stranger() as shop:
        said = {"userId": "A1", "event": name, "properties": {"mood": "good"}}
        shop.post("/v1/track", json=said, auth=(key, "")).raise_for_status()
    api.settle()
    if is_counted:
        api.post("/api/data/attributes/refresh")
    a_journey(api, f"readiness-now-{is_counted}".lower(), name)
    found = findings(api, f"readiness-now-{is_counted}".lower())
    assert found["event", name]["n"] == 1
    assert found["event", name]["last_seen_at"]


def test_a_warning_keeps_nothing_from_being_published(api):
    a_journey(api, "readiness-2", WARNED)
    shown = api.run("journey", "readiness", "readiness-2").stdout
    assert WARNED in shown
    assert "docs/collecting.md" in shown
    done = api.run("journey", "publish", "readiness-2")
    assert WARNED in done.stderr
    assert "running" in done.stdout
    assert api.get("/api/journeys/readiness-2")["state"] == "running"
    quiet = api.json("journey", "readiness", "readiness-2")
    assert {one["code"] for one in quiet["findings"]} >= {"event_never_seen", "event_seen"}


def test_recipes_know_of_consent_and_products(api):
    (welcome,) = (one for one in api.get("/api/recipes") if one["id"] == "welcome")
    needs = {one["need"]["kind"]: one for one in welcome["needs"]}
    assert needs["event"]["is_met"]
    assert needs["event"]["n"] >= 2
    for kind in ("consent", "catalogue"):
        assert needs[kind]["is_met"] is (needs[kind]["n"] > 0)
        assert bool(needs[kind]["example"]) is not needs[kind]["is_met"]
