"""Controls of ASVS that an installation's settings decide, tried where its users are."""

import json
import os
import sqlite3
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from drawn_images import draw, upload
from installation import PASSWORD, Installation
from kikubari.access.sessions import CONFIRMED_FOR

EACH = 2
EMAIL = "hana@example.jp"
SHOP, HOST = "Teapot & Sons", "news.larkspur.example"


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """An installation with a name and hosts of its own."""
    home = tmp_path_factory.mktemp("strict") / "home"
    settings = {"SHOP_NAME": SHOP, "PUBLIC_URL": f"https://{HOST}", "HSTS_SUBDOMAINS": "true"}
    settings["TRUSTED_PROXIES"] = "127.0.0.1,10.20.0.0/16"
    settings["IMAGES_EACH"] = str(EACH)
    with Installation(home, **settings).served() as running:
        yield running


@pytest.mark.parametrize(
    "password",
    [
        "violet teapot ladder",
        "violet Teap0tSons ladder",
        "violet larkspur ladder",
        "violet k-i-k-u-b-a-r-i ladder",
    ],
)
def test_no_password_has_the_name_of_shop_host_or_product(strict, password):
    name = f"{len(password)}-{password.count('-')}@example.jp"
    body = {"email": f"set-{name}", "password": password, "role": "viewer"}
    refused = [strict.client.post("/api/members", json=body)]
    invited = {"email": f"asked-{name}", "role": "viewer"}
    token = strict.post("/api/members/invitations", invited)["url"].rpartition("#")[2]
    with strict.stranger() as anybody:
        body = {"token": token.rpartition("=")[2], "password": password}
        refused.append(anybody.post("/api/session/links/redeem", json=body))
    for answer in refused:
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "password_weak"
        assert "name" in answer.json()["error"]["message"]


def test_hosts_below_come_by_tls_where_the_shop_says_so(strict):
    """Without the setting: test_headers.py."""
    with strict.stranger(host=HOST) as anybody:
        for path in ("/healthz", "/v1/track", "/app/", "/nothing-here"):
            told = anybody.get(path).headers["strict-transport-security"]
            assert told == "max-age=31536000; includeSubDomains"
    with strict.stranger() as local:
        assert "strict-transport-security" not in local.get("/healthz").headers


@pytest.mark.parametrize(
    ("forwarded", "noted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first is what the client claimed
        ("198.51.100.1, 203.0.113.9, 10.20.3.4", "203.0.113.9"),  # behind two proxies
        ("2001:db8::7", "2001:db8::7"),
        (None, "127.0.0.1"),
    ],
)
def test_a_trusted_proxy_says_who_asked(strict, forwarded, noted):
    """Without the setting nobody is believed: test_headers.py."""
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    email = f"claims-{len(forwarded or '')}@example.com"
    with strict.stranger(**headers) as anybody:
        anybody.post("/api/session", json={"email": email, "password": "wrong-and-wrong"})
    (entry, *_) = strict.get("/api/audit-log", action="session.refused")["entries"]
    assert (entry["actor"], entry["address"]) == (email, noted)


def test_what_is_no_proxy_stops_the_start(tmp_path):
    shop = Installation(tmp_path / "home", TRUSTED_PROXIES="everybody")
    assert "KIKUBARI_TRUSTED_PROXIES" in shop.run("settings", status=2).stderr


def test_one_who_adds_pictures_without_end_is_stopped(strict):
    with (
        member(strict, "greedy@example.jp") as greedy,
        member(strict, "modest@example.jp") as modest,
    ):
        images = [upload(draw(20 + n, 10), f"Picture {n}") for n in range(EACH + 1)]
        kept = [greedy.post("/api/images", json=one) for one in images[:EACH]]
        assert [one.status_code for one in kept] == [201] * EACH
        refused = greedy.post("/api/images", json=images[EACH])
        assert refused.status_code == 409
        assert refused.json()["error"]["code"] == "image_quota"
        # What is there already is no other picture, and each has a quota of their own.
        assert greedy.post("/api/images", json=images[0]).status_code == 201
        assert modest.post("/api/images", json=images[EACH]).status_code == 201
        assert greedy.delete(f"/api/images/{kept[0].json()['id']}").status_code == 204
        assert greedy.post("/api/images", json=upload(draw(40, 10), "New")).status_code == 201


def test_pictures_have_a_quota_of_bytes_as_well(strict):
    """Half a megabyte each: one of more than a megabyte is as much as two."""
    file = BytesIO()
    Image.frombytes("RGB", (800, 600), os.urandom(800 * 600 * 3)).save(file, "PNG")
    with member(strict, "heavy@example.jp") as heavy:
        refused = heavy.post("/api/images", json=upload(file.getvalue(), "Noise"))
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "image_quota"
    assert strict.get("/api/images", search="Noise")["total"] == 0


def test_own_sessions_are_seen_and_others_ended_after_another_proof(tmp_path):
    shop = Installation(tmp_path / "home")
    with shop.served():
        shop.post("/api/members", {"email": EMAIL, "password": PASSWORD, "role": "viewer"})
        here, elsewhere = log_in(shop), log_in(shop)
    let_proofs_grow_old(shop)
    with shop.served(), browser(shop, here) as mine, browser(shop, elsewhere) as other:
        listed = mine.get("/api/account/sessions").json()
        assert [one["is_this"] for one in listed] == [False, True]
        path = f"/api/account/sessions/{listed[0]['id']}"
        for refused in (mine.delete(path), mine.delete("/api/account/sessions")):
            assert refused.status_code == 403
            assert refused.json()["error"]["code"] == "confirmation_needed"
        assert other.get("/api/session").status_code == 200
        proof = mine.post("/api/session/confirm", json={"password": PASSWORD})
        assert proof.status_code == 204
        mine.headers["x-csrf-token"] = mine.get("/api/session").json()["csrf_token"]
        assert mine.delete(path).status_code == 204
        assert other.get("/api/session").status_code == 401
        assert mine.get("/api/session").status_code == 200


def log_in(shop, email=EMAIL):
    """Return the cookies of a browser that has just logged in."""
    with shop.stranger() as one:
        one.post("/api/session", json={"email": email, "password": PASSWORD}).raise_for_status()
        return dict(one.cookies)


def test_who_tries_to_get_past_something_is_in_the_servers_log(strict):
    """Of each kind: a right, a form, a key, input, a body too large, a write key, a link."""
    secret = "zq-nobody-logs-this"
    with member(strict, "curious@example.jp") as curious, strict.stranger() as stranger:
        me = curious.get("/api/session").json()["member"]["id"]
        assert curious.get("/api/audit-log").status_code == 403
        forged = {"x-csrf-token": secret}
        assert curious.delete("/api/session", headers=forged).status_code == 403
        assert curious.post("/api/topics", json={secret: 1}).status_code == 400
        large = {"key": secret * 150_000}
        assert curious.post("/api/segments", json=large).status_code == 413
        key = {"authorization": f"Bearer {secret}"}
        assert stranger.get("/api/segments", headers=key).status_code == 401
        assert stranger.post("/v1/track", json={}, auth=(secret, "")).status_code in {400, 401}
        assert stranger.get(f"/p/{secret}").status_code == 404
        assert stranger.get(f"/{secret}").status_code == 404
        for _ in range(5):
            assert stranger.get("/api/segments", headers=key).status_code == 401
    lines = [json.loads(line) for line in strict.log.read_text().splitlines() if line[0] == "{"]
    found = [
        (one["operation"], one["status"], one["code"], one["caller"])
        for one in lines
        if one["event"] == "request.refused"
    ]
    assert {
        ("list_audit_entries", 403, "forbidden", me),
        ("log_out", 403, "forbidden", me),
        ("create_topic", 400, "invalid_input", me),
        ("create_segment", 413, "too_large", me),
        ("list_segments", 401, "unauthorized", ""),
    } <= set(found), found
    assert any(operation == "tracking" for operation, *_ in found)
    assert found.count(("list_segments", 401, "unauthorized", "")) <= 2  # a minute may turn
    assert secret not in strict.log.read_text()
    assert "curious@" not in strict.log.read_text()


@contextmanager
def browser(shop, cookies):
    """Open a browser with these cookies, and its page's token."""
    with shop.stranger() as one:
        one.cookies.update(cookies)
        one.headers["x-csrf-token"] = one.get("/api/session").json()["csrf_token"]
        yield one


@contextmanager
def member(shop, email):
    """Open the browser of a new editor."""
    shop.post("/api/members", {"email": email, "password": PASSWORD, "role": "editor"})
    with browser(shop, log_in(shop, email)) as one:
        yield one


def let_proofs_grow_old(shop):
    """Put every proof back by what it counts for; the server is down."""
    ago = (CONFIRMED_FOR + timedelta(minutes=1)) // timedelta(microseconds=1)
    with sqlite3.connect(shop.home / "state.db") as connection:
        connection.execute("UPDATE sessions SET confirmed_us = confirmed_us - ?", (ago,))
    connection.close()
