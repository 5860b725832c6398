"""Headers on every answer, whoever gives it."""

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
