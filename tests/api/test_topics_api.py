"""Topics and wordings of consent over HTTP and by command."""

from campaign_examples import BROADCAST


def test_a_topic_is_made_worded_anew_and_retired(api):
    made = api.post("/api/topics", {"id": "new-tea", "name_ja": "新茶", "name_en": "New tea"})
    assert made["is_retired"] is False
    again = api.client.post("/api/topics", json=made["definition"])
    assert again.status_code == 409
    for topic_id in ("New Tea", "", "x" * 41):
        bad = {**made["definition"], "id": topic_id}
        assert api.client.post("/api/topics", json=bad).status_code == 400
    assert "new-tea" in api.run("topics", "list").stdout
    assert api.json("topics", "retire", "new-tea")["is_retired"] is True
    assert api.get("/api/topics")[-1]["is_retired"] is True
    worded = {"name_ja": "お茶", "name_en": "Tea"}
    back = api.client.put("/api/topics/new-tea", json=worded).raise_for_status().json()
    assert (back["definition"]["name_en"], back["is_retired"]) == ("Tea", False)
    assert api.client.put("/api/topics/nothing", json=worded).status_code == 404


def test_a_broadcast_is_on_a_topic_that_is_offered_or_on_none(api):
    draft = {**BROADCAST, "name": "On a topic", "purpose": "marketing"}
    refused = api.client.post("/api/broadcasts", json={**draft, "topic": "never-made"})
    assert refused.status_code == 400
    assert "never-made" in refused.json()["error"]["message"]
    assert api.post("/api/broadcasts", draft)["definition"]["name"] == "On a topic"


def test_words_of_consent_have_versions_that_stay(api):
    words = {"purpose": "marketing", "channel": "email", "ja": "お送りします。", "en": "We send."}
    before = len(_wordings_of_marketing(api))
    first = api.post("/api/consent/wordings", words)
    second = api.post("/api/consent/wordings", {**words, "en": "We send you news."})
    numbers = [int(one["version"].removeprefix("marketing-email-")) for one in (first, second)]
    assert numbers == [before + 1, before + 2]
    assert _wordings_of_marketing(api)[before:] == [first, second]
    for bad in ({"purpose": "fun"}, {"ja": " "}, {"channel": "e mail"}):
        assert api.client.post("/api/consent/wordings", json={**words, **bad}).status_code == 400


def test_retired_words_are_kept_and_shown_to_nobody(api):
    words = {"purpose": "enrichment", "channel": "email", "ja": "補います。", "en": "We add."}
    first, second = (api.post("/api/consent/wordings", words) for _ in range(2))
    assert first["retired_at"] is None
    retire = f"/api/consent/wordings/{second['version']}/retire"
    retired = api.post(retire)
    assert retired["retired_at"]
    assert retired["retired_by"] == first["created_by"]
    assert {**second, **_retirement(retired)} == retired
    listed = {one["version"]: one for one in api.get("/api/consent/wordings")}
    assert (listed[first["version"]], listed[second["version"]]) == (first, retired)
    again = api.client.post(retire)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "wording_retired")
    assert api.client.post("/api/consent/wordings/no-words-1/retire").status_code == 404
    assert api.post("/api/consent/wordings", words)["version"] == "enrichment-email-3"
    newest, *_ = api.get("/api/audit-log", action="retire_wording")["entries"]
    assert newest["target"] == second["version"]


def _retirement(wording) -> dict:
    return {name: wording[name] for name in ("retired_at", "retired_by")}


def _wordings_of_marketing(api) -> list[dict]:
    listed = api.get("/api/consent/wordings")
    return [one for one in listed if one["text"]["purpose"] == "marketing"]
