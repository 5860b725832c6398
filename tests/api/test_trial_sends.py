"""A draft is sent to members as one customer would get it, and nothing of it acts or is counted."""

import re

import pytest

from installation import MEMBER

DRAFT = {
    "name": "Winter",
    "segment": "builtin:everyone",
    "sender": {"from_address": "news@shop.example"},
    "template": {
        "default_language": "en",
        "variants": {
            "en": {
                "subject": "For {{ customer.first_name }}",
                "html": '<p>{{ customer.first_name }}</p><a href="https://shop.example/new">New</a>'
                '<a href="{{ unsubscribe_url }}">Stop</a><a href="{{ preferences_url }}">P</a>',
            },
            "ja": {"subject": "冬", "html": '<a href="{{ unsubscribe_url }}">停止</a>'},
        },
    },
}


@pytest.fixture(scope="module")
def draft_id(api):
    key = api.post("/api/sources", {"name": "trial"})["write_key"]
    people = {"tr1": ("Ada", "en"), "tr2": ("花", "ja")}
    with api.stranger() as shop:
        for user, (name, language) in people.items():
            email = f"{user}@example.com"
            traits = {"email": email, "first_name": name, "language": language}
            body = {"userId": user, "traits": traits}
            shop.post("/v1/identify", json=body, auth=(key, "")).raise_for_status()
    api.settle()
    return api.post("/api/broadcasts", DRAFT)["id"]


def send(api, draft_id, *addresses: str, profile="tr1"):
    body = {"profile_id": profile, "addresses": list(addresses)}
    return api.client.post(f"/api/broadcasts/{draft_id}/test", json=body)


def newest(api, address=MEMBER):
    mail = next(one for one in api.get("/api/inbox") if address in one["rcpt_to"])
    opened = api.get(f"/api/inbox/{mail['id']}")
    return {**opened, "subject": mail["subject"]}


def test_members_get_it_marked_and_the_customer_gets_nothing(api, draft_id):
    [answer] = send(api, draft_id, MEMBER.upper()).raise_for_status().json()
    assert (answer["address"], answer["is_sent"], answer["problem"]) == (MEMBER, True, "")
    mail = newest(api)
    assert mail["subject"] == "[Test] For Ada"
    assert "https://shop.example/new" in mail["html"]  # plain, and no pixel
    assert "<img" not in mail["html"]
    assert ["tr1@example.com"] not in [one["rcpt_to"] for one in api.get("/api/inbox")]
    [again] = api.json("broadcasts", "test", draft_id, "--as", "tr2", "--to", MEMBER)
    assert again["is_sent"] is True
    assert newest(api)["subject"] == "[テスト] 冬"


def test_its_links_explain_themselves_and_change_nothing(api, draft_id):
    send(api, draft_id, MEMBER).raise_for_status()
    paths = set(re.findall(r"/[up]/[\w=-]+", newest(api)["html"]))
    assert len(paths) == 2
    before = api.get("/api/profiles/tr1")
    with api.stranger() as reader:
        for path in paths:
            assert "This was a test" in reader.get(path).raise_for_status().text
        [stop] = [path for path in paths if path.startswith("/u/")]
        one_click = {"List-Unsubscribe": "One-Click"}
        assert "This was a test" in reader.post(stop, data=one_click).raise_for_status().text
        assert reader.get("/u/" + "A" * 36).status_code == 404
    api.settle()
    assert api.get("/api/suppressions", address=MEMBER) == []
    assert api.get("/api/profiles/tr1") == before


def test_it_is_in_no_figure_and_in_the_audit_log(api, draft_id):
    send(api, draft_id, MEMBER).raise_for_status()
    api.settle()
    assert api.get(f"/api/broadcasts/{draft_id}")["state"] == "draft"
    outcomes = api.get(f"/api/broadcasts/{draft_id}/report")["outcomes"]
    assert not any(outcomes.values())
    entry = api.get("/api/audit-log", action="broadcast.tested")["entries"][0]
    assert entry["target"] == draft_id
    assert entry["detail"] == f"as tr1 to {MEMBER}"


def test_it_goes_to_members_alone_and_to_five_at_most(api, draft_id):
    for addresses in (["tr1@example.com"], [MEMBER, "x@example.com"], [], [MEMBER] * 6):
        assert send(api, draft_id, *addresses).status_code == 400
    assert send(api, "brd_x", MEMBER).status_code == 404
    assert send(api, draft_id, MEMBER, profile="nobody").status_code == 404


def test_it_hands_out_no_code(api):
    offer = api.post("/api/offers", {"name": "T", "benefit": {"kind": "free_shipping"}})["id"]
    html = '<p>{{ coupon.code }}</p><a href="{{ unsubscribe_url }}">Stop</a>'
    template = {"default_language": "en", "variants": {"en": {"subject": "C", "html": html}}}
    body = {**DRAFT, "template": template, "coupon": {"rules": [{"offer": offer}]}}
    draft = api.post("/api/broadcasts", body)["id"]
    send(api, draft, MEMBER).raise_for_status()
    assert "SAMPLE" in newest(api)["html"]
    assert api.get(f"/api/offers/{offer}")["figures"]["n_issued"] == 0


def test_one_chooses_the_letter_and_the_language(api, draft_id):
    html = '<a href="{{ unsubscribe_url }}">Stop</a>'
    other = {
        "default_language": "en",
        "variants": {
            "en": {"subject": "Second letter", "html": html},
            "ja": {"subject": "二通目", "html": html},
        },
    }
    draft = api.post("/api/broadcasts", {**DRAFT, "experiment": {"others": [{"template": other}]}})

    def try_out(**choice):
        body = {"profile_id": "tr1", "addresses": [MEMBER], **choice}
        answer = api.client.post(f"/api/broadcasts/{draft['id']}/test", json=body)
        return answer if answer.is_error else newest(api)["subject"]

    assert try_out() == "[Test] For Ada"
    assert try_out(letter="a", language="ja") == "[テスト] 冬"
    assert try_out(letter="b") == "[Test] Second letter"
    assert try_out(letter="b", language="ja") == "[テスト] 二通目"
    assert try_out(letter="b", language="fr").status_code == 404
    assert try_out(letter="c").status_code == 404
