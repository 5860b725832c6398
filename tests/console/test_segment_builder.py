"""The segment builder in a browser: by keyboard alone, with input methods, counts as one edits."""

import json
import re
import statistics
from pathlib import Path
from typing import Any

import msgspec
import pytest
from console_browser import Console
from playwright.sync_api import Page, expect

from installation import Installation
from kikubari.spec import conditions
from kikubari.spec.conditions.leaves import Leaf

REFERENCE = Path(__file__).parents[2] / "docs/segments.md"
VIEWED = {"type": "event_count", "event": "Product Viewed", "count": {"at_least": 1}}
NESTED = {
    "type": "all",
    "of": [
        VIEWED,
        {"type": "any", "of": [{"type": "reachable", "channel": "email"}, {"type": "everyone"}]},
        {"type": "not", "of": {"type": "suppressed", "channel": "email"}},
    ],
}
WORDS = {
    "more": {"en": "More", "ja": "その他"},
    "paste": {"en": "Paste a definition", "ja": "定義を貼り付ける"},
    "use": {"en": "Use it", "ja": "使う"},
}


def say(console: Console, key: str) -> str:
    return WORDS[key][console.view.language]


def counted(page: Page) -> None:
    """Wait until the counts in sight are those of the tree in sight."""
    expect(page.get_by_test_id("total")).not_to_have_text("–")
    page.wait_for_load_state("networkidle")


def put(console: Console, tree: dict[str, Any]) -> None:
    """Paste a definition and wait for its counts."""
    paste(console, tree)
    counted(console.page)


def paste(console: Console, tree: dict[str, Any]) -> None:
    """Paste a definition."""
    page = console.page
    page.get_by_role("button", name=say(console, "more"), exact=True).click()
    page.get_by_role("menuitem", name=say(console, "paste")).click()
    page.get_by_role("dialog").get_by_role("textbox").fill(json.dumps(tree))
    page.get_by_role("button", name=say(console, "use"), exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def definition(page: Page) -> Any:
    """Return the definition as the file menu copies it."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Copy as a file").click()
    return json.loads(page.evaluate("navigator.clipboard.readText()"))


@pytest.fixture
def builder(wide: Console) -> Page:
    """An empty builder in English, left without saving."""
    page = wide.open("/segments/new")
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def test_the_screen_keeps_to_what_every_screen_keeps_to(console: Console) -> None:
    page = console.open("/segments/new")
    console.check()
    put(console, NESTED)
    console.check()
    page.locator("[data-node]").nth(1).click()
    console.check()


def test_a_nested_segment_is_made_by_keyboard_alone(
    builder: Page, wide: Console, shop: Installation
) -> None:
    press = builder.keyboard.press
    builder.get_by_label("Name", exact=True).focus()
    builder.keyboard.type("By keyboard")
    for text in ("Did something", "Can be reached", "Everybody"):
        builder.get_by_role("button", name="Add a condition").last.focus()
        press("Enter")
        expect(builder.get_by_label("Search conditions")).to_be_focused()
        builder.keyboard.type(text)
        press("Enter")
        expect(builder.locator("[data-node]:focus")).to_have_count(1)
    press("Alt+ArrowRight")  # "everybody" and the condition above become a group
    expect(builder.locator("[data-node]")).to_have_count(5)
    press("n")  # and is negated
    counted(builder)
    tree = definition(builder)
    assert [one["type"] for one in tree["of"]] == ["event_count", "any"]
    assert tree["of"][1]["of"][1] == {"type": "not", "of": {"type": "everyone"}}
    builder.get_by_role("button", name="Save", exact=True).focus()
    press("Enter")
    builder.wait_for_url("**/segments/*/edit")
    stored = next(one for one in shop.get("/api/segments") if one["name_en"] == "By keyboard")
    assert stored["condition"] == tree


def test_a_condition_that_is_chosen_by_enter_is_open_and_has_a_name(
    builder: Page, wide: Console
) -> None:
    builder.get_by_role("button", name="Add a condition").last.focus()
    builder.keyboard.press("Enter")
    builder.keyboard.type("Prefecture")
    builder.keyboard.press("Enter")
    sentence = builder.locator("[data-node]:focus")
    expect(sentence).to_have_attribute("aria-expanded", "true")
    # What is not filled in yet is called by what it asks for.
    expect(sentence).to_have_text("Prefecture")
    expect(builder.get_by_text("Not complete yet")).to_have_count(1)
    wide.check()


def test_enter_in_the_middle_of_a_composition_commits_nothing(builder: Page) -> None:
    builder.get_by_role("button", name="Add a condition").click()
    search = builder.get_by_label("Search conditions")
    search.focus()
    builder.evaluate(
        """() => {
          const field = document.activeElement
          field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
          field.dispatchEvent(new KeyboardEvent('keydown',
            { key: 'Enter', bubbles: true, isComposing: true, keyCode: 229 }))
        }"""
    )
    expect(search).to_be_visible()
    expect(builder.locator("[data-node]")).to_have_count(1)


def test_words_being_composed_reach_no_condition_until_they_are_chosen(builder: Page) -> None:
    builder.get_by_role("button", name="Add a condition").click()
    builder.get_by_role("button", name="Searched for").click()
    builder.locator("[data-node]").nth(1).click()
    field = builder.get_by_label("Text", exact=True)
    if field.count() == 0:
        builder.locator("[data-node]").nth(1).click()
    asked: list[str] = []
    builder.on("request", lambda one: asked.append(one.post_data or ""))
    session = builder.context.new_cdp_session(builder)
    field.focus()
    session.send("Input.imeSetComposition", {"text": "inu", "selectionStart": 3, "selectionEnd": 3})
    expect(field).to_have_value("inu")
    with builder.expect_response("**/api/audiences/counts"):
        session.send("Input.insertText", {"text": "犬"})
    counted(builder)
    assert not [one for one in asked if "inu" in one]
    assert "犬" in json.dumps(definition(builder), ensure_ascii=False)


def test_every_change_can_be_taken_back_and_done_again(builder: Page, wide: Console) -> None:
    put(wide, NESTED)
    before = definition(builder)
    last = builder.locator("[data-node]").last
    last.focus()
    builder.keyboard.press("Delete")
    expect(builder.locator("[data-node]")).to_have_count(5)
    builder.keyboard.press("Control+z")
    expect(builder.locator("[data-node]")).to_have_count(6)
    counted(builder)
    assert definition(builder) == before
    builder.locator("[data-node]").first.focus()
    builder.keyboard.press("Control+Shift+z")
    expect(builder.locator("[data-node]")).to_have_count(5)


def test_counts_words_and_people_stand_beside_the_conditions(builder: Page, wide: Console) -> None:
    put(wide, NESTED)
    expect(builder.get_by_test_id("explanation")).to_contain_text("viewed a product")
    expect(builder.get_by_role("heading", name="What each condition cuts")).to_be_visible()
    expect(builder.get_by_role("heading", name="Who can be reached")).to_be_visible()
    expect(builder.get_by_role("heading", name="Advice")).to_be_visible()


def test_advice_is_applied_with_one_click(builder: Page, wide: Console) -> None:
    put(wide, {"type": "all", "of": [VIEWED, VIEWED]})
    builder.get_by_role("button", name="Apply").first.click()
    expect(builder.locator("[data-node]")).to_have_count(2)


def test_an_edit_is_answered_while_one_looks(builder: Page, wide: Console) -> None:
    """On a small shop; what it takes at full size is for the benchmark."""
    put(wide, NESTED)
    builder.locator("[data-node]").nth(1).click()
    field = builder.get_by_label("At least", exact=True)
    for n in ("2", "3", "4", "5"):
        with builder.expect_response("**/api/audiences/counts"):
            field.fill(n)
    seen = builder.evaluate(
        "performance.getEntriesByName('kikubari:counts').map(one => one.duration)"
    )
    assert len(seen) >= 4
    assert statistics.median(seen) < 5_000


def test_a_change_by_somebody_else_is_not_overwritten_unseen(
    wide: Console, shop: Installation
) -> None:
    made = shop.post("/api/segments", {"name": "Shared", "condition": VIEWED})
    page = wide.open(f"/segments/{made['id']}/edit")
    counted(page)
    body = {"name": "Theirs", "condition": {"type": "everyone"}, "version": 1}
    shop.client.put(f"/api/segments/{made['id']}", json=body).raise_for_status()
    page.get_by_label("Name", exact=True).fill("Mine")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody else changed")
    wide.complaints.clear()  # the browser notes the refusal
    page.get_by_role("button", name="Show theirs").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Theirs")


def reference() -> list[dict[str, Any]]:
    """Return every condition of the reference that says something by itself."""
    texts = re.findall(r"```json\n(.+?)```", REFERENCE.read_text(), re.DOTALL)
    without_fields = {"all", "any", "not", "everyone"}
    return [one for one in map(json.loads, texts) if one["type"] not in without_fields]


def fields_of(leaf: dict[str, Any]) -> set[str]:
    """Return all a condition of this type can say, but what one field says for two."""
    kinds = {one.__struct_config__.tag: one for one in vars(conditions).values() if is_leaf(one)}
    names = {one.encode_name for one in msgspec.structs.fields(kinds[leaf["type"]])}
    return names - {"bottom_percent"}  # chosen beside `top_percent`


def is_leaf(one: object) -> bool:
    return isinstance(one, type) and issubclass(one, Leaf) and bool(one.__struct_config__.tag)


def test_every_field_of_every_condition_has_a_control(builder: Page, wide: Console) -> None:
    leaves = reference()
    tree = {"type": "any", "of": leaves}
    paste(wide, tree)
    assert definition(builder) == tree
    nodes = builder.locator("ol [data-node]")
    expect(nodes).to_have_count(len(leaves))
    for place, leaf in enumerate(leaves):
        nodes.nth(place).click()
        shown = builder.locator("[data-field]").evaluate_all("all => all.map(x => x.dataset.field)")
        assert set(shown) == fields_of(leaf), leaf
        editor = builder.locator("div:has(> [data-field])").first
        expect(editor.locator("code, textarea")).to_have_count(0)
    assert definition(builder) == tree  # looking changes nothing
    wide.complaints.clear()  # the segment that one of them names is not in this shop


def test_what_items_of_an_order_are_like_is_said_by_controls(builder: Page, wide: Console) -> None:
    put(wide, {"type": "event_count", "event": "Order Completed", "count": {"at_least": 1}})
    builder.locator("ol [data-node]").click()
    builder.get_by_role("button", name="Add: With these properties").click()
    builder.get_by_label("Property", exact=True).select_option("Items of the order")
    builder.get_by_label("How many of them").select_option("each is like this")
    builder.get_by_label("Value", exact=True).fill("dog")
    items = builder.get_by_role("group", name="One and the same item")
    items.get_by_role("button", name="Add a property").click()
    items.get_by_label("Property", exact=True).last.select_option("price")
    items.get_by_label("Is the number itself included").first.select_option("More than")
    items.get_by_role("textbox", name="More than").fill("300")
    counted(builder)
    assert definition(builder)["of"][0]["where"] == [
        {
            "on": "every_item",
            "where": [
                {"field": "category", "test": {"type": "is", "value": "dog"}},
                {"field": "price_minor", "test": {"type": "number", "more_than": 300}},
            ],
        }
    ]


def test_what_entries_of_a_list_are_like_is_said_by_controls(builder: Page, wide: Console) -> None:
    put(wide, {"type": "event_count", "event": "Order Completed", "count": {"at_least": 1}})
    builder.locator("ol [data-node]").click()
    builder.get_by_role("button", name="Add: With these properties").click()
    builder.get_by_label("Property", exact=True).select_option("Another list")
    builder.get_by_label("Name of the list").fill("deep.products")
    builder.get_by_label("Property of the entry").fill("brand\\.jp")
    builder.get_by_label("Kind of value").select_option("yes or no")
    builder.get_by_label("How many of them").select_option("none is like this")
    counted(builder)
    assert definition(builder)["of"][0]["where"] == [
        {
            "on": "no_element",
            "path": ["deep", "products"],
            "where": [{"path": ["brand.jp"], "test": {"type": "is", "value": True}}],
        }
    ]


def test_values_are_suggested_and_chosen_by_keyboard(builder: Page, wide: Console) -> None:
    put(wide, {"type": "event_count", "count": {"at_least": 1}})
    builder.locator("ol [data-node]").click()
    field = builder.get_by_role("combobox", name="What they did")
    field.click()
    options = builder.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_be_visible()
    field.press_sequentially("order")
    field.press("ArrowDown")
    expect(options.and_(builder.locator("[aria-selected=true]"))).to_contain_text("Ordered")
    wide.check()
    field.press("Enter")
    expect(options).to_have_count(0)
    expect(field).to_have_value("Ordered")
    field.press("ArrowDown")
    field.press("Escape")  # closes the list, not the condition
    expect(options).to_have_count(0)
    expect(field).to_be_focused()
    counted(builder)
    assert definition(builder)["of"][0]["event"] == "Order Completed"


def test_a_condition_on_a_list_offers_those_that_exist(
    builder: Page, wide: Console, shop: Installation
) -> None:
    known = shop.get("/api/lists")
    paste(wide, {"type": "list", "list": "gone"})
    builder.locator("ol [data-node]").first.click()
    choice = builder.get_by_role("combobox", name="List", exact=True)
    expect(choice).to_have_value("gone")
    assert choice.locator("option").count() == len(known) + 2  # none, and the one that is gone
    wide.complaints.clear()  # it cannot be counted


def test_several_values_are_chosen_typed_and_taken_out(builder: Page, wide: Console) -> None:
    plan = {"type": "trait", "trait": "plan", "test": {"type": "in", "values": ["gold"]}}
    put(wide, plan)
    builder.locator("ol [data-node]").click()
    field = builder.get_by_role("combobox", name="Value", exact=True)
    field.fill("silver, bronze")
    field.press("Enter")
    builder.get_by_role("button", name="Remove silver").click()
    counted(builder)
    assert definition(builder)["of"][0]["test"]["values"] == ["gold", "bronze"]
