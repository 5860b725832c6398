"""Steps that name something of the shop's: chosen by its name, never typed as an id."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_journey_and_an_endpoint_are_chosen_by_name(console, shop) -> None:
    in_japanese = console.view.language == "ja"
    other, journey = (f"{word}-{uuid4().hex[:8]}" for word in ("other", "names"))
    endpoint = {"name": f"Till {other}", "url": "https://93.184.216.34/a", "types": []}
    made = shop.post("/api/webhooks", endpoint)["endpoint"]["id"]
    shop.post("/api/journeys", {"id": other, "definition": definition(f"Next {other}", [])})
    steps = [
        {"type": "webhook", "id": "call", "endpoint": "gone", "next": "on"},
        {"type": "enter", "id": "on", "journey": "gone"},
    ]
    shop.post("/api/journeys", {"id": journey, "definition": definition(f"Names {other}", steps)})
    page = console.open(f"/journeys/{journey}")
    page.locator("[data-item='call']").click()
    field = page.get_by_label("エンドポイント" if in_japanese else "Endpoint", exact=True)
    expect(field).to_have_value("gone")
    field.select_option(label=f"Till {other}")
    console.check()
    page.keyboard.press("Escape")  # on a phone the panel is a dialog
    page.locator("[data-item='on']").click()
    field = page.get_by_label("別のジャーニーへ" if in_japanese else "Another journey", exact=True)
    field.select_option(label=f"Next {other}")
    console.check()

    def kept() -> list[str]:
        one, two = shop.get(f"/api/journeys/{journey}/draft")["definition"]["steps"]
        return [one["endpoint"], two["journey"]]

    shop.wait(lambda: kept() == [made, other])


def definition(name, steps):
    start = {"start": steps[0]["id"]} if steps else {}
    return {
        "name": name,
        "trigger": {"type": "api"},
        "steps": steps,
        "rules": {"goal": {"events": {"event": "Order Completed"}}},
        **start,
    }
