"""What customers ask for, done as they and the shop do it, and what has to be so afterwards."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from rights_shop import (
    REQUESTS,
    Person,
    RightsShop,
    left_in_files,
    messages_of,
    within_the_promise,
)

# In which a customer may be; see the tests.
Situation = str


def people_of(situations: Sequence[Situation], prefix: str) -> dict[tuple[Situation, str], Person]:
    """Return a person for each request in each situation; words of theirs begin with a prefix."""
    return {
        (situation, request): Person(
            canary=f"{prefix}{situation}{request}".replace("_", ""), case=f"case-{at}-{of}"
        )
        for at, situation in enumerate(situations)
        for of, request in enumerate(REQUESTS)
    }


class Shops:
    """The installations that people are customers of, and how long their requests took.

    Attributes:
        people: by situation and request.
        by_situation: where the people of a situation are customers.
        original: of which the shop of those who came back from a back-up is a copy.
        seconds: that each request took.
    """

    def __init__(self, people: Mapping[tuple[Situation, str], Person]) -> None:
        self.people = people
        self.by_situation: dict[Situation, RightsShop] = {}
        self.seconds: dict[tuple[Situation, str], float] = {}
        self.original: RightsShop


def do_request(shops: Shops, situation: str, request: str) -> None:
    shop, person = shops.by_situation[situation], shops.people[situation, request]
    with within_the_promise() as seconds:
        ACTS[request](shops, shop, person, situation)
    shops.seconds[situation, request] = seconds[0]


def take_a_copy(shops: Shops, shop: RightsShop, person: Person, situation: str) -> None:
    answer = shop.rights("export", person)
    text, copy = answer.text.lower(), answer.json()
    for word in (person.address, f"{person.canary}-order", f"{person.canary}ton"):
        assert word in text
    more = {"merged": f"{person.canary}-nick", "device": f"{person.canary}-seen"}
    assert more.get(situation, "") in text
    assert bool(copy["journeys"]) is (situation == "under_way")
    assert len(copy["messages"]) == (2 if situation == "under_way" else 1)
    assert [
        one.canary for one in shops.people.values() if one != person and one.canary in text
    ] == []
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
