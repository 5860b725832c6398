"""Members in a browser: the cookie alone changes nothing, and never outlives the log-out."""

import re

import pytest
from described_operations import METHODS, example_path

from installation import MEMBER, PASSWORD

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def browser(api):
    """A logged-in browser."""
    with api.stranger() as client:
        page = client.get("/login")
        form = {"email": MEMBER, "password": PASSWORD, "csrf_token": TOKEN.search(page.text)[1]}
        assert client.post("/login", data=form).status_code == 303
        yield client


def token_of(browser):
    return TOKEN.search(browser.get("/").text)[1]


def test_the_cookie_reads(browser):
    assert browser.get("/api/segments").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(api):
    with api.stranger() as client:
        page = client.get("/login")
        form = {"email": MEMBER, "password": PASSWORD, "csrf_token": TOKEN.search(page.text)[1]}
        cookies = client.post("/login", data=form).headers.get_list("set-cookie")
    (session,) = [one for one in cookies if one.startswith("kikubari_session=")]
    assert "httponly" in session.lower()
    assert "samesite=lax" in session.lower()


def test_every_unsafe_route_refuses_the_cookie_without_the_token(browser, schema):
    unsafe = [
        (method, example_path(path))
        for path, item in schema["paths"].items()
        for method in (METHODS - {"get"}) & item.keys()
    ]
    assert len(unsafe) > 12
    for method, path in unsafe:
        for headers in ({}, {"x-csrf-token": "guessed"}, {"x-csrf-token": ""}):
            answer = browser.request(method.upper(), path, headers=headers, json={})
            assert answer.status_code == 403, (method, path)
            assert answer.json()["error"]["code"] == "forbidden"


def test_the_token_opens(browser):
    headers = {"x-csrf-token": token_of(browser)}
    body = {"condition": {"type": "everyone"}}
    answer = browser.post("/api/segments/evaluate", json=body, headers=headers)
    assert answer.status_code == 200


def test_another_sessions_token_does_not(browser, api):
    with api.stranger() as other:
        page = other.get("/login")
        form = {"email": MEMBER, "password": PASSWORD, "csrf_token": TOKEN.search(page.text)[1]}
        other.post("/login", data=form)
        foreign = token_of(other)
    answer = browser.post("/api/rebuild", headers={"x-csrf-token": foreign})
    assert answer.status_code == 403


def test_a_key_needs_no_token_and_a_bad_key_is_not_helped_by_a_cookie(browser, api):
    body = {"condition": {"type": "everyone"}}
    assert api.client.post("/api/segments/evaluate", json=body).status_code == 200
    answer = browser.get("/api/segments", headers={"authorization": "Bearer kk_wrong"})
    assert answer.status_code == 401


def test_log_out_ends_the_session_on_the_server(browser):
    cookie = browser.cookies["kikubari_session"]
    browser.post("/logout", data={"csrf_token": token_of(browser)})
    answer = browser.get("/api/segments", headers={"cookie": f"kikubari_session={cookie}"})
    assert answer.status_code == 401
