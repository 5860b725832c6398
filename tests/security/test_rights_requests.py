"""Forty requests of customers, each whole within a minute by the wall, whatever their situation.

Eight requests: a copy, erasure, an objection, consent withdrawn, a restriction, one lifted, a
correction, a datum left alone. Five situations: nothing special; two people found to be one; on a
way with a message and a webhook call waiting; a device joined to them later; back from a back-up.

The table of results goes to where KIKUBARI_RIGHTS_TABLE names a file.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from rights_shop import (
    PROMISED,
    REQUESTS,
    Person,
    RightsShop,
    left_in_files,
    messages_of,
    within_the_promise,
)

from http_peer import serving
from installation import Installation

SITUATIONS = ("plain", "merged", "under_way", "device", "restored")
NETWORKS = "127.0.0.0/8"
CANARIES = {
    (situation, request): Person(
        canary=f"qz{situation}{request}".replace("_", ""), case=f"case-{at}-{of}"
    )
    for at, situation in enumerate(SITUATIONS)
    for of, request in enumerate(REQUESTS)
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


class Shops:
    """The installations that people are customers of, and how long their requests took."""

    def __init__(self) -> None:
        self.by_situation: dict[str, RightsShop] = {}
        self.seconds: dict[tuple[str, str], float] = {}
        self.original: RightsShop


@pytest.fixture(scope="module")
def peer() -> Iterator[object]:
    with serving() as one:
        yield one


@pytest.fixture(scope="module")
def shops(tmp_path_factory, peer) -> Iterator[Shops]:
    """The shop on SQLite, and another made of its back-up."""
    folder = tmp_path_factory.mktemp("requests")
    all_shops = Shops()
    settings = {"MAIL_DOMAIN": "shop.example", "WEBHOOK_NETWORKS": NETWORKS}
    with Installation(folder / "home", **settings).served() as first:
        shop = RightsShop(first, peer)
        shop.fill(CANARIES)
        shop.keep_waiting([one for key, one in CANARIES.items() if key[0] == "under_way"])
        first.json("backup", str(folder / "backup"))
        again = Installation(folder / "again", **settings)
        copytree(first.home / "keys", again.home / "keys")
        again.json("restore", str(folder / "backup"))
        with again.served():
            restored = RightsShop(again, peer)
            restored.take_over(shop)
            again.settle()
            all_shops.by_situation = dict.fromkeys(SITUATIONS, shop) | {"restored": restored}
            all_shops.original = shop
            yield all_shops


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_request_is_whole_within_a_minute(shops: Shops, situation: str, request_: str) -> None:
    do(shops, situation, request_)


@pytest.mark.parametrize("situation", ["plain", "restored"])
def test_the_columnar_copy_and_the_log_hold_nobody_who_was_erased(
    shops: Shops, situation: str
) -> None:
    """After all requests: what one engine holds is read by the engine, the rest as bytes."""
    shop = shops.by_situation[situation].installation
    shop.stop()
    try:
        dumped = subprocess.run(
            [sys.executable, "-c", DUMP, str(shop.home)],
            env=shop.environment, capture_output=True, text=True, timeout=60, check=True,
        ).stdout.lower()  # fmt: skip
    finally:
        shop.start()
    assert "order completed" in dumped
    gone = [one for key, one in CANARIES.items() if key[1] == "erase"]
    if situation == "plain":
        assert [one.canary for one in gone if one.canary in dumped] == []
    assert CANARIES[situation, "export"].canary in dumped


def test_all_forty_were_done_and_are_in_the_table(shops: Shops) -> None:
    assert shops.seconds.keys() == CANARIES.keys()
    assert max(shops.seconds.values()) < PROMISED
    if path := os.environ.get("KIKUBARI_RIGHTS_TABLE"):
        Path(path).write_text(table(shops.seconds))


def do(shops: Shops, situation: str, request: str) -> None:
    shop, person = shops.by_situation[situation], CANARIES[situation, request]
    with within_the_promise() as seconds:
        ACTS[request](shops, shop, person, situation)
    shops.seconds[situation, request] = seconds[0]


def take_a_copy(_shops: Shops, shop: RightsShop, person: Person, situation: str) -> None:
    answer = shop.rights("export", person)
    text, copy = answer.text.lower(), answer.json()
    for word in (person.address, f"{person.canary}-order", f"{person.canary}ton"):
        assert word in text
    more = {"merged": f"{person.canary}-nick", "device": f"{person.canary}-seen"}
    assert more.get(situation, "") in text
    assert bool(copy["journeys"]) is (situation == "under_way")
    assert len(copy["messages"]) == (2 if situation == "under_way" else 1)
    assert [one.canary for one in CANARIES.values() if one != person and one.canary in text] == []
    [receipt] = [
        one
        for one in shop.receipts()["exports"]
        if one["receipt_id"] == answer.headers["kikubari-receipt"]
    ]
    assert receipt["digest"] == hashlib.sha256(answer.content).hexdigest()


def erase(shops: Shops, shop: RightsShop, person: Person, situation: str) -> None:
    profile = shop.ids[person.case]
    if situation == "restored":  # erased here after the back-up was taken, so they are back there
        mine = shops.original.rights("erase", person, confirm=profile, reason="asked").json()
        profile = f"prf_{mine['profile']}"  # as the receipt names them
        assert profile == shop.ids[person.case]
    receipt = shop.rights("erase", person, confirm=profile, reason="asked").json()

    def mine() -> dict[str, object]:
        erasures = shop.receipts()["erasures"]
        return next(o for o in erasures if o["receipt"]["receipt_id"] == receipt["receipt_id"])

    shop.wait(lambda: mine()["is_finished"])
    shop.wait(lambda: told_of(mine())["CRM"]["taken_at"])
    # The other one is told when it is back, if it was ever tried and so may have heard.
    away = told_of(mine()).get("Away")
    assert away is None or away["taken_at"] is None
    called = [body for _, _, body in shop.peer.requests if body["type"] == "customer.erased"]
    assert profile in [one for body in called for one in body["data"]["profiles"]]
    assert person.canary not in json.dumps(called).lower()
    assert shop.installation.client.get(f"/api/profiles/{profile}/facts").status_code == 404
    assert shop.installation.get("/api/people", q=person.canary)["people"] == []
    assert shop.count(person) == 0
    shop.wait(lambda: not left_in_files(shop.installation.home, person.canary))
    if situation == "restored":
        come_back(shop, person)


def come_back(shop: RightsShop, person: Person) -> None:
    """They are imported again: as somebody of whom nothing was ever known."""
    identify = next(o for o in messages_of(person, "plain") if o["type"] == "identify")
    shop.say([{**identify, "traits": {"email": person.address, "nickname": "new"}}])
    shop.installation.settle()
    found = shop.installation.get("/api/profiles/lookup", reference=person.address)
    assert found["profile"]["id"] != shop.ids[person.case]
    path = f"/api/profiles/{found['profile']['id']}/export"
    again = shop.installation.client.post(path, json={}).json()
    assert set(again["standing_traits"]) == {"email", "nickname"}
    assert len([o for o in again["events"] if "Segment" not in o["event"]["type"]]) == 1
    assert (again["consents"], again["messages"]) == ([], [])


def object_to_marketing(_: Shops, shop: RightsShop, person: Person, situation: str) -> None:
    shop.wait(lambda: shop.count(person) == 1)
    receipt = shop.rights("limit", person, limit="objection", reason="asked").json()
    assert shop.count(person) == 0
    heard(shop, receipt["receipt_id"], "customer.limited")
    if situation == "under_way":
        assert end_pause(shop, person) == ("skipped", "objected")


def withdraw(_: Shops, shop: RightsShop, person: Person, situation: str) -> None:
    agreed = {"type": "consent", "purpose": "marketing", "channel": "email"}
    condition = {"type": "all", "of": [person.chosen, agreed]}

    def n_agreeing() -> int:
        found = shop.installation.post("/api/segments/evaluate", {"condition": condition})
        return int(found["count"])

    shop.wait(lambda: n_agreeing() == 1)
    page = shop.save(person, lambda form: without(form, "marketing"))
    assert 'name="marketing" value="yes">' in page
    assert shop.installation.get("/api/suppressions", address=person.address)
    if situation == "under_way":
        assert end_pause(shop, person)[0] == "skipped"
    shop.wait(lambda: n_agreeing() == 0)
    history = shop.rights("export", person).json()["consents"]
    assert [one["status"] for one in history] == ["granted", "withdrawn"]


def restrict(_: Shops, shop: RightsShop, person: Person, situation: str) -> None:
    shop.wait(lambda: shop.count(person) == 1)
    receipt = shop.rights("limit", person, limit="restriction", reason="asked").json()
    assert shop.count(person) == 0
    heard(shop, receipt["receipt_id"], "customer.limited")
    if situation == "under_way":
        assert end_pause(shop, person) == ("skipped", "restricted")


def lift(_: Shops, shop: RightsShop, person: Person, situation: str) -> None:
    shop.wait(lambda: shop.count(person) == 1)
    shop.rights("limit", person, limit="restriction", reason="asked")
    assert shop.count(person) == 0
    [lifted] = shop.rights("lift", person, limit="restriction").json()
    shop.wait(lambda: shop.count(person) == 1)
    heard(shop, lifted["receipt_id"], "customer.limit_lifted")
    if situation == "under_way":
        assert end_pause(shop, person)[0] == "sent"


def correct(_: Shops, shop: RightsShop, person: Person, situation: str) -> None:
    new = {"value.first_name": "Corrected"}
    assert "Corrected" in shop.save(person, lambda form: form | new, "/known")
    shop.installation.settle()
    traits = shop.rights("export", person).json()["standing_traits"]
    assert traits["first_name"] == "Corrected"
    if situation == "under_way":
        assert end_pause(shop, person)[0] == "sent"
        assert "Hello Corrected" in newest_mail(shop, person)


def leave_alone(_: Shops, shop: RightsShop, person: Person, situation: str) -> None:
    page = shop.save(person, lambda form: without(form, "use.city"), "/known")
    assert 'name="use.city" value="yes">' in page
    if situation == "under_way":
        assert end_pause(shop, person)[0] == "sent"
        assert f"{person.canary}ton" not in newest_mail(shop, person).lower()


ACTS = dict(
    zip(
        REQUESTS,
        (take_a_copy, erase, object_to_marketing, withdraw, restrict, lift, correct, leave_alone),
        strict=True,
    )
)


def told_of(receipted: dict[str, object]) -> dict[str, dict[str, object]]:
    """Return the endpoints that a receipt names, by their names."""
    return {one["name"]: one for one in receipted["told"]}


def heard(shop: RightsShop, receipt_id: str, type_: str) -> None:
    """Wait until the other system has taken what a receipt is about."""

    def is_taken() -> bool:
        limits = shop.receipts()["limits"]
        [mine] = [one for one in limits if one["receipt"]["receipt_id"] == receipt_id]
        told = [one for one in mine["told"] if (one["name"], one["type"]) == ("CRM", type_)]
        return bool(told and told[0]["taken_at"])

    shop.wait(is_taken)


def end_pause(shop: RightsShop, person: Person) -> tuple[str, str | None]:
    """Let what waits for somebody come to the gate; returns how it ended."""
    shop.save(person, lambda form: {**form, "pause": "none"})
    ended = {"sent", "skipped", "failed", "unknown", "cancelled"}
    shop.wait(lambda: shop.message_to(person)["state"] in ended)
    message = shop.message_to(person)
    return message["state"], message["reason"]


def newest_mail(shop: RightsShop, person: Person) -> str:
    newest = shop.installation.get("/api/inbox", recipient=person.address)[0]
    text: str = shop.installation.get(f"/api/inbox/{newest['id']}")["text"]
    return text


def without(form: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in form.items() if key != name}


def table(seconds: dict[tuple[str, str], float]) -> str:
    """Return the results as docs have them."""
    head = "| | " + " | ".join(SITUATIONS) + " |\n" + "|---" * (len(SITUATIONS) + 1) + "|\n"
    rows = [
        f"| {one} | "
        + " | ".join(
            f"{seconds[of, one]:.1f} s" if (of, one) in seconds else "" for of in SITUATIONS
        )
        + " |\n"
        for one in REQUESTS
    ]
    return head + "".join(rows)
