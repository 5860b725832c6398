"""The tracking API against large, slow and broken requests, and stores that take no more."""

import base64
import gzip
import json
import socket
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx
import pytest
from tracking_server import LoopbackServer, Tracking, batch, open_store, track

from empty_stores import write_empty_sqlite
from kikubari.collect import Limits
from kikubari.spec.errors import UnavailableError
from kikubari.storage import SqliteStateStore

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
