"""Whatever is written into a shop's data is shown in the console and never run."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import hostile_shop
import pytest
from console_browser import CONSOLE, Console, View, log_in
from playwright.sync_api import Page, Route, expect

from installation import MEMBER, PASSWORD, Installation

pytestmark = pytest.mark.browser

_PARTS = ("facts", "timeline", "identity", "saved", "recommended", "journeys", "messages", "rights")
# An address that would run code when it is followed, loaded or posted to.
_LIVE = r"""() => {
  const names = ['href', 'src', 'action', 'formaction', 'xlink:href'];
  return [...document.querySelectorAll('*')]
    .flatMap(one => names.map(name => one.getAttribute(name) ?? ''))
    .filter(value => /^[\s\0]*(javascript|vbscript|data:text)/i.test(value));
}"""


@pytest.fixture(scope="module")
def hostile(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Installation, dict[str, str]]]:
    """A running shop full of hostile data, and the ids of what is in it."""
    folder = tmp_path_factory.mktemp("hostile")
    with Installation(folder / "home", CURRENCY="JPY", TIMEZONE="Asia/Tokyo").served() as running:
        made = hostile_shop.fill(running, folder)
        running.post("/api/members", {"email": MEMBER, "password": PASSWORD, "role": "admin"})
        yield running, made


@pytest.fixture
def watched(chromium, hostile) -> Iterator[tuple[Console, list[str]]]:
    """A member's console, and what happened in it that must not: nothing is let out."""
    url = hostile[0].owner["url"]
    session = log_in(chromium, url)
    console = Console(chromium, url, View("en", 1280), session)
    happened: list[str] = []
    context = console.page.context
    context.expose_binding("executed", lambda source, said: happened.append(f"ran at {said}"))
    context.route(lambda asked: not asked.startswith((url, "data:", "blob:")), _refuse(happened))
    console.page.on("dialog", lambda one: (happened.append(f"dialog {one.message}"), one.dismiss()))
    yield console, happened
    # The policy refuses what a message's own markup asks for, and says so.
    console.complaints.clear()
    console.close()


def _refuse(happened: list[str]) -> Any:
    def refuse(route: Route) -> None:
        happened.append(f"asked for {route.request.url}")
        route.abort()

    return refuse


def routes() -> set[str]:
    """Return the routes of the console's screens."""
    return {
        path
        for file in (CONSOLE / "src/screens").glob("*/route.ts")
        for path in re.findall(r"path: '([^']+)',\s+load", file.read_text())
    }


def addresses(made: dict[str, str]) -> dict[str, list[str]]:
    """Return what is opened of each of the console's routes."""
    product, event = quote(hostile_shop.PRODUCT, safe=""), quote(hostile_shop.EVENT, safe="")
    trait = quote(f"trait 1 {hostile_shop.WORST}", safe="")
    profile = f"/profiles/{made['profile']}"
    return {path: [path] for path in routes() if "$" not in path} | {
        "/profiles": ["/profiles", "/profiles?q=mallory"],
        "/segments/$segmentId": [f"/segments/{made['segment']}?person={made['profile']}"],
        "/segments/$segmentId/edit": [f"/segments/{made['segment']}/edit"],
        "/profiles/$profileId": [f"{profile}?part={part}" for part in _PARTS],
        "/data/attribute": [f"/data/attribute?name={trait}"],
        "/data/event": [f"/data/event?event={event}"],
        "/data/rule": [f"/data/rule?event={event}"],
        "/catalogue/$productId": [f"/catalogue/{product}"],
        "/broadcasts/$broadcastId": [f"/broadcasts/{made['sent']}", f"/broadcasts/{made['draft']}"],
        "/broadcasts/$broadcastId/edit": [f"/broadcasts/{made['draft']}/edit"],
        "/journeys/$journeyId": [f"/journeys/{made['journey']}"],
        "/journeys/$journeyId/trial": [f"/journeys/{made['journey']}/trial"],
        "/life-stages/$stagesId": [f"/life-stages/{made['stages']}"],
        "/offers/$offerId": [f"/offers/{made['offer']}"],
        "/sending/senders/$domain": [f"/sending/senders/{quote(hostile_shop.WORST, safe='')}"],
        "/inbox/$mailId": [f"/inbox/{made['mail']}"],
        "/login": [f"/login?next={quote('javascript:executed(1)')}"],
        "/welcome": ["/welcome"],
    }


def test_every_screen_is_opened() -> None:
    names = ("segment", "offer", "draft", "sent", "mail", "profile", "journey", "stages")
    made = dict.fromkeys(names, "x")
    assert routes() == set(addresses(made))


def test_hostile_data_is_shown_and_nothing_of_it_runs(watched, hostile) -> None:
    console, happened = watched
    page = console.page
    console.open("/")
    page.evaluate("executed('the control')")
    page.evaluate(f"new Image().src = '{hostile_shop.ELSEWHERE}/control'")
    page.wait_for_timeout(500)
    assert happened == ["ran at the control", f"asked for {hostile_shop.ELSEWHERE}/control"]
    happened.clear()
    live = {}
    for path in [path for paths in addresses(hostile[1]).values() for path in paths]:
        console.open(path)
        live[path] = _live(page)
        happened += [f"on {path}"] if happened and not happened[-1].startswith("on") else []
    assert {path: found for path, found in live.items() if found} == {}
    assert happened == []


def test_hostile_names_are_shown_letter_by_letter(watched, hostile) -> None:
    console, happened = watched
    for path in (
        f"/segments/{hostile[1]['segment']}",
        f"/catalogue/{quote('P1', safe='')}",
        f"/broadcasts/{hostile[1]['draft']}",
    ):
        page = console.open(path)
        expect(page.get_by_text(hostile_shop.WORST).first).to_be_visible()
    assert happened == []


def _live(page: Page) -> list[str]:
    """Return addresses in the page and its frames that would run code."""
    return [one for frame in page.frames for one in frame.evaluate(_LIVE)]
