"""What the tracking API takes and what it refuses, and when it says that something happened."""

import gzip
import json
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tracking_server import Tracking, batch, track

from kikubari.spec.envelope import Trust

LONG_CALLS = ["identify", "track", "page", "screen", "group", "alias"]
CALLS = [*LONG_CALLS, "i", "t", "p", "s", "g", "a"]


# What is taken


@pytest.mark.parametrize(("call", "kind"), list(zip(CALLS, LONG_CALLS * 2, strict=True)))
def test_every_path_takes_its_call(tracking: Tracking, http: httpx.Client, call: str, kind: str):
    message = {"userId": "u1", "event": "E", "groupId": "g", "previousId": "a", "messageId": "m"}
    response = http.post(f"/v1/{call}", json=message)
    assert (response.status_code, response.json()) == (200, {"success": True})
    assert [event.kind for event in tracking.events()] == [kind]


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/b", "/v1/import", "/v1/batch/"])
def test_batches(tracking: Tracking, http: httpx.Client, path: str):
    assert http.post(path, json=batch(track(1), track(2))).status_code == 200
    assert [event.message_id for event in tracking.events()] == ["m1", "m2"]


def test_browser_request_as_text_with_the_key_in_the_body(tracking: Tracking):
    body = json.dumps(track(writeKey=tracking.browser.write_key, anonymousId=None))
    response = tracking.client.post(
        f"{tracking.url}/v1/t", content=body, headers={"Content-Type": "text/plain"}
    )
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "*"
    assert [event.trust for event in tracking.events()] == [Trust.PUBLIC]


def test_metrics_are_taken_and_dropped(tracking: Tracking):
    response = tracking.client.post(f"{tracking.url}/v1/m", content=b'{"series":[]}')
    assert (response.status_code, response.json()) == (200, {"success": True})
    assert tracking.events() == []


def test_gzip(tracking: Tracking, http: httpx.Client):
    body = gzip.compress(json.dumps(batch(track())).encode())
    response = http.post("/v1/batch", content=body, headers={"Content-Encoding": "gzip"})
    assert response.status_code == 200
    assert len(tracking.events()) == 1


def test_an_empty_batch_is_nothing_to_do(tracking: Tracking, http: httpx.Client):
    assert http.post("/v1/batch", json=batch()).json() == {"success": True}
    assert tracking.events() == []


def test_a_batch_context_holds_for_its_messages(tracking: Tracking, http: httpx.Client):
    own = {"locale": "en-US"}
    shared = {"locale": "ja-JP", "timezone": "Asia/Tokyo"}
    http.post("/v1/batch", json=batch(track(1), track(2, context=own), context=shared))
    assert [event.context for event in tracking.events()] == [shared, {**shared, **own}]


# Partly good batches


def test_bad_messages_are_listed_and_the_good_ones_kept(tracking: Tracking, http: httpx.Client):
    secret = "hanako@example.jp"
    response = http.post(
        "/v1/batch",
        json=batch(track(1), track(2, event="", traits={"email": secret}), 7, track(3)),
    )
    assert response.status_code == 200
    answer = response.json()
    assert (answer["success"], answer["accepted"], answer["rejected"]) == (True, 2, 2)
    assert [(e["index"], e["messageId"], e["code"], e["path"]) for e in answer["errors"]] == [
        (1, "m2", "missing_event", "$.event"),
        (2, None, "invalid_field", "$"),
    ]
    assert [event.message_id for event in tracking.events()] == ["m1", "m3"]
    newest, older = tracking.rejected.list_newest()
    assert (newest.code, older.code, older.message_id) == ("invalid_field", "missing_event", "m2")
    assert older.source_id == tracking.server.id
    assert '"email":"text of 17"' in older.excerpt
    assert secret not in older.excerpt


def test_nothing_usable_is_400_with_the_reason(tracking: Tracking, http: httpx.Client):
    response = http.post("/v1/track", json={"userId": "u1", "messageId": "m1"})
    assert response.status_code == 400
    assert response.json()["code"] == "missing_event"
    assert response.json()["success"] is False
    assert [row.code for row in tracking.rejected.list_newest()] == ["missing_event"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"hello", "invalid_json"),
        (b'"batch"', "invalid_field"),
        (b"[]", "invalid_field"),
        (b"{}", "missing_batch"),
        (b'{"batch": 1}', "invalid_field"),
        (b'{"x":' + b"[" * 200_000, "too_deep"),
    ],
)
def test_unreadable_bodies(tracking: Tracking, http: httpx.Client, body: bytes, code: str):
    response = http.post("/v1/batch", content=body)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert [row.code for row in tracking.rejected.list_newest()] == [code]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (b'{"type":"track","event":"E","userId":"u","properties":{"x":NaN}}', "invalid_json"),
        (b'{"type":"track","event":"E","userId":"u",}', "invalid_json"),
        (b'{"type":"track","event":"\xff","userId":"u"}', "invalid_encoding"),
        (b'{"type":"track","event":"E","userId":"u","properties":' + b"[" * 9000, "invalid_json"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "too_deep"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "too_deep"),
        (
            b'{"type":"track","event":"E","userId":"u","properties":{"x":1e400}}',
            "number_out_of_range",
        ),
        (
            b'{"type":"track","event":"E","userId":"u","x":"' + b"x" * 33_000 + b'"}',
            "event_too_large",
        ),
        (b'{"type":"track","event":"E","userId":true}', "invalid_field"),
        (b'{"type":"track","event":"E","userId":"u","properties":[]}', "invalid_field"),
    ],
)
def test_one_hostile_message_never_costs_its_neighbours(
    tracking: Tracking, http: httpx.Client, bad: bytes, code: str
):
    good = json.dumps(track(1, properties={"note": 'brackets ]}" in text'})).encode()
    if bad.endswith(b"["):  # unbalanced: nothing after it can be told apart
        body = b'{"batch":[' + good + b"," + bad + b"]}"
        assert http.post("/v1/batch", content=body).status_code == 400
        return
    body = b'{"batch":[' + good + b"," + bad + b"," + good.replace(b"m1", b"m2") + b"]}"
    response = http.post("/v1/batch", content=body)
    assert response.status_code == 200
    assert [error["code"] for error in response.json()["errors"]] == [code]
    assert [event.message_id for event in tracking.events()] == ["m1", "m2"]


def test_texts_no_database_holds_are_repaired(tracking: Tracking, http: httpx.Client):
    body = rb'{"batch":[{"type":"track","event":"E","userId":"u","messageId":"m","properties":'
    body += (
        rb'{"cut":"a\ud83d","nul":"b\u0000c","whole":"\ud83d\ude00","kept":"\\ud800 \\u0000"}}]}'
    )
    assert http.post("/v1/batch", content=body).json() == {"success": True}
    assert tracking.events()[0].properties == {
        "cut": "a\ufffd",
        "nul": "b\ufffdc",
        "whole": "😀",
        "kept": "\\ud800 \\u0000",
    }


def test_integers_of_any_length_are_kept_exactly(tracking: Tracking, http: httpx.Client):
    numbers = {"big": 2**70, "low": -(2**63) - 1}
    http.post("/v1/batch", json=batch(track(properties=numbers)))
    assert tracking.events()[0].properties == numbers


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
FIELDS = ["type", "event", "userId", "anonymousId", "messageId", "properties", "traits", "context",
          "timestamp", "sentAt", "number", "groupId", "previousId", "name"]  # fmt: skip
HOSTILE = st.one_of(
    JSON,
    st.dictionaries(st.sampled_from(FIELDS), JSON | st.sampled_from(LONG_CALLS)),
).map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40).filter(
    # brackets and quotes out of balance swallow what follows; that is the sender's loss
    lambda raw: not set(raw) & set(b'"[]{},')
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(HOSTILE, max_size=3), st.lists(HOSTILE, max_size=3))
def test_hostile_json_is_never_an_error_of_ours(
    tracking: Tracking, http: httpx.Client, before: list[bytes], after: list[bytes]
):
    good = json.dumps(track(1, messageId="good")).encode()
    body = b'{"batch":[' + b",".join([*before, good, *after]) + b"]}"
    response = http.post("/v1/batch", content=body)
    assert response.status_code == 200, response.text
    assert "good" in [event.message_id for event in tracking.newest_batch()]


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200), st.sampled_from(["batch", "track", "identify", "import"]))
def test_any_bytes_get_an_answer(tracking: Tracking, http: httpx.Client, body: bytes, call: str):
    assert http.post(f"/v1/{call}", content=body).status_code in (200, 400)


# Time


@pytest.mark.parametrize(
    ("path", "fields", "occurred"),
    [
        # the sender's clock is an hour behind, ahead, or right
        ("batch", {"timestamp": "2026-11-22T10:59:50Z"}, "2026-11-22T11:59:50Z"),
        ("b", {"originalTimestamp": "2026-11-22T10:59Z", "timestamp": "x"}, "2026-11-22T11:59Z"),
        ("batch", {"timestamp": "2026-11-22T19:59:50+09:00"}, "2026-11-22T11:59:50Z"),
        # after its own sentAt: not later than the receipt
        ("batch", {"timestamp": "2031-01-01T00:00:00Z"}, "2026-11-22T12:00:00Z"),
        ("batch", {}, "2026-11-22T12:00:00Z"),
        ("batch", {"timestamp": None}, "2026-11-22T12:00:00Z"),
        # history keeps its times
        ("import", {"timestamp": "2011-12-01T08:26:00Z"}, "2011-12-01T08:26:00Z"),
        ("import", {"timestamp": "2011-12-01"}, "2011-12-01T00:00:00Z"),
    ],
)  # fmt: skip
def test_when_it_happened(at_noon: Tracking, path: str, fields: dict[str, str], occurred: str):
    body = batch(track(**fields), sentAt="2026-11-22T11:00:00.000Z")
    auth = (at_noon.server.write_key, "")
    assert at_noon.client.post(f"{at_noon.url}/v1/{path}", json=body, auth=auth).status_code == 200
    (event,) = at_noon.events()
    assert event.occurred_at == datetime.fromisoformat(occurred)
    assert event.received_at == at_noon.clock.now()


@pytest.mark.parametrize("sent_at", [None, "garbage", 5, "0001-01-01T00:00:00+23:59"])
def test_without_a_usable_sent_at_the_timestamp_stands(at_noon: Tracking, sent_at: object):
    body = batch(track(timestamp="2026-11-22T10:00:00Z"), sentAt=sent_at)
    at_noon.client.post(f"{at_noon.url}/v1/batch", json=body, auth=(at_noon.server.write_key, ""))
    assert at_noon.events()[0].occurred_at == datetime(2026, 11, 22, 10, tzinfo=UTC)
