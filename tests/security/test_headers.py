"""Headers on every answer, whoever gives it."""

import socket
from urllib.parse import urlsplit

import pytest

from installation import Installation

PUBLIC = "shop.example"
# Of each kind: health, the API and its refusals, the tracking API, pages, links, built files, none.
PLACES = (
    ("GET", "/healthz"),
    ("GET", "/api/session"),
    ("GET", "/api/openapi.json"),
    ("GET", "/api/nothing-here"),
    ("POST", "/v1/track"),
    ("OPTIONS", "/v1/track"),
    ("GET", "/"),
    ("GET", "/app/"),
    ("GET", "/app/assets/nothing.js"),
    ("GET", "/p/forged"),
    ("GET", "/nothing-here"),
    ("TRACE", "/api/session"),
    ("POST", "/hooks/mail"),
)


@pytest.fixture(scope="module")
def behind_tls(tmp_path_factory):
    """An installation whose public address is https, as a proxy with TLS asks it."""
    home = tmp_path_factory.mktemp("tls") / "home"
    with Installation(home, PUBLIC_URL=f"https://{PUBLIC}").served() as running:
        yield running


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_every_answer_is_shielded(behind_tls, method, path):
    with behind_tls.stranger(host=PUBLIC) as anybody:
        headers = anybody.request(method, path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in {"no-referrer", "same-origin"}
    policy = headers["content-security-policy"]
    assert "frame-ancestors" in policy
    assert "default-src 'none'" in policy or "script-src 'none'" in policy
    assert headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_plain_http_is_not_told_to_come_by_tls(behind_tls, target, method, path):
    """The machine itself asks by http, under the https address's installation or another."""
    with behind_tls.stranger() as local, target.stranger() as other:
        for anybody in (local, other):
            assert "strict-transport-security" not in anybody.request(method, path).headers


def test_a_forwarded_scheme_or_host_is_believed_of_nobody(target):
    """Anybody can send these: neither makes a request one that came by TLS."""
    forged = {"x-forwarded-proto": "https", "x-forwarded-host": PUBLIC, "forwarded": "proto=https"}
    with target.stranger(**forged) as anybody:
        assert "strict-transport-security" not in anybody.get("/api/session").headers


def test_an_address_that_somebody_claims_is_not_written_down(target):
    target.client.get("/healthz")
    email = "claims@example.com"
    with target.stranger(**{"x-forwarded-for": "203.0.113.9", "x-real-ip": "203.0.113.9"}) as one:
        one.post("/api/session", json={"email": email, "password": "wrong-and-wrong"})
    (entry, *_) = target.get("/api/audit-log", action="session.refused")["entries"]
    assert (entry["actor"], entry["address"]) == (email, "127.0.0.1")


@pytest.mark.parametrize(
    "path", ["/.git/config", "/.env", "/app/assets/", "/app/assets", "/static/"]
)
def test_no_folder_is_listed_and_nothing_beside_the_built_files_served(target, path):
    assert target.client.get(path).status_code == 404


def test_of_a_repeated_parameter_what_is_judged_is_what_is_used(target):
    for limits in ("1&limit=501", "501&limit=1"):
        answer = target.client.get(f"/api/audit-log?limit={limits}")
        assert answer.status_code in {200, 400}
        if answer.status_code == 200:
            assert len(answer.json()["entries"]) == 1


UNCLEAR = (
    b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    b"Content-Length: +4\r\n\r\nabcd",
    b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
)


@pytest.mark.parametrize("rest", UNCLEAR)
def test_a_request_that_two_would_read_differently_ends_the_connection(target, rest):
    """What a proxy takes for one request and we for two would be somebody else's."""
    address = urlsplit(target.owner["url"])
    said = b""
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(b"POST /v1/track HTTP/1.1\r\nHost: shop.example\r\n" + rest)
        while piece := connection.recv(65_536):
            said += piece
    assert said.startswith(b"HTTP/1.1 400")
    assert said.count(b"HTTP/1.1 ") == 1
