"""When a broadcast goes is chosen in the question that sends it, and taken back before its time."""

from datetime import UTC, datetime, timedelta

import pytest
from console_browser import Console
from playwright.sync_api import expect

from e2e import small_shop
from installation import Installation

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(shop: Installation) -> str:
    """A draft that nobody has sent."""
    return str(shop.post("/api/broadcasts", small_shop.BROADCAST)["id"])


def test_a_draft_is_scheduled_by_each_readers_clock_and_taken_back(
    wide: Console, draft: str, shop: Installation
) -> None:
    page = wide.open(f"/broadcasts/{draft}")
    page.get_by_role("button", name="Send …").click()
    asked = page.get_by_role("dialog")
    # For one of them the template fails.
    expect(asked.get_by_text("messages were tried")).to_be_visible()
    expect(asked.get_by_text("For one person it cannot be made")).to_be_visible()
    asked.get_by_text("At a time").click()
    wide.check()
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    asked.get_by_label("Day").fill(day.isoformat())
    asked.get_by_label("Time (Asia/Tokyo)").fill("09:30")
    asked.get_by_label("By each reader’s own clock").check()
    asked.get_by_label("At most").fill("500")
    asked.get_by_role("button", name="Schedule").click()
    expect(page.get_by_text("Scheduled", exact=True).first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Goes by itself when its time comes")
    wide.check()
    saved = shop.get(f"/api/broadcasts/{draft}")
    assert saved["state"] == "scheduled"
    assert saved["definition"]["timing"] == {
        "start_at": f"{day}T09:30:00+09:00",
        "in_local_time": True,
        "per_hour": 500,
    }
    # Half past nine comes to Kiritimati first: UTC+14.
    begins_at = datetime.fromisoformat(saved["begins_at"])
    assert begins_at == datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC) - timedelta(
        hours=14
    )
    page.get_by_role("button", name="Back to a draft").click()
    expect(page.get_by_text("It is a draft again")).to_be_visible()
    shop.wait(lambda: shop.get(f"/api/broadcasts/{draft}")["state"] == "draft")
    # What was chosen is still there.
    page.get_by_role("button", name="Send …").click()
    expect(page.get_by_label("Time (Asia/Tokyo)")).to_have_value("09:30")
