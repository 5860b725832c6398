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
