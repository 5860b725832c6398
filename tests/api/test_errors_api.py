"""Refusals say what was wrong, where, and what to do; never what our inside looks like."""

import pytest

LONG = "x" * 3_000_000


@pytest.mark.parametrize(
    ("request_line", "body", "status", "code"),
    [
        ("GET /api/profiles/nobody", None, 404, "not_found"),
        ("GET /api/nothing-here", None, 404, "not_found"),
        ("GET /api/broadcasts/brd_0", None, 404, "not_found"),
        ("GET /api/messages/msg_0", None, 404, "not_found"),
        ("GET /api/inbox/999", None, 404, "not_found"),
        ("DELETE /api/keys/key_0", None, 404, "not_found"),
        ("DELETE /api/segments", None, 405, "method_not_allowed"),
        ("GET /api/profiles", None, 400, "invalid_input"),
        ("GET /api/broadcasts?limit=0", None, 400, "invalid_input"),
        ("GET /api/broadcasts?limit=ten", None, 400, "invalid_input"),
        ("GET /api/suppressions?address=nobody", None, 400, "invalid_input"),
        ("POST /api/segments", b"{", 400, "invalid_input"),
        ("POST /api/segments", b"\xff\xfe", 400, "invalid_input"),
        ("POST /api/segments", b'{"name": "x"}', 400, "invalid_input"),
        ("POST /api/segments", b'{"name":"x","condition":{"type":"?"}}', 400, "invalid_input"),
        ("POST /api/keys", b'{"name":"x","scopes":["root"]}', 400, "invalid_input"),
        ("POST /api/keys", b'{"name":"x","colour":"blue"}', 400, "invalid_input"),
        ("POST /api/members", b'{"email":"a@b.c","password":"short"}', 400, "password_weak"),
        ("POST /api/segments", LONG.encode(), 413, "too_large"),
    ],
)
def test_a_refusal_has_a_code_a_message_and_no_inside(api, request_line, body, status, code):
    method, path = request_line.split()
    answer = api.client.request(
        method, path, content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert {"code", "message", "hint"} <= error.keys() <= {"code", "message", "hint", "detail"}
    assert "Traceback" not in answer.text
    assert "kikubari." not in answer.text


def test_a_second_member_by_the_same_address_is_a_conflict(api):
    body = {"email": "MEMBER@example.com", "password": "long enough a word"}
    answer = api.client.post("/api/members", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")


def test_a_template_error_says_where_it_is(api):
    body = {
        "name": "x",
        "segment": "builtin:everyone",
        "sender": {"from_address": "shop@shop.example"},
        "template": {
            "default_language": "en",
            "variants": {"en": {"subject": "{{ customer.name", "html": "{{ unsubscribe_url }}"}},
        },
    }
    answer = api.client.post("/api/broadcasts", json=body)
    assert answer.status_code == 400
    assert "line" in answer.text


def letter_to(segment):
    english = {"subject": "Hi", "html": '<a href="{{ unsubscribe_url }}">stop</a>'}
    return {
        "name": "x",
        "segment": segment,
        "sender": {"from_address": "shop@shop.example"},
        "template": {"default_language": "en", "variants": {"en": english}},
    }


@pytest.mark.parametrize(
    ("segment", "status", "code"),
    [
        ({"type": "trait"}, 400, "invalid_input"),
        ({"type": "no such condition"}, 400, "invalid_input"),
        ({"type": "all", "of": "everybody"}, 400, "invalid_input"),
        ("seg_0", 404, "not_found"),
        ({"type": "segment", "segment": "seg_0"}, 404, "not_found"),
        ({"type": "not", "of": {"type": "segment", "segment": "seg_0"}}, 404, "not_found"),
    ],
)
def test_a_draft_for_no_segment_is_refused_when_it_is_written(api, segment, status, code):
    letter = letter_to(segment)
    draft = api.post("/api/broadcasts", letter_to("builtin:everyone"))
    for answer in (
        api.client.post("/api/broadcasts", json=letter),
        api.client.put(f"/api/broadcasts/{draft['id']}", json=letter),
    ):
        assert answer.status_code == status, answer.text
        assert answer.json()["error"]["code"] == code
    assert api.get(f"/api/broadcasts/{draft['id']}")["version"] == 1


def test_a_revoked_key_opens_nothing(api):
    made = api.post("/api/keys", {"name": "short-lived", "scopes": ["read"]})
    with api.stranger(authorization=f"Bearer {made['secret']}") as holder:
        assert holder.get("/api/segments").status_code == 200
        assert api.client.delete(f"/api/keys/{made['id']}").status_code == 204
        assert holder.get("/api/segments").status_code == 401


def test_secrets_are_never_listed(api):
    made = api.post("/api/keys", {"name": "once", "scopes": ["read"]})
    assert made["secret"] not in api.client.get("/api/keys").text
