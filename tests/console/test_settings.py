"""Settings: the own account, members, keys, sources, the audit log."""

from typing import Any, cast

import pytest
from console_browser import CONSOLE, Console, View
from playwright.sync_api import expect

from installation import PASSWORD, Installation
from kikubari.api.application import _create_application
from kikubari.api.guarding import changes_something

pytestmark = pytest.mark.browser
PAGES = ("", "/members", "/keys", "/sources", "/webhooks", "/audit", "/shop")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_keeps_to_what_every_screen_does(console: Console, page: str) -> None:
    console.open(f"/settings{page}")
    console.check()


def test_everything_that_leaves_an_entry_has_words() -> None:
    """A change that is recorded by its operation's name is told in the reader's language."""
    words = "".join(
        (CONSOLE / f"src/screens/settings/words/{name}.ts").read_text(encoding="utf-8")
        for name in ("operations", "webhooks")
    )
    recorded = {
        handler.handler_name
        for route in _create_application(cast("Any", None), "0").routes
        for handler in getattr(route, "route_handlers", [])
        if changes_something(handler)
    }
    assert len(recorded) > 50
    assert {name for name in recorded if words.count(f"did_{name}:") != 2} == set()


def test_the_tab_that_is_open_is_in_sight(console: Console) -> None:
    page = console.open("/settings/audit")
    tab = page.locator("main nav [aria-current=page]")
    expect(tab).to_be_in_viewport(ratio=1)


def test_a_key_is_shown_once_and_revoked(wide: Console, shop: Installation) -> None:
    page = wide.open("/settings/keys")
    page.get_by_role("button", name="Make a key").click()
    page.get_by_label("Name").fill("Nightly report")
    page.get_by_role("dialog").get_by_role("button", name="Make a key").click()
    secret = page.locator("code[class*=secret]").inner_text()
    with shop.stranger(authorization=f"Bearer {secret}") as program:
        assert program.get("/api/segments").status_code == 200
        assert program.get("/api/members").status_code == 403
        page.reload()
        wide.settle()
        assert secret not in page.content()
        page.get_by_role("row", name="Nightly report").get_by_role("button").click()
        page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
        expect(page.get_by_role("row", name="Nightly report")).to_have_count(0)
        assert program.get("/api/segments").status_code == 401


def test_somebody_is_invited_gets_another_role_and_is_removed(
    wide: Console, shop: Installation
) -> None:
    page = wide.open("/settings/members")
    page.get_by_role("button", name="Invite somebody").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail address").fill("colleague@example.jp")
    dialog.get_by_label("Role").select_option("sender")
    dialog.get_by_role("button", name="Make the link").click()
    token = page.locator("code[class*=secret]").inner_text().partition("#")[2]
    with shop.stranger() as colleague:
        body = {"token": token, "password": PASSWORD}
        colleague.post("/api/session/links/redeem", json=body).raise_for_status()

    page.get_by_label("Role of colleague@example.jp").select_option("viewer")
    expect(page.get_by_text("colleague@example.jp has another role")).to_be_visible()
    (found,) = [m for m in shop.get("/api/members") if m["email"] == "colleague@example.jp"]
    assert found["role"] == "viewer"
    row = page.get_by_role("row", name="colleague@example.jp")
    row.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)

    page.goto("/app/settings/audit")
    expect(page.locator("h1")).to_have_text("Nobody has altered the record")
    page.get_by_label("Show").select_option("member.")
    expect(page.get_by_role("rowheader").first).to_contain_text("Member removed")


def test_a_viewer_sees_their_account_and_no_more(chromium: Any, shop: Installation) -> None:
    body = {"email": "viewer@example.com", "password": PASSWORD, "role": "viewer"}
    shop.post("/api/members", body)
    console = Console(chromium, shop.owner["url"], View("en", 1280))
    credentials = {"email": body["email"], "password": PASSWORD}
    console.page.request.post("/api/session", data=credentials)
    page = console.open("/settings")
    links = page.get_by_role("navigation", name="Settings").get_by_role("link")
    assert links.all_inner_texts() == ["My account", "Shop"]
    console.close()


def test_a_browser_left_open_asks_for_the_password_first(chromium: Any, shop: Installation) -> None:
    """The server refuses a grave change once; the page asks, and goes on by itself."""
    body = {"email": "asked@example.com", "password": PASSWORD, "role": "viewer"}
    shop.post("/api/members", body)
    console = Console(chromium, shop.owner["url"], View("en", 1280))
    credentials = {"email": body["email"], "password": PASSWORD}
    console.page.request.post("/api/session", data=credentials)
    page = console.open("/settings")
    refusal = {"error": {"code": "confirmation_needed", "message": "", "hint": ""}}
    page.route("**/api/account/totp", lambda one: one.fulfill(status=403, json=refusal), times=1)
    page.get_by_role("button", name="Set up the app").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    dialog.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
    console.complaints = [text for text in console.complaints if "403" not in text]
    console.close()


def test_a_system_to_be_told_is_set_up_once_it_is_outside(
    wide: Console, shop: Installation
) -> None:
    page = wide.open("/settings/webhooks")
    page.get_by_role("button", name="Set up an endpoint").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Till")
    dialog.get_by_label("Address").fill("https://127.0.0.1/in")
    dialog.get_by_label("Events it is told of").fill("Order Completed")
    dialog.get_by_role("button", name="Set up an endpoint").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    wide.complaints.clear()  # the browser notes the refusal
    dialog.get_by_label("Address").fill("https://93.184.216.34/in")
    dialog.get_by_role("button", name="Set up an endpoint").click()
    assert page.locator("code[class*=secret]").inner_text().startswith("whsec_")
    wide.check()
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("cell", name="Switched off")).to_be_visible()
    [found] = shop.get("/api/webhooks")["endpoints"]
    assert (found["state"], found["definition"]["types"]) == ("disabled", ["Order Completed"])
    shop.client.delete(f"/api/webhooks/{found['id']}").raise_for_status()
