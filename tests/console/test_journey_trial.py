"""A journey tried on the past: what it would have done, step by step, and to whom."""

from typing import Any

import pytest
from journeys_shop import try_on_the_past
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PAST = {"en": "Which past?", "ja": "いつの過去で試しますか"}


def reply(page, **changed: Any) -> None:
    """Let the newest simulation be another than there is."""

    def answer(route) -> None:
        if route.request.method != "GET":
            route.fallback()
            return
        told = route.fetch().json()
        route.fulfill(json=[told[0] | changed])

    page.route("**/simulations?*", answer)
    page.route("**/simulations", answer)


def test_what_was_not_tried_yet_says_how(lively) -> None:
    page = lively.open("/journeys/news/trial")
    expect(page.get_by_text(PAST[lively.view.language])).to_be_visible()
    lively.check()


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_trial_that_came_to_nothing_says_so(lively, lively_shop, state) -> None:
    try_on_the_past(lively_shop, "news")
    reply(lively.page, state=state, result=None, problem="the log is being copied")
    page = lively.open("/journeys/news/trial")
    words = {
        "failed": {"en": "It could not be tried", "ja": "試せませんでした"},
        "cancelled": {"en": "Stopped before the end", "ja": "途中で止めました"},
    }
    expect(page.locator("h1")).to_have_text(words[state][lively.view.language])
    lively.check()
