"""A journey from the outside: defined, published, entered by events, seen in the inbox."""

from email import policy
from email.parser import BytesParser

import pytest

from installation import Installation

ADDRESS = "aiko@customers.example"
HTML = (
    "<p>{{ customer.first_name }}, your {{ trigger.product_name }} is waiting.</p>"
    '<a href="{{ unsubscribe_url }}">stop</a>'
)


def message(step, subject, **more):
    variant = {"subject": subject, "html": HTML}
    template = {"variants": {"en": variant}, "default_language": "en"}
    return {"type": "message", "id": step, "template": template, **more}


DEFINITION = {
    "name": "Abandoned cart",
    "stage": "purchase",
    "trigger": {"type": "event", "events": {"event": "Product Added"}},
    "start": "pause",
    "steps": [
        {"type": "wait", "id": "pause", "duration": {"seconds": 1}, "next": "mail"},
        message("mail", "Still thinking of the {{ trigger.product_name }}?", next="clicked"),
        {
            "type": "wait_for",
            "id": "clicked",
            "events": {"event": "Cart Viewed"},
            "timeout": {"days": 2},
            "next": "who",
            "on_timeout": "end",
        },
        {
            "type": "branch",
            "id": "who",
            "ways": [
                {
                    "id": "vip",
                    "when": {
                        "type": "trait",
                        "trait": "tier",
                        "test": {"type": "is", "value": "gold"},
                    },
                    "next": "thanks",
                }
            ],
            "otherwise": "end",
        },
        message("thanks", "Thank you for looking"),
        {"type": "end", "id": "end"},
    ],
    "rules": {"goal": {"events": {"event": "Order Completed"}, "within": {"days": 7}}},
}


class Shop:
    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.key = installation.post("/api/sources", {"name": "shop"})["write_key"]
        self.api = installation.stranger()

    def say(self, call: str, **body: object) -> None:
        body = {"userId": "aiko", **body}
        self.api.post(f"/v1/{call}", json=body, auth=(self.key, "")).raise_for_status()

    def subjects(self) -> list[str]:
        found = self.installation.get("/api/inbox", recipient=ADDRESS)
        return [one["subject"] for one in found]


@pytest.fixture(scope="module")
def shop(installation):
    shop = Shop(installation)
    traits = {"email": ADDRESS, "first_name": "Aiko", "tier": "gold"}
    shop.say("identify", traits=traits)
    agreed = {"purpose": "marketing", "channel": "email", "status": "granted"}
    shop.say("track", event="Kikubari Consent Changed", properties=agreed)
    installation.settle()
    yield shop
    shop.api.close()


def test_a_journey_from_its_definition_to_the_inbox(shop):
    house = shop.installation
    draft = house.post("/api/journeys", {"definition": DEFINITION})
    assert draft["faults"] == []
    path = f"/api/journeys/{draft['journey_id']}"
    assert house.post(f"{path}/publish")["state"] == "running"
    house.settle()
    shop.say("track", event="Product Added", properties={"product_name": "blue scarf"})
    house.wait(lambda: "Still thinking of the blue scarf?" in shop.subjects())
    newest, *_ = house.get("/api/inbox", recipient=ADDRESS)
    source = house.get(f"/api/inbox/{newest['id']}")["source"].encode("latin-1")
    mail = BytesParser(policy=policy.default).parsebytes(source)
    assert "Aiko, your blue scarf is waiting." in mail.get_body(("html",)).get_content()

    house.wait(lambda: steps(house, path)["clicked"]["waiting"] == 1)
    [waiting] = house.get(f"{path}/steps/clicked/people")
    assert waiting["person"]["email"] == ADDRESS
    assert (waiting["waiting"]["why"], waiting["waiting"]["event"]) == ("event", "Cart Viewed")

    shop.say("track", event="Cart Viewed")
    house.wait(lambda: "Thank you for looking" in shop.subjects())
    story = house.get(f"{path}/enrolments/aiko")
    [entry] = story["entries"]
    assert entry["trigger"] == "Product Added"
    assert [(one["step"], one["way"]) for one in entry["path"]] == [
        ("pause", "next"),
        ("mail", "next"),
        ("clicked", "next"),
        ("who", "vip"),
        ("thanks", "next"),
    ]
    assert entry["path"][1]["message_id"].startswith("msg_")
    assert entry["outcome"] == "completed"
    shop.say("track", event="Order Completed", properties={"total": 3000, "currency": "JPY"})
    house.wait(lambda: house.get(f"{path}/counts")["conversions"]["converted"] == 1)
    assert house.get(f"{path}/counts")["conversions"]["value_minor"] == 3000


def test_a_person_enters_by_request_once(shop):
    house = shop.installation
    asked = {**DEFINITION, "trigger": {"type": "api"}, "name": "Asked"}
    draft = house.post("/api/journeys", {"definition": asked, "id": "asked"})
    assert draft["journey_id"] == "asked"
    house.post("/api/journeys/asked/publish")
    for _ in range(2):
        body = {"profile": "aiko", "key": "one", "properties": {"product_name": "tea"}}
        house.post("/api/journeys/asked/enrolments", body)
    house.wait(lambda: "Still thinking of the tea?" in shop.subjects())
    house.settle()
    assert house.get("/api/journeys/asked/counts")["conversions"]["entered"] == 1
    [mine] = [one for one in house.get("/api/journeys") if one["id"] == "asked"]
    assert (mine["active"], mine["entered"], mine["trigger"]) == (1, 1, "api")


def test_a_faulty_draft_is_kept_and_refused(shop):
    house = shop.installation
    steps_ = [{"type": "message", **message("mail", "Hi", next="gone")}]
    faulty = {**DEFINITION, "start": "mail", "steps": steps_}
    draft = house.post("/api/journeys", {"definition": faulty})
    assert [one["path"] for one in draft["faults"]] == ["steps.mail.next"]
    path = f"/api/journeys/{draft['journey_id']}"
    refused = house.client.post(f"{path}/publish", json={})
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "invalid_journey"
    saved = house.client.put(f"{path}/draft", json=DEFINITION, params={"based_on": 1}).json()
    assert (saved["draft_no"], saved["faults"]) == (2, [])
    assert house.client.put(f"{path}/draft", json=DEFINITION, params={"based_on": 1}).is_error
    assert house.get(f"{path}/diff")["version"] == 0


def steps(house, path):
    return {one["step"]: one for one in house.get(f"{path}/counts")["steps"]}
