"""A second letter is written, what is compared is chosen, and how the letters do is told."""

import re
from typing import Any

import pytest
from console_browser import Console
from playwright.sync_api import expect

from e2e import small_shop
from installation import Installation

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(shop: Installation) -> str:
    """A draft in one letter."""
    return str(shop.post("/api/broadcasts", small_shop.BROADCAST)["id"])


def test_a_second_letter_is_written_and_compared(
    console: Console, draft: str, shop: Installation
) -> None:
    page = console.open(f"/broadcasts/{draft}/edit")
    page.get_by_role("button", name=re.compile("second letter|別の案と比べる")).click()
    expect(page.get_by_role("button", name="B", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("tab").last.click()
    held = page.get_by_label(re.compile("Get nothing|送らずに効果を確かめる人"))
    held.fill("10")
    page.get_by_label(re.compile("What counts|何で比べるか")).select_option("order")
    page.get_by_label(re.compile("What letter B is called|B案の呼び名")).fill("kinder")
    page.get_by_role("switch", name=re.compile("Test with a part|先に試し")).click(force=True)
    share = page.get_by_label(re.compile("Written to first|先に送る人"))
    share.fill("50")
    share.blur()
    console.check()

    def saved():
        return shop.get(f"/api/broadcasts/{draft}")["definition"].get("experiment") or {}

    shop.wait(lambda: saved().get("test", {}).get("percent") == 50)
    found = saved()
    assert (found["holdout_percent"], found["goal"]["kind"]) == (10, "order")
    [other] = found["others"]
    assert (other["name"], other["template"]) == ("kinder", small_shop.BROADCAST["template"])


def test_a_test_is_sent_of_the_letter_that_is_chosen(
    wide: Console, draft: str, shop: Installation
) -> None:
    template = with_subject(small_shop.BROADCAST["template"], "A kinder word")
    other = {"template": template, "name": "kinder"}
    shop.put(f"/api/broadcasts/{draft}", small_shop.BROADCAST | {"experiment": {"others": [other]}})
    page = wide.open(f"/broadcasts/{draft}/edit")
    page.get_by_role("button", name="Send a test").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Which letter")).to_have_value("a")
    dialog.get_by_label("Which letter").select_option("b")
    wide.check()
    dialog.get_by_role("button", name="Send the test").click()
    expect(page.get_by_text(re.compile("^Sent to "))).to_be_visible()
    newest = shop.get("/api/inbox", limit=1)[0]
    assert "A kinder word" in newest["subject"]


def with_subject(template: dict[str, Any], subject: str) -> dict[str, Any]:
    """Return a template whose every language has this subject."""
    variants = {code: one | {"subject": subject} for code, one in template["variants"].items()}
    return template | {"variants": variants}


def test_how_the_letters_do_is_told_on_the_page_of_the_broadcast(
    console: Console, draft: str, shop: Installation
) -> None:
    other = {"template": small_shop.BROADCAST["template"], "name": "kinder"}
    compared = {"goal": {"kind": "order"}, "others": [other]}
    body = small_shop.BROADCAST | {"experiment": compared}
    shop.put(f"/api/broadcasts/{draft}", body)
    page = console.open(f"/broadcasts/{draft}")
    page.get_by_label(re.compile("^(Letter|案)$")).select_option("b")
    shop.post(f"/api/broadcasts/{draft}/send")
    shop.wait(lambda: shop.get(f"/api/broadcasts/{draft}/progress")["state"] == "done")
    shop.settle()
    console.open(f"/broadcasts/{draft}")
    told = re.compile("Nobody has reached the goal yet|まだ誰も目標に達していない")
    expect(page.get_by_text(told)).to_be_visible()
    expect(page.get_by_text("B · kinder")).to_be_visible()
    console.check()
