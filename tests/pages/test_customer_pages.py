"""Pages for customers and the signed addresses in messages."""

import re
from base64 import b64decode
from urllib.parse import quote

import pytest
from litestar.testing import TestClient
from page_world import PageWorld

from kikubari.spec.topics import EMAIL_LINK_CLICKED, EMAIL_OPENED, UNSUBSCRIBED

_FIREFOX = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
_MAIL_PROGRAM = {"content-type": "application/x-www-form-urlencoded"}


def ticked(page: str) -> set[str]:
    """Return the names of the ticked boxes of a page."""
    return set(re.findall(r'<input type="checkbox" name="([^"]+)" value="yes" checked>', page))


def _events(world: PageWorld, user_id: str, topic: str) -> int:
    world.settle()
    with world.services.store.read() as connection:
        numbers = world.services.profiles.get_profile(connection, user_id).numbers
    return sum(one.event.type == topic for one in world.services.log.timeline(numbers))


def _state(world: PageWorld, user_id: str, broadcast_id: str) -> str:
    with world.services.store.read() as connection:
        numbers = world.services.profiles.get_profile(connection, user_id).numbers
    found = world.services.outbox.list_for_person(numbers)
    return next(one.state for one in found if one.origin.id == broadcast_id)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_looking_never_acts(browser: TestClient, world: PageWorld, language: str) -> None:
    for prefix in ("/u/", "/p/"):
        path = world.link("1002", prefix)
        for answer in (
            browser.get(path, headers={"accept-language": language}),
            browser.get(path, params={"lang": language}),
        ):
            assert answer.status_code == 200
            assert f'<html lang="{language}">' in answer.text
            assert "Teapot &amp; Sons" in answer.text
            assert "set-cookie" not in answer.headers
            assert "script-src 'none'" in answer.headers["content-security-policy"]
        browser.head(path)
    assert _events(world, "1002", UNSUBSCRIBED) == 0


def test_one_click_of_a_mail_program(browser: TestClient, world: PageWorld) -> None:
    world.add_person("2001", "en", ("One", "Click"), agrees=True)
    world.settle()
    sent = world.broadcast("For one click", is_sent=True)
    world.settle()
    path = world.link("2001", "/u/")
    answer = browser.post(path, content=b"List-Unsubscribe=One-Click", headers=_MAIL_PROGRAM)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert "You are unsubscribed" in answer.text
    again = browser.post(path, content=b"List-Unsubscribe=One-Click", headers=_MAIL_PROGRAM)
    assert again.status_code == 200
    assert _events(world, "2001", UNSUBSCRIBED) == 1
    assert "You are unsubscribed" in browser.get(path).text
    after = world.broadcast("After", is_sent=True)
    assert _state(world, "2001", sent) == "sent"
    assert _state(world, "2001", after) == "skipped"


@pytest.mark.parametrize(
    "body", [b"", b"anything=else", b"\xff\xfe", b"List-Unsubscribe=One-Click"]
)
def test_a_forged_link_is_not_there(browser: TestClient, world: PageWorld, body: bytes) -> None:
    right = world.link("1002", "/u/")
    for path in ("/u/x", right[:-1] + ("A" if right[-1] != "A" else "B"), "/u/" + "A" * 36):
        assert browser.get(path).status_code == 404
        assert browser.post(path, content=body, headers=_MAIL_PROGRAM).status_code == 404
        preferences = path.replace("/u/", "/p/")
        assert browser.get(preferences).status_code == 404


def test_wishes_are_kept(browser: TestClient, world: PageWorld) -> None:
    world.add_person("2002", "en", ("Pre", "Ference"), agrees=True)
    world.settle()
    world.broadcast("For wishes", is_sent=True)
    path = world.link("2002", "/p/")
    assert ticked(browser.get(path).text) == {"marketing", "tracking"}
    saved = browser.post(path, data={"marketing": "yes"})
    assert saved.status_code == 200
    assert "Saved" in saved.text
    world.settle()
    assert ticked(browser.get(path).text) == {"marketing"}
    with world.services.store.read() as connection:
        number = world.services.profiles.find_number(connection, "2002")
        state = world.services.consents.state(connection, [number], "tracking", "email")[number]
    assert state.status == "withdrawn"
    browser.post(path, data={})
    world.settle()
    assert ticked(browser.get(path).text) == set()
    browser.post(path, data={"marketing": "yes", "tracking": "yes"})
    world.settle()
    assert ticked(browser.get(path).text) == {"marketing", "tracking"}


def test_a_link_leads_to_its_address_only(browser: TestClient, world: PageWorld) -> None:
    path = world.link("1002", "/c/")
    answer = browser.get(path, headers=_FIREFOX)
    assert answer.status_code == 302
    assert answer.headers["location"] == "https://shop.example/tea?a=1&b=2"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    head, _, _ = path.partition("?u=")
    for forged in (
        f"{head}?u={quote('https://evil.example')}",
        head,
        path.replace("/0?", "/1?"),
        "/c/" + "A" * 36 + "/0?u=" + quote("https://shop.example/tea?a=1&b=2"),
        "/c/%FF%FE/0?u=x",
        "/c/x/%C2%B2?u=%00",
    ):
        refused = browser.get(forged)
        assert refused.status_code == 404, forged
        assert "location" not in refused.headers
    # Told once it is known what followed.
    world.wait(lambda: _events(world, "1002", EMAIL_LINK_CLICKED) == 1)


def test_head_requests_are_machines(browser: TestClient, world: PageWorld) -> None:
    before = world.services.reports.broadcast(world.broadcast_id).outcomes.clicked
    assert browser.head(world.link("1001", "/c/"), headers=_FIREFOX).status_code == 302
    world.settle()
    assert world.services.reports.broadcast(world.broadcast_id).outcomes.clicked == before


def test_the_pixel(browser: TestClient, world: PageWorld) -> None:
    path = world.link("1002", "/o/")
    answer = browser.get(path, headers=_FIREFOX)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/gif"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.content.startswith(b64decode("R0lGODlhAQABAA=="))
    assert browser.get("/o/" + "A" * 36).status_code == 404
    world.wait(lambda: _events(world, "1002", EMAIL_OPENED) == 1)


def test_whoever_follows_the_link_that_nobody_sees_is_a_machine(
    browser: TestClient, world: PageWorld
) -> None:
    world.add_person("2404", "en", ("Grace", "Gate"), agrees=True)
    world.settle()
    sent = world.broadcast("For scanners", is_sent=True)
    world.wait(lambda: _state(world, "2404", sent) == "sent")
    trap, link = world.link("2404", "/t/"), world.link("2404", "/c/")
    followed = browser.get(link, headers=_FIREFOX)
    assert followed.status_code == 302
    unseen = browser.get(trap, headers=_FIREFOX)
    assert (unseen.status_code, unseen.content) == (204, b"")
    assert browser.head(trap, headers=_FIREFOX).status_code == 204
    for forged in (trap[:-1] + ("A" if trap[-1] != "A" else "B"), "/t/x", "/t/" + "A" * 36):
        assert browser.get(forged).status_code == 404
    world.wait(lambda: _events(world, "2404", EMAIL_LINK_CLICKED) == 1)
    world.settle()
    outcomes = world.services.reports.broadcast(sent).outcomes
    assert (outcomes.clicked, outcomes.machine_clicked) == (0, 1)
