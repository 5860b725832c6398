"""A small shop, its console, and a browser that is logged in."""

from collections.abc import Iterator
from typing import Any

import journeys_shop
import pytest
from console_browser import CONSOLE, VIEWS, Console, View, log_in
from playwright.sync_api import Browser

from e2e import small_shop
from headless import open_chromium
from installation import MEMBER, PASSWORD, Installation
from kikubari.api.console.serving import BUILT


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running installation with eight customers, three products and one broadcast sent."""
    _need_console()
    folder = tmp_path_factory.mktemp("console")
    with Installation(folder / "home", CURRENCY="JPY", TIMEZONE="Asia/Tokyo").served() as running:
        for kind, path, _ in small_shop.write_files(folder / "files"):
            running.run("import", kind, str(path), "--quiet")
        running.post("/api/members", {"email": MEMBER, "password": PASSWORD, "role": "admin"})
        running.settle()
        made = running.post("/api/broadcasts", small_shop.BROADCAST)["id"]
        running.post(f"/api/broadcasts/{made}/send")
        running.wait(lambda: running.get(f"/api/broadcasts/{made}/progress")["state"] == "done")
        running.settle()
        yield running


@pytest.fixture(scope="session")
def shop_url(shop: Installation) -> str:
    """Address of the small shop's server."""
    url: str = shop.owner["url"]
    return url


@pytest.fixture(scope="session")
def lively_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running installation whose journeys are live, with people in them."""
    _need_console()
    folder = tmp_path_factory.mktemp("lively")
    with Installation(folder / "home", CURRENCY="JPY", TIMEZONE="Asia/Tokyo").served() as running:
        running.post("/api/members", {"email": MEMBER, "password": PASSWORD, "role": "admin"})
        journeys_shop.fill(running, folder / "files")
        yield running


def _need_console() -> None:
    if not (BUILT / "index.html").is_file() or not (CONSOLE / "node_modules").is_dir():
        pytest.fail("the console is not built: make console")


# Not for the whole session: while Playwright is open, no other suite may start an event loop.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Headless Chromium."""
    with open_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def member_session(chromium: Browser, shop_url: str) -> Any:
    """Cookies of a member who is logged in."""
    return log_in(chromium, shop_url)


@pytest.fixture(params=VIEWS, ids=str)
def console(
    chromium: Browser, shop_url: str, member_session: Any, request: pytest.FixtureRequest
) -> Iterator[Console]:
    """The console in both languages and two sizes: two tests of each that uses it."""
    one = Console(chromium, shop_url, request.param, member_session)
    yield one
    one.close()


@pytest.fixture
def wide(chromium: Browser, shop_url: str, member_session: Any) -> Iterator[Console]:
    """The console in English at 1280 px, for what does not depend on language or size."""
    one = Console(chromium, shop_url, View("en", 1280), member_session)
    yield one
    one.close()


@pytest.fixture(scope="module")
def lively_session(chromium: Browser, lively_shop: Installation) -> Any:
    """Cookies of a member of the lively shop."""
    return log_in(chromium, lively_shop.owner["url"])


@pytest.fixture(params=VIEWS, ids=str)
def lively(
    chromium: Browser,
    lively_shop: Installation,
    lively_session: Any,
    request: pytest.FixtureRequest,
) -> Iterator[Console]:
    """The lively shop's console in both languages and two sizes."""
    one = Console(chromium, lively_shop.owner["url"], request.param, lively_session)
    yield one
    one.close()
