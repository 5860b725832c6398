"""The pages in a real browser: nothing hostile runs, nothing overflows, the keyboard suffices."""

from collections.abc import Iterator

import pytest
from page_world import PageWorld
from playwright.sync_api import Browser, Page

from headless import open_chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with open_chromium() as browser:
        yield browser


@pytest.fixture(params=[(1280, "en-GB"), (390, "ja-JP")], ids=["wide-en", "narrow-ja"])
def page(chromium: Browser, page_url: str, request) -> Iterator[Page]:
    width, locale = request.param
    context = chromium.new_context(
        base_url=page_url, viewport={"width": width, "height": 800}, locale=locale
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def test_nothing_hostile_runs_and_nothing_overflows(page: Page, world: PageWorld) -> None:
    faults: list[str] = []
    fetched: list[str] = []
    page.on("dialog", lambda dialog: (faults.append("dialog"), dialog.dismiss()))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfinished", lambda request: fetched.append(request.url))
    centre = world.link("6666", "/p/")
    asking = ("/personalise", "/stay", "/feedback?score=9", "/known?ask=birthday")
    parts = [centre + part for part in ("", "/known", "/messages", "/data", *asking)]
    paths = [world.link("6666", "/u/"), *parts, "/subscribe?source=%3Cscript%3E", "/u/forged"]
    for path in paths:
        page.goto(path, wait_until="load")
        assert page.evaluate("window.hacked") is None, path
        assert page.locator("script").count() == 0, path
        width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert width <= 0, path
    assert faults == []
    assert len(fetched) > len(paths)
    assert [url for url in fetched if not url.startswith(world.services.settings.base_url)] == []


def test_wishes_are_changed_by_keyboard(page: Page, world: PageWorld) -> None:
    page.goto(world.link("1001", "/p/"))
    before = page.locator("input[name=tracking]").is_checked()
    page.locator("input[name=tracking]").focus()
    page.keyboard.press("Space")
    # Past the groups of frequency and pause, each one stop, and the box of the objection.
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status]")
    assert page.locator("input[name=tracking]").is_checked() is not before
    page.locator("input[name=tracking]").click()
    page.locator("button[type=submit]").click()
    page.wait_for_load_state()


def test_the_language_is_switched(page: Page, world: PageWorld) -> None:
    page.goto(world.link("1002", "/p/"))
    before = page.evaluate("document.documentElement.lang")
    page.locator("header a[hreflang]").click()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.lang") != before
