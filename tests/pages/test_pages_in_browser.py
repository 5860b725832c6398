"""The pages in a real browser: nothing hostile runs, nothing overflows, the keyboard suffices."""

import os
from collections.abc import Iterator

import pytest
from page_world import EMAIL, PASSWORD, PageWorld
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.browser
_CHROMIUM = os.environ.get("KIKUBARI_TEST_CHROMIUM", "/usr/bin/chromium")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


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


def _log_in(page: Page) -> None:
    page.goto("/login?next=/segments")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/segments")


def _paths(world: PageWorld) -> list[str]:
    mail = world.mail_to("6666").entry.id
    return [
        "/segments",
        "/segments/seg_own",
        "/broadcasts",
        f"/broadcasts/{world.broadcast_id}",
        f"/broadcasts/{world.draft_id}",
        "/inbox",
        f"/inbox/{mail}",
        f"/inbox/{mail}/html",
        "/collecting",
        world.link("6666", "/u/"),
        world.link("6666", "/p/"),
    ]


def test_nothing_hostile_runs_and_nothing_overflows(page: Page, world: PageWorld) -> None:
    faults: list[str] = []
    fetched: list[str] = []
    page.on("dialog", lambda dialog: (faults.append("dialog"), dialog.dismiss()))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfinished", lambda request: fetched.append(request.url))
    _log_in(page)
    for path in _paths(world):
        page.goto(path, wait_until="load")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for frame in page.frames:
            assert frame.evaluate("window.hacked") is None, path
        assert page.locator("script").count() == 0, path
        width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if not path.endswith("/html"):
            assert width <= 0, path
    assert faults == []
    assert len(fetched) > len(_paths(world))
    assert [url for url in fetched if not url.startswith(world.services.settings.base_url)] == []


def test_a_script_in_a_received_message_never_runs(page: Page, world: PageWorld) -> None:
    _log_in(page)
    mail = world.mail_to("6666").entry.id

    def serve_hostile(route) -> None:
        answer = route.fetch()
        body = "<script>parent.hacked=1;window.hacked=1</script><p id=here>here</p>"
        route.fulfill(response=answer, body=body)

    page.route(f"**/inbox/{mail}/html", serve_hostile)
    page.goto(f"/inbox/{mail}")
    frame = page.frames[1]
    frame.wait_for_selector("#here")
    assert page.evaluate("window.hacked") is None
    assert frame.evaluate("window.hacked") is None
    page.goto(f"/inbox/{mail}/html")
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("window.origin") == "null"


def test_the_picture_of_a_message_is_shown(page: Page, world: PageWorld) -> None:
    """The frame has an origin of its own, and still may fetch our images."""
    _log_in(page)
    mail = world.mail_to("1002").entry.id
    with page.expect_response(lambda response: "/o/" in response.url) as pixel:
        page.goto(f"/inbox/{mail}")
    assert pixel.value.status == 200


def test_a_draft_is_sent_by_keyboard_and_not_by_one_key(page: Page, world: PageWorld) -> None:
    which = world.broadcast("By keyboard", is_sent=False)
    _log_in(page)
    page.goto(f"/broadcasts/{which}")
    page.locator("details.confirm summary").focus()
    page.keyboard.press("Enter")
    assert world.services.broadcasts.get(which).started_at is None
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    world.wait(lambda: world.services.broadcasts.get(which).started_at is not None)


def test_the_first_stop_of_the_keyboard_skips_to_the_content(page: Page) -> None:
    _log_in(page)
    page.goto("/segments")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


def test_the_language_is_switched(page: Page) -> None:
    _log_in(page)
    before = page.evaluate("document.documentElement.lang")
    page.locator("header a[hreflang]").click()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.lang") != before
    page.goto("/segments")
    assert page.evaluate("document.documentElement.lang") != before
