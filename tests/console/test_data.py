"""Data: attributes, events, the tracking plan and what breaks it, as people use them."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from installation import Installation

pytestmark = pytest.mark.browser
SCREENS = [
    "/data",
    "/data/attribute?kind=trait&name=tier",
    "/data/attribute?kind=trait&name=email",
    "/data/attribute?kind=property&event=Quiz%20Finished&name=score",
    "/data/events",
    "/data/event?event=Quiz%20Finished",
    "/data/plan",
    "/data/rule?event=Quiz%20Finished",
    "/data/violations",
    "/data/rejected",
    "/data/sources",
]
PLAN: dict[str, Any] = {
    "unknown_events": "flag",
    "events": {
        "Quiz Finished": {
            "unknown_properties": "flag",
            "property_modes": {"quiz": "block"},
            "schema": {
                "type": "object",
                "properties": {"quiz": {"type": "string"}, "score": {"type": "number"}},
                "required": ["quiz"],
            },
        }
    },
}


def finished(user: str, **properties: Any) -> dict[str, Any]:
    event = {"type": "track", "userId": user, "event": "Quiz Finished"}
    return event | {"properties": {"quiz": "tea"} | properties}


@pytest.fixture(scope="module")
def quiz_key(shop: Installation) -> str:
    """Write key of a source whose events fit the plan, mostly."""
    shop.post("/api/plan", {"plan": PLAN, "note": "First plan"})
    key: str = shop.post("/api/sources", {"name": "Quiz"})["write_key"]
    messages = [finished(f"q{n}", score=n) for n in range(12)]
    messages += [finished("q1", score="7"), finished("q2", mood="happy"), finished("q3", quiz=3)]
    messages += [
        {"type": "identify", "userId": f"q{n}", "traits": {"tier": "gold", "skin_allergy": "nuts"}}
        for n in range(12)
    ]
    send(shop, key, messages)
    shop.settle()
    shop.post("/api/data/attributes/refresh")
    return key


@pytest.fixture(autouse=True)
def counted(quiz_key: str, shop: Installation) -> Iterator[None]:
    """Leave the plan as it was found."""
    yield
    shop.post("/api/plan", {"plan": PLAN, "note": "First plan"})


def send(shop: Installation, key: str, messages: list[dict[str, Any]]) -> None:
    url = f"{shop.owner['url']}/v1/batch"
    body = {"batch": messages}
    httpx.post(url, json=body, auth=(key, ""), trust_env=False).raise_for_status()


def row(page: Page, text: str) -> Any:
    return page.get_by_role("row").filter(has_text=text)


def test_every_screen_keeps_to_what_screens_keep_to(console) -> None:
    for path in SCREENS:
        console.open(path)
        console.check()


def test_an_attribute_is_found_by_search_and_shows_where_it_comes_from(wide) -> None:
    page = wide.open("/data")
    page.get_by_label("Find an attribute").fill("score")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 attribute is known")
    page.get_by_role("link", name="score").click()
    page.wait_for_url("**/data/attribute?*")
    wide.settle()
    expect(page.get_by_role("heading", level=1)).to_contain_text("“Quiz Finished” have score")
    expect(page.get_by_text("More than one type arrives")).to_be_visible()
    expect(page.get_by_text("Quiz", exact=True)).to_be_visible()


def test_attributes_stand_by_what_they_are_of(console) -> None:
    page = console.open("/data")
    groups = page.locator("main details")
    expect(groups.first).to_have_attribute("open", "")
    quiz = groups.filter(has_text="Quiz Finished")
    link = page.get_by_role("link", name="score")
    expect(link).to_be_hidden()
    quiz.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    # Traits that everybody has are also called as one says it.
    expect(groups.first).to_contain_text("言語" if console.view.language == "ja" else "Language")
    console.check()


def test_values_that_identify_are_not_on_the_page(wide) -> None:
    page = wide.open("/data/attribute?kind=trait&name=email")
    expect(page.get_by_text("Values are not shown")).to_be_visible()
    assert "@" not in page.locator("main").inner_text()


def test_what_may_be_personal_is_listed_apart(wide) -> None:
    page = wide.open("/data")
    page.get_by_text("Personal or sensitive").click()
    expect(row(page, "skin_allergy")).to_contain_text("health")
    expect(page.get_by_role("link", name="tier")).to_have_count(0)


def test_a_decision_is_kept_with_who_made_it(wide, shop: Installation) -> None:
    page = wide.open("/data/attribute?kind=trait&name=tier")
    page.get_by_role("combobox", name="How far does it tell who").select_option("quasi")
    page.get_by_label("What it means").fill("Step of the loyalty programme")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Decided by a person.")).to_be_visible()
    expect(page.get_by_text("class: narrows down")).to_be_visible()
    found = shop.get("/api/data/attributes/one", kind="trait", name="tier")["attribute"]
    assert (found["classification"]["pii"], found["classification"]["basis"]) == ("quasi", "edited")
    assert found["description"] == "Step of the loyalty programme"
    assert found["classification"]["sensitivity"] == "none"


def test_a_violation_shows_samples_and_leads_to_its_rule(wide) -> None:
    page = wide.open("/data/violations")
    line = row(page, "wrong type").filter(has_text="score")
    line.get_by_role("button", name="Show samples").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text('"7"')
    expect(dialog).to_contain_text("type: number")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    line.get_by_role("link", name="Quiz Finished").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What “Quiz Finished” looks like")


def test_what_a_plan_blocked_is_among_the_refused(wide) -> None:
    page = wide.open("/data/rejected")
    line = row(page, "plan_violation").first
    expect(line).to_contain_text("$.properties.quiz")
    line.get_by_text("Show", exact=True).click()
    expect(line).to_contain_text('"event":"Quiz Finished"')


def test_a_plan_is_made_from_data(wide, shop: Installation) -> None:
    page = wide.open("/data/plan")
    page.get_by_role("button", name="Make a plan from data").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nothing is refused")
    dialog.get_by_role("button", name="Apply this plan").click()
    expect(page.get_by_text("is in force")).to_be_visible()
    plan = shop.get("/api/plan")
    assert plan["by"] != "this machine"
    assert {"Quiz Finished", "Order Completed"} <= plan["plan"]["events"].keys()


def test_a_rule_is_changed_by_form_tried_and_put_in_force(
    wide, shop: Installation, quiz_key: str
) -> None:
    page = wide.open("/data/rule?event=Quiz%20Finished")
    page.get_by_role("combobox", name="score If it does not fit").select_option("block")
    page.get_by_role("button", name="Add a property").click()
    page.get_by_label("Property", exact=True).last.fill("mood")
    page.get_by_role("button", name="Try on recent events").click()
    expect(page.get_by_text("1 blocked", exact=False)).to_be_visible()
    page.get_by_role("button", name="Put in force").click()
    page.wait_for_url("**/data/plan")
    rule = shop.get("/api/plan")["plan"]["events"]["Quiz Finished"]
    assert rule["property_modes"] == {"quiz": "block", "score": "block"}
    assert rule["schema"]["properties"]["mood"] == {"type": "string"}
    url = f"{shop.owner['url']}/v1/batch"
    answer = httpx.post(
        url, json={"batch": [finished("q9", score="x")]}, auth=(quiz_key, ""), trust_env=False
    )
    assert answer.status_code == 400


def test_json_that_is_none_cannot_be_put_in_force(wide) -> None:
    page = wide.open("/data/rule?event=Quiz%20Finished")
    page.get_by_text("JSON Schema", exact=True).click()
    field = page.get_by_label("JSON Schema 2020-12")
    assert json.loads(field.input_value())["required"] == ["quiz"]
    field.fill("{")
    expect(page.get_by_text("This is not JSON")).to_be_visible()
    expect(page.get_by_role("button", name="Put in force")).to_be_disabled()
    field.fill('{"type": "strnig"}')
    page.get_by_role("button", name="Try on recent events").click()
    expect(page.get_by_role("alert")).to_contain_text("invalid_plan")
    wide.complaints.clear()  # the browser notes the refusal


def test_somebody_elses_change_is_not_overwritten(wide, shop: Installation) -> None:
    page = wide.open("/data/rule?event=Quiz%20Finished")
    page.get_by_label("What it means").fill("A quiz is finished")
    shop.post("/api/plan", {"plan": PLAN | {"unknown_events": "allow"}, "note": "Meanwhile"})
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("Somebody changed the plan")).to_be_visible()
    assert shop.get("/api/plan")["note"] == "Meanwhile"
    wide.complaints.clear()  # the browser notes the refusal
