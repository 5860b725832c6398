"""A journey on its canvas: put together by keys, kept, published, and looked at while it runs."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TRACE = {
    "name": "Trace",
    "trigger": {"type": "api"},
    "start": "fork",
    "steps": [
        {
            "type": "branch",
            "id": "fork",
            "ways": [{"id": "all", "label": "Known", "when": {"type": "everyone"}, "next": "wait"}],
            "otherwise": "seen",
        },
        {"type": "wait", "id": "wait", "duration": {"days": 3}, "next": "seen"},
        {"type": "set_trait", "id": "seen", "traits": {"seen": True}},
    ],
    "rules": {"goal": {"events": {"event": "Order Completed"}}},
}


def begin(shop) -> str:
    """Return a journey's id that no other test has."""
    made = shop.post("/api/journeys", {"definition": TRACE, "id": f"trace-{uuid4().hex[:8]}"})
    journey_id: str = made["journey_id"]
    return journey_id


def test_the_list_and_what_it_offers(console, shop) -> None:
    begin(shop)
    page = console.open("/journeys")
    console.check()
    page.locator("main header button").click()
    expect(page.get_by_role("dialog").locator("section li").first).to_be_visible()
    console.check()


def test_a_journey_is_one_tree_in_either_view(console, shop) -> None:
    page = console.open(f"/journeys/{begin(shop)}")
    tree = page.get_by_role("tree")
    expect(tree.get_by_role("treeitem")).to_have_count(5)
    console.check()
    for view in page.locator("fieldset").first.get_by_role("button").all():
        view.click()
        expect(tree.get_by_role("treeitem")).to_have_count(5)
    console.check()


def test_steps_are_put_moved_and_taken_back_by_keys(wide, shop) -> None:
    journey = begin(shop)
    page = wide.open(f"/journeys/{journey}")
    items = page.get_by_role("tree").get_by_role("treeitem")
    page.locator("[data-item='']").focus()
    for key in ("ArrowDown", "ArrowDown", "Insert"):
        page.keyboard.press(key)
    page.get_by_role("dialog").get_by_role("button", name="Wait Lets some time pass").click()
    expect(items).to_have_count(6)
    added = page.locator("[data-item][tabindex='0']")
    expect(added).to_have_attribute("aria-label", "Wait. 1 day")
    added.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[aria-live=assertive]").first).to_contain_text("Moved")
    page.locator("[data-item][tabindex='0']").focus()
    page.keyboard.press("Delete")
    expect(items).to_have_count(5)
    page.keyboard.press("Control+z")
    expect(items).to_have_count(6)
    shop.wait(lambda: len(shop.get(f"/api/journeys/{journey}/draft")["definition"]["steps"]) == 4)


def test_a_message_without_a_word_says_so_in_the_readers_language(console, shop) -> None:
    empty = {"type": "message", "id": "m", "template": {"default_language": "ja", "variants": {}}}
    steps = {**TRACE, "start": "m", "steps": [empty]}
    made = shop.post("/api/journeys", {"definition": steps, "id": f"blank-{uuid4().hex[:8]}"})
    page = console.open(f"/journeys/{made['journey_id']}")
    words = "まだ書かれていません" if console.view.language == "ja" else "Not written yet"
    expect(page.get_by_role("treeitem").filter(has_text=words)).to_have_count(1)
    console.check()


def test_publishing_shows_what_differs_and_people_why_they_wait(wide, shop) -> None:
    journey = begin(shop)
    page = wide.open(f"/journeys/{journey}")
    page.get_by_role("button", name="Publish …").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Running", exact=True)).to_be_visible()
    person = shop.get("/api/people")["people"][0]["id"]
    shop.post(f"/api/journeys/{journey}/enrolments", {"profile": person, "key": "1"})
    shop.wait(lambda: shop.get(f"/api/journeys/{journey}")["active"] == 1)
    page.locator("[data-item='wait']").click()
    page.get_by_role("button", name="People here …").click()
    expect(page.get_by_role("dialog").get_by_text("waits until")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_label("How long").first.fill("5")
    expect(page.get_by_text("the draft differs from what is live")).to_be_visible()
    page.get_by_role("button", name="Publish …").click()
    expect(page.get_by_role("dialog").get_by_text("How long: 3 days → 5 days")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("radio")).to_have_count(2)
    wide.check()


def test_a_draft_says_what_the_shop_never_sent_and_is_published_all_the_same(console, shop) -> None:
    trigger = {"type": "event", "events": {"event": "Never Sent Here"}}
    rare = {**TRACE, "trigger": trigger}
    made = shop.post("/api/journeys", {"definition": rare, "id": f"rare-{uuid4().hex[:8]}"})
    page = console.open(f"/journeys/{made['journey_id']}")
    is_japanese = console.view.language == "ja"
    page.get_by_role("button", name="公開する…" if is_japanese else "Publish …").click()
    dialog = page.get_by_role("dialog")
    missing = dialog.get_by_role("listitem").filter(has_text="Never Sent Here")
    expect(missing).to_be_visible()
    missing.get_by_text("送り方" if is_japanese else "Here is how").click()
    expect(missing.get_by_text('analytics.track("Never Sent Here"')).to_be_visible()
    console.check()
    dialog.get_by_role("button", name="公開する" if is_japanese else "Publish", exact=True).click()
    expect(dialog).to_have_count(0)
    assert shop.get(f"/api/journeys/{made['journey_id']}")["state"] == "running"


def test_a_recipe_says_what_it_needs_and_asks_before_it_is_a_draft(console, shop) -> None:
    page = console.open("/journeys")
    page.locator("main header button").click()
    is_japanese = console.view.language == "ja"
    name = "お誕生日" if is_japanese else "Birthday"
    page.get_by_role("dialog").get_by_role("button", name=name).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("使いどころ" if is_japanese else "When to use it")).to_be_visible()
    console.check()
    dialog.locator("input[type=email]").fill("tea@shop.example")
    dialog.get_by_role("button", name="下書きを作る" if is_japanese else "Make a draft").click()
    expect(page.get_by_role("treeitem").first).to_be_visible()
    made = page.url.rsplit("/", 1)[-1]
    steps = shop.get(f"/api/journeys/{made}/draft")["definition"]["steps"]
    senders = {one["sender"]["from_address"] for one in steps if one["type"] == "message"}
    assert senders == {"tea@shop.example"}


def test_another_channel_says_that_it_goes_by_email(wide, shop) -> None:
    letter = {"type": "message", "id": "m", "channel": "sms",
              "template": {"default_language": "ja", "variants": {}}}  # fmt: skip
    body = {**TRACE, "start": "m", "steps": [letter]}
    made = shop.post("/api/journeys", {"definition": body, "id": f"sms-{uuid4().hex[:8]}"})
    page = wide.open(f"/journeys/{made['journey_id']}")
    page.locator("[data-item='m']").click()
    expect(page.get_by_text("E-mail alone is connected yet")).to_be_visible()
    expect(page.get_by_text("SMS is not connected yet: this goes by e-mail.")).to_be_visible()
    wide.check()
    page.get_by_role("tab").last.click()
    expect(page.get_by_role("region", name="Does the data come?")).to_be_visible()
