"""Why somebody went where they went, and what comes of each step, as the console tells it."""

import re
from uuid import uuid4

import pytest
from journeys_shop import GRACE, NAME
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

EVERYONE = {"type": "everyone"}
NEVER = {"type": "event_count", "event": "Order Completed", "count": {"at_least": 900}}
STEPS = [
    {"type": "branch", "id": "who", "otherwise": "w", "ways": [
        {"id": "many", "label": NAME, "when": {"type": "all", "of": [EVERYONE, NEVER]}},
        {"id": "all", "label": "Anybody", "when": EVERYONE, "next": "m"},
    ]},
    {"type": "message", "id": "m", "next": "w", "label": "Hello", "purpose": "marketing",
     "template": {"default_language": "en", "variants": {"en": {
         "subject": "Hello", "html": '<p><a href="{{ unsubscribe_url }}">U</a></p>'}}}},
    {"type": "wait", "id": "w", "duration": {"days": 3}, "next": "last"},
    {"type": "branch", "id": "last", "ways": [{"id": "l", "label": "Last", "when": EVERYONE}]},
]  # fmt: skip


def begin(shop, segment=EVERYONE) -> tuple[str, str]:
    """Return a running journey that somebody was let into, if they may; and who."""
    definition = {
        "name": "Told",
        "trigger": {"type": "api"},
        "segment": segment,
        "start": "who",
        "steps": STEPS,
        "rules": {"goal": {"events": {"event": "Order Completed"}}},
    }
    journey: str = f"told-{uuid4().hex[:8]}"
    shop.post("/api/journeys", {"id": journey, "definition": definition})
    shop.post(f"/api/journeys/{journey}/publish")
    person: str = shop.get("/api/people", q=GRACE)["people"][0]["id"]
    shop.post(f"/api/journeys/{journey}/enrolments", {"profile": person, "key": "1"})
    return journey, person


def ask(page, console, words):
    page.get_by_role("button", name=words["en" if console.view.language == "en" else "ja"]).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill(GRACE)
    dialog.locator("li button").first.click()
    return dialog


WHY = {"en": "Why is somebody here", "ja": "なぜ入った"}


def test_a_branch_a_message_and_what_comes_next_are_told(lively, lively_shop) -> None:
    journey, person = begin(lively_shop)
    path = f"/api/journeys/{journey}/enrolments/{person}"
    lively_shop.wait(lambda: _is_at(lively_shop.get(path), "w"))
    lively_shop.wait(lambda: _mail(lively_shop.get(path)) == "sent")
    page = lively.open(f"/journeys/{journey}")
    dialog = ask(page, lively, WHY)
    is_japanese = lively.view.language == "ja"
    # The first way did not hold, of its two conditions one; the second did.
    no, yes = ("いいえ", "はい") if is_japanese else ("no", "yes")
    asked = dialog.locator("li li")
    expect(asked.filter(has_text=NAME)).to_have_text(re.compile(f"^{no}"))
    expect(asked.filter(has_text=NAME).locator("li")).to_have_text(
        [re.compile(f"^{yes}"), re.compile(f"^{no}")]
    )
    expect(asked.filter(has_text="Anybody").first).to_have_text(re.compile(f"^{yes}"))
    expect(
        dialog.get_by_role("heading", name="このあと" if is_japanese else "What comes next")
    ).to_be_visible()
    now = "今なら「Last」" if is_japanese else "as things are now: Last"
    expect(dialog.get_by_text(now)).to_be_visible()
    lively.check()
    look = "このお客様へのメッセージ" if is_japanese else "This person’s messages"
    dialog.get_by_role("link", name=look).click()
    page.wait_for_url(f"**/profiles/{person}?part=messages")


def test_who_is_not_let_in_is_told_what_it_takes(lively, lively_shop) -> None:
    journey, person = begin(lively_shop, segment=NEVER)
    path = f"/api/journeys/{journey}/enrolments/{person}"
    lively_shop.wait(lambda: lively_shop.get(path)["refused"] == "not_in_segment")
    page = lively.open(f"/journeys/{journey}")
    dialog = ask(page, lively, WHY)
    is_japanese = lively.view.language == "ja"
    why = "対象ではありません" if is_japanese else "not one of those it is for"
    expect(dialog.get_by_text(why).first).to_be_visible()
    takes = "始まりの条件" if is_japanese else "What lets people in"
    expect(dialog.get_by_role("heading", name=takes)).to_be_visible()
    lively.check()


def test_cards_ways_and_the_panel_say_what_came_of_it(lively, lively_shop) -> None:
    counts = lively_shop.get("/api/journeys/thanks/counts")
    [fork] = [one for one in counts["steps"] if one["step"] == "x"]
    passed, converted = (sum(one[of] for one in fork["ways"]) for of in ("passed", "converted"))
    assert converted
    share = f"{converted / passed * 100:.0f}%"
    messages = {one["step"]: one for one in lively_shop.get("/api/journeys/thanks/messages")}
    page = lively.open("/journeys/thanks")
    is_japanese = lively.view.language == "ja"
    goal, sent, stopped = ("達成", "送信", "停止") if is_japanese else ("goal", "sent", "stopped")
    card = page.locator("[data-item='x']")
    expect(card).to_contain_text(f"{share} {goal}")
    letter = page.locator("[data-item='m']")
    expect(letter).to_contain_text(f"{messages['m']['sent']} {sent}")
    kept = sum(
        messages["m"][of] for of in ("by_cap", "by_guard", "by_consent", "withdrawn", "by_other")
    )
    assert kept
    expect(letter).to_contain_text(f"{kept} {stopped}")
    why = "同意・希望なし" if is_japanese else "not agreed, or not wanted"
    told = letter.locator("[title]").first
    expect(told).to_have_attribute("title", re.compile(f"{why}: "))
    way = next(one for one in fork["ways"] if one["passed"])
    part = f"{way['converted'] / way['passed'] * 100:.0f}% {goal}"
    expect(page.get_by_text(part).first).to_be_visible()
    letter.click()
    expect(page.get_by_text(why).first).to_be_visible()
    lively.check()


def _is_at(story, step) -> bool:
    return any(one["upcoming"] == step for one in story["entries"])


def _mail(story) -> str:
    [one] = [one for one in story["entries"][0]["path"] if one["step"] == "m"]
    state: str = one["message"]["state"]
    return state
