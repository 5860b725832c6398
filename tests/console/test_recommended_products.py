"""What would be recommended: to a customer, by each strategy, and around a product."""

import pytest
from journeys_shop import GRACE, NAME
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_customer_is_recommended_products_by_the_strategy_chosen(lively, lively_shop) -> None:
    person = lively_shop.get("/api/people", q=GRACE)["people"][0]["id"]
    page = lively.open(f"/profiles/{person}?part=recommended")
    part = page.locator("main section").last
    expect(part.get_by_role("listitem").first).to_be_visible()
    lively.check()
    strategy = page.get_by_role("combobox")
    for one in strategy.locator("option").all():
        strategy.select_option(one.get_attribute("value"))
        lively.settle()
    strategy.select_option("buy_again")
    page.get_by_role("switch").press("Space")
    expect(page.get_by_role("switch")).not_to_be_checked()
    lively.settle()
    lively.check()


def test_a_customer_is_suggested_categories_as_words_with_reasons(lively, lively_shop) -> None:
    person = lively_shop.get("/api/people", q=GRACE)["people"][0]["id"]
    asked = {"profile": person, "kind": "categories", "limit": 8}
    told = lively_shop.post("/api/recommendations/suggestions", asked)
    assert told
    page = lively.open(f"/profiles/{person}?part=recommended")
    page.get_by_role("combobox").select_option("categories")
    part = page.locator("main section").last
    for one in told:
        shown = part.get_by_role("listitem").filter(has_text=one["name"].split(" > ")[-1])
        expect(shown.filter(has_text=one[lively.view.language])).to_have_count(1)
    expect(part.get_by_role("listitem").get_by_role("link")).to_have_count(0)
    expect(page.get_by_role("switch")).to_have_count(0)
    lively.check()


def test_a_products_page_shows_what_is_chosen_from_it(lively, lively_shop) -> None:
    asked = {"seeds": ["P3"], "strategy": "similar", "limit": 3, "falls_back": False}
    told = lively_shop.post("/api/recommendations", asked)["items"]
    assert told
    page = lively.open("/catalogue/P3")
    expect(page.locator("h1")).to_have_text(NAME)
    for one in told:
        expect(page.get_by_text(one["product"]["title"], exact=True).first).to_be_visible()
    lively.check()
