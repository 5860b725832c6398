"""Senders, suppressions, topics and words of consent, as the console's screens ask for them."""

from itertools import pairwise


def test_how_mail_leaves_is_told(api):
    state = api.get("/api/sending")
    assert state["mail"] == {"sends_by": "sandbox", "signs_for": "shop.example"}
    assert (state["warm_up"], state["paces"]) == (None, [])
    assert state["n_sent_today"] >= 0


def test_the_domain_that_signs_is_among_the_senders_from_the_first_day(api):
    (own,) = [one for one in api.get("/api/senders") if one["domain"] == "shop.example"]
    assert (own["is_signed"], own["is_held"], own["alarm"]) == (True, False, None)
    assert api.get("/api/senders", offset=1_000) == []


def test_in_the_sandbox_a_check_that_fails_blocks_nothing_and_says_so(api):
    report = api.get("/api/senders/shop.example/check")
    assert (report["is_ready"], report["is_blocked"], report["is_sandbox"]) == (False, False, True)


def test_suppressions_of_one_instant_come_page_by_page_each_once(api, tmp_path):
    file = tmp_path / "closed.csv"
    rows = "".join(f"p{n}@closed.example,imported,2026-01-01T00:00:00Z\n" for n in range(7))
    file.write_text("email,reason,at\n" + rows)
    api.run("import", "suppressions", str(file), "--quiet")
    api.settle()
    seen, after = [], ""
    while page := api.get("/api/suppressions", after=after, limit=2):
        seen += page
        after = page[-1]["id"]
    keys = [(one["at"], one["key"], one["reason"]) for one in seen]
    assert len(set(keys)) == len(keys) >= 7
    assert all(left > right for left, right in pairwise(keys))
    imported = api.get("/api/suppressions", reason="imported")
    counts = {one["reason"]: one["n"] for one in api.get("/api/suppressions/counts")}
    assert counts["imported"] == len(imported) >= 7
    for bad in ("nothing", "1-00-manual"):
        refused = api.client.get("/api/suppressions", params={"after": bad})
        assert refused.status_code == 400


def test_what_customers_say_of_topics_and_under_which_words_they_agreed_is_counted(api):
    topic = {"id": "counted", "name_ja": "数える", "name_en": "Counted"}
    api.post("/api/topics", topic)
    key = api.post("/api/sources", {"name": "agreements"})["write_key"]
    with api.stranger() as shop:
        for user in ("agreed-1", "agreed-2"):
            said = {
                "purpose": "marketing", "channel": "email", "status": "granted",
                "wording_version": "counted-1", "source": "till",
            }  # fmt: skip
            body = {"userId": user, "event": "Kikubari Consent Changed", "properties": said}
            shop.post("/v1/track", json=body, auth=(key, "")).raise_for_status()
    api.settle()
    counts = {one["id"]: one["count"] for one in api.get("/api/topics/counts")}
    assert counts["counted"] == {"n_wanted": 0, "n_unwanted": 0}
    (use,) = [one for one in api.get("/api/consent/uses") if one["version"] == "counted-1"]
    assert (use["source"], use["n_people"]) == ("till", 2)


def test_a_draft_is_made_for_everybody_part_after_part(api):
    key = api.post("/api/sources", {"name": "everybody"})["write_key"]
    people = [
        {
            "type": "identify",
            "userId": f"every-{n}",
            "traits": {"plan": "everybody", "email": f"every-{n}@example.jp"}
            | ({"nickname": "Hana"} if n % 3 else {}),
        }
        for n in range(25)
    ]
    with api.stranger() as shop:
        shop.post("/v1/batch", json={"batch": people}, auth=(key, "")).raise_for_status()
    api.settle()
    draft = {
        "name": "Everybody",
        "purpose": "transactional",
        "segment": {"type": "trait", "trait": "plan", "test": {"type": "is", "value": "everybody"}},
        "sender": {"from_address": "shop@shop.example", "from_name": "Shop"},
        "template": {
            "default_language": "en",
            "variants": {"en": {"subject": "Hi", "html": "<p>{{ customer.nickname }}</p>"}},
        },
    }
    api.wait(lambda: api.post("/api/drafts/check/everybody", draft)["audience"] == 25)
    parts, after = [], 0
    while after is not None:
        part = api.post(f"/api/drafts/check/everybody?after={after}&people=10", draft)
        parts.append(part)
        after = part["next"]
    assert [one["done"] for one in parts] == [10, 20, 25]
    parts = [one["report"] for one in parts]
    assert [one["people"] for one in parts] == [10, 10, 5]
    everything = [miss for one in parts for miss in one["missing"]]
    missing = [one for one in everything if one["path"] == "customer.nickname"]
    assert (sum(one["missing"] for one in missing), sum(one["of"] for one in missing)) == (9, 25)
    beyond = api.post("/api/drafts/check/everybody?after=4294967295", draft)
    assert (beyond["report"]["people"], beyond["done"], beyond["next"]) == (0, 25, None)


def test_who_leaves_the_audience_meanwhile_moves_nobody_out_of_sight(api):
    key = api.post("/api/sources", {"name": "leavers"})["write_key"]

    def tell(plans):
        people = [
            {"type": "identify", "userId": f"leave-{n}", "traits": {"plan": plan, "no": n}}
            for n, plan in plans
        ]
        with api.stranger() as shop:
            shop.post("/v1/batch", json={"batch": people}, auth=(key, "")).raise_for_status()
        api.settle()

    draft = {
        "name": "Leavers",
        "purpose": "transactional",
        "segment": {"type": "trait", "trait": "plan", "test": {"type": "is", "value": "leaver"}},
        "sender": {"from_address": "shop@shop.example", "from_name": "Shop"},
        "template": {
            "default_language": "en",
            "variants": {"en": {"subject": "Hi", "html": "<p>{{ customer.no }}</p>"}},
        },
    }
    ask = "/api/drafts/check/everybody?people=4"
    tell((n, "leaver") for n in range(12))
    api.wait(lambda: api.post(ask, draft)["audience"] == 12)
    first = api.post(ask, draft)
    tell((n, "gone") for n in range(3))
    api.wait(lambda: api.post(ask, draft)["audience"] == 9)
    second = api.post(f"{ask}&after={first['next']}", draft)
    third = api.post(f"{ask}&after={second['next']}", draft)
    assert [one["report"]["people"] for one in (first, second, third)] == [4, 4, 4]
    assert (third["done"], third["next"]) == (9, None)
