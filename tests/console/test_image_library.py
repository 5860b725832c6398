"""Pictures in the message editor: from the library, a file, dropped; and how mail shows them."""

from typing import Any

import pytest
from console_browser import Console
from playwright.sync_api import Page, expect

from drawn_images import draw, upload
from installation import Installation

pytestmark = pytest.mark.browser

_DROP = """([target, name, type, bytes]) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([Uint8Array.from(bytes)], name, { type }));
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    target.dispatchEvent(
      new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  }
}"""


@pytest.fixture
def draft(shop: Installation) -> str:
    """A message with an empty picture, in English."""
    blocks = [
        {"kind": "image", "id": "pic", "src": ""},
        {"kind": "footer", "id": "foot", "lines": ["Tea House, Kyoto"]},
    ]
    variant = {"subject": "News", "blocks": {"blocks": blocks}}
    made = shop.post(
        "/api/broadcasts",
        {
            "name": "Pictures",
            "segment": "builtin:everyone",
            "sender": {"from_address": "shop@shop.example", "from_name": "Shop"},
            "template": {"default_language": "en", "variants": {"en": variant}},
        },
    )
    return str(made["id"])


def picture(shop: Installation, draft: str) -> dict[str, Any]:
    """Return the picture as it is saved."""
    definition = shop.get(f"/api/broadcasts/{draft}")["definition"]
    blocks = definition["template"]["variants"]["en"]["blocks"]["blocks"]
    found: dict[str, Any] = blocks[0]
    return found


def edited(console: Console, draft: str) -> Page:
    """Open the message with its picture chosen."""
    page = console.open(f"/broadcasts/{draft}/edit")
    page.locator("[data-block=pic] > div > [data-handle]").focus()
    return page


def drop(page: Page, on: str, name: str, content: bytes, kind: str = "image/png") -> None:
    """Let a file fall on what is shown."""
    target = page.locator(on).last
    expect(target).to_be_visible()
    page.evaluate(_DROP, [target.element_handle(), name, kind, list(content)])


def test_the_library_keeps_to_the_rules(console: Console, draft: str, shop: Installation) -> None:
    for number in range(3):
        shop.post("/api/images", upload(draw(300 + number, 200), f"Tea {number}"))
    page = console.open(f"/broadcasts/{draft}/edit")
    if console.view.width > 900:
        page.locator("[data-block=pic] > div > [data-handle]").focus()
    else:
        page.locator("[data-block=pic]").click()
    japanese = console.view.language == "ja"
    page.get_by_role("button", name="画像を選ぶ…" if japanese else "Choose a picture…").click()
    dialog = page.get_by_role("dialog").last
    expect(dialog.get_by_role("button", name="Tea 1")).to_be_visible()
    console.settle()
    console.check()
    dialog.get_by_role("button", name="Tea 1").click()
    use = dialog.get_by_role("button", name="この画像を使う" if japanese else "Use this picture")
    expect(use).to_be_visible()
    console.check()


def test_a_picture_is_chosen_by_keys_alone_and_said_in_words(
    wide: Console, draft: str, shop: Installation
) -> None:
    made = shop.post("/api/images", upload(draw(900, 450), "Kettle"))
    page = edited(wide, draft)
    page.get_by_role("button", name="Choose a picture…").press("Enter")
    search = page.get_by_role("dialog").get_by_role("searchbox")
    search.focus()
    page.keyboard.type("kettle")
    thumbnail = page.get_by_role("dialog").get_by_role("button", name="Kettle")
    expect(page.get_by_role("dialog").locator("li button")).to_have_count(1)
    thumbnail.focus()
    page.keyboard.press("Enter")
    words = page.get_by_role("dialog").get_by_label("In words")
    expect(words).to_be_focused()
    page.keyboard.type("A kettle on the fire")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    shown = page.locator("[data-block=pic] img")
    expect(shown).to_have_attribute("alt", "A kettle on the fire")
    expect(shown).to_have_js_property("naturalWidth", 900)
    shop.wait(lambda: picture(shop, draft)["src"] == made["url"])
    kept = picture(shop, draft)
    assert (kept["width"], kept["height"]) == (600, 300)
    assert shop.get(f"/api/images/{made['id']}")["alt"] == "A kettle on the fire"
    page.get_by_label("Width", exact=True).fill("200")
    shop.wait(lambda: picture(shop, draft).get("height") == 100)


def test_a_file_is_uploaded_by_the_button_and_an_address_can_be_typed(
    wide: Console, draft: str, shop: Installation
) -> None:
    page = edited(wide, draft)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload…").click()
    content = draw(160, 80, kind="JPEG")
    chooser.value.set_files([{"name": "Leaf.jpeg", "mimeType": "image/jpeg", "buffer": content}])
    expect(page.locator("[data-block=pic] img")).to_have_js_property("naturalWidth", 160)
    shop.wait(lambda: picture(shop, draft).get("height") == 80)
    assert "Leaf" in [one["name"] for one in shop.get("/api/images", search="leaf")["images"]]
    elsewhere = shop.post("/api/images", upload(draw(166, 83), "Elsewhere"))["url"]
    page.get_by_label("Or its address").fill(elsewhere)
    shop.wait(lambda: picture(shop, draft)["src"] == elsewhere)
    assert picture(shop, draft).get("height") is None


def test_a_file_that_is_dropped_on_the_picture_takes_its_place(
    wide: Console, draft: str, shop: Installation
) -> None:
    page = edited(wide, draft)
    expect(page.locator("[data-block=pic] p")).to_contain_text("drop one here")
    page.wait_for_load_state("networkidle")
    drop(page, "[data-block=pic] p", "Cup.png", draw(120, 90))
    expect(page.locator("[data-block=pic] img")).to_have_js_property("naturalWidth", 120)
    shop.wait(lambda: picture(shop, draft).get("height") == 90)


def test_what_is_no_picture_is_refused_in_place(
    wide: Console, draft: str, shop: Installation
) -> None:
    page = edited(wide, draft)
    page.wait_for_load_state("networkidle")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="x"</script></svg>'
    drop(page, "[data-block=pic] p", "logo.svg", svg, "image/svg+xml")
    alert = page.locator("[data-block=pic]").get_by_role("alert")
    expect(alert).to_contain_text("no PNG, JPEG, GIF or WebP")
    drop(page, "[data-block=pic] p", "cut.png", draw(80, 80)[:-60])
    expect(alert).to_contain_text("damaged")
    assert picture(shop, draft)["src"] == ""
    assert all("400" in one for one in wide.complaints)
    wide.complaints.clear()  # the browser's own note of each refusal


def test_what_is_shown_somewhere_is_not_removed_and_it_is_said_where(
    wide: Console, draft: str, shop: Installation
) -> None:
    made = shop.post("/api/images", upload(draw(210, 70), "Only here"))
    page = edited(wide, draft)
    page.get_by_label("Or its address").fill(made["url"])
    shop.wait(lambda: picture(shop, draft)["src"] == made["url"])
    page.get_by_role("button", name="Choose another…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Only here").click()
    dialog.get_by_role("button", name="Remove it from here").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Pictures")
    assert shop.get(f"/api/images/{made['id']}")
    wide.complaints.clear()  # the browser's own note of the refusal


def test_the_preview_turns_colours_over_as_some_programs_do(
    wide: Console, draft: str, shop: Installation
) -> None:
    page = edited(wide, draft)
    page.get_by_role("tab", name="Preview").click()
    frame = page.locator("iframe[title='The message as it would be sent']")
    page.get_by_role("button", name="Dark, colours turned over").click()
    expect(page.get_by_text("Some mail programs turn the colours over")).to_be_visible()
    assert "invert(1)" in frame.evaluate("one => getComputedStyle(one).filter")
    inside = frame.element_handle().content_frame()
    assert inside is not None
    sheets = "[...document.styleSheets].map(s => [...s.cssRules].map(r => r.cssText).join()).join()"
    assert "invert(1)" in inside.evaluate(sheets)
    page.get_by_role("button", name="Light").click()
    expect(frame).not_to_have_attribute("data-inverted", "true")
    assert frame.evaluate("one => getComputedStyle(one).filter") == "none"
