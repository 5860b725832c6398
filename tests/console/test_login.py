"""Getting in: password, code, passkey, one-time link; and nobody else gets in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from console_browser import VIEWS, Console, View
from playwright.sync_api import Page, expect

from installation import PASSWORD, Installation
from kikubari.access import totp

pytestmark = pytest.mark.browser
NEW = "slow amber lantern"
ENGLISH = View("en", 1280)


@pytest.fixture
def stranger(chromium: Any, shop_url: str) -> Iterator[Console]:
    """A browser nobody is logged in with, at an address that may have passkeys."""
    one = Console(chromium, shop_url.replace("127.0.0.1", "localhost"), ENGLISH)
    yield one
    one.complaints = [text for text in one.complaints if "401" not in text]  # as was asked for
    one.close()


@pytest.fixture
def member(shop: Installation, request: pytest.FixtureRequest) -> str:
    """Address of a member of this test alone."""
    email = f"{request.node.name[:40].rstrip('_').replace('[', '.').rstrip(']')}@example.com"
    shop.post("/api/members", {"email": email, "password": PASSWORD, "role": "editor"})
    return email


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/app/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def is_in(page: Page) -> None:
    page.wait_for_url("**/app/")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def code_of(secret: str, steps: int = 0) -> str:
    return totp.code_at(secret, totp.step_of(datetime.now(UTC)) + steps)


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_the_door_keeps_to_what_every_screen_does(
    chromium: Any, shop: Installation, shop_url: str, view: View
) -> None:
    console = Console(chromium, shop_url.replace("127.0.0.1", "localhost"), view)
    console.open("/login")
    console.check()
    made = shop.post("/api/members/invitations", {"email": f"{view}@example.jp"})
    page = console.open(f"/welcome#{made['url'].partition('#')[2]}")
    expect(page.locator("input[name=password]")).to_be_visible()
    console.check()
    console.close()


def test_the_language_is_the_browsers_until_it_is_switched(chromium: Any, shop_url: str) -> None:
    context = chromium.new_context(base_url=shop_url, locale="ja-JP")
    page = context.new_page()
    page.goto("/app/login")
    expect(page.locator("h1")).to_have_text("おかえりなさい")
    page.get_by_text("English").click()
    expect(page.locator("h1")).to_have_text("Welcome back")
    context.close()


def test_a_password_lets_in_and_a_wrong_one_says_so(stranger: Console, member: str) -> None:
    page = stranger.page
    log_in(page, member, "wrong horse battery")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    log_in(page, member)
    is_in(page)
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/app/login")
    page.goto("/app/")
    page.wait_for_url("**/app/login?next=*")


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/app/settings", "/app/settings"),
        ("https://evil.example/", "/app/"),
        ("//evil.example/", "/app/"),
        ("javascript:alert(1)", "/app/"),
        ("/app/../logout", "/app/"),
    ],
)
def test_after_the_log_in_only_the_console_is_gone_to(
    stranger: Console, shop: Installation, wanted: str, reached: str
) -> None:
    email = f"goes{abs(hash(wanted))}@example.com"
    shop.post("/api/members", {"email": email, "password": PASSWORD, "role": "viewer"})
    page = stranger.page
    page.goto(f"/app/login?next={wanted}")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{stranger.url}{reached}")


def test_an_app_is_set_up_and_asked_for(stranger: Console, member: str) -> None:
    page = stranger.page
    log_in(page, member)
    is_in(page)
    page.goto("/app/settings")
    expect(page.locator("h1")).to_have_text("Only a password protects your account")
    page.get_by_role("button", name="Set up the app").click()
    expect(page.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
    secret = page.locator("p[class*=secret]").inner_text().replace(" ", "")
    page.get_by_label("Six-digit code").fill(code_of(secret, -1))
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("h1")).to_have_text("Your account is protected twice")
    recovery = page.locator("ul[class*=codes] li").all_inner_texts()
    assert len(recovery) == 10
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/app/login")

    log_in(page, member)
    expect(page.locator("h1")).to_have_text("One more step")
    page.get_by_label("Code from the app").fill("000000")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong, or was used")
    page.get_by_label("Code from the app").fill(code_of(secret))
    page.get_by_role("button", name="Go on").click()
    is_in(page)
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/app/login")

    log_in(page, member)
    page.get_by_label("Code from the app").fill(recovery[0])
    page.get_by_role("button", name="Go on").click()
    is_in(page)


def test_a_passkey_is_made_lets_in_and_is_removed(stranger: Console, member: str) -> None:
    page = stranger.page
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    device = {"authenticatorId": added["authenticatorId"]}

    log_in(page, member)
    is_in(page)
    page.goto("/app/settings")
    page.get_by_label("Name of the passkey").fill("Test device")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("h1")).to_have_text("Your account is protected twice")
    expect(page.locator("ul[class*=codes] li")).to_have_count(10)
    assert len(devices.send("WebAuthn.getCredentials", device)["credentials"]) == 1
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/app/login")

    page.get_by_role("button", name="Log in with a passkey").click()
    is_in(page)
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/app/login")

    log_in(page, member)  # the password alone is not enough any more
    expect(page.locator("h1")).to_have_text("One more step")
    page.get_by_role("button", name="Use a passkey").click()
    is_in(page)

    page.goto("/app/settings")
    page.get_by_role("row", name="localhost").get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.locator("h1")).to_have_text("Only a password protects your account")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/app/login")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_an_invitation_is_taken_up_by_its_link(stranger: Console, shop: Installation) -> None:
    made = shop.post("/api/members/invitations", {"email": "asked@example.jp", "role": "viewer"})
    page = stranger.page
    page.goto(f"/app/welcome#{made['url'].partition('#')[2]}")
    expect(page.get_by_text("asked@example.jp")).to_be_visible()
    page.get_by_label("New password").fill("short")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("alert")).to_contain_text("too short, easily guessed")
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Set the password").click()
    expect(page.locator("h1")).to_have_text("That is done")
    log_in(page, "asked@example.jp", NEW)
    is_in(page)
    page.goto("about:blank")
    page.goto(f"{stranger.url}/app/welcome#{made['url'].partition('#')[2]}")
    expect(page.locator("h1")).to_have_text("This link no longer works")
    stranger.complaints = [text for text in stranger.complaints if "40" not in text]
