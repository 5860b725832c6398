"""Members in a browser: the cookie alone changes nothing, and never outlives the log-out."""

import re
from datetime import UTC, datetime

import pytest
from described_operations import METHODS, example_path

from installation import MEMBER, PASSWORD, Installation
from kikubari.access import totp

NEW = "slow amber lantern"


_opened = []


@pytest.fixture(autouse=True)
def closed():
    """No browser stays open after its test."""
    yield
    while _opened:
        _opened.pop().close()


class Browser:
    """A browser's client: cookies, and the token its page knows."""

    def __init__(self, api, email=MEMBER, password=PASSWORD) -> None:
        self.http = api.stranger()
        _opened.append(self.http)
        self.answer = self.http.post("/api/session", json={"email": email, "password": password})

    @property
    def token(self):
        return self.http.get("/api/session").json()["csrf_token"]

    @property
    def cookie(self):
        return self.http.cookies["kikubari_session"]

    @property
    def is_in(self):
        return self.http.get("/api/session").status_code == 200

    def send(self, method, path, **body):
        headers = {"x-csrf-token": self.token}
        return self.http.request(method, path, json=body or None, headers=headers)


@pytest.fixture
def browser(api):
    """A browser with an admin logged in."""
    one = Browser(api)
    assert one.answer.json() == {"is_open": True, "ticket": "", "methods": []}
    return one


@pytest.fixture
def member(api, request):
    """Address of a member of this test alone."""
    email = f"{re.sub(r'[^a-z]', '', request.node.name)[:40]}@example.com"
    api.post("/api/members", {"email": email, "password": PASSWORD, "role": "editor"})
    return email


def test_the_cookie_reads(browser):
    assert browser.http.get("/api/segments").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser):
    (cookie,) = browser.answer.headers.get_list("set-cookie")
    assert cookie.startswith("kikubari_session=")
    for flag in ("httponly", "samesite=strict", "path=/"):
        assert flag in cookie.lower()
    assert "max-age" not in cookie.lower()  # gone with the browser


def test_over_tls_no_other_host_can_plant_a_cookie(tmp_path):
    with Installation(tmp_path / "home", PUBLIC_URL="https://shop.example").served() as running:
        running.run("members", "create", MEMBER, "--password", PASSWORD, "--role", "viewer")
        with running.stranger(host="shop.example") as proxied:
            answer = proxied.post("/api/session", json={"email": MEMBER, "password": PASSWORD})
            cookie = answer.headers["set-cookie"]
            assert cookie.startswith("__Host-kikubari_session=")
            assert "secure" in cookie.lower()
            assert "domain" not in cookie.lower()
            assert "max-age" in answer.headers["strict-transport-security"]
            token = re.search("session=([^;]+)", cookie)[1]
            right = {"cookie": f"__Host-kikubari_session={token}"}
            assert proxied.get("/api/session", headers=right).status_code == 200
            planted = {"cookie": f"kikubari_session={token}"}
            assert proxied.get("/api/session", headers=planted).status_code == 401


def test_answers_may_not_run_be_framed_or_kept(browser):
    headers = browser.http.get("/api/session").headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    refused = browser.http.get("/api/nothing-here").headers
    assert refused["x-content-type-options"] == "nosniff"


def test_a_log_in_never_takes_over_a_session_the_browser_had(api):
    with api.stranger(cookie="kikubari_session=planted") as victim:
        answer = victim.post("/api/session", json={"email": MEMBER, "password": PASSWORD})
        assert "planted" not in answer.headers["set-cookie"]
    with api.stranger(cookie="kikubari_session=planted") as attacker:
        assert attacker.get("/api/session").status_code == 401


def test_every_unsafe_route_refuses_the_cookie_without_the_token(browser, schema):
    unsafe = [
        (method, example_path(path))
        for path, item in schema["paths"].items()
        for method in (METHODS - {"get"}) & item.keys()
        if any(item[method].get("security", []))
    ]
    assert len(unsafe) > 40
    for method, path in unsafe:
        for headers in ({}, {"x-csrf-token": "guessed"}, {"x-csrf-token": ""}):
            answer = browser.http.request(method.upper(), path, headers=headers, json={})
            assert answer.status_code == 403, (method, path)
            assert answer.json()["error"]["code"] == "forbidden"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_sites_page_is_refused_even_before_the_log_in(browser, api, headers):
    with api.stranger(**headers) as elsewhere:
        body = {"email": MEMBER, "password": PASSWORD}
        assert elsewhere.post("/api/session", json=body).status_code == 403
    body = {"condition": {"type": "everyone"}}
    both = {**headers, "x-csrf-token": browser.token}
    answer = browser.http.post("/api/segments/evaluate", json=body, headers=both)
    assert answer.status_code == 403


def test_the_token_opens(browser):
    answer = browser.send("POST", "/api/segments/evaluate", condition={"type": "everyone"})
    assert answer.status_code == 200


def test_another_sessions_token_does_not(browser, api):
    foreign = Browser(api).token
    answer = browser.http.post("/api/rebuild", headers={"x-csrf-token": foreign})
    assert answer.status_code == 403


def test_a_key_needs_no_token_and_a_bad_key_is_not_helped_by_a_cookie(browser, api):
    body = {"condition": {"type": "everyone"}}
    assert api.client.post("/api/segments/evaluate", json=body).status_code == 200
    answer = browser.http.get("/api/segments", headers={"authorization": "Bearer kk_wrong"})
    assert answer.status_code == 401


def test_log_out_ends_the_session_on_the_server(browser, api):
    cookie = browser.cookie
    assert browser.send("DELETE", "/api/session").status_code == 204
    with api.stranger(cookie=f"kikubari_session={cookie}") as thief:
        assert thief.get("/api/segments").status_code == 401


def test_nobody_learns_who_has_an_account(api):
    wrong = {"email": MEMBER, "password": "wrong horse battery"}
    unknown = {"email": "nobody@example.com", "password": PASSWORD}
    with api.stranger() as client:
        answers = [client.post("/api/session", json=body) for body in (wrong, unknown)]
    assert {answer.status_code for answer in answers} == {401}
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["error"]["code"] == "wrong_credentials"


def test_guessing_is_slowed_down(api, member):
    with api.stranger() as guesser:
        wrong = {"email": member, "password": "wrong horse battery"}
        codes = [guesser.post("/api/session", json=wrong).status_code for _ in range(11)]
        assert codes == [401] * 10 + [429]
        right = guesser.post("/api/session", json={"email": member, "password": PASSWORD})
    assert right.status_code == 429
    assert 0 < int(right.headers["retry-after"]) <= 900
    assert right.json()["error"]["code"] == "rate_limited"


def test_a_key_that_calls_too_often_is_told_when_to_come_back(api):
    body = {"name": "eager", "scopes": ["read"], "requests_per_minute": 2}
    with api.stranger(authorization=f"Bearer {api.post('/api/keys', body)['secret']}") as eager:
        answers = [eager.get("/api/session") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["retry-after"]) <= 30


def test_a_new_password_ends_every_session_but_renews_this_one(api, member):
    here, elsewhere = Browser(api, member), Browser(api, member)
    old = here.cookie
    refused = here.send("POST", "/api/account/password", current="wrong", new=NEW)
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "wrong_credentials")
    weak = here.send("POST", "/api/account/password", current=PASSWORD, new="password1234")
    assert (weak.status_code, weak.json()["error"]["code"]) == (400, "password_weak")
    done = here.send("POST", "/api/account/password", current=PASSWORD, new=NEW)
    assert done.status_code == 204
    assert here.is_in
    assert here.cookie != old
    assert not elsewhere.is_in
    assert Browser(api, member, NEW).is_in


def test_another_role_counts_at_once(api, member):
    browser = Browser(api, member)
    (found,) = [one for one in api.get("/api/members") if one["email"] == member]
    change = {"role": "viewer", "name": "Ken"}
    api.client.put(f"/api/members/{found['id']}", json=change).raise_for_status()
    assert not browser.is_in
    again = Browser(api, member).http.get("/api/session").json()
    assert again["scopes"] == ["read"]
    assert again["member"]["role"] == "viewer"


def test_the_last_admin_cannot_be_removed(tmp_path):
    with Installation(tmp_path / "home").served() as running:
        running.run("members", "create", MEMBER, "--password", PASSWORD, "--role", "admin")
        (admin,) = running.get("/api/members")
        refused = running.client.delete(f"/api/members/{admin['id']}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "last_admin")


def test_an_invitation_lets_in_once(api):
    made = api.post("/api/members/invitations", {"email": "new@example.jp", "role": "sender"})
    address, token = made["url"].split("#")
    assert address.endswith("/app/welcome")
    with api.stranger() as browser:
        told = browser.post("/api/session/links/read", json={"token": token})
        assert told.json() == {"kind": "invitation", "email": "new@example.jp"}
        body = {"token": token, "password": NEW}
        assert browser.post("/api/session/links/redeem", json=body).status_code == 204
        again = browser.post("/api/session/links/redeem", json=body)
    assert (again.status_code, again.json()["error"]["code"]) == (404, "link_spent")
    assert Browser(api, "new@example.jp", NEW).is_in


def test_by_command_somebody_gets_back_in(api):
    made = api.json("members", "invite", "back@example.jp", "--role", "editor")
    with api.stranger() as browser:
        body = {"token": made["url"].split("#")[1], "password": PASSWORD}
        browser.post("/api/session/links/redeem", json=body).raise_for_status()
    made = api.json("members", "reset", "Back@example.jp", "--forget-second-factor")
    with api.stranger() as browser:
        body = {"token": made["url"].split("#")[1], "password": NEW}
        browser.post("/api/session/links/redeem", json=body).raise_for_status()
    assert Browser(api, "back@example.jp", NEW).is_in
    changed = api.json("members", "change", "back@example.jp", "--role", "viewer")
    assert changed["role"] == "viewer"
    assert "back@example.jp" in api.run("members", "list").stdout
    api.run("members", "remove", "back@example.jp")
    assert "back@example.jp" not in api.run("members", "list").stdout


@pytest.fixture
def with_app(api, member):
    """A member's browser, and the secret of their app."""
    browser = Browser(api, member)
    setup = browser.send("POST", "/api/account/totp").json()
    assert setup["uri"].startswith("otpauth://totp/")
    assert setup["qr"]["size"] > 20
    made = browser.send("POST", "/api/account/totp/confirm", code=code_of(setup["secret"], -1))
    assert len(made.json()["codes"]) == 10
    return browser, setup["secret"], made.json()["codes"]


def code_of(secret, steps=0):
    return totp.code_at(secret, totp.step_of(datetime.now(UTC)) + steps)


def test_a_code_is_asked_for_and_opens_once(api, member, with_app):
    _, secret, _ = with_app
    begun = Browser(api, member)
    assert begun.answer.json()["is_open"] is False
    assert set(begun.answer.json()["methods"]) == {"totp", "recovery_code"}
    assert "set-cookie" not in begun.answer.headers
    assert not begun.is_in
    ticket, code = begun.answer.json()["ticket"], code_of(secret)
    body = {"ticket": ticket, "code": code}
    assert begun.http.post("/api/session/code", json=body).json()["is_open"]
    assert begun.is_in

    thief = Browser(api, member)
    body = {"ticket": thief.answer.json()["ticket"], "code": code}
    replayed = thief.http.post("/api/session/code", json=body)
    assert (replayed.status_code, replayed.json()["error"]["code"]) == (401, "wrong_credentials")
    spent = thief.http.post(
        "/api/session/code", json={"ticket": ticket, "code": code_of(secret, 1)}
    )
    assert (spent.status_code, spent.json()["error"]["code"]) == (401, "log_in_expired")


def test_a_recovery_code_opens_once(api, member, with_app):
    _, _, codes = with_app
    for expected in (200, 401):
        begun = Browser(api, member)
        body = {"ticket": begun.answer.json()["ticket"], "code": codes[0]}
        assert begun.http.post("/api/session/code", json=body).status_code == expected


def test_setting_up_a_second_factor_ends_other_sessions(api, member):
    elsewhere = Browser(api, member)
    here = Browser(api, member)
    secret = here.send("POST", "/api/account/totp").json()["secret"]
    old = here.cookie
    here.send("POST", "/api/account/totp/confirm", code=code_of(secret)).raise_for_status()
    assert here.is_in
    assert here.cookie != old
    assert not elsewhere.is_in


def test_where_a_second_factor_is_required_nothing_opens_without(tmp_path):
    with Installation(tmp_path / "home").served() as running:
        running.run("members", "create", MEMBER, "--password", PASSWORD, "--role", "viewer")
        policy = {**running.get("/api/access-policy"), "requires_second_factor": True}
        running.client.put("/api/access-policy", json=policy).raise_for_status()
        browser = Browser(running)
        refused = browser.http.get("/api/segments")
        assert (refused.status_code, refused.json()["error"]["code"]) == (
            403,
            "second_factor_needed",
        )
        assert browser.http.get("/api/session").json()["member"]["must_enrol"]
        secret = browser.send("POST", "/api/account/totp").json()["secret"]
        browser.send("POST", "/api/account/totp/confirm", code=code_of(secret))
        assert browser.http.get("/api/segments").status_code == 200


@pytest.mark.parametrize("origin", ["http://127.0.0.1:1", "https://evil.example", ""])
def test_passkeys_belong_to_addresses_of_ours(api, origin):
    with api.stranger(origin=origin) as client:
        answer = client.post("/api/session/passkey-options", json={})
    assert answer.status_code in {400, 403}
    assert answer.json()["error"]["code"] in {"passkey_refused", "forbidden"}


@pytest.mark.parametrize("credential", [{}, {"rawId": "AA"}, {"rawId": 7}, {"rawId": "é"}])
def test_a_passkey_nobody_knows_opens_nothing(api, credential):
    port = api.owner["url"].rpartition(":")[2]
    with api.stranger(origin=f"http://localhost:{port}", host=f"localhost:{port}") as client:
        begun = client.post("/api/session/passkey-options", json={}).raise_for_status().json()
        assert begun["options"]["rpId"] == "localhost"
        assert (
            "allowCredentials" not in begun["options"] or not begun["options"]["allowCredentials"]
        )
        body = {"ticket": begun["ticket"], "credential": credential}
        answer = client.post("/api/session/passkey", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "wrong_credentials")
