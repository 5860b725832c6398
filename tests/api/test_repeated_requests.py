"""A request that is sent again with its Idempotency-Key is done once and answered alike."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from audience_examples import SEGMENT

from installation import Installation

TEN = {"name": "Repeated", "benefit": {"kind": "percent_off", "percent": 10}}


def post(client, path, body, key):
    return client.post(path, json=body, headers={"Idempotency-Key": key})


def named(api, name):
    return [one for one in api.get("/api/offers", limit=1000) if one["definition"]["name"] == name]


def test_fifty_at_once_have_one_effect_and_one_answer(api):
    body = TEN | {"name": "Of fifty"}
    with ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(lambda _: post(api.client, "/api/offers", body, "fifty"), range(50))
        )
    assert {one.status_code for one in answers} == {201}
    assert len({one.content for one in answers}) == 1
    assert sum("idempotent-replayed" in one.headers for one in answers) == 49
    assert len(named(api, "Of fifty")) == 1


def test_another_body_or_place_with_the_same_key_is_refused(api):
    assert post(api.client, "/api/offers", TEN, "changed").status_code == 201
    others = [
        ("/api/offers", TEN | {"name": "Else"}),
        ("/api/offers?limit=1", TEN),
        ("/api/segments", SEGMENT),
    ]
    for path, body in others:
        refused = post(api.client, path, body, "changed")
        assert refused.status_code == 422, path
        assert refused.json()["error"]["code"] == "idempotency_mismatch"
        assert refused.headers["x-content-type-options"] == "nosniff"
    assert named(api, "Else") == []


def test_a_refused_request_may_be_mended_under_its_key(api):
    assert post(api.client, "/api/offers", {"name": ""}, "mended").status_code == 400
    assert post(api.client, "/api/offers", TEN, "mended").status_code == 201


def test_what_is_repeated_is_in_the_audit_log_once(api):
    answers = [post(api.client, "/api/segments", SEGMENT, "logged") for _ in range(2)]
    [segment] = {one.json()["id"] for one in answers}
    entries = api.get("/api/audit-log", limit=5)["entries"]
    assert [one["action"] for one in entries][:2].count("create_segment") == 1
    assert segment


def test_a_key_opens_nothing_to_others_or_without_the_scope(api):
    secret = api.post("/api/keys", {"name": "reader", "scopes": ["read"]})["secret"]
    assert post(api.client, "/api/offers", TEN, "mine").status_code == 201
    with api.stranger(authorization=f"Bearer {secret}") as reader, api.stranger() as nobody:
        assert post(reader, "/api/offers", TEN, "mine").status_code == 403
        assert post(nobody, "/api/offers", TEN, "mine").status_code == 401


def test_a_key_has_bounds(api):
    assert post(api.client, "/api/offers", TEN, "k" * 256).status_code == 400
    assert post(api.client, "/api/offers", TEN, "k" * 255).status_code == 201


@pytest.mark.slow
def test_the_answer_outlives_a_restart(tmp_path):
    installation = Installation(tmp_path / "home")
    with installation.served() as running:
        first = post(running.client, "/api/offers", TEN, "restarted")
        secret = running.client.headers["authorization"]
        running.stop()
        running.start()
        with running.stranger(authorization=secret) as client:
            again = post(client, "/api/offers", TEN, "restarted")
            assert (again.status_code, again.content) == (201, first.content)
            assert len(client.get("/api/offers").json()) == 1
