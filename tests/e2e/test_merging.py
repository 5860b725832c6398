"""Two profiles become one by a member's decision and come apart again; everything follows."""

import pytest

BOUGHT_TWICE = {
    "type": "event_count",
    "event": "Order Completed",
    "count": {"at_least": 2},
}


@pytest.fixture(scope="module")
def people(installation):
    """Two user ids with one order each; an address only the second has."""
    key = installation.json("sources", "create", "shop")["write_key"]
    with installation.stranger() as shop:
        for user, day in (("old-account", "01"), ("new-account", "02")):
            body = {
                "userId": user,
                "event": "Order Completed",
                "timestamp": f"2025-01-{day}T00:00:00Z",
                "properties": {"order_id": f"of-{user}", "total": 10, "currency": "GBP"},
            }
            shop.post("/v1/track", json=body, auth=(key, "")).raise_for_status()
        body = {"userId": "new-account", "traits": {"email": "one@example.com"}}
        shop.post("/v1/identify", json=body, auth=(key, "")).raise_for_status()
    installation.settle()
    return installation


def count(installation):
    installation.settle()
    return installation.post("/api/segments/evaluate", {"condition": BOUGHT_TWICE})["count"]


def profile(installation, reference):
    return installation.get("/api/profiles/lookup", reference=reference)["profile"]


def test_a_merge_and_its_taking_back_reach_profiles_segments_and_the_audit(people):
    assert count(people) == 0
    people.json("profiles", "merge", "old-account", "one@example.com", "--reason", "same person")
    assert count(people) == 1
    merged = profile(people, "old-account")
    assert merged["id"] == profile(people, "one@example.com")["id"]
    (decision,) = merged["decisions"]
    assert decision["is_merge"]
    assert decision["explanation"] == "same person"
    assert decision["by"] == "this machine"

    people.post(
        "/api/profiles/unmerge",
        {"left": "old-account", "right": "new-account", "reason": "a mix-up"},
    )
    assert count(people) == 0
    apart = profile(people, "old-account")
    assert apart["id"] != profile(people, "one@example.com")["id"]
    # The audit: each decision, whose key it was made with, and why.
    assert [(one["is_merge"], one["explanation"], one["by"]) for one in apart["decisions"]] == [
        (True, "same person", "this machine"),
        (False, "a mix-up", "tests"),
    ]
    assert people.json("doctor")["is_equal"]


def test_profiles_that_are_one_already_are_not_merged_again(people):
    body = {"left": "new-account", "right": "one@example.com", "reason": "to be sure"}
    answer = people.client.post("/api/profiles/merge", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")


def test_a_decision_about_nobody_or_without_a_reason_is_refused(people):
    done = people.run("profiles", "merge", "nobody", "old-account", "--reason", "guess", status=2)
    assert "(not_found)" in done.stderr
    answer = people.client.post(
        "/api/profiles/merge",
        json={"left": "old-account", "right": "one@example.com", "reason": ""},
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_input")
