"""Personas and look-alikes in the console: found, told in words, made segments of."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from console_browser import VIEWS, Console, View, log_in
from kinds_shop import KINDS, N_EACH, write_messages
from playwright.sync_api import Locator, expect

from installation import MEMBER, PASSWORD, Installation

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A shop with three kinds of customers, whose personas were found."""
    folder = tmp_path_factory.mktemp("kinds")
    with Installation(folder / "home", CURRENCY="JPY", TIMEZONE="Asia/Tokyo").served() as running:
        file = write_messages(folder / "messages.jsonl", datetime.now(UTC))
        running.run("import", "events", str(file), "--quiet")
        running.post("/api/members", {"email": MEMBER, "password": PASSWORD, "role": "admin"})
        running.settle()
        running.client.post("/api/personas/search", json={}).raise_for_status()
        running.wait(lambda: running.get("/api/personas/search")["state"] == "done")
        yield running


@pytest.fixture(scope="module")
def kinds_session(chromium, kinds) -> Any:
    return log_in(chromium, kinds.owner["url"])


@pytest.fixture(params=VIEWS, ids=str)
def kinds_console(chromium, kinds, kinds_session, request) -> Iterator[Console]:
    """That shop's console in both languages and two sizes."""
    one = Console(chromium, kinds.owner["url"], request.param, kinds_session)
    yield one
    one.close()


@pytest.fixture
def kinds_wide(chromium, kinds, kinds_session) -> Iterator[Console]:
    one = Console(chromium, kinds.owner["url"], View("en", 1280), kinds_session)
    yield one
    one.close()


def test_kinds_are_shown_with_what_sets_them_apart(kinds_console) -> None:
    page = kinds_console.open("/personas")
    expect(page.locator("h1")).to_contain_text(str(len(KINDS)))
    people = page.locator("main a[href*='/profiles/']")
    expect(people).to_have_count(6 * len(KINDS))
    coupon = {"en": "buy with coupons", "ja": "クーポンで買う"}[kinds_console.view.language]
    expect(page.get_by_text(coupon, exact=True).first).to_be_visible()
    kinds_console.check()


def test_a_persona_becomes_a_segment_by_keyboard(kinds, kinds_wide) -> None:
    page = kinds_wide.open("/personas")
    kind = page.get_by_role("region", name=re.compile("coupons"))
    expect(kind).to_contain_text(f"{N_EACH} people")
    kind.get_by_role("button", name="Make a segment of it").press("Enter")
    page.wait_for_url(re.compile(r"/app/segments/(?!new)\w"))
    kinds_wide.settle()
    expect(page.locator("h1")).to_contain_text("coupons")
    expect(page.locator("h1")).to_contain_text(str(N_EACH))
    stored = [one for one in kinds.get("/api/segments") if not one["is_builtin"]]
    assert [one["condition"]["type"] for one in stored if "coupons" in one["name_en"]] == ["list"]


def test_looking_again_keeps_the_personas(kinds, kinds_wide) -> None:
    before = kinds.get("/api/personas")["found"]
    page = kinds_wide.open("/personas")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="Look again")).to_be_visible(timeout=60_000)
    after = kinds.get("/api/personas")["found"]
    assert after["version"] == before["version"] + 1
    assert [one["id"] for one in after["personas"]] == [one["id"] for one in before["personas"]]


def test_a_search_that_is_not_wanted_any_more_changes_nothing(kinds, kinds_wide) -> None:
    before = kinds.get("/api/personas")["found"]
    page = kinds_wide.open("/personas")
    page.get_by_role("button", name="Look again").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Look again")).to_be_visible(timeout=60_000)
    assert kinds.get("/api/personas/search")["state"] == "cancelled"
    assert kinds.get("/api/personas")["found"] == before


def test_rules_of_personas_are_set_down_changed_and_used_anew(kinds, kinds_wide) -> None:
    page = kinds_wide.open("/personas")
    mine = page.get_by_role("region", name="Personas by your own rules")
    mine.get_by_role("button", name="Define personas").press("Enter")
    mine.get_by_role("button", name="Save and assign everybody").press("Enter")
    expect(mine.get_by_role("alert")).to_contain_text("needs a name")
    mine.get_by_label("Name of persona 1").fill("Buyers")
    choose(mine, 1, "Bought in 30 days")
    mine.get_by_role("button", name="Add a persona").press("Enter")
    mine.get_by_label("Name of persona 2").fill("Best")
    choose(mine, 2, "VIP")
    kinds_wide.check()
    mine.get_by_role("button", name="Persona 2: earlier").press("Enter")
    mine.get_by_role("button", name="Save and assign everybody").press("Enter")
    expect(mine.get_by_role("button", name="Change the rules")).to_be_visible(timeout=60_000)
    made = kinds.get("/api/personas")["defined"]
    assert [one["name_en"] for one in made["personas"]] == ["Best", "Buyers", "Everybody else"]
    mine.get_by_role("button", name="Change the rules").click()
    mine.get_by_role("button", name="Remove persona 1").click()
    expect(mine.get_by_label("Name of persona 1")).to_have_value("Buyers")
    mine.get_by_role("button", name="Cancel").click()
    mine.get_by_role("button", name="Assign anew").click()
    expect(page.get_by_text("Everybody was assigned anew.").last).to_be_visible(timeout=60_000)
    kinds.wait(lambda: kinds.get("/api/personas")["defined"]["version"] == made["version"] + 1)


def choose(rules: Locator, place: int, segment: str) -> None:
    """Pick a segment from the list of a rule, by its name."""
    field = rules.get_by_role("combobox", name=f"Segment of persona {place}")
    field.fill(segment)
    expect(rules.page.get_by_role("option", name=segment)).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value(segment)


def test_people_like_a_segments_members_are_found_measured_and_kept(kinds, kinds_console) -> None:
    texts = {
        "en": ("Segment", "How many people", "Find them", "Better than chance"),
        "ja": ("セグメント", "人数", "探す", "偶然より確かに良い"),
    }[kinds_console.view.language]
    segment, size, find, better = texts
    condition = {"type": "event_count", "event": "Order Completed", "count": {"at_least": 4}}
    name = f"Often {kinds_console.view}"
    made = kinds.post("/api/segments", {"name": name, "condition": condition})
    kinds.wait(lambda: _live_size(kinds, made["id"]) is not None)
    page = kinds_console.open(f"/segments/lookalikes?segment={made['id']}")
    expect(page.get_by_label(segment, exact=True)).to_have_value(made["id"])
    page.get_by_label(size, exact=True).fill("50")
    page.get_by_role("button", name=find, exact=True).click()
    expect(page.get_by_text(better)).to_be_visible(timeout=60_000)
    kinds_console.check()
    page.locator("form").last.get_by_role("button").click()
    page.wait_for_url(re.compile(r"/app/segments/(?!lookalikes)\w"))
    kinds_console.settle()
    expect(page.locator("h1")).to_contain_text(name)
    expect(page.locator("h1")).to_contain_text("50")


def _live_size(shop: Installation, segment_id: str) -> int | None:
    found = shop.get("/api/segments/live", limit=200)["segments"]
    size: int | None = next(one["size"] for one in found if one["id"] == segment_id)
    return size


def test_too_few_people_are_told_so(console) -> None:
    page = console.open("/personas")
    find = {"en": re.compile("Find personas|Look again"), "ja": re.compile("見つけ")}
    page.get_by_role("button", name=find[console.view.language]).click()
    told = {"en": "Too few people so far", "ja": "まだ人数が足りません"}[console.view.language]
    expect(page.get_by_role("heading", name=told)).to_be_visible(timeout=60_000)
    console.check()
    page = console.open("/segments/lookalikes")
    expect(page.locator("main h3")).to_be_visible()
    console.check()


def test_a_failure_says_what_to_do(wide) -> None:
    wide.page.route("**/api/personas", lambda route: route.fulfill(status=500, body="{}"))
    page = wide.page
    page.goto("/app/personas")
    page.get_by_role("button", name="Try again").wait_for(timeout=30_000)
    page.unroute("**/api/personas")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("h1")).to_be_visible()
    wide.complaints.clear()  # the browser tells of the 500 that was made for this


def test_why_somebody_is_in_or_out_is_one_step_from_their_profile(wide) -> None:
    page = wide.page
    wide.open("/profiles")
    person = page.request.get("/api/people?q=J1&limit=1").json()["people"][0]
    wide.open(f"/profiles/{person['id']}")
    page.get_by_role("link", name=re.compile("^Why")).first.click()
    page.wait_for_url(re.compile("person="))
    wide.settle()
    expect(page.get_by_role("heading", name=f"{person['name']} is in")).to_be_visible()
    wide.check()
    wide.open(f"/profiles/{person['id']}")
    page.get_by_label("Why not in another?").select_option(value="builtin:window_shopper")
    wide.settle()
    expect(page.get_by_role("heading", name=f"{person['name']} is out")).to_be_visible()
