"""Guard: what was stopped and why, how strict the shop is."""

import re

import pytest
from console_browser import Console
from playwright.sync_api import Page, expect

from installation import Installation

pytestmark = pytest.mark.browser


def test_the_screen_keeps_to_what_every_screen_does(console: Console) -> None:
    page = console.open("/guard")
    expect(page.locator("h2")).to_have_count(2)
    console.check()


def test_a_rule_is_made_stricter_never_looser(wide: Console, shop: Installation) -> None:
    page = wide.open("/guard")
    level = page.get_by_role("combobox", name=re.compile("R06"))
    # By law a warning: what is left to choose is stricter.
    values = level.locator("option").evaluate_all("all => all.map(one => one.value)")
    assert values == ["", "hold", "block"]
    save(page, "block")
    assert shop.get("/api/guard/policy")["policy"]["levels"] == {"R06": "block"}
    save(page, "")
    assert shop.get("/api/guard/policy")["policy"]["levels"] == {}


def test_the_limits_stand_in_lines(wide: Console) -> None:
    page = wide.open("/guard")
    fields = page.get_by_role("group", name="Limits").locator("input")
    boxes = [one.bounding_box() or {} for one in fields.all()]
    assert len({box["y"] for box in boxes[:3]}) == 1
    assert len({box["height"] for box in boxes[:6]}) == 1
    # The one without a default takes a line of its own.
    expect(page.get_by_label("Attributes no message may use")).to_be_visible()
    assert boxes[6]["y"] > boxes[5]["y"]


def save(page: Page, level: str) -> None:
    page.get_by_role("combobox", name=re.compile("R06")).select_option(level)
    with page.expect_response(lambda one: one.request.method == "PUT") as answer:
        page.locator("form button[type=submit]").click()
    assert answer.value.status == 200
    expect(page.get_by_role("combobox", name=re.compile("R06"))).to_have_value(level)
