"""Sending: health of mail, how often, topics, words of consent, addresses that are never mailed."""

import re
from typing import Any

import pytest
from console_browser import Console, View
from playwright.sync_api import Route, expect

from e2e import small_shop
from installation import PASSWORD, Installation

pytestmark = pytest.mark.browser
PAGES = ("", "/senders/shop.example", "/frequency", "/topics", "/consent", "/suppressions")
COUNTS = {"n_tried": 4000, "n_bounced": 12, "n_complained": 16, "last_sent_at": None}
ALARM = {
    "scope": "sender", "id": "shop.example", "level": "halted", "n_complaints": 16,
    "n_sent": 4000, "at": "2026-11-20T00:00:00Z", "resumed_at": None, "resumed_by": None,
}  # fmt: skip
HELD = {
    "domain": "shop.example", "is_signed": True, "n_broadcasts": 2, "counts": COUNTS,
    "alarm": ALARM, "is_held": True,
}  # fmt: skip
BROKEN = {
    "code": "dkim", "level": "fail", "where": "k1._domainkey.shop.example", "found": "",
    "publish": "v=DKIM1; k=rsa; p=MIIB", "en": "The key is not published.",
    "ja": "鍵がありません。",
}  # fmt: skip
BLOCKED = {
    "domain": "shop.example", "is_ready": False, "is_blocked": True, "is_sandbox": False,
    "findings": [BROKEN],
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_every_page_keeps_to_what_every_screen_does(console: Console, page: str) -> None:
    console.open(f"/sending{page}")
    console.check()


def test_a_sender_that_is_held_says_why_and_goes_on_when_a_person_says_so(console: Console) -> None:
    asked = []

    def resume(route: Route) -> None:
        asked.append(route.request.method)
        route.fulfill(json=[{**ALARM, "resumed_at": "2026-11-21T00:00:00Z"}])

    console.page.route("**/api/senders", lambda route: route.fulfill(json=[HELD]))
    console.page.route("**/api/senders/shop.example/resume", resume)
    page = console.open("/sending")
    expect(page.locator("h1")).to_contain_text("shop.example")
    expect(page.locator("section[class*=held]")).to_contain_text(re.compile(r"16.*4,000|4,000.*16"))
    console.check()
    page.locator("section[class*=held]").get_by_role("button").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert asked == ["POST"]


def test_a_record_to_publish_is_shown_to_copy(console: Console) -> None:
    page = console.page
    page.route("**/senders/shop.example/check", lambda route: route.fulfill(json=BLOCKED))
    console.open("/sending/senders/shop.example")
    expect(page.locator("code", has_text="v=DKIM1; k=rsa; p=MIIB")).to_be_visible()
    expect(page.locator("code", has_text="k1._domainkey.shop.example")).to_be_visible()
    console.check()


def test_rules_are_tried_saved_and_kept_with_who_made_them(
    wide: Console, shop: Installation
) -> None:
    page = wide.open("/sending/frequency")
    page.get_by_role("button", name="Add a limit").click()
    page.get_by_label("Messages").fill("2")
    page.get_by_role("button", name="Add quiet hours").click()
    expect(page.get_by_text("people who got marketing mail would have waited")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Version 1")).to_contain_text("member@example.com")
    policy = shop.get("/api/policies/frequency")["policy"]
    assert policy["caps"][0]["most"] == 2
    assert policy["quiet_hours"] == [{"start": "21:00", "end": "08:00", "channel": ""}]
    page.get_by_role("button", name="Remove").first.click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Version 2")).to_be_visible()
    assert shop.get("/api/policies/frequency")["policy"]["caps"] == []


def test_mail_without_tracking_is_the_shops_choice(wide: Console, shop: Installation) -> None:
    page = wide.open("/sending/frequency")
    tracking = page.get_by_label("Count opens and clicks of those who agreed to it")
    expect(tracking).to_be_checked()
    tracking.click()
    expect(tracking).not_to_be_checked()
    wide.settle()
    assert shop.get("/api/policies/broadcasts")["defaults"]["has_tracking"] is False
    made = shop.post("/api/broadcasts", {**small_shop.BROADCAST, "name": "Left open"})
    assert made["definition"]["has_tracking"] is False
    shop.client.put("/api/policies/broadcasts", json={}).raise_for_status()


def test_a_topic_is_made_reworded_and_retired(wide: Console, shop: Installation) -> None:
    page = wide.open("/sending/topics")
    page.get_by_role("button", name="Make a topic").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Short name, for ever").fill("new-tea")
    dialog.get_by_label("Name in Japanese").fill("新茶")
    dialog.get_by_label("Name in English").fill("New tea")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Reword New tea").click()
    dialog.get_by_label("Name in English").fill("Fresh tea")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Retire Fresh tea").click()
    dialog.get_by_role("button", name="Retire").click()
    expect(page.get_by_role("row", name="Fresh tea")).to_contain_text("Retired")
    (topic,) = [one for one in shop.get("/api/topics") if one["definition"]["id"] == "new-tea"]
    assert (topic["definition"]["name_en"], topic["is_retired"]) == ("Fresh tea", True)
    page.get_by_role("button", name="Bring back Fresh tea").click()
    expect(page.get_by_role("row", name="Fresh tea")).to_contain_text("Offered")


def test_words_said_differently_are_the_next_version_beside_the_first(wide: Console) -> None:
    page = wide.open("/sending/consent")
    page.get_by_role("button", name="Write new words").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("In Japanese").fill("お知らせをお送りします。")
    dialog.get_by_label("In English").fill("We send you news.")
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Reword News by e-mail").click()
    dialog.get_by_label("In English").fill("We send you news of tea.")
    dialog.get_by_role("button", name="Save").click()
    newest, first = page.locator("article").nth(0), page.locator("article").nth(1)
    expect(newest).to_contain_text("marketing-email-2")
    expect(newest).to_contain_text("We send you news of tea.")
    expect(newest).to_contain_text("Shown now")
    expect(first).to_contain_text("We send you news.")
    expect(first.get_by_role("button", name="Reword")).to_have_count(0)
    newest.get_by_role("button", name="Retire marketing-email-2").click()
    expect(dialog).to_contain_text("Consents given under it stay valid")
    dialog.get_by_role("button", name="Retire").click()
    expect(newest).to_contain_text("Retired")
    expect(newest.get_by_role("button")).to_have_count(0)
    expect(first).to_contain_text("Shown now")
    page.get_by_label("Where it stands").fill('shop "front"')
    expect(page.locator("pre")).to_contain_text('value="shop &quot;front&quot;"')
    wide.check()


def test_an_address_is_closed_looked_up_and_opened_again(wide: Console) -> None:
    page = wide.open("/sending/suppressions")
    page.get_by_label("E-mail address").fill("never@example.jp")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_text("never@example.jp is not on the list.")).to_be_visible()
    page.get_by_role("button", name="Never mail").click()
    expect(page.get_by_role("row", name="By hand").first).to_contain_text("everything")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_text("never@example.jp: By hand")).to_be_visible()
    page.get_by_role("button", name="Mail again").click()
    page.get_by_role("dialog").get_by_role("button", name="Mail again").click()
    expect(page.get_by_text("never@example.jp is off the list.")).to_be_visible()


def test_a_sender_that_breaks_rules_stops_a_broadcast_until_an_admin_says_why(
    wide: Console, shop: Installation
) -> None:
    made = shop.post("/api/broadcasts", {**small_shop.BROADCAST, "name": "Stopped"})["id"]
    page = wide.page
    page.route("**/api/senders/*/check", lambda route: route.fulfill(json=BLOCKED))
    wide.open(f"/broadcasts/{made}")
    page.get_by_role("button", name="Send …", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The key is not published.")
    wide.check()
    dialog.get_by_label("Send all the same, because").fill("A recall cannot wait")
    dialog.get_by_role("button", name="Send all the same").click()
    expect(dialog).to_have_count(0)
    shop.wait(lambda: shop.get(f"/api/broadcasts/{made}")["state"] != "draft")
    entry = shop.get("/api/audit-log", action="broadcast.sent_unchecked")["entries"][0]
    assert (entry["target"], entry["detail"]) == (made, "A recall cannot wait")
    assert entry["actor"] == "member@example.com"


def test_who_may_only_look_changes_nothing(chromium: Any, shop: Installation) -> None:
    body = {"email": "looks@example.com", "password": PASSWORD, "role": "viewer"}
    shop.post("/api/members", body)
    looking = Console(chromium, shop.owner["url"], View("en", 1280))
    credentials = {"email": body["email"], "password": PASSWORD}
    looking.page.request.post("/api/session", data=credentials)
    page = looking.open("/sending/frequency")
    expect(page.get_by_role("button", name="Add a limit")).to_be_disabled()
    expect(page.get_by_text("Administrators can change this.")).to_be_visible()
    for path, name in (
        ("topics", "Make a topic"),
        ("consent", "Write new words"),
        ("suppressions", "Never mail"),
    ):
        looking.open(f"/sending/{path}")
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    looking.close()
