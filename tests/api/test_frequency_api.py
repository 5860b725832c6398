"""How often and when customers are written to, set and read over HTTP."""

POLICY = {
    "caps": [
        {"most": 1, "period": 1, "unit": "calendar_days", "channel": "email"},
        {"most": 3, "period": 168, "unit": "hours", "channel": ""},
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


def put(api, policy):
    return api.client.put("/api/policies/frequency", json=policy).raise_for_status().json()
