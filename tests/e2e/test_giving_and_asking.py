"""Who only asks is told so: the balance of the last five messages, as the last gate judges it."""

import pytest

AGREED = {"purpose": "marketing", "channel": "email", "status": "granted"}


def letter(name, **changes):
    html = '<p>News of our teapots.</p><a href="{{ unsubscribe_url }}">Stop</a>'
    variant = {"subject": "News", "html": html}
    return {
        "name": name,
        "segment": {"type": "consent", **AGREED},
        "sender": {"from_address": "news@shop.example"},
        "template": {"default_language": "en", "variants": {"en": variant}},
        **changes,
    }


class Shop:
    """A shop with one customer, who agreed."""

    def __init__(self, installation) -> None:
        self.installation = installation
        self.n_sent = 0
        self._key = installation.post("/api/sources", {"name": "till"})["write_key"]
        self.say(type="identify", traits={"email": "aki@example.com"})
        self.say(type="track", event="Kikubari Consent Changed", properties=AGREED)

    def say(self, **call):
        body = {"batch": [{"userId": "aki", **call}]}
        with self.installation.stranger() as till:
            till.post("/v1/batch", json=body, auth=(self._key, "")).raise_for_status()
        self.installation.settle()

    def send(self, **changes):
        """Send one letter more; return the guard's rules on the message as it left."""
        self.n_sent += 1
        created = self.installation.post("/api/broadcasts", letter(f"n{self.n_sent}", **changes))
        self.installation.post(f"/api/broadcasts/{created['id']}/send")
        return self.rules_of(f"/api/broadcasts/{created['id']}")

    def rules_of(self, broadcast):
        def is_out():
            states = self.installation.get(f"{broadcast}/progress")["counts"]["states"]
            return states.get("sent") == 1

        self.installation.wait(is_out)
        self.installation.settle()
        [to] = self.installation.get(f"{broadcast}/recipients")
        record = self.installation.get(f"/api/messages/{to['message_id']}")["record"]
        return record["guard"].get("rules", [])

    def objections(self, **changes):
        """Return what the guard says of a draft's messages, as the editor shows it."""
        report = self.installation.post("/api/drafts/check", letter("draft", **changes))
        return [one["rule"] for one in report.get("objections", [])]


@pytest.fixture(scope="module")
def shop(installation):
    return Shop(installation)


def test_the_sixth_of_five_that_asked_is_warned_of(shop):
    for _ in range(5):
        assert "R15" not in shop.send()
    assert "R15" in shop.objections()
    assert "R15" in shop.send()


def test_one_that_gives_is_the_way_out(shop):
    assert "R15" not in shop.objections(gives=True)
    assert "R15" not in shop.send(gives=True)
    for _ in range(5):
        assert "R15" not in shop.send()
    assert "R15" in shop.send()


def test_what_was_asked_for_neither_gives_nor_asks(shop):
    assert "R15" not in shop.send(purpose="transactional")
    assert "R15" in shop.send()


def test_a_message_of_a_journey_gives_as_its_step_says(shop):
    house = shop.installation
    message = {"type": "message", "id": "tips", "template": letter("")["template"]}
    definition = {
        "name": "Tips",
        "trigger": {"type": "event", "events": {"event": "Product Viewed"}},
        "start": "tips",
        "steps": [{**message, "gives": True, "next": "end"}, {"type": "end", "id": "end"}],
        "rules": {"goal": {"events": {"event": "Order Completed"}, "within": {"days": 7}}},
    }
    draft = house.post("/api/journeys", {"definition": definition})
    assert draft["faults"] == []
    house.post(f"/api/journeys/{draft['journey_id']}/publish")
    before = len(house.get("/api/inbox", limit=100))
    shop.say(type="track", event="Product Viewed")
    house.wait(lambda: len(house.get("/api/inbox", limit=100)) == before + 1)
    assert "R15" not in shop.send()


def test_a_recipe_brings_what_its_messages_give(shop):
    house = shop.installation
    made = house.post("/api/recipes/step-mail/install")
    house.post(f"/api/journeys/{made['journey_id']}/publish")
    for _ in range(5):
        shop.send()
    assert "R15" in shop.objections()
    before = len(house.get("/api/inbox", limit=100))
    shop.say(type="track", event="Guide Requested", properties={"topic": "tea"})
    house.wait(lambda: len(house.get("/api/inbox", limit=100)) == before + 1)
    house.wait(lambda: "R15" not in shop.objections())
