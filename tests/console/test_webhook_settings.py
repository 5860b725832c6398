"""Systems that are told what happens: set up, tried, switched off."""

import pytest
from journeys_shop import NAME
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
# An address that is public and needs no name server; nothing is told to it.
URL = "https://93.184.216.34/a/long/way/to/where/calls/of/a/shop/are/taken?with=a&lot=of&words=1"


def test_an_endpoint_is_set_up_by_keys_and_its_secret_shown_once(lively, lively_shop) -> None:
    words = {
        "en": ("Set up an endpoint", "Name", "Address", "Events it is told of"),
        "ja": ("送り先を作る", "名前", "アドレス", "知らせるイベント"),
    }
    make, *labels = words[lively.view.language]
    name = f"{lively.view} {NAME}"
    page = lively.open("/settings/webhooks")
    page.get_by_role("button", name=make).press("Enter")
    dialog = page.get_by_role("dialog")
    fields = [dialog.get_by_label(one, exact=True) for one in labels]
    expect(fields[0]).to_be_focused()
    lively.check()
    for field, said in zip(fields, (name, URL, "Order Refunded\nCart Cleared"), strict=True):
        field.fill(said)
    fields[1].press("Enter")
    expect(dialog).to_have_count(0)
    secret = page.locator("code[class*=secret]").inner_text()
    row = page.get_by_role("row", name=name)
    expect(row).to_contain_text("Cart Cleared")
    lively.check()
    page.reload()
    lively.settle()
    assert secret not in page.content()
    endpoints = lively_shop.get("/api/webhooks")["endpoints"]
    (made,) = [one for one in endpoints if one["definition"]["name"] == name]
    assert made["definition"]["types"] == ["Order Refunded", "Cart Cleared"]
    switch = {"en": "Switch off", "ja": "止める"}[lively.view.language]
    row.get_by_role("button", name=switch).press("Enter")
    off = {"en": "Switched off", "ja": "止めています"}[lively.view.language]
    expect(row).to_contain_text(off)
    lively.check()
    assert lively_shop.get(f"/api/webhooks/{made['id']}")["state"] == "disabled"


def test_an_address_that_may_not_be_called_is_refused_in_the_form(lively) -> None:
    page = lively.open("/settings/webhooks")
    page.locator("main header button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").first.fill("Inside")
    dialog.locator("input[type=url]").fill("https://127.0.0.1/hook")
    dialog.locator("button[type=submit]").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    lively.check()
    # The browser writes a refusal down too.
    lively.complaints.clear()
