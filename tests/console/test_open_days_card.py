"""What is kept of opens, where deliverability is shown."""

import os
from pathlib import Path

import pytest
from console_browser import Console
from playwright.sync_api import Route, expect

from installation import Installation

pytestmark = pytest.mark.browser
FIGURES = {
    "as_of": "2026-11-23", "n_known": 8120,
    "within": {"30": 3400, "90": 5210, "180": 7002, "365": 8001},
}  # fmt: skip


def count(route: Route) -> None:
    route.fulfill(json=FIGURES)


def test_how_many_still_open_is_shown_in_both_languages_and_widths(console: Console) -> None:
    console.page.route("**/api/open-days", count)
    page = console.open("/sending")
    expect(page.locator("main")).to_contain_text("7,002")
    console.check()
    if folder := os.environ.get("KIKUBARI_SHOTS"):
        name = "-".join(map(str, page.viewport_size.values())) + page.locator("html").get_attribute(
            "lang"
        )
        page.screenshot(path=Path(folder) / f"open-days-{name}.png", full_page=True)


def test_an_admin_says_what_is_kept(wide: Console, shop: Installation) -> None:
    page = wide.open("/sending")
    never = page.get_by_label("Of who never said anything, keep")
    with page.expect_response("**/api/policies/tracking"):
        never.select_option("last_open_day")
    kept = {"tracking": "full", "without_consent": "last_open_day"}
    shop.wait(lambda: shop.get("/api/policies/tracking")["policy"] == kept)
    expect(never).to_be_enabled()
    expect(never).to_have_value("last_open_day")
    agreed = page.get_by_label("Of who agreed to tracking, keep")
    agreed.select_option("none")
    shop.wait(lambda: shop.get("/api/policies/tracking")["policy"]["tracking"] == "none")
    expect(agreed).to_be_enabled()
    expect(agreed).to_have_value("none")
    shop.client.put("/api/policies/tracking", json={}).raise_for_status()
