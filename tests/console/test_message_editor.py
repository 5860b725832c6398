"""The message editor: blocks by mouse and by keyboard, preview, checks, versions, kept blocks."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from console_browser import Console, View
from playwright.sync_api import Browser, Page, expect

from installation import Installation

pytestmark = pytest.mark.browser

_TEXT = {"kind": "text", "id": "news", "paragraphs": [{"spans": [{"text": "Tea is ready."}]}]}
_BLOCKS: list[dict[str, Any]] = [
    {"kind": "heading", "id": "hello", "text": "Hello"},
    _TEXT,
    {"kind": "columns", "id": "row", "columns": [{"id": "l", "blocks": []}, {"id": "r"}]},
    {"kind": "button", "id": "go", "label": "To the shop", "href": "https://shop.example/"},
    {"kind": "reason", "id": "why"},
    {"kind": "footer", "id": "foot", "lines": ["Tea House, Kyoto"]},
]


@pytest.fixture
def draft(shop: Installation) -> str:
    """A message of blocks in English."""
    variant = {"subject": "News", "blocks": {"blocks": _BLOCKS}}
    made = shop.post(
        "/api/broadcasts",
        {
            "name": "Tea",
            "segment": "builtin:everyone",
            "sender": {"from_address": "shop@shop.example", "from_name": "Shop"},
            "template": {"default_language": "en", "variants": {"en": variant}},
        },
    )
    return str(made["id"])


@pytest.fixture
def japanese(chromium: Browser, shop_url: str, member_session: Any) -> Iterator[Console]:
    """The console in Japanese at 1280 px."""
    one = Console(chromium, shop_url, View("ja", 1280), member_session)
    yield one
    one.close()


def written(shop: Installation, draft: str, language: str = "en") -> list[dict[str, Any]]:
    """Return the blocks as they are saved."""
    definition = shop.get(f"/api/broadcasts/{draft}")["definition"]
    blocks: list[dict[str, Any]] = definition["template"]["variants"][language]["blocks"]["blocks"]
    return blocks


def saved(page: Page) -> None:
    """Wait until all that was written is saved."""
    expect(page.locator("[data-state=saved]")).to_be_visible()


def handle(page: Page, block: str) -> Any:
    """Return what a block is taken by."""
    return page.locator(f"[data-block={block}] > div > [data-handle]")


def test_every_part_keeps_to_the_rules(console: Console, draft: str) -> None:
    page = console.open(f"/broadcasts/{draft}/edit")
    if console.view.width > 900:
        handle(page, "go").focus()
    else:
        page.locator("[data-block=go]").click()
    console.check()
    for tab in page.get_by_role("tab").all()[1:]:
        tab.click()
        console.settle()
        console.check()


def test_a_message_is_composed_in_japanese_by_mouse_and_sent(
    japanese: Console, shop: Installation
) -> None:
    page = japanese.open("/broadcasts/new")
    page.get_by_label("名前", exact=True).fill("新茶のお知らせ")
    page.get_by_label("誰に").select_option("builtin:everyone")
    page.get_by_role("button", name="書きはじめる").click()
    page.wait_for_url("**/broadcasts/brd_*/edit")
    draft = page.url.split("/")[-2]
    page.get_by_label("件名").fill("新茶が入りました")
    page.get_by_label("本文", exact=True).click()
    page.keyboard.insert_text("今年の新茶が届きました。")
    palette = page.get_by_role("toolbar", name="ブロックを足す")
    palette.get_by_role("button", name="ボタンを足す").click()
    page.get_by_label("ボタンの文字", exact=True).fill("ショップを見る")
    heading = palette.get_by_role("button", name="見出しを足す")
    heading.hover()
    page.mouse.down()
    target = page.get_by_label("本文", exact=True).bounding_box()
    assert target is not None
    page.mouse.move(target["x"] + 40, target["y"] + 60, steps=6)
    page.mouse.move(target["x"] + 40, target["y"] + 2, steps=4)
    page.mouse.up()
    page.get_by_label("見出しの文字", exact=True).nth(1).fill("静岡から")
    saved(page)
    kinds = [one["kind"] for one in written(shop, draft, "ja")]
    assert kinds == ["heading", "heading", "text", "button", "reason", "footer"]
    page.get_by_role("button", name="見直して送る").click()
    page.wait_for_url(f"**/broadcasts/{draft}")
    page.get_by_role("button", name="送信する…").click()
    page.get_by_role("button", name="今すぐ送信する").click()
    shop.wait(lambda: shop.get(f"/api/broadcasts/{draft}/progress")["state"] == "done")
    mails = [one for one in shop.get("/api/inbox") if one["subject"] == "新茶が入りました"]
    assert mails
    source = shop.get(f"/api/inbox/{mails[0]['id']}")
    assert "今年の新茶が届きました。" in str(source)


def test_blocks_are_moved_by_keyboard_through_columns_and_it_is_said(
    wide: Console, draft: str, shop: Installation
) -> None:
    page = wide.open(f"/broadcasts/{draft}/edit")
    handle(page, "hello").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("p[aria-live]")).to_contain_text("now at 2 of 6")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("p[aria-live]")).to_contain_text("in a column, at 1 of 1")
    expect(handle(page, "hello")).to_be_focused()
    saved(page)
    row = next(one for one in written(shop, draft) if one["kind"] == "columns")
    assert [one["id"] for one in row["columns"][0]["blocks"]] == ["hello"]
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    shop.wait(lambda: [one["id"] for one in written(shop, draft)][:2] == ["hello", "news"])
    page.keyboard.press("Control+Shift+z")
    shop.wait(lambda: [one["id"] for one in written(shop, draft)][:2] == ["news", "hello"])
    saved(page)
    # Taken back before it was written, there is nothing to save.
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+z")
    saved(page)


def test_words_are_dressed_and_completed(wide: Console, draft: str, shop: Installation) -> None:
    page = wide.open(f"/broadcasts/{draft}/edit")
    text = page.locator("[data-block=news]").get_by_role("textbox")
    text.click()
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Bold").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("For {{ first")
    page.get_by_role("option", name="customer.first_name").click()
    saved(page)
    paragraphs = next(one for one in written(shop, draft) if one["id"] == "news")["paragraphs"]
    assert paragraphs[0]["spans"] == [{"text": "Tea is ready.", "bold": True}]
    words = "".join(one["text"] for one in paragraphs[1]["spans"])
    assert words == "For {{ customer.first_name }}"
    wide.complaints.clear()  # what stood there half written could not be previewed


def test_the_preview_is_what_would_be_sent(wide: Console, draft: str, shop: Installation) -> None:
    page = wide.open(f"/broadcasts/{draft}/edit")
    with page.expect_response("**/api/drafts/preview*") as answered:
        page.get_by_role("tab", name="Preview").click()
    answer = answered.value.json()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Tea is ready.")).to_be_visible()
    shown = frame.locator("body").evaluate("body => body.innerHTML")
    parsed = frame.locator("body").evaluate(
        "(_, html) => new DOMParser().parseFromString(html, 'text/html').body.innerHTML",
        answer["html"],
    )
    assert shown == parsed
    page.get_by_label("Words of the heading").fill("Good evening")
    expect(frame.get_by_text("Good evening")).to_be_visible()
    page.get_by_role("button", name="Plain text").click()
    expect(page.locator("pre")).to_contain_text("Good evening")
    expect(page.get_by_text(re.compile(r"kB of 102 kB"))).to_be_visible()
    saved(page)
    assert written(shop, draft)[0]["text"] == "Good evening"


def test_hostile_words_stay_words(wide: Console, draft: str) -> None:
    page = wide.open(f"/broadcasts/{draft}/edit")
    page.evaluate("window.ran = []; window.executed = () => window.ran.push(1); null")
    hostile = '<img src=x onerror="executed()"><script>executed()</script>'
    page.locator("[data-block=news]").get_by_role("textbox").click()
    page.keyboard.insert_text(hostile)
    page.evaluate(
        """html => {
          const data = new DataTransfer()
          data.setData('text/html', html)
          data.setData('text/plain', html)
          const pasted = { clipboardData: data, bubbles: true, cancelable: true }
          document.activeElement.dispatchEvent(new ClipboardEvent('paste', pasted))
        }""",
        hostile,
    )
    page.get_by_label("Words of the heading").fill(hostile)
    page.get_by_label("Subject").fill(hostile)
    page.get_by_role("tab", name="Preview").click()
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("onerror")
    saved(page)
    assert page.evaluate("window.ran") == []
    assert page.locator("[data-block=news] :is(img, script)").count() == 0
    assert page.frame_locator("iframe").locator("img[onerror], script").count() == 0
    policy = page.request.get("/api/drafts/frame").headers["content-security-policy"]
    assert policy.startswith("sandbox allow-same-origin")
    assert "script" not in policy


def test_the_guard_and_the_check_speak_where_it_is_written(wide: Console, draft: str) -> None:
    page = wide.open(f"/broadcasts/{draft}/edit")
    text = page.locator("[data-block=news]")
    text.get_by_role("textbox").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("We saw you looked at it three times last night at 2 am.")
    expect(text.get_by_text("→").or_(text.locator("em"))).to_be_visible()
    page.get_by_label("Words of the button").fill("")
    expect(page.locator("[data-block=go]").get_by_text("says nothing")).to_be_visible()
    page.get_by_role("tab", name="Check").click()
    expect(page.get_by_role("heading", name="Something must be mended first")).to_be_visible()
    page.get_by_role("button", name=re.compile("Button")).last.click()
    expect(handle(page, "go")).to_be_focused()
    saved(page)


def test_softer_words_are_put_in_at_a_press_and_found_fine(
    wide: Console, draft: str, shop: Installation
) -> None:
    page = wide.open(f"/broadcasts/{draft}/edit")
    page.locator("[data-block=news]").get_by_role("textbox").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("Now that you are a widow, small portions make sense. Have a look.")
    page.get_by_role("tab", name="Check").click()
    guard = page.get_by_role("region", name="Guard")
    expect(guard.locator("ins")).to_have_text("Small portions make sense.")
    wide.check()
    guard.get_by_role("button", name="Say it so").click()
    expect(guard.get_by_role("button", name="Say it so")).to_have_count(0)
    expect(guard.locator("em")).to_have_count(0)
    saved(page)
    written = shop.get(f"/api/broadcasts/{draft}")["definition"]["template"]["variants"]["en"]
    [news] = [one for one in written["blocks"]["blocks"] if one["id"] == "news"]
    said = "".join(span["text"] for one in news["paragraphs"] for span in one["spans"])
    assert said == "Small portions make sense. Have a look."


def test_nothing_is_written_over_unseen(wide: Console, draft: str, shop: Installation) -> None:
    page = wide.open(f"/broadcasts/{draft}/edit")
    definition = shop.get(f"/api/broadcasts/{draft}")["definition"]
    shop.client.put(f"/api/broadcasts/{draft}", json=definition | {"name": "Theirs"})
    page.get_by_label("Subject").fill("Mine")
    dialog = page.get_by_role("dialog", name="Somebody else has changed this message")
    dialog.get_by_role("button", name="Go on with the newer one").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Theirs")
    page.get_by_label("Subject").fill("After")
    saved(page)
    now = shop.get(f"/api/broadcasts/{draft}")["definition"]
    assert now["name"] == "Theirs"
    assert now["template"]["variants"]["en"]["subject"] == "After"
    wide.complaints.clear()  # the browser names the refusal by itself


def test_blocks_are_kept_and_versions_come_back(
    wide: Console, draft: str, shop: Installation
) -> None:
    page = wide.open(f"/broadcasts/{draft}/edit")
    handle(page, "hello").click()
    handle(page, "news").click(modifiers=["Shift"])
    page.get_by_role("button", name="Keep for other messages").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Greeting")
    dialog.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("Greeting · used in")).to_be_visible()
    saved(page)
    assert [one["kind"] for one in written(shop, draft)][:2] == ["saved", "columns"]
    page.get_by_role("tab", name="Versions").click()
    page.get_by_role("button", name="version 1").click()
    expect(page.get_by_text("Went:").first).to_be_visible()
    page.get_by_role("button", name="Go back to this").click()
    saved(page)
    assert [one["id"] for one in written(shop, draft)][:2] == ["hello", "news"]
    page.get_by_role("button", name="Undo").click()
    saved(page)
    assert written(shop, draft)[0]["kind"] == "saved"


def test_languages_are_written_beside_one_another(
    wide: Console, draft: str, shop: Installation
) -> None:
    page = wide.open(f"/broadcasts/{draft}/edit")
    page.get_by_text("Side by side").click()
    page.get_by_role("button", name="Begin from the English message").click()
    letter = page.get_by_role("region", name="Message in Japanese")
    letter.get_by_label("Words of the heading").fill("こんにちは")
    saved(page)
    assert written(shop, draft, "ja")[0] == {"kind": "heading", "id": "hello", "text": "こんにちは"}
    assert written(shop, draft)[0]["text"] == "Hello"
