"""'Not for me' from a mail: by one press, never by looking, and taken back on the preferences."""

import time

import pytest
from litestar.testing import TestClient
from page_world import HOSTILE, PageWorld

from kikubari.spec.topics import PRODUCT_UPDATED

CUP = "not-for-me-cup"
PATIENCE_SECONDS = 60


@pytest.fixture
def link(world: PageWorld) -> str:
    """The signed address of somebody who was written to, of a shop that sells cups."""
    said = {"category": "Cups", "category_ja": "カップ", "stock": 3, "price": 20, "currency": "GBP"}
    world.say("catalogue", PRODUCT_UPDATED, {"product_id": CUP, "title": "Blue cup",
              "title_ja": "青いカップ", **said})  # fmt: skip
    world.say("catalogue", PRODUCT_UPDATED, {"product_id": "not-for-me-hostile",
              "title": HOSTILE, **said})  # fmt: skip
    world.settle()
    return world.link("1002", "/p/")


def dismissed(world: PageWorld) -> frozenset[str]:
    world.settle()
    with world.services.store.read() as connection:
        number = world.services.profiles.get_profile(connection, "1002").number
    return world.services.recommending.list_dismissed(number)


def wait_for(world: PageWorld, names: set[str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while dismissed(world) != names:
        assert time.monotonic() < deadline, dismissed(world)
        time.sleep(0.05)


def press(browser: TestClient, link: str, what: str, **more: str) -> str:
    address = f"{link}/not-for-me?item={CUP}&lang=en"
    answer = browser.post(address, data={"what": what, **more})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_looking_says_nothing(
    browser: TestClient, world: PageWorld, link: str, language: str
) -> None:
    for _ in range(2):
        answer = browser.get(f"{link}/not-for-me?item={CUP}&lang={language}&what=product")
        assert answer.status_code == 200
        assert ("青いカップ" if language == "ja" else "Blue cup") in answer.text
        assert ("カップ" if language == "ja" else "Cups") in answer.text
        assert "<script" not in answer.text
        assert "set-cookie" not in answer.headers
    assert dismissed(world) == frozenset()


def test_one_press_ends_a_product_and_another_takes_it_back(
    browser: TestClient, world: PageWorld, link: str
) -> None:
    # A status is no heading: the one is around the other.
    assert '<div role="status"><h1>Noted.</h1></div>' in press(browser, link, "product")
    for _ in range(2):
        assert "“Blue cup” is no longer recommended to you." in press(browser, link, "product")
        wait_for(world, {CUP})
        assert "Taken back." in press(browser, link, "product", again="yes")
        wait_for(world, set())


def test_a_category_is_listed_on_the_preferences_and_taken_back_there(
    browser: TestClient, world: PageWorld, link: str
) -> None:
    press(browser, link, "category")
    press(browser, link, "product")
    wait_for(world, {"Cups", CUP})
    page = browser.get(f"{link}?lang=en").text
    assert "All of “Cups”" in page
    assert "Blue cup" in page
    kept = {f"told.nothing.{name}": "yes" for name in ("Cups", CUP)}
    saved = browser.post(f"{link}?lang=en", data={**kept, "nothing.Cups": "yes"}).text
    assert "Blue cup" not in saved
    assert "All of “Cups”" in saved
    wait_for(world, {"Cups"})
    # A form that does not show the box changes nothing about it.
    browser.post(f"{link}?lang=en", data={})
    browser.post(f"{link}?lang=en", data={"told.nothing.Cups": "yes"})
    wait_for(world, set())


def test_only_the_signed_link_leads_there_and_only_to_what_is_sold(
    browser: TestClient, world: PageWorld, link: str
) -> None:
    altered = link[:-1] + ("A" if link[-1] != "A" else "B")
    for path in (altered, "/p/x"):
        address = f"{path}/not-for-me?item={CUP}"
        assert browser.get(address).status_code == 404
        assert browser.post(address, data={"what": "product"}).status_code == 404
    unknown = browser.post(f"{link}/not-for-me?item=none", data={"what": "product"})
    assert unknown.status_code == 404
    page = browser.get(f"{link}/not-for-me?item=not-for-me-hostile&lang=en").text
    assert "<script" not in page
    assert "<img" not in page.split("<main", 1)[-1]
    assert dismissed(world) == frozenset()
