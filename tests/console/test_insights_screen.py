"""Insights in the console: a finding in words, a picture, its table, and segments made of it."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from console_browser import VIEWS, Console, View, log_in
from playwright.sync_api import expect

from installation import MEMBER, PASSWORD, Installation

pytestmark = pytest.mark.browser

N_BUYERS = 90
PAGES = ("", "/repeat", "/retention", "/baskets", "/baskets?of=category", "/revenue", "/models")


def orders(now: datetime) -> Iterator[dict[str, Any]]:
    """Orders of a year: a third of the buyers comes back often; pots go with lids."""
    rng = Random(5)
    for buyer in range(N_BUYERS):
        days = sorted(rng.sample(range(1, 360), 1 + 4 * (buyer % 3 == 0)), reverse=True)
        for place, ago in enumerate(days):
            goods = ("pot", "lid") if rng.random() < 0.4 else (rng.choice(("cup", "tea", "pot")),)
            yield {
                "type": "track",
                "userId": f"buyer-{buyer}",
                "event": "Order Completed",
                "properties": {
                    "order_id": f"{buyer}-{place}",
                    "revenue": 3_000 + 100 * buyer,
                    "currency": "JPY",
                    "products": [
                        {"product_id": one, "category": f"{one}s", "price": 1_000} for one in goods
                    ],
                },
                "timestamp": (now - timedelta(days=ago)).isoformat(),
            }


@pytest.fixture(scope="module")
def buyers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A shop whose customers bought for a year."""
    folder = tmp_path_factory.mktemp("buyers")
    with Installation(folder / "home", CURRENCY="JPY", TIMEZONE="Asia/Tokyo").served() as running:
        key = running.post("/api/sources", {"name": "till"})["write_key"]
        with running.stranger() as till:
            batch = list(orders(datetime.now(UTC)))
            answer = till.post("/v1/batch", json={"batch": batch}, auth=(key, ""))
            answer.raise_for_status()
        running.post("/api/members", {"email": MEMBER, "password": PASSWORD, "role": "admin"})
        running.settle()
        yield running


@pytest.fixture(scope="module")
def buyers_session(chromium, buyers) -> Any:
    return log_in(chromium, buyers.owner["url"])


@pytest.fixture(params=VIEWS, ids=str)
def pictures(chromium, buyers, buyers_session, request) -> Iterator[Console]:
    """That shop's console in both languages and two sizes."""
    one = Console(chromium, buyers.owner["url"], request.param, buyers_session)
    yield one
    one.close()


@pytest.fixture
def wide_pictures(chromium, buyers, buyers_session) -> Iterator[Console]:
    one = Console(chromium, buyers.owner["url"], View("en", 1280), buyers_session)
    yield one
    one.close()


@pytest.mark.parametrize("path", PAGES)
def test_every_picture_keeps_to_what_screens_keep_to(pictures, path) -> None:
    page = pictures.open(f"/insights{path}")
    expect(page.locator("nav a[aria-current=page]").last).to_be_visible()
    pictures.check()
    table = {"en": "As a table", "ja": "表で見る"}[pictures.view.language]
    for button in page.get_by_role("button", name=table).all():
        button.press("Enter")
        expect(page.locator("figure table").first).to_be_visible()
        pictures.check()


def test_a_cell_of_the_map_becomes_a_segment_of_its_people(buyers, wide_pictures) -> None:
    page = wide_pictures.open("/insights")
    expect(page.locator("h1")).to_contain_text("of revenue")
    told = buyers.get("/api/insights/rfm")
    best = max(told["cells"], key=lambda one: one["value_minor"])
    cell = page.get_by_role("button", name=f"{best['n_people']} people").first
    cell.press("Enter")
    expect(cell).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Make a segment").press("Enter")
    page.wait_for_url("**/app/segments/seg_*")
    wide_pictures.settle()
    stored = [one for one in buyers.get("/api/segments") if not one["is_builtin"]]
    found = buyers.post("/api/segments/evaluate", {"condition": stored[-1]["condition"]})
    chosen = [one for one in told["cells"] if one["condition"] == stored[-1]["condition"]]
    assert [one["n_people"] for one in chosen] == [found["count"]]


def test_the_repeat_curve_says_what_it_found_and_whom_to_ask_back(buyers, wide_pictures) -> None:
    page = wide_pictures.open("/insights/repeat")
    curve = buyers.get("/api/insights/repeat")["curves"][0]
    by_90 = [one for one in curve["points"] if one["day"] <= min(90, curve["last_day"])]
    share = round(by_90[-1]["share"] * 100)
    expect(page.locator("h1")).to_contain_text(f"{share} of 100 who buy once come back")
    page.get_by_role("button", name="Make a segment of them").click()
    page.wait_for_url("**/app/segments/seg_*")


def test_a_cohort_and_a_pair_lead_to_whom_to_write_to(buyers, wide_pictures) -> None:
    page = wide_pictures.open("/insights/retention")
    page.get_by_role("button", name="1 months later").first.click()
    page.get_by_role("button", name="never came back").click()
    page.wait_for_url("**/app/segments/seg_*")
    page = wide_pictures.open("/insights/baskets")
    expect(page.locator("h1")).to_contain_text("pot")
    page.locator("figure ul button").first.click()
    page.get_by_role("button", name="Segment: bought").first.click()
    page.wait_for_url("**/app/segments/seg_*")
    wide_pictures.settle()
    expect(page.locator("h1")).to_contain_text("never")


def test_figures_are_saved_as_a_file(wide_pictures, tmp_path) -> None:
    page = wide_pictures.open("/insights/revenue")
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    saved.value.save_as(tmp_path / "revenue.csv")
    rows = list(csv.reader((tmp_path / "revenue.csv").read_text("utf-8-sig").splitlines()))
    assert rows[0][0] == "Month"
    assert len(rows) > 10
    assert all(float(one[2]) >= 0 for one in rows[1:])


@pytest.mark.parametrize("path", ["", "/repeat", "/retention", "/revenue"])
def test_too_few_customers_are_told_and_not_drawn(console, path) -> None:
    page = console.open(f"/insights{path}")
    words = {"en": "Not enough yet", "ja": "まだ足りません"}[console.view.language]
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.locator("figure")).to_have_count(0)
    console.check()


def test_the_card_of_recommendations_says_what_ranks_and_what_was_tried(pictures) -> None:
    """A shop learns one in the background, after longer than a test takes: here is one it had."""

    def tried(ranking: str, value: float, chosen: bool) -> dict[str, Any]:
        ndcg = {"value": value, "low": value - 0.02, "high": value + 0.02}
        return {"ranking": ranking, "ndcg": ndcg, "gain": None, "is_chosen": chosen}

    trials = [tried("own_frequency", 0.31, False), tried("learned", 0.38, True)]
    card = {
        "n_customers": 5350, "n_items": 3600, "n_purchases": 300_000, "seed": 0, "seconds": 40.0,
        "first_at": "2025-12-01T00:00:00Z", "last_at": "2026-11-20T00:00:00Z",
        "horizon_days": 28.0, "n_goes_with": 10, "n_next_after": 10,
        "blends": [{"mode": "all", "chosen": "learned", "trials": trials}],
    }  # fmt: skip
    at = "2026-11-22T00:00:00Z"
    model = {"version": 3, "as_of": at, "learned_at": at, "card": card, "is_serving": True}
    pictures.page.route("**/api/recommendations/models*", lambda route: route.fulfill(json=[model]))
    page = pictures.open("/insights/models")
    words = {"en": "Learned from all signs", "ja": "すべての手がかりから学習"}
    chosen = page.locator("li[data-chosen=true]")
    expect(chosen).to_contain_text(words[pictures.view.language])
    expect(chosen).to_contain_text("38")
    pictures.check()
