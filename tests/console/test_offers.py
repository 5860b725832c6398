"""Offers, and the test send of a draft, in a browser."""

import pytest
from console_browser import Console
from playwright.sync_api import expect

from e2e import small_shop
from installation import MEMBER, Installation

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def offer_id(shop: Installation) -> str:
    limits = {"most": 1200, "budget_minor": 60_000}
    body = {
        "name": "新茶",
        "benefit": {"kind": "percent_off", "percent": 10},
        "limits": limits,
        "validity": {"ends_on": "2099-12-31", "days": 14},
    }
    made: str = shop.post("/api/offers", body)["id"]
    return made


def test_every_page_keeps_to_what_every_screen_does(console: Console, offer_id: str) -> None:
    for path in ("/offers", f"/offers/{offer_id}"):
        console.open(path)
        console.check()


def test_offer_is_made_gets_its_codes_and_ends(wide: Console, shop: Installation) -> None:
    page = wide.open("/offers")
    page.get_by_role("button", name="Make an offer").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Free shipping for all")
    dialog.get_by_label("What it is good for").select_option("free_shipping")
    dialog.get_by_label("Codes", exact=True).select_option("uploaded")
    dialog.get_by_role("button", name="Make it").click()
    expect(page.get_by_role("heading", name="Free shipping for all")).to_be_visible()
    page.get_by_label("Add codes").get_by_role("textbox").fill("SHIP-1\nSHIP-2")
    page.get_by_role("button", name="Add codes").click()
    expect(page.get_by_text("2 codes added")).to_be_visible()
    page.get_by_role("button", name="End it").click()
    page.get_by_role("dialog").get_by_role("button", name="End it").click()
    expect(page.get_by_role("button", name="Begin it again")).to_be_visible()
    made = next(
        one
        for one in shop.get("/api/offers")
        if one["definition"]["name"] == "Free shipping for all"
    )
    assert (made["is_ended"], made["figures"]["n_free"]) == (True, 2)


def test_draft_is_sent_to_oneself(wide: Console, shop: Installation) -> None:
    draft = shop.post("/api/broadcasts", small_shop.BROADCAST)["id"]
    page = wide.open(f"/broadcasts/{draft}")
    page.get_by_role("button", name="Send a test").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(MEMBER)).to_be_visible()
    dialog.get_by_role("button", name="Send the test").click()
    expect(page.get_by_text(f"Sent to {MEMBER}")).to_be_visible()
    assert any(MEMBER in one["rcpt_to"] for one in shop.get("/api/inbox"))
