"""Life stages: how many are where, a definition written by fields, refusals, a correction."""

import re

import pytest
from console_browser import Console
from playwright.sync_api import Page, expect

from installation import Installation

pytestmark = pytest.mark.browser

TEA = {
    "id": "tea",
    "name_ja": "お茶のある暮らし",
    "name_en": "Tea",
    "stages": [
        {
            "id": "curious",
            "name_ja": "気になりはじめ",
            "name_en": "Curious",
            "evidence": [{"type": "did", "event": "Product Viewed", "categories": ["tea"]}],
            "moves_on": True,
        },
        {
            "id": "daily",
            "name_ja": "毎日のお茶",
            "name_en": "Every day",
            "evidence": [
                {"type": "said", "trait": "tea", "value": "daily"},
                {"type": "born", "trait": "tea_since", "from_days": 365, "until_days": 36_500},
            ],
        },
    ],
}


@pytest.fixture(scope="module", autouse=True)
def defined(shop: Installation) -> None:
    shop.put("/api/life-stages/tea", TEA)


@pytest.mark.parametrize("path", ["/life-stages", "/life-stages/tea", "/life-stages/new"])
def test_the_screens_keep_to_what_every_screen_does(console: Console, path: str) -> None:
    console.open(path)
    console.check()


def test_a_definition_is_written_by_fields_and_counted_before_it_is_saved(
    wide: Console, shop: Installation
) -> None:
    page = wide.open("/life-stages/new")
    page.get_by_label("Name in Japanese", exact=True).fill("編みもの")
    page.get_by_label("Name in English", exact=True).fill("Knitting")
    for place, name in ((1, "Beginner"), (2, "Master")):
        write_stage(page, place, name)
    page.get_by_role("button", name="Count people").click()
    expect(page.locator("figure ol > li")).to_have_count(2)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("h1")).to_have_text(re.compile("Where people are"))
    saved = shop.get("/api/life-stages/knitting")
    assert [one["id"] for one in saved["stages"]] == ["beginner", "master"]
    assert saved["stages"][0]["evidence"] == [
        {"type": "said", "trait": "knits", "value": "beginner"}
    ]
    shop.client.delete("/api/life-stages/knitting").raise_for_status()


def write_stage(page: Page, place: int, name: str) -> None:
    page.get_by_label(f"Stage {place} in Japanese").fill(f"段階{place}")
    page.get_by_label(f"Stage {place} in English").fill(name)
    stage = page.locator("form ol > li").nth(place - 1)
    stage.get_by_label("Attribute", exact=True).fill("knits")
    stage.get_by_label("Its value", exact=True).fill(name.lower())


def test_what_may_not_be_inferred_is_said_while_it_is_written(wide: Console) -> None:
    page = wide.open("/life-stages/tea")
    page.get_by_role("button", name="Change").click()
    name = page.get_by_label("Stage 1 in English")
    name.fill("Pregnancy")
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("“Pregnancy” can never be a stage")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    wide.check()
    name.fill("With children")
    expect(refusal).to_contain_text("may not be guessed from what people do")
    name.fill("Curious")
    expect(refusal).to_have_count(0)
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_enabled()


def test_a_stage_is_corrected_on_the_customers_page(console: Console, shop: Installation) -> None:
    is_japanese = console.view.language == "ja"
    page = console.open("/profiles/J1")
    correct, write, back = (
        ("訂正する", "記録する", "訂正を取り消す")
        if is_japanese
        else ("Correct", "Write down", "Take the correction back")
    )
    page.get_by_role("button", name=correct, exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").select_option("daily")
    console.check()
    dialog.get_by_role("button", name=write).click()
    stages = page.locator("section", has=page.get_by_role("button", name=correct, exact=True))
    expect(stages).to_contain_text("毎日のお茶" if is_japanese else "Every day")
    console.check()
    shop.settle()
    (told,) = shop.get("/api/profiles/J1/life-stages")
    assert (told["stage"], told["is_declared"]) == ("daily", True)
    page.get_by_role("button", name=correct, exact=True).click()
    dialog.get_by_role("button", name=back).click()
    expect(dialog).to_have_count(0)
    shop.settle()
    (told,) = shop.get("/api/profiles/J1/life-stages")
    assert told["stage"] is None
