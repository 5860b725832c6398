"""Takes pictures of docs/images anew, from a demo shop that is being served.

`python console/pictures.py http://127.0.0.1:8765` after `make run`; needs Chromium.
"""

import sys
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs/images"
_CHROMIUM = "/usr/bin/chromium"
_DEMO = {"email": "demo@example.com", "password": "kikubari-demo"}
_LANGUAGES = {"ja": "ja-JP", "en": "en-GB"}


class Picture(NamedTuple):
    """A screen, and where it goes."""

    name: str
    path: str


def take(page: Page, picture: Picture, language: str) -> None:
    """Write one picture, when everything on the screen has come."""
    page.goto(picture.path)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)  # what moves has come to rest
    target = IMAGES / f"{picture.name}-{language}.png"
    page.screenshot(path=target)
    print(target.name)


def pictures(request: Any) -> list[Picture]:
    """Return what there is to take, of what the demo shop holds."""
    broadcast = request.get("/api/broadcasts").json()[-1]  # the oldest: the demo's own
    return [
        Picture("data", "/app/data"),
        Picture("broadcast", f"/app/broadcasts/{broadcast['id']}"),
    ]


def main(browser: Browser, url: str) -> None:
    """Take every picture in both languages."""
    for language, locale in _LANGUAGES.items():
        size = ViewportSize(width=1280, height=860)
        context = browser.new_context(base_url=url, locale=locale, viewport=size)
        if not context.request.post("/api/session", data=_DEMO).ok:
            raise SystemExit(f"{url} is no demo shop, or its log-in was changed")
        page = context.new_page()
        for picture in pictures(context.request):
            take(page, picture, language)
        context.close()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        main(browser, sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8765")
