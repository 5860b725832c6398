"""A broadcast is told to repeat in the question that sends it; its dates are seen and left out."""

from datetime import UTC, datetime, timedelta

import pytest
from console_browser import Console
from playwright.sync_api import expect

from e2e import small_shop
from e2e.recurring import send_soon
from installation import Installation

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(shop: Installation) -> str:
    """A draft that nobody has sent."""
    return str(shop.post("/api/broadcasts", small_shop.BROADCAST)["id"])


@pytest.fixture(scope="module")
def recurring(shop: Installation) -> str:
    """A daily broadcast that went once and was left out once."""
    made = str(shop.post("/api/broadcasts", small_shop.BROADCAST)["id"])
    send_soon(shop, made, {"each": "day"})

    def has_gone() -> bool:
        passed = shop.get(f"/api/broadcasts/{made}/occurrences")["passed"]
        return bool(passed) and (
            shop.get(f"/api/broadcasts/{passed[0]['broadcast_id']}/progress")["state"] == "done"
        )

    shop.wait(has_gone)
    shop.settle()
    shop.post(f"/api/broadcasts/{made}/skip-next")
    return made


def test_a_draft_is_told_to_repeat_and_left_out_paused_and_ended(
    wide: Console, draft: str, shop: Installation
) -> None:
    page = wide.open(f"/broadcasts/{draft}")
    page.get_by_role("button", name="Send …").click()
    asked = page.get_by_role("dialog")
    asked.get_by_text("Again and again").click()
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    asked.get_by_label("First on").fill(day.isoformat())
    asked.get_by_label("Time (Asia/Tokyo)").fill("09:30")
    asked.get_by_label("Mon").check()
    asked.get_by_label("Thu").check()
    asked.get_by_label("Every").fill("2")
    asked.get_by_label("At most").first.fill("3")
    wide.check()
    asked.get_by_role("button", name="Let it repeat").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Goes again and again")
    saved = shop.get(f"/api/broadcasts/{draft}")
    assert saved["state"] == "repeating"
    assert saved["definition"]["timing"] == {
        "start_at": f"{day}T09:30:00+09:00",
        "repeat": {"each": "week", "every": 2, "weekdays": ["mon", "thu"], "times": 3},
    }
    expect(page.get_by_role("cell", name="To come")).to_have_count(3)
    page.get_by_role("button", name="Leave out the next").click()
    page.get_by_role("button", name="Leave it out").click()
    expect(page.get_by_role("cell", name="Left out")).to_have_count(1)
    expect(page.get_by_role("cell", name="To come")).to_have_count(3)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("cell", name="To come")).to_have_count(0)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("cell", name="To come")).to_have_count(3)
    page.get_by_role("button", name="Cancel …").click()
    page.get_by_role("button", name="Cancel for good").click()
    expect(page.get_by_role("cell", name="To come")).to_have_count(0)
    wide.check()
    assert shop.get(f"/api/broadcasts/{draft}")["state"] == "cancelled"


def test_the_dates_lead_to_what_was_sent_and_back(
    console: Console, recurring: str, shop: Installation
) -> None:
    page = console.open(f"/broadcasts/{recurring}")
    table = page.get_by_role("table").first
    expect(table.get_by_role("row")).to_have_count(1 + 5 + 2)
    console.check()
    table.get_by_role("link").click()
    expect(page.locator(f"main a[href='/app/broadcasts/{recurring}']")).to_be_visible()
    console.settle()
    console.check()


def test_the_question_how_often_fits_every_screen(console: Console, draft: str) -> None:
    page = console.open(f"/broadcasts/{draft}")
    is_english = console.view.language == "en"
    page.get_by_role("button", name="Send …" if is_english else "送信する…").click()
    asked = page.get_by_role("dialog")
    asked.get_by_text("Again and again" if is_english else "繰り返す").click()
    console.settle()
    console.check()
