"""All journeys at once: experiments, who competes, the life-cycle; and one customer's journeys."""

import pytest
from journeys_shop import GRACE, NAME
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_experiments_say_how_each_part_does(lively, lively_shop) -> None:
    page = lively.open("/journeys/experiments")
    (told,) = lively_shop.get("/api/journeys/experiments")
    for part in told["judged"]["verdict"]["parts"]:
        share = f"{part['rate'] * 100:.1f}".removesuffix(".0")
        expect(page.get_by_text(f"{share}%", exact=True).first).to_be_visible()
    expect(page.get_by_text(NAME, exact=True).first).to_be_visible()
    lively.check()


def test_an_experiments_standing_is_beside_its_step(lively) -> None:
    page = lively.open("/journeys/thanks")
    page.locator("[data-item='x']").click()
    expect(
        page.get_by_text({"en": "How it stands", "ja": "今の結果"}[lively.view.language])
    ).to_be_visible()
    lively.check()


def test_conflicts_are_drawn_and_each_has_advice(lively, lively_shop) -> None:
    page = lively.open("/journeys/conflicts")
    (told,) = lively_shop.get("/api/journeys/conflicts")["conflicts"]
    cell = page.locator("td[data-level]").first
    expect(cell).to_have_text(str(max(told["together"], told["close"])))
    expect(page.get_by_role("link", name=f"Thanks {NAME}").first).to_be_visible()
    lively.check()


def test_the_life_cycle_shows_each_stage_and_its_journeys(lively, lively_shop) -> None:
    page = lively.open("/journeys/map")
    told = lively_shop.get("/api/journeys/map")
    expect(page.locator("h1")).to_contain_text(str(told["people"]))
    stages = page.locator("ol > li")
    expect(stages).to_have_count(len(told["stages"]))
    lively.check()
    stages.get_by_role("link", name=f"Thanks {NAME}").press("Enter")
    page.wait_for_url("**/app/journeys/thanks")


@pytest.mark.parametrize("path", ["experiments", "conflicts", "map"])
def test_a_shop_without_journeys_is_told_what_to_do(console, path) -> None:
    console.page.route(
        f"**/api/journeys/{path}*",
        lambda route: route.fulfill(
            json={
                "experiments": [],
                "conflicts": {"flows": [], "conflicts": []},
                "map": {"people": 0, "stages": [], "frictions": []},
            }[path]
        ),
    )
    page = console.open(f"/journeys/{path}")
    expect(page.locator("main p").last).to_be_visible()
    console.check()


def test_the_overviews_are_found_on_the_list(lively) -> None:
    page = lively.open("/journeys")
    for path in ("experiments", "conflicts", "map"):
        expect(page.locator(f"main a[href$='/journeys/{path}']")).to_be_visible()
    lively.check()


def test_a_customers_journeys_are_told_step_by_step(lively, lively_shop) -> None:
    person = lively_shop.get("/api/people", q=GRACE)["people"][0]["id"]
    page = lively.open(f"/profiles/{person}?part=journeys")
    expect(page.get_by_role("heading", name=f"Thanks {NAME}")).to_be_visible()
    expect(page.get_by_role("heading", name="News after an order")).to_be_visible()
    lively.check()


def test_a_customers_messages_lead_to_what_sent_them(lively, lively_shop) -> None:
    person = lively_shop.get("/api/people", q=GRACE)["people"][0]["id"]
    page = lively.open(f"/profiles/{person}?part=messages")
    # The tab that is open is in sight, on a phone too.
    tab = page.locator("main nav [data-chosen=true]")
    expect(tab).to_be_in_viewport(ratio=0.9)
    page.get_by_role("link", name="News after an order").first.click()
    page.wait_for_url("**/journeys/news")
