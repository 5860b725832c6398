"""Segments in the console: what there is, how it stands, and why somebody is in or out."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_all_segments_with_their_sizes(console) -> None:
    page = console.open("/segments")
    everybody = page.get_by_role("row").filter(has=page.locator("a[href*='everyone']"))
    size = everybody.locator("td[data-number=true]").first
    expect(size).to_have_text(re.compile(r"[1-9]"))  # other tests bring people, too
    expect(page.locator("[data-shade]")).to_have_count(25)
    console.check()


def test_one_segment_with_its_thresholds(console) -> None:
    page = console.open("/segments/builtin:at_risk")
    expect(page.locator("article")).to_have_count(3)
    console.check()


def test_a_cell_of_the_grid_is_a_segment(wide) -> None:
    page = wide.open("/segments")
    page.locator("[data-shade] a").first.click()
    page.wait_for_url(re.compile(r"/segments/builtin(:|%3A)rfm_r"))
    wide.settle()
    expect(page.locator("h1")).to_contain_text("RFM")


def test_every_condition_is_answered_for_one_person(wide) -> None:
    page = wide.open("/segments/builtin:bought_30d")
    person = page.request.get("/api/people?limit=1").json()["people"][0]
    page.get_by_role("searchbox").fill(person["id"])
    page.get_by_role("button", name=person["name"]).click()
    expect(page.get_by_role("heading", name=person["name"])).to_be_visible()
    wide.check()


def test_a_threshold_is_chosen_and_given_back(wide) -> None:
    page = wide.open("/segments/builtin:vip")
    page.get_by_role("textbox", name="Share of buyers who are VIP").fill("25")
    page.get_by_role("button", name="Use this value").click()
    expect(page.get_by_role("heading", name="25 %")).to_be_visible()
    page.get_by_role("button", name="Back to the shop").click()
    expect(page.get_by_role("heading", name="10 %")).to_be_visible()
