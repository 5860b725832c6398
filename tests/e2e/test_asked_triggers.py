"""A journey that reads what let people in, and hands it on, from the outside."""

import time

import pytest

from installation import Installation

WHEN = {
    "type": "all",
    "of": [
        {
            "type": "trigger",
            "where": [
                {
                    "on": "column",
                    "column": "value_minor",
                    "test": {"type": "number", "more_than": 10000},
                }
            ],
        },
        {"type": "trait", "trait": "tier", "test": {"type": "is", "value": "gold"}},
    ],
}
HTML = '<p>Hello</p><a href="{{ unsubscribe_url }}">stop</a>'


def message(step, subject, **more):
    template = {"variants": {"en": {"subject": subject, "html": HTML}}, "default_language": "en"}
    return {"type": "message", "id": step, "template": template, "purpose": "transactional", **more}


GOAL = {"events": {"event": "Gift Taken"}}
FIRST = {
    "name": "Orders",
    "trigger": {"type": "event", "events": {"event": "Order Completed"}},
    "start": "fork",
    "steps": [
        {
            "type": "branch",
            "id": "fork",
            "ways": [{"id": "large", "when": WHEN, "next": "thanks"}],
            "otherwise": "wait",
        },
        message("thanks", "Thank you for {{ trigger.order_id }}", next="other"),
        {"type": "enter", "id": "other", "journey": "second"},
        {
            "type": "wait_for",
            "id": "wait",
            "events": {"event": "Parcel Handed Over"},
            "matches": [{"trigger": ["order_id"], "path": ["order_id"]}],
            "timeout": {"days": 9},
            "next": "came",
        },
        message("came", "Order {{ trigger.order_id }} has come"),
    ],
    "rules": {"goal": GOAL, "reentry": {"allowed": True}},
}
SECOND = {
    "name": "After",
    "trigger": {"type": "api"},
    "start": "more",
    "steps": [message("more", "More about {{ trigger.order_id }}")],
    "rules": {"goal": GOAL},
}


class Shop:
    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.key = installation.post("/api/sources", {"name": "shop"})["write_key"]
        self.api = installation.stranger()

    def say(self, call: str, who: str, **body: object) -> None:
        body = {"userId": who, **body}
        self.api.post(f"/v1/{call}", json=body, auth=(self.key, "")).raise_for_status()

    def order(self, who: str, order: str, total: int) -> None:
        bought = {"order_id": order, "total": total, "currency": "JPY"}
        self.say("track", who, event="Order Completed", properties=bought)

    def hand_over(self, who: str, order: str) -> None:
        self.say("track", who, event="Parcel Handed Over", properties={"order_id": order})

    def subjects(self, who: str) -> set[str]:
        found = self.installation.get("/api/inbox", recipient=f"{who}@customers.example")
        return {one["subject"] for one in found}


@pytest.fixture(scope="module")
def shop(installation):
    shop = Shop(installation)
    for who, tier in (("aiko", "gold"), ("botan", "gold"), ("chika", "blue")):
        shop.say("identify", who, traits={"email": f"{who}@customers.example", "tier": tier})
    installation.settle()
    for id_, definition in (("second", SECOND), ("first", FIRST)):
        draft = installation.post("/api/journeys", {"definition": definition, "id": id_})
        assert draft["faults"] == []
        installation.post(f"/api/journeys/{id_}/publish")
    installation.settle()
    yield shop
    shop.api.close()


def test_what_let_in_decides_and_goes_on_to_the_next_journey(shop):
    house = shop.installation
    shop.order("aiko", "A-1", 20_000)
    shop.order("botan", "B-1", 10_000)
    shop.order("chika", "C-1", 20_000)
    house.wait(lambda: {"Thank you for A-1", "More about A-1"} == shop.subjects("aiko"))
    [story] = house.get("/api/journeys/first/enrolments/botan")["entries"]
    assert (story["path"][0]["step"], story["path"][0]["way"]) == ("fork", "otherwise")
    [asked] = story["path"][0]["asked"]
    assert [one["holds"] for one in asked["conditions"]] == [True, False]
    assert "100.00" in asked["conditions"][1]["text"]["en"]

    shop.hand_over("botan", "A-1")
    house.settle()
    shop.hand_over("botan", "B-1")
    house.wait(lambda: shop.subjects("botan") == {"Order B-1 has come"})
    shop.hand_over("chika", "B-1")
    house.settle()
    [waiting] = house.get("/api/journeys/first/steps/wait/people")
    assert waiting["person"]["email"] == "chika@customers.example"


def test_conditions_are_said_in_words_and_faults_have_their_place(shop):
    house = shop.installation
    said = house.post("/api/journeys/describe", {"when": WHEN, "event": "Order Completed"})
    assert "what let them in was an order (value is more than" in said["en"]
    assert "きっかけが" in said["ja"]
    steps = [
        {**FIRST["steps"][0], "ways": [{"id": "bad", "when": {"type": "trigger", "where": []}}]},
        *FIRST["steps"][1:],
    ]
    draft = house.post("/api/journeys", {"definition": {**FIRST, "steps": steps}})
    assert "steps.fork.ways.bad" in [one["path"] for one in draft["faults"]]


def test_journeys_that_enter_each_other_do_not_hand_people_on_for_ever(shop):
    house = shop.installation
    for id_, other in (("ping", "pong"), ("pong", "ping")):
        definition = {
            "name": id_,
            "trigger": {"type": "event", "events": {"event": f"Began {id_}"}},
            "start": "on",
            "steps": [{"type": "enter", "id": "on", "journey": other}],
            "rules": {"goal": GOAL, "reentry": {"allowed": True}},
        }
        house.post("/api/journeys", {"definition": definition, "id": id_})
    for id_ in ("ping", "pong"):
        house.post(f"/api/journeys/{id_}/publish")
    house.settle()

    def entries() -> int:
        stories = [house.get(f"/api/journeys/{id_}/enrolments/aiko") for id_ in ("ping", "pong")]
        return sum(len(one["entries"]) for one in stories)

    shop.say("track", "aiko", event="Began ping", properties={"colour": "red"})
    house.wait(lambda: entries() == 11)
    house.settle()
    time.sleep(3)  # an eleventh time would have come by then: each takes less than a second
    assert entries() == 11
