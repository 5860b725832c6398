"""How often and when customers are written to, set and read over HTTP."""

DRAFT = {
    "name": "Left open",
    "segment": "builtin:everyone",
    "sender": {"from_address": "news@shop.example"},
    "template": {
        "default_language": "en",
        "variants": {
            "en": {"subject": "Hello", "html": '<a href="{{ unsubscribe_url }}">Stop</a>'}
        },
    },
}
POLICY = {
    "caps": [
        {"most": 1, "period": 1, "unit": "calendar_days", "channel": "email", "topic": ""},
        {"most": 3, "period": 168, "unit": "hours", "channel": "", "topic": ""},
    ],
    "quiet_hours": [{"start": "21:00", "end": "08:00", "channel": ""}],
    "hold_hours": 48,
}


def test_rules_are_put_in_force_and_every_version_is_somebodys(api):
    before = api.get("/api/policies/frequency")
    set_now = put(api, POLICY)
    assert set_now == api.get("/api/policies/frequency")
    assert set_now["version"] == before["version"] + 1
    assert set_now["policy"] == POLICY
    assert set_now["changed_by"] == "tests"
    nothing = {"caps": [], "quiet_hours": []}
    assert put(api, nothing)["policy"]["hold_hours"] == 72


def test_rules_that_cannot_be_followed_are_refused_with_what_to_do(api):
    cases = [
        {"caps": [{"most": 0, "period": 1, "unit": "hours"}]},
        {"caps": [{"most": 1, "period": 1, "unit": "weeks"}]},
        {"quiet_hours": [{"start": "9 pm", "end": "08:00"}]},
        {"hold_hours": -1},
        {"cap": []},
    ]
    for body in cases:
        answer = api.client.put("/api/policies/frequency", json=body)
        assert answer.status_code in {400, 422}, body
        assert answer.json()["error"]["message"]


def test_every_version_can_be_looked_up_page_by_page(api):
    numbers = [put(api, {**POLICY, "hold_hours": hours})["version"] for hours in (10, 20, 30)]
    newest, before = api.get("/api/policies/frequency/versions", limit=2)
    assert [newest["version"], before["version"]] == numbers[:0:-1]
    assert newest["changed_by"] == "tests"
    (oldest,) = api.get("/api/policies/frequency/versions", limit=1, before=numbers[1])
    assert (oldest["version"], oldest["policy"]["hold_hours"]) == (numbers[0], 10)


def test_rules_are_tried_before_they_are_in_force(api):
    before = api.get("/api/policies/frequency")["version"]
    trial = api.post("/api/policies/frequency/try", POLICY)
    assert (trial["days"], len(trial["caps"]), len(trial["quiet_hours"])) == (30, 2, 1)
    assert trial["n_held"] <= trial["n_people"]
    assert api.get("/api/policies/frequency")["version"] == before
    bad = api.client.post("/api/policies/frequency/try", json={"hold_hours": 0})
    assert bad.status_code == 400


def test_a_cap_is_on_a_topic_there_is(api):
    cap = {"most": 1, "period": 1, "unit": "calendar_days", "topic": "never-made"}
    refused = api.client.put("/api/policies/frequency", json={"caps": [cap]})
    assert refused.status_code == 400
    assert "never-made" in refused.json()["error"]["message"]


def test_what_a_broadcast_leaves_open_is_as_the_shop_says_when_it_is_saved(api):
    defaults = {"has_tracking": False, "at_best_hour": True}
    put_ = api.client.put("/api/policies/broadcasts", json=defaults).raise_for_status().json()
    assert put_["defaults"] == defaults
    try:
        open_, said, receipt = (
            api.post("/api/broadcasts", {**DRAFT, **more})["definition"]
            for more in ({}, {"has_tracking": True}, {"purpose": "transactional"})
        )
    finally:
        api.client.put("/api/policies/broadcasts", json={}).raise_for_status()
    assert (open_["has_tracking"], open_["at_best_hour"]) == (False, True)
    assert (said["has_tracking"], said["at_best_hour"]) == (True, True)
    assert (receipt["has_tracking"], receipt["at_best_hour"]) == (False, False)
    versions = api.get("/api/policies/broadcasts/versions", limit=2)
    assert [one["defaults"]["has_tracking"] for one in versions] == [True, False]


def put(api, policy):
    return api.client.put("/api/policies/frequency", json=policy).raise_for_status().json()
