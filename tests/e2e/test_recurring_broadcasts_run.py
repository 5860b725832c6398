"""A weekly letter on a running server: twice in the inbox, told apart in figures, and stopped."""

from datetime import datetime

import pytest

from e2e.letter import BROADCAST
from e2e.recurring import send_soon
from installation import Installation

AGREED = {"purpose": "marketing", "channel": "email", "status": "granted"}
DAILY = {"each": "day"}
DISCOVERY = {
    "default_language": "en",
    "variants": {
        "en": {
            "subject": "Found for you",
            "html": "{% recommend 'viewed_not_bought' %}{% for item in items %}"
            "<p>{{ item.title }}</p>{% endfor %}{% else %}<p>More soon</p>{% endrecommend %}"
            '<p><a href="{{ unsubscribe_url }}">Stop</a></p>',
        }
    },
}


class Shop:
    def __init__(self, installation: Installation) -> None:
        self.api = installation
        self._key = installation.post("/api/sources", {"name": "till"})["write_key"]

    def join(self, *people: str) -> None:
        with self.api.stranger() as till:
            for one in people:
                calls = [
                    {"type": "identify", "userId": one, "traits": {"email": f"{one}@example.com"}},
                    {"type": "track", "userId": one, "event": "Kikubari Consent Changed",
                     "properties": AGREED},
                ]  # fmt: skip
                sent = till.post("/v1/batch", json={"batch": calls}, auth=(self._key, ""))
                sent.raise_for_status()
        self.api.settle()

    def occurrences(self, broadcast_id):
        return self.api.get(f"/api/broadcasts/{broadcast_id}/occurrences")

    def await_sent(self, broadcast_id, n_times):
        """Wait until so many occurrences met their end; return them, the latest first."""

        def is_done():
            passed = self.occurrences(broadcast_id)["passed"]
            return len(passed) == n_times and all(
                self.api.get(f"/api/broadcasts/{one['broadcast_id']}/progress")["state"] == "done"
                for one in passed
            )

        self.api.wait(is_done)
        self.api.settle()
        return self.occurrences(broadcast_id)["passed"]


@pytest.fixture(scope="module")
def shop(installation):
    return Shop(installation)


def test_a_letter_goes_to_who_is_there_each_time_with_figures_of_its_own(shop):
    api = shop.api
    shop.join("R1", "R2")
    made = api.post("/api/broadcasts", BROADCAST | {"template": DISCOVERY})["id"]
    assert send_soon(api, made, DAILY)["state"] == "repeating"
    [first] = shop.await_sent(made, 1)
    assert first["outcomes"]["sent"] == 2
    # The next one is tomorrow's; taken back to a draft, it is given a time that comes today.
    shop.join("R3")
    api.post(f"/api/broadcasts/{made}/unschedule")
    send_soon(api, made, {**DAILY, "times": 3})
    second, again = shop.await_sent(made, 2)
    assert again == first
    assert second["outcomes"]["sent"] == 3
    assert second["broadcast_id"] != first["broadcast_id"]
    received = [one["rcpt_to"][0].lower() for one in api.get("/api/inbox", limit=100)]
    assert sorted(received) == sorted(
        f"{one.lower()}@example.com" for one in ("R1", "R1", "R2", "R2", "R3")
    )

    report = api.get(f"/api/broadcasts/{made}/report")
    assert report["outcomes"]["sent"] == 5
    assert api.get(f"/api/broadcasts/{made}/progress")["counts"]["states"] == {"sent": 5}
    # One more is allowed: leaving the next out, it is that after it.
    to_come = shop.occurrences(made)["to_come"]
    assert len(to_come) == 1
    api.run("broadcasts", "skip-next", made)
    [after] = shop.occurrences(made)["to_come"]
    assert datetime.fromisoformat(after) > datetime.fromisoformat(to_come[0])
    told = api.run("broadcasts", "occurrences", made).stdout
    assert "to come" in told
    assert "by_hand" in told
    assert api.run("broadcasts", "pause", made, "--json").stdout
    assert api.get(f"/api/broadcasts/{made}")["state"] == "paused"
    assert api.post(f"/api/broadcasts/{made}/cancel")["state"] == "cancelled"
    assert shop.occurrences(made)["to_come"] == []
    refused = api.client.post(f"/api/broadcasts/{made}/resume")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
