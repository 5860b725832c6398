"""The console in a browser: opening screens, and what every screen must keep to."""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, expect

from installation import MEMBER, PASSWORD

# No test is about speed: a busy machine may take its time.
expect.set_options(timeout=20_000)
CONSOLE = Path(__file__).parents[2] / "console"
_AXE = CONSOLE / "node_modules/axe-core/axe.min.js"
_LOCALES = {"ja": "ja-JP", "en": "en-GB"}
# Run where no policy applies: axe reads the page, it is no part of it. Transitions are ended and
# not waited for: what is out of sight has no frames, so that nobody is told of its end.
_RUN_AXE = """async () => {
  document.getAnimations()
    .filter(one => one instanceof CSSTransition)
    .forEach(one => one.finish());
  return (await axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'], iframes: false,
})).violations.map(one => [
  one.id, one.help, one.nodes.map(node => node.html + node.failureSummary)
])
}"""


class View(NamedTuple):
    """Who looks, and on what."""

    language: str
    width: int

    def __str__(self) -> str:
        return f"{self.language}-{self.width}"


# Both languages and both sizes; with KIKUBARI_TEST_EVERY_VIEW set, each language in each size.
VIEWS = [View("ja", 1280), View("en", 390)]
if os.environ.get("KIKUBARI_TEST_EVERY_VIEW"):
    VIEWS += [View("ja", 390), View("en", 1280)]


class Console:
    """A member's browser.

    `page` is playwright's. Whatever the page complains about (errors, refusals of the policy, keys
    without a text) is collected; `close` fails on it.
    """

    def __init__(self, browser: Browser, url: str, view: View, session: Any | None = None) -> None:
        self.url = url
        self.view = view
        self.complaints: list[str] = []
        self._context: BrowserContext = browser.new_context(
            base_url=url,
            viewport={"width": view.width, "height": 800},
            locale=_LOCALES[view.language],
            storage_state=session,
            reduced_motion="reduce",
        )
        language = {"name": "kikubari_language", "value": view.language, "url": url}
        self._context.add_cookies([language])
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    def open(self, path: str) -> Page:
        """Open a screen by its address in the console; return when it has its heading and data."""
        self.page.goto(f"/app{path}")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until a screen has its heading and nothing loads any more."""
        self.page.locator("h1").first.wait_for()
        self.page.wait_for_load_state("networkidle")
        self.page.locator("[role=status][aria-label]").first.wait_for(state="detached")

    def check(self) -> None:
        """Hold the screen in sight to what every screen keeps to, in both appearances."""
        missing = self.page.locator("html").get_attribute("data-missing-text")
        assert missing is None, f"no text for {missing}"
        assert self.page.locator("html").get_attribute("lang") == self.view.language
        width = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert width <= 0, f"scrolls sideways by {width} px"
        assert self.page.locator("h1").count() == 1
        assert self.page.title().endswith("Kikubari")
        self.page.evaluate(_AXE.read_text())
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            self.page.locator(f"html[data-mantine-color-scheme={scheme}]").wait_for()
            found = self.page.evaluate(_RUN_AXE)
            assert not found, f"{scheme}: {json.dumps(found, indent=1, ensure_ascii=False)}"
        self.page.emulate_media(color_scheme="light")

    def close(self) -> None:
        self._context.close()
        assert not self.complaints, self.complaints

    def _listen(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def log_in(browser: Browser, url: str) -> Any:
    """Return the browser state of a member with all rights, for further contexts."""
    context = browser.new_context(base_url=url)
    answer = context.request.post("/api/session", data={"email": MEMBER, "password": PASSWORD})
    assert answer.ok, answer.text()
    state = context.storage_state()
    context.close()
    return state
