"""The guard over HTTP: words block by block, whole cases, the rules."""


def check(api, **question):
    return api.client.post("/api/guard/check", json=question)


def test_words_are_judged_block_by_block(api):
    answer = check(
        api,
        blocks=[
            {"id": "b1", "text": "<p>Hello {{ customer.first_name }}, new tea is here.</p>"},
            {"id": "b2", "text": "<p>Now that you are pregnant, try our tea.</p>"},
        ],
    )
    fine, bad = answer.raise_for_status().json()["blocks"]
    assert (fine["id"], fine["verdict"], fine["rules"]) == ("b1", "ok", [])
    assert (bad["id"], bad["verdict"], bad["rules"]) == ("b2", "block", ["R03"])
    assert bad["reasons"][0]["subject"] == "Now that you are pregnant, try our tea."
    assert bad["mend"][0]["ja"]


def test_a_case_is_judged_as_the_command_does(api):
    case = {"id": "c", "channel": "push", "message_excerpt": "Sale!", "context": {}}
    [told] = check(api, cases=[case]).raise_for_status().json()["cases"]
    assert told["verdict"] == "block"
    assert "R01" in told["rules"]


def test_a_bad_case_is_refused_with_its_place(api):
    answer = check(api, cases=[{"id": "c", "channel": 3}])
    assert answer.status_code == 400
    assert "case 0 (c)" in answer.json()["error"]["message"]


def test_too_much_at_once_is_refused(api):
    assert check(api, blocks=[{"id": "x", "text": ""}] * 301).status_code == 400


def test_rules_are_listed_in_both_languages(api):
    rules = api.get("/api/guard/rules")
    assert [one["id"] for one in rules][:32] == [f"R{n:02}" for n in range(1, 33)]
    assert all(one["reason_ja"] and one["mend_en"] for one in rules)


def put_policy(api, **policy):
    return api.client.put("/api/guard/policy", json=policy)


def test_a_stricter_policy_holds_for_the_next_check_and_says_who_set_it(api):
    before = api.get("/api/guard/policy")["version"]
    words = [{"id": "b", "text": "Only 3 left of the blue teapot!"}]
    assert check(api, blocks=words).json()["blocks"][0]["verdict"] == "warn"
    stored = put_policy(api, levels={"R20": "block"}).raise_for_status().json()
    assert (stored["version"], stored["policy"]["levels"]) == (before + 1, {"R20": "block"})
    assert stored["changed_by"]
    assert check(api, blocks=words).json()["blocks"][0]["verdict"] == "block"
    assert api.get("/api/guard/policy/versions")[0] == stored
    put_policy(api).raise_for_status()


def test_a_looser_policy_is_refused_with_the_rule_it_would_weaken(api):
    before = api.get("/api/guard/policy")
    before = api.get("/api/guard/policy")
    before = api.get("/api/guard/policy")
    answer = put_policy(api, min_confidence=0.1)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "guard_policy_too_loose"
    assert "R07" in error["message"]
    assert api.get("/api/guard/policy") == before


def test_nothing_sent_is_reported_as_nothing(api):
    assert api.get("/api/guard/report", days=7) == {"days": 7, "rules": []}


def test_softer_words_come_with_what_is_stopped_and_are_themselves_fine(api):
    written = "<p>Now that you are a widow, small portions make sense.</p>"
    [told] = check(api, blocks=[{"id": "b", "text": written}]).json()["blocks"]
    assert told["verdict"] == "block"
    [softer] = told["softer"]
    assert written.count(softer["before"]) == 1
    new = written.replace(softer["before"], softer["after"])
    assert new == "<p>Small portions make sense.</p>"
    [again] = check(api, blocks=[{"id": "b", "text": new}]).json()["blocks"]
    assert (again["verdict"], again["softer"]) == ("ok", [])
    untold = "Hey, it's Sam again. You never wrote back and I was a bit hurt."
    [left] = check(api, blocks=[{"id": "b", "text": untold}]).json()["blocks"]
    assert (left["verdict"], left["softer"]) == ("block", [])
