"""What a customer asks for holds in every store, queue, inbox and log."""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from installation import Installation

NAME = "Zanzibara"
ADDRESS = "zanzibara@example.jp"
PERSON = {
    "type": "identify",
    "userId": "zanzibara-1",
    "anonymousId": "zanzibara-device",
    "traits": {"email": ADDRESS, "first_name": NAME, "city": "Zanzibaraton"},
}
AGREED = {
    "type": "track",
    "userId": "zanzibara-1",
    "event": "Kikubari Consent Changed",
    "properties": {
        "purpose": "marketing", "channel": "email", "status": "granted",
        "proof": "Zanzibara ticked the box",
    },
}  # fmt: skip
ORDERED = {
    "type": "track",
    "userId": "zanzibara-1",
    "event": "Order Completed",
    "properties": {"order_id": "zanzibara-order", "total": 30, "currency": "GBP"},
}
LETTER = {
    "name": "News",
    "segment": {"type": "event_count", "event": "Order Completed", "count": {"at_least": 1}},
    "sender": {"from_address": "shop@shop.example", "from_name": "Shop"},
    "template": {
        "default_language": "en",
        "variants": {
            "en": {
                "subject": "{{ customer.first_name }}, news",
                "mjml": "<mjml><mj-body><mj-section><mj-column><mj-text>Hello "
                "{{ customer.first_name }} of {{ customer.city }} "
                '<a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>'
                "</mj-column></mj-section></mj-body></mjml>",
            }
        },
    },
}
# Opens the columnar copy as the product does and says everything that is in it.
DUMP = """
import sys
from kikubari.app import Settings
from kikubari.app.engines import Engines
columnar = Engines(Settings(home=sys.argv[1])).columnar
for (name,) in columnar.query_rows("SHOW TABLES", {}):
    for row in columnar.query_rows(f"SELECT * FROM {name}", {}):
        print(row)
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """An installation of its own: one test looks into its files."""
    home = tmp_path_factory.mktemp("rights") / "home"
    with Installation(home, MAIL_DOMAIN="shop.example").served() as running:
        yield running


@pytest.fixture(scope="module")
def person(shop):
    key = shop.post("/api/sources", {"name": "till"})["write_key"]
    with shop.stranger() as till:
        messages = [PERSON, AGREED, ORDERED]
        till.post("/v1/batch", json={"batch": messages}, auth=(key, "")).raise_for_status()
    shop.settle()
    return shop.get("/api/people", q="zanzibara")["people"][0]["id"]


def mail(shop):
    """Send the letter; returns how its messages ended."""
    broadcast_id = shop.post("/api/broadcasts", LETTER)["id"]
    shop.client.post(f"/api/broadcasts/{broadcast_id}/send").raise_for_status()
    shop.wait(lambda: outcomes(shop, broadcast_id).keys() & {"sent", "skipped", "failed"})
    return outcomes(shop, broadcast_id)


def outcomes(shop, broadcast_id):
    return shop.get(f"/api/broadcasts/{broadcast_id}/report")["outbox"]["states"]


def count(shop):
    return shop.post("/api/segments/evaluate", {"condition": LETTER["segment"]})["count"]


@pytest.mark.parametrize("limit", ["restriction", "objection"])
def test_a_limit_takes_a_person_out_and_gives_them_back(shop, person, limit):
    shop.wait(lambda: count(shop) == 1)  # as of the last whole second
    body = {"limit": limit, "reason": "asked by letter"}
    receipt = shop.post(f"/api/profiles/{person}/limit", body)
    assert shop.get(f"/api/profiles/{person}/limits") == {"limits": [limit]}
    assert count(shop) == 0
    # Kept all the same, and the person's to have.
    assert NAME in shop.client.post(f"/api/profiles/{person}/export", json={}).text
    (lifted,) = shop.post(f"/api/profiles/{person}/lift", {"limit": limit})
    assert lifted["receipt_id"] == receipt["receipt_id"]
    assert lifted["lifted_by"] == "tests"
    listed = [one["receipt"] for one in shop.get("/api/rights/receipts")["limits"]]
    assert lifted in listed
    shop.wait(lambda: count(shop) == 1)


def test_commands_do_it_too(shop, person):
    placed = shop.json("rights", "limit", person, "objection", "--reason", "asked")
    assert placed["kind"] == "objection"
    shop.json("rights", "lift", person, "objection")
    assert shop.json("rights", "receipts")["limits"][0]["receipt"]["lifted_by"] == ("this machine")


def test_an_erased_person_is_nowhere(shop, person):
    """In a minute: stores, copy, queue, inbox, logs. What suppresses the address stays."""
    assert mail(shop) == {"sent": 1}
    parts = parts_of_people(shop.home)
    assert parts
    shop.post("/api/suppressions", {"address": ADDRESS})
    shop.json("rights", "erase", person, "--reason", "asked", "--yes")
    asked_at = time.monotonic()
    shop.wait(lambda: shop.get("/api/rights/receipts")["erasures"][0]["is_finished"])
    shop.wait(lambda: not left_in_files(shop.home))
    # What held their rows was replaced, and is gone with its bytes.
    shop.wait(lambda: not parts & parts_of_people(shop.home))
    assert time.monotonic() - asked_at < 60
    assert shop.get("/api/suppressions", address=ADDRESS)
    shop.stop()
    try:
        dumped = subprocess.run(
            [sys.executable, "-c", DUMP, str(shop.home)],
            env=shop.environment, capture_output=True, text=True, timeout=60, check=True,
        ).stdout  # fmt: skip
    finally:
        shop.start()
    assert "Order Completed" not in dumped
    assert "zanzibara" not in dumped.lower()


def left_in_files(home: Path) -> list[str]:
    """Return the files that still name the person, write-ahead logs and all."""
    found = []
    # The server runs on: what it deletes while we look holds nothing any more.
    for folder, _, names in os.walk(home):
        for name in names:
            with suppress(FileNotFoundError):
                path = Path(folder, name)
                if path.is_file() and b"zanzibara" in path.read_bytes().lower():
                    found.append(name)
    return found


def parts_of_people(home: Path) -> set[Path]:
    """Return the folders in which the columnar engine keeps rows of people."""
    tables = (home / "copy/data/kikubari").glob("*")
    return {
        path.parent
        for table in tables
        if table.name in {"events", "traits", "consents"}
        for path in table.resolve().glob("*/columns.txt")
    }
