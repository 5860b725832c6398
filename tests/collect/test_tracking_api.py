"""The tracking API at its outer edge: real server, real store, hostile senders."""

import base64
import gzip
import json
import socket
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tracking_server import LoopbackServer, Tracking, open_store

from empty_stores import write_empty_sqlite
from kikubari.collect import Limits, SourceKind, SourceLimits
from kikubari.kit.clock import ManualClock
from kikubari.spec.envelope import Trust
from kikubari.spec.errors import UnavailableError
from kikubari.storage import SqliteStateStore

LONG_CALLS = ["identify", "track", "page", "screen", "group", "alias"]
CALLS = [*LONG_CALLS, "i", "t", "p", "s", "g", "a"]


def track(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Product Viewed",
        "userId": f"u{number}",
        "messageId": f"m{number}",
        **fields,
    }


def batch(*messages: Any, **fields: Any) -> dict[str, Any]:
    return {"batch": list(messages), **fields}


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


# Who may send


def test_missing_and_unknown_keys(tracking: Tracking):
    url = f"{tracking.url}/v1/batch"
    for response in (
        tracking.client.post(url, json=batch(track())),
        tracking.client.post(url, json=batch(track()), auth=("nobody", "")),
        tracking.client.post(url, json=batch(track(), writeKey=7)),
        tracking.client.post(url, json=batch(track()), headers={"Authorization": "Basic %%%"}),
        tracking.client.post(url, json=batch(track()), headers={"Authorization": "Bearer abc"}),
        tracking.client.get(f"{tracking.url}/v1/projects/nobody/settings"),
    ):
        assert (response.status_code, response.json()["code"]) == (401, "unauthorized")
    assert tracking.events() == []


def test_a_key_made_elsewhere_works_at_once(tracking: Tracking):
    source = Tracking(tracking.store).server  # another process on the same store
    response = tracking.client.post(
        f"{tracking.url}/v1/batch", json=batch(track()), auth=(source.write_key, "")
    )
    assert response.status_code == 200


def test_a_public_key_cannot_speak_for_the_server(tracking: Tracking):
    consent = track(event="Kikubari Consent Changed", properties={"status": "granted"})
    merge = track(event="Kikubari Profiles Merged")
    bounce = track(event="Email Bounced")
    number = track(number=1)
    number["number"] = 5
    marked = track(9, context={"kikubari": {"provenance": "declared"}, "ip": "192.0.2.1"})
    body = batch(consent, merge, bounce, number, marked)

    public = tracking.client.post(
        f"{tracking.url}/v1/batch", json=body, auth=(tracking.browser.write_key, "")
    )
    codes = [error["code"] for error in public.json()["errors"]]
    assert codes == ["reserved_event", "reserved_event", "reserved_event", "reserved_field"]
    assert [event.context for event in tracking.events()] == [{}]

    server = tracking.client.post(
        f"{tracking.url}/v1/import", json=body, auth=(tracking.server.write_key, "")
    )
    assert [error["index"] for error in server.json()["errors"]] == [1, 3]
    consented, bounced, kept = tracking.events()[1:]
    assert (consented.type, bounced.type) == ("Kikubari Consent Changed", "Email Bounced")
    assert kept.context == {"kikubari": {"provenance": "declared"}}


def test_allowed_origins(tracking: Tracking):
    source = tracking.sources.create(
        "pages",
        SourceKind.BROWSER,
        limits=SourceLimits(allowed_origins=("https://shop.example.jp/",)),
    )

    def send(origin: str | None) -> int:
        headers = {} if origin is None else {"Origin": origin}
        return tracking.client.post(
            f"{tracking.url}/v1/t", json=track(), headers=headers, auth=(source.write_key, "")
        ).status_code

    assert send("https://shop.example.jp") == 200
    assert send("https://evil.example") == 403
    assert send("null") == 403
    assert send(None) == 200  # no browser


def test_preflight(tracking: Tracking):
    response = tracking.client.options(
        f"{tracking.url}/v1/t",
        headers={
            "Origin": "https://shop.example.jp",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,x-retry-count",
        },
    )
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    allowed = response.headers["access-control-allow-headers"]
    assert allowed == "authorization,content-type,x-retry-count"


# Time


@pytest.fixture
def at_noon(server: LoopbackServer, tmp_path: Path):
    store = open_store(tmp_path / "noon.db")
    clock = ManualClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
    with server.serve(Tracking(store, clock=clock)) as served:
        yield served
    store.close()


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


def test_a_key_that_may_send_some_events_alone(tracking: Tracking):
    limits = SourceLimits(allowed_events=("Product Viewed", "page"))
    source = tracking.sources.create("pages", SourceKind.BROWSER, limits=limits)
    body = batch(
        track(1, event="Product Viewed"),
        track(2, type="page"),
        track(3, event="Order Completed"),
        track(4, type="identify"),
    )
    auth = (source.write_key, "")
    answer = tracking.client.post(f"{tracking.url}/v1/batch", json=body, auth=auth)
    refused = [(one["index"], one["code"]) for one in answer.json()["errors"]]
    assert refused == [(2, "event_not_allowed"), (3, "event_not_allowed")]
    assert [event.type for event in tracking.events()] == ["Product Viewed", "Page Viewed"]


def test_a_key_that_may_send_so_many_events_a_minute(at_noon: Tracking):
    limits = SourceLimits(events_per_minute=3)
    slow = at_noon.sources.create("pages", SourceKind.BROWSER, limits=limits)

    def send(n: int, key: str | None = slow.write_key) -> httpx.Response:
        body = batch(*(track(number) for number in range(n)))
        return at_noon.client.post(f"{at_noon.url}/v1/batch", json=body, auth=(key or "", ""))

    # A batch goes through whole; what it took too much is waited for afterwards.
    assert send(5).status_code == 200
    refused = send(1)
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["retry-after"] == "60"
    assert send(5, at_noon.server.write_key).status_code == 200
    at_noon.clock.advance(timedelta(seconds=60))
    assert send(1).status_code == 200


def test_rotation_ends_the_old_key(at_noon: Tracking):
    def send(key: str) -> int:
        return at_noon.client.post(f"{at_noon.url}/v1/t", json=track(), auth=(key, "")).status_code

    old = at_noon.server.write_key
    new = at_noon.sources.rotate_key(at_noon.server.id, overlap=timedelta(hours=1)).write_key
    assert (send(old), send(new)) == (200, 200)
    at_noon.clock.advance(timedelta(hours=1))
    assert (send(old), send(new)) == (401, 200)
    newest = at_noon.sources.rotate_key(at_noon.server.id).write_key
    assert (send(new), send(newest)) == (401, 200)


# Sizes


def test_too_large_is_413_whole(tracking: Tracking, http: httpx.Client):
    wide = [track(n, properties={"x": "y" * 30_000}) for n in range(20)]
    for response in (
        http.post("/v1/batch", json=batch(*wide)),
        http.post("/v1/batch", content=(b" " * 50_000 for _ in range(12))),  # no Content-Length
        http.post("/v1/track", json=track(properties={"x": "y" * 33_000})),
        http.post(
            "/v1/batch",
            content=gzip.compress(b" " * 300_000_000),
            headers={"Content-Encoding": "gzip"},
        ),
    ):
        assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert tracking.events() == []


def test_a_huge_body_is_not_read(tracking: Tracking):
    auth = base64.b64encode(f"{tracking.server.write_key}:".encode()).decode()
    head = f"POST /v1/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {auth}\r\n"
    with connect(tracking) as connection:
        connection.sendall(f"{head}Content-Length: 100000000000\r\n\r\n".encode())
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize(
    ("encoding", "body", "status", "code"),
    [
        ("gzip", b"not gzip", 400, "invalid_gzip"),
        ("gzip", gzip.compress(b'{"batch":[]}', mtime=0)[:-9], 400, "invalid_gzip"),
        ("br", b"x", 415, "unsupported_encoding"),
    ],
)
def test_wrong_encodings(http: httpx.Client, encoding: str, body: bytes, status: int, code: str):
    response = http.post("/v1/batch", content=body, headers={"Content-Encoding": encoding})
    assert (response.status_code, response.json()["code"]) == (status, code)


# The protocol's corners


def connect(tracking: Tracking) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(tracking.url.rpartition(":")[2])), timeout=5)


def test_wrong_methods_and_paths(http: httpx.Client):
    assert http.get("/v1/batch").status_code == 405
    assert http.head("/v1/batch").status_code == 405
    assert http.put("/v1/t", content=b"{}").status_code == 405
    assert http.post("/v1/projects/x/settings").status_code == 405
    assert http.post("/v1/nothing").json()["code"] == "not_found"
    assert http.post("/v1/").status_code == 404


def test_one_connection_carries_many_requests(tracking: Tracking):
    key = tracking.server.write_key
    body = json.dumps(batch(track(), writeKey=key)).encode()
    request = b"POST /v1/b HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with connect(tracking) as connection:
        for _ in range(3):
            connection.sendall(request)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    assert len(tracking.events()) == 3


def test_a_connection_dropped_in_a_body_leaves_nothing(tracking: Tracking, http: httpx.Client):
    with connect(tracking) as connection:
        connection.sendall(b'POST /v1/b HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"batch')
    assert http.post("/v1/t", json=track()).status_code == 200
    assert len(tracking.events()) == 1


def test_a_body_that_never_comes_is_given_up(server: LoopbackServer, tmp_path: Path):
    store = open_store(tmp_path / "slow.db")
    limits = Limits(body_seconds=0.05)
    with server.serve(Tracking(store, limits=limits)) as tracking, connect(tracking) as connection:
        connection.sendall(b"POST /v1/b HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{")
        assert connection.recv(65536).startswith(b"HTTP/1.1 408")
    store.close()


# Load and faults


def test_too_much_at_once_is_429(server: LoopbackServer, tmp_path: Path):
    store = open_store(tmp_path / "busy.db")
    with server.serve(Tracking(store, limits=Limits(held_bytes=100))) as tracking:
        auth = (tracking.server.write_key, "")
        url = f"{tracking.url}/v1/batch"
        response = tracking.client.post(url, json=batch(track(), track()), auth=auth)
        assert (response.status_code, response.headers["retry-after"]) == (429, "1")
        for _ in range(5):  # what was held is let go
            assert tracking.client.post(url, json=batch(), auth=auth).status_code == 200
    store.close()


def test_waiting_requests_are_bounded(server: LoopbackServer, tmp_path: Path):
    store = open_store(tmp_path / "waiting.db")
    with server.serve(Tracking(store, limits=Limits(waiting_requests=0))) as tracking:
        response = tracking.client.post(
            f"{tracking.url}/v1/t", json=track(), auth=(tracking.server.write_key, "")
        )
        assert (response.status_code, response.headers["retry-after"]) == (429, "1")
    store.close()


class FullDisk(SqliteStateStore):
    """A store whose disk is full from some moment on."""

    is_full = False

    def submit(self, work: Any, **options: Any) -> Future[Any]:
        if not self.is_full:
            return super().submit(work, **options)
        failed: Future[Any] = Future()
        failed.set_exception(UnavailableError("disk full"))
        return failed


def test_nothing_is_acknowledged_that_is_not_stored(server: LoopbackServer, tmp_path: Path):
    path = tmp_path / "full.db"
    write_empty_sqlite(path)
    store = FullDisk(path)
    with server.serve(Tracking(store)) as tracking:
        auth = (tracking.server.write_key, "")
        store.is_full = True
        for message in (track(), {"userId": "u"}):  # neither events nor refusals
            response = tracking.client.post(f"{tracking.url}/v1/t", json=message, auth=auth)
            assert response.status_code == 503
            assert response.json()["code"] == "unavailable"
            assert int(response.headers["retry-after"]) > 0
        assert tracking.events() == []
        store.is_full = False
        assert (
            tracking.client.post(f"{tracking.url}/v1/t", json=track(), auth=auth).status_code == 200
        )
        assert len(tracking.events()) == 1
    store.close()
