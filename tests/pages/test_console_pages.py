"""The console at its outer edge: who may see and do what, in which language."""

import re

import pytest
from litestar.testing import TestClient
from page_world import EMAIL, HOSTILE, PASSWORD, READER_EMAIL, PageWorld, log_in


def _paths(world: PageWorld) -> list[str]:
    return [
        "/segments",
        "/segments/seg_own",
        "/segments/builtin:rfm_champions",
        "/segments/builtin:mailable_en",
        "/broadcasts",
        f"/broadcasts/{world.broadcast_id}",
        f"/broadcasts/{world.draft_id}",
        "/inbox",
        "/inbox?q=1001",
        f"/inbox/{world.mail_to('1001').entry.id}",
        "/collecting",
    ]


def _token(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"', maxsplit=1)[0]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_in_both_languages(member: TestClient, world: PageWorld, language: str) -> None:
    for path in _paths(world):
        answer = member.get(path, headers={"accept-language": f"{language};q=0.8, fr"})
        assert answer.status_code == 200, path
        assert f'<html lang="{language}">' in answer.text
        assert answer.text.count("<h1") == 1, path
        policy = answer.headers["content-security-policy"]
        assert "script-src 'none'" in policy
        assert "unsafe-inline" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"


def test_hostile_values_are_only_ever_text(member: TestClient, world: PageWorld) -> None:
    for path in _paths(world):
        page = member.get(path).text
        assert "<script" not in page, path
        assert "onerror=window" not in re.sub(r"&lt;.*?&gt;", "", page), path
        assert not re.search(r"""(?:href|src|action)=["']?\s*javascript:""", page), path


def test_nothing_is_shown_without_a_log_in(browser: TestClient, world: PageWorld) -> None:
    for path in [*_paths(world), f"/inbox/{world.mail_to('1001').entry.id}/html"]:
        answer = browser.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/login?next=%2F")


def test_a_forgotten_language_is_asked_of_the_browser(browser: TestClient) -> None:
    assert '<html lang="ja">' in browser.get("/login", headers={"accept-language": "ja-JP"}).text
    assert '<html lang="en">' in browser.get("/login", headers={"accept-language": "de"}).text
    both = {"accept-language": "en;q=0.3,ja;q=0.9"}
    assert '<html lang="ja">' in browser.get("/login", headers=both).text
    assert '<html lang="en">' in browser.get("/login?lang=en", headers=both).text


def test_the_chosen_language_is_remembered(member: TestClient) -> None:
    member.get("/segments?lang=ja")
    assert '<html lang="ja">' in member.get("/segments", headers={"accept-language": "en"}).text


def test_wrong_password(browser: TestClient) -> None:
    token = _token(browser.get("/login").text)
    data = {"email": EMAIL, "password": "wrong", "csrf_token": token}
    answer = browser.post("/login", data=data)
    assert answer.status_code == 401
    assert "kikubari_session" not in answer.cookies


def test_log_in_needs_its_own_form(browser: TestClient) -> None:
    data = {"email": EMAIL, "password": PASSWORD}
    assert browser.post("/login", data=data).status_code == 403
    browser.get("/login")
    assert browser.post("/login", data={**data, "csrf_token": "x"}).status_code == 403


def test_the_session_cookie_is_out_of_reach_of_scripts(browser: TestClient) -> None:
    data = {"email": EMAIL, "password": PASSWORD, "csrf_token": _token(browser.get("/login").text)}
    cookie = browser.post("/login", data=data).headers["set-cookie"]
    assert "kikubari_session=" in cookie
    assert "httponly" in cookie.lower()
    assert "samesite=strict" in cookie.lower()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:1",
        "/\n/e",
    ],
)
def test_log_in_leads_nowhere_else(browser: TestClient, target: str) -> None:
    token = _token(browser.get("/login", params={"next": target}).text)
    data = {"email": EMAIL, "password": PASSWORD, "csrf_token": token, "next": target}
    answer = browser.post("/login", data=data)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"


def test_log_out_ends_the_session(member: TestClient) -> None:
    session = member.cookies["kikubari_session"]
    token = _token(member.get("/segments").text)
    assert member.post("/logout", data={"csrf_token": token}).status_code == 303
    member.cookies.set("kikubari_session", session)
    assert member.get("/segments").status_code == 303


def _unsafe_routes(world: PageWorld) -> list[str]:
    """Return every console route that changes something; log-in has a token of its own."""
    paths = [
        route.path
        for route in world.app.routes
        for method in getattr(route, "methods", ())
        if method not in ("GET", "HEAD", "OPTIONS")
        and not route.path.startswith(("/api", "/u/", "/p/"))
        and route.path != "/login"
    ]
    return [path.replace("{broadcast_id:str}", world.draft_id) for path in paths]


def test_every_unsafe_route_needs_the_token(member: TestClient, world: PageWorld) -> None:
    paths = _unsafe_routes(world)
    assert len(paths) >= 5
    for path in paths:
        for data in ({}, {"csrf_token": ""}, {"csrf_token": "wrong"}, {"csrf_token": "é"}):
            assert member.post(path, data=data).status_code == 403, path
        assert member.post(
            path, content=b"{}", headers={"content-type": "text/plain"}
        ).status_code == (403), path
        assert member.get("/segments").status_code == 200
    draft = world.services.broadcasts.get(world.draft_id)
    assert draft.started_at is None


def test_the_admin_api_takes_no_form_of_another_site(member: TestClient, world: PageWorld) -> None:
    path = f"/api/broadcasts/{world.draft_id}/send"
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert member.post(path, content=b"", headers=form).status_code == 403
    assert world.services.broadcasts.get(world.draft_id).started_at is None


def test_sending_needs_its_scope(browser: TestClient, world: PageWorld) -> None:
    reader = log_in(browser, READER_EMAIL)
    page = reader.get(f"/broadcasts/{world.draft_id}").text
    assert f"/broadcasts/{world.draft_id}/send" not in page
    answer = reader.post(f"/broadcasts/{world.draft_id}/send", data={"csrf_token": _token(page)})
    assert answer.status_code == 403
    assert world.services.broadcasts.get(world.draft_id).started_at is None


def test_write_keys_are_for_administrators(browser: TestClient, world: PageWorld) -> None:
    key = world.services.sources.list_all()[0].write_key
    assert key not in log_in(browser, READER_EMAIL).get("/collecting").text
    browser.cookies.clear()
    assert key in log_in(browser, EMAIL).get("/collecting").text


def test_buttons_do_what_they_say(member: TestClient, world: PageWorld) -> None:
    which = world.broadcast("To cancel", is_sent=False)
    path = f"/broadcasts/{which}"
    token = _token(member.get(path).text)
    assert member.post(f"{path}/pause", data={"csrf_token": token}).status_code == 409
    assert member.post(f"{path}/send", data={"csrf_token": token}).status_code == 303
    assert world.services.broadcasts.get(which).started_at is not None
    assert member.post(f"{path}/cancel", data={"csrf_token": token}).status_code == 303
    assert world.services.broadcasts.get(which).state == "cancelled"
    assert member.get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/segments/none", "/broadcasts/none", "/inbox/999999", "/assets/x.css",
        "/assets/..%2F__init__.py", "/shop-images/none.svg", "/shop-images/P1", "/inbox/1/2",
    ],
)  # fmt: skip
def test_what_is_not_there(member: TestClient, path: str) -> None:
    assert member.get(path).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["/inbox?before=0", "/profiles?q=" + "x" * 300,
     "/broadcasts/x?after=" + "y" * 50],
)  # fmt: skip
def test_nonsense_in_the_address(member: TestClient, query: str) -> None:
    answer = member.get(query)
    assert answer.status_code in (400, 404)
    assert "<h1" in answer.text


def test_the_root_leads_to_the_console(member: TestClient, browser: TestClient) -> None:
    assert member.get("/").headers["location"] == "/app/"
    browser.cookies.clear()
    assert browser.get("/").headers["location"].startswith("/login")


def test_addresses_of_people_lead_to_the_console(member: TestClient) -> None:
    for old, new in (
        ("/profiles", "/app/profiles"),
        ("/profiles?q=a b", "/app/profiles?q=a+b"),
        ("/profiles/prf_7", "/app/profiles/prf_7"),
        ("/profiles/%3Cscript%3E", "/app/profiles/%3Cscript%3E"),
    ):
        answer = member.get(old, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (302, new)


def test_a_broadcast_says_why_somebody_did_not_get_it(member: TestClient, world: PageWorld) -> None:
    page = member.get(f"/broadcasts/{world.broadcast_id}?lang=en").text
    assert "has not agreed to this purpose" in page
    assert "3 people were written to." in page


def test_a_segment_in_words(member: TestClient) -> None:
    page = member.get("/segments/builtin:rfm_champions?lang=en").text
    assert "all of these" in page
    assert "Last Order within 30 days" in page
    assert "Order, in the last 365 days: at least 3 times" in page
    assert "Top 20 % by the sum of value of Order" in page


def test_a_received_message_is_shut_in(member: TestClient, world: PageWorld) -> None:
    mail = world.mail_to("6666")
    page = member.get(f"/inbox/{mail.entry.id}").text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    frame = member.get(f"/inbox/{mail.entry.id}/html")
    policy = frame.headers["content-security-policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert HOSTILE not in page


def test_robots_and_mark(browser: TestClient) -> None:
    assert "Disallow: /" in browser.get("/robots.txt").text
    assert browser.get("/favicon.ico").headers["content-type"] == "image/svg+xml"
    css = re.search(r'href="(/assets/kikubari.css[^"]*)"', browser.get("/login").text)
    assert css is not None
    answer = browser.get(css[1])
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
