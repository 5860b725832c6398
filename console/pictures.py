"""Takes pictures of docs/images anew, from a demo shop that is being served.

`python console/pictures.py http://127.0.0.1:8765` after `make run`; needs Chromium. It looks for
personas and leaves a draft behind.
"""

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs/images"
_CHROMIUM = "/usr/bin/chromium"
_DEMO = {"email": "demo@example.com", "password": "quiet-amber-kettle"}
_LANGUAGES = {"ja": "ja-JP", "en": "en-GB"}


_MESSAGE: list[dict[str, Any]] = [
    {"kind": "heading", "id": "head", "text": "今年の新茶が届きました"},
    {"kind": "text", "id": "seen", "paragraphs": [
        {"spans": [{"text": "昨夜3回もご覧になっていましたね。"}]}]},
    {"kind": "text", "id": "news", "paragraphs": [
        {"spans": [{"text": "{{ customer | honorific }}、いつもありがとうございます。今年の"},
                   {"text": "新茶", "bold": True}, {"text": "が静岡から届きました。"}]}]},
    {"kind": "button", "id": "go", "label": "新茶を見る", "href": "https://shop.example.com/tea"},
    {"kind": "reason", "id": "why"},
    {"kind": "footer", "id": "foot", "lines": ["Kikubari Demo Shop"]},
]  # fmt: skip


_NAME = "新茶のお知らせ"


class Picture(NamedTuple):
    """A screen, and where it goes.

    Attributes:
        languages: that it is taken in.
        prepare: what is done on the screen first.
    """

    name: str
    path: str
    languages: Iterable[str] = ("ja", "en")
    prepare: Callable[[Page], object] | None = None


def take(page: Page, picture: Picture, language: str) -> None:
    """Write one picture, when everything on the screen has come."""
    page.goto(picture.path)
    page.wait_for_load_state("networkidle")
    if picture.prepare:
        picture.prepare(page)
    page.wait_for_timeout(800)  # what moves has come to rest
    target = IMAGES / f"{picture.name}-{language}.png"
    page.screenshot(path=target)
    print(target.name)


def pictures(request: Any) -> list[Picture]:
    """Return what there is to take, of what the demo shop holds."""
    broadcasts = request.get("/api/broadcasts").json()
    drafts = [one["id"] for one in broadcasts if one["definition"]["name"] == _NAME]
    draft = drafts[0] if drafts else _write(request)
    news = request.get("/api/catalogue/news").json()["news"]
    watched = max(news, key=lambda one: one["n_told"])["product_id"]
    buyer = request.get("/api/people?segment=builtin:vip&limit=1").json()["people"][0]["id"]
    return [
        Picture("data", "/app/data"),
        # The oldest: the demo's own.
        Picture("broadcast", f"/app/broadcasts/{broadcasts[-1]['id']}"),
        Picture("catalogue", f"/app/catalogue/{watched}"),
        Picture("timeline", f"/app/profiles/{buyer}?part=timeline"),
        Picture("personas", "/app/personas"),
        Picture("composing", f"/app/broadcasts/{draft}/edit", ("ja",), _choose_text),
        Picture("composing-check", f"/app/broadcasts/{draft}/edit", ("ja",), _look_at_check),
    ]


def find_personas(request: Any) -> None:
    """Look for personas, unless some are known."""
    if request.get("/api/personas").json()["found"]:
        return
    _post(request, "/api/personas/search", {})
    while not request.get("/api/personas").json()["found"]:
        time.sleep(2)


def _write(request: Any) -> str:
    """Make a draft that the guard has something to say of."""
    words = {
        "subject": "{{ customer | honorific }}、新茶が入りました",
        "preheader": "静岡から、今年の一番茶",
        "blocks": {"blocks": _MESSAGE},
    }
    definition = {
        "name": _NAME,
        "segment": "builtin:repeat_buyers",
        "sender": {"from_address": "shop@example.com", "from_name": "Kikubari Demo Shop"},
        "template": {"default_language": "ja", "variants": {"ja": words}},
    }
    return str(_post(request, "/api/broadcasts", definition).json()["id"])


def _post(request: Any, path: str, body: object) -> Any:
    token = request.get("/api/session").json()["csrf_token"]
    return request.post(path, data=body, headers={"X-CSRF-Token": token})


def _choose_text(page: Page) -> None:
    page.locator("[data-block=news] [contenteditable]").first.click()


def _look_at_check(page: Page) -> None:
    page.get_by_role("tab", name="確認").click()
    page.get_by_role("heading", name="ガード").wait_for()


def main(browser: Browser, url: str) -> None:
    """Take every picture in both languages."""
    for language, locale in _LANGUAGES.items():
        size = ViewportSize(width=1280, height=860)
        context = browser.new_context(base_url=url, locale=locale, viewport=size)
        if not context.request.post("/api/session", data=_DEMO).ok:
            raise SystemExit(f"{url} is no demo shop, or its log-in was changed")
        find_personas(context.request)
        page = context.new_page()
        wanted = pictures(context.request)
        for picture in wanted:
            if language in picture.languages:
                take(page, picture, language)
        context.close()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        main(browser, sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8765")
