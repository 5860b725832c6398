"""A second member is asked at home and answers on the page of the draft."""

import re
from collections.abc import Iterator
from itertools import count

import pytest
from console_browser import Console
from playwright.sync_api import expect

from installation import PASSWORD, Installation

pytestmark = pytest.mark.browser
_names = count(1)
BROADCAST = {
    "name": "Receipt",
    "segment": "builtin:everyone",
    "purpose": "transactional",
    "sender": {"from_address": "shop@shop.example"},
    "template": {
        "default_language": "en",
        "variants": {"en": {"subject": "Hello", "html": "<p>Hi</p>"}},
    },
}


@pytest.fixture
def asked(shop: Installation) -> Iterator[dict[str, str]]:
    """What another member wants to send and may not alone."""
    shop.client.put("/api/policies/approvals", json={"over_people": 0}).raise_for_status()
    name = f"Letter {next(_names)}"
    broadcast_id = shop.post("/api/broadcasts", BROADCAST | {"name": name})["id"]
    email = f"asker{next(_names)}@example.com"
    shop.post("/api/members", {"email": email, "password": PASSWORD, "role": "sender"})
    with shop.stranger() as asker:
        asker.post("/api/session", json={"email": email, "password": PASSWORD}).raise_for_status()
        asker.headers["x-csrf-token"] = asker.get("/api/session").json()["csrf_token"]
        refused = asker.post(f"/api/broadcasts/{broadcast_id}/send")
    assert refused.status_code == 409
    yield {"id": refused.json()["error"]["detail"]["id"], "name": name, "by": email}
    shop.client.put("/api/policies/approvals", json={}).raise_for_status()


def test_who_is_asked_sees_it_at_home_and_approves(
    console: Console, shop: Installation, asked: dict[str, str]
) -> None:
    page = console.open("/")
    page.get_by_role("link", name=re.compile(asked["name"])).first.click()
    page.wait_for_url("**/broadcasts/*")
    # Home names them too: wait for what only the draft's page has.
    word = page.get_by_label(re.compile("A word on it|ひとこと"))
    expect(word).to_be_visible()
    expect(page.get_by_text(re.compile(asked["by"]))).to_be_visible()
    console.settle()
    console.check()
    word.fill("fine by me")
    page.get_by_role("button", name=re.compile("^(Approve|承認する)$")).click()
    expect(
        page.get_by_role("heading", name=re.compile("^(Approved|承認されました)$"))
    ).to_be_visible()
    approval = shop.get(f"/api/approvals/{asked['id']}")
    assert (approval["state"], approval["answer"]) == ("approved", "fine by me")


def test_when_two_are_needed_is_chosen_in_the_settings(
    console: Console, shop: Installation
) -> None:
    shop.client.put("/api/policies/approvals", json={}).raise_for_status()
    page = console.open("/settings/members")
    page.get_by_role("switch", name=re.compile("many people|大人数")).click(force=True)
    field = page.get_by_label(re.compile("More people than|この人数を超える"))
    field.click()
    field.fill("500")
    console.check()
    page.get_by_role("button", name=re.compile("^(Save|保存)$")).last.click()
    expect(page.get_by_text(re.compile("^(Saved|保存しました)$")).first).to_be_visible()
    assert shop.get("/api/policies/approvals")["over_people"] == 500
    shop.client.put("/api/policies/approvals", json={}).raise_for_status()
