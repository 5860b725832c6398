"""Mail that waits for a better time is not sent any more once its goal is reached."""

from datetime import UTC, datetime, timedelta

import pytest

from installation import Installation

HTML = '<p>Your cart is waiting.</p><a href="{{ unsubscribe_url }}">stop</a>'
PEOPLE = ("aiko", "botan")
JOURNEY = {
    "name": "Abandoned cart",
    "trigger": {"type": "event", "events": {"event": "Product Added"}},
    "start": "mail",
    "steps": [
        {
            "type": "message",
            "id": "mail",
            "template": {
                "variants": {"en": {"subject": "Still thinking?", "html": HTML}},
                "default_language": "en",
            },
            "next": "rest",
        },
        {"type": "wait", "id": "rest", "duration": {"days": 2}},
    ],
    "rules": {"goal": {"events": {"event": "Order Completed"}, "within": {"days": 7}}},
}


class Shop:
    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.key = installation.post("/api/sources", {"name": "shop"})["write_key"]
        self.api = installation.stranger()
        self.path = ""

    def say(self, call: str, who: str, **body: object) -> None:
        body = {"userId": who, **body}
        self.api.post(f"/v1/{call}", json=body, auth=(self.key, "")).raise_for_status()

    def subjects(self, who: str) -> list[str]:
        found = self.installation.get("/api/inbox", recipient=f"{who}@customers.example")
        return [one["subject"] for one in found]

    def mail(self, who: str) -> dict:
        """Return what the person's story tells of the message, and what became of it."""
        entries = self.installation.get(f"{self.path}/enrolments/{who}")["entries"]
        named = {one["message_id"] for entry in entries for one in entry["path"]}
        lines = self.installation.get(f"/api/profiles/{who}/messages")
        told = [one for one in lines if one["message"]["id"] in named]
        return {**told[0]["message"], "said": told[0]["reason_ja"]} if told else {}

    def hush(self) -> None:
        """Let it be quiet hours for some hours, wherever the hands of the clock are."""
        start, end = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-2, 9))
        hours = {"start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
        self.installation.put("/api/policies/frequency", {"quiet_hours": [hours]})


@pytest.fixture(scope="module")
def shop(installation):
    shop = Shop(installation)
    agreed = {"purpose": "marketing", "channel": "email", "status": "granted"}
    for who in PEOPLE:
        traits = {"email": f"{who}@customers.example", "timezone": "UTC"}
        shop.say("identify", who, traits=traits)
        shop.say("track", who, event="Kikubari Consent Changed", properties=agreed)
    installation.settle()
    draft = installation.post("/api/journeys", {"definition": JOURNEY})
    shop.path = f"/api/journeys/{draft['journey_id']}"
    installation.post(f"{shop.path}/publish")
    installation.settle()
    yield shop
    shop.api.close()


def test_who_bought_meanwhile_gets_no_reminder(shop):
    house = shop.installation
    shop.hush()
    for who in PEOPLE:
        shop.say("track", who, event="Product Added", properties={"product_name": "scarf"})
    house.wait(lambda: all(shop.mail(who).get("reason") == "quiet_hours" for who in PEOPLE))

    shop.say("track", "aiko", event="Order Completed", properties={"total": 10, "currency": "JPY"})
    house.wait(lambda: shop.mail("aiko")["state"] == "skipped")
    assert shop.mail("aiko")["reason"] == "goal_reached"
    assert "目標" in shop.mail("aiko")["said"]
    assert shop.mail("botan")["state"] == "queued"

    assert [shop.subjects(who) for who in PEOPLE] == [[], []]
