"""Values no store has a place for are refused as the sender's, on either store."""

import pytest

from installation import Installation
from postgres_server import own_database

NUL = "a\0b"
REQUESTS = [
    ("POST", "/api/keys", {"name": NUL}),
    ("POST", "/api/sources", {"name": NUL}),
    ("POST", "/api/segments", {"name": NUL, "condition": {"type": "everyone"}}),
    ("POST", "/api/members", {"email": "a\0@example.com", "password": "long enough a word"}),
    ("POST", "/api/suppressions", {"address": "a\0@example.com"}),
    ("POST", "/api/profiles/merge", {"left": NUL, "right": "b", "reason": NUL}),
    ("POST", "/api/segments/evaluate", {"condition": NUL}),
    ("POST", "/api/segments/evaluate", {"condition": {"type": "segment", "segment": NUL}}),
    ("POST", "/api/segments/evaluate",
     {"condition": {"type": "trait", "trait": NUL, "test": {"type": "is", "value": NUL}}}),
    ("POST", "/api/segments/evaluate",
     {"condition": {"type": "everyone"}, "known_at": "2026-01-01T00:00:00"}),
    ("POST", "/api/segments/evaluate",
     {"condition": {"type": "everyone"}, "as_of": "0001-01-01T00:00:00Z"}),
    ("POST", "/api/segments/evaluate",
     {"condition": {"type": "everyone"}, "as_of": "9999-12-31T23:59:59Z"}),
    ("GET", "/api/segments/builtin:everyone/explain?profile_id=H&as_of=2026-01-01T00:00:00", None),
    ("GET", "/api/profiles?q=%00", None),
    ("GET", "/api/profiles/lookup?reference=%00", None),
    ("GET", "/api/profiles/prf_99999999999999999999", None),
    ("GET", "/api/profiles/%ff", None),
    ("GET", "/api/products?search=%00&category=%00", None),
    ("GET", "/api/rejected-events?code=%00", None),
    ("GET", "/api/rejected-events?source_id=9223372036854775808", None),
    ("GET", "/api/inbox?recipient=%00&before_id=9223372036854775808", None),
    ("GET", "/api/inbox/9223372036854775808", None),
    ("GET", "/api/broadcasts/%00", None),
    ("GET", "/api/broadcasts/%00/recipients?after=%00", None),
    ("GET", "/api/segments/%00", None),
    ("GET", "/api/messages/%00", None),
    ("DELETE", "/api/keys/%00", None),
    ("GET", "/shop-images/%00.svg", None),
    ("GET", "/images/%00.png", None),
    ("GET", "/api/images?search=%00&after=%00", None),
    ("GET", "/api/images/%00", None),
    ("GET", "/api/images/%00/uses", None),
    ("PUT", "/api/images/%00", {"name": "a"}),
    ("DELETE", "/api/images/%00", None),
    ("POST", "/api/recommendations/audience", {"product": NUL}),
    ("POST", "/api/recommendations/audience/list", {"product": NUL, "name": NUL}),
    ("POST", "/api/recommendations/suggestions", {"profile": NUL}),
    ("POST", "/api/recommendations/suggestions", {"profile": NUL, "kind": "searches"}),
    ("GET", "/u/%00", None),
    ("GET", "/c/%00/%00?u=%00", None),
]  # fmt: skip


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def running(request, tmp_path_factory):
    """An installation with one customer, H, on each store."""
    if request.param == "sqlite":
        yield _with_customer(request.getfixturevalue("api"))
        return
    with own_database(request.getfixturevalue("postgres_url")) as address:
        home = tmp_path_factory.mktemp("hostile") / "home"
        with Installation(home, DATABASE_URL=address).served() as installation:
            yield _with_customer(installation)


def _with_customer(installation):
    key = installation.post("/api/sources", {"name": "till"})["write_key"]
    with installation.stranger() as till:
        body = {"userId": "H", "event": "Product Viewed"}
        till.post("/v1/track", json=body, auth=(key, "")).raise_for_status()
    installation.settle()
    return installation


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
def test_it_is_not_our_fault(running, method, path, body):
    answer = running.client.request(method, path, json=body)
    assert answer.status_code < 500, answer.text


def test_everything_works_afterwards(running):
    assert running.health()["is_ready"]
    assert running.json("doctor")["is_equal"]
