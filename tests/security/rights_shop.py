"""A shop with a person for each request in each situation, and what their requests come to.

Everything about a person has a word of their own in it, a canary, and nobody else's.
"""

import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import msgspec

from http_peer import HttpPeer
from installation import Installation

REQUESTS = (
    "export", "erase", "object", "withdraw", "restrict", "lift", "correct", "stop_use",
)  # fmt: skip
# A customer of a shop that works hears of it within so many seconds.
PROMISED = 60.0
JOURNEY = {
    "name": "Asked for",
    "stage": "purchase",
    "trigger": {"type": "api"},
    "start": "pause",
    "steps": [
        {"type": "wait", "id": "pause", "duration": {"days": 30}, "next": "end"},
        {"type": "end", "id": "end"},
    ],
    "rules": {"goal": {"events": {"event": "Order Completed"}, "within": {"days": 7}}},
}


class Person(msgspec.Struct, frozen=True):
    """Somebody with a request.

    Attributes:
        canary: in all that is known of them.
        case: a label without the canary, for conditions that choose them.
    """

    canary: str
    case: str

    @property
    def address(self) -> str:
        return f"{self.canary}@customers.example"

    @property
    def user_id(self) -> str:
        return f"{self.canary}-id"

    @property
    def chosen(self) -> dict[str, Any]:
        """A condition that this person alone meets, by what they did."""
        case = {"type": "trait", "trait": "case", "test": {"type": "is", "value": self.case}}
        bought = {"type": "event_count", "event": "Order Completed", "count": {"at_least": 1}}
        return {"type": "all", "of": [case, bought]}


def messages_of(person: Person, situation: str) -> list[dict[str, Any]]:
    """Return all that sources say of somebody, as a batch."""
    user, device, word = person.user_id, f"{person.canary}-device", person.canary
    said: list[dict[str, Any]] = []
    if situation == "device":  # known by nothing else at first
        seen = {"product_id": f"{word}-seen", "name": word}
        said.append(
            {"type": "track", "anonymousId": device, "event": "Product Viewed", "properties": seen}
        )
    traits = {
        "email": person.address, "first_name": word.title(), "city": f"{word}ton",
        "case": person.case, "language": "en",
    }  # fmt: skip
    said.append({"type": "identify", "userId": user, "anonymousId": device, "traits": traits})
    if situation == "merged":
        old = f"{word}-old"
        said.append({"type": "identify", "userId": old, "traits": {"nickname": f"{word}-nick"}})
        said.append({"type": "alias", "userId": user, "previousId": old})
    agreed = {"purpose": "marketing", "channel": "email", "status": "granted", "proof": word}
    order = {"order_id": f"{word}-order", "total": 30, "currency": "GBP"}
    for event, properties in (("Kikubari Consent Changed", agreed), ("Order Completed", order)):
        said.append({"type": "track", "userId": user, "event": event, "properties": properties})
    return said


class RightsShop:
    """One installation with people in it, who all got a letter and so have a link to their pages.

    Attributes:
        told, away: ids of endpoints of webhooks: one takes what it is told, one is not there.
        waiting: id of the broadcast whose messages wait.
    """

    def __init__(self, installation: Installation, peer: HttpPeer) -> None:
        self.installation, self.peer = installation, peer
        self.links: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.told = self.away = self.waiting = ""
        self._key = ""

    def fill(self, people: dict[tuple[str, str], Person]) -> None:
        """Take people in by (situation, request), and write to each."""
        shop = self.installation
        self._key = shop.post("/api/sources", {"name": "till"})["write_key"]
        asked = ["Order Completed"]
        endpoint = {"name": "CRM", "url": f"{self.peer.url}/in", "types": asked}
        self.told = shop.post("/api/webhooks", endpoint)["endpoint"]["id"]
        endpoint = {"name": "Away", "url": f"http://127.0.0.1:{_closed_port()}/in", "types": asked}
        self.away = shop.post("/api/webhooks", endpoint)["endpoint"]["id"]
        for (situation, _), person in people.items():
            self.say(messages_of(person, situation))
        shop.settle()
        self.send("Hello", [one.case for one in people.values()])
        mails = shop.get("/api/inbox", limit=500)
        for person in people.values():
            [mail] = [one for one in mails if one["rcpt_to"] == [person.address]]
            text = shop.get(f"/api/inbox/{mail['id']}")["html"]
            self.links[person.case] = re.findall(r"/p/[\w.~-]+", text)[0]
            found = shop.get("/api/profiles/lookup", reference=person.user_id)
            self.ids[person.case] = found["profile"]["id"]
        self.wait(lambda: len(self.peer.requests) >= len(people))

    def keep_waiting(self, people: list[Person]) -> None:
        """Bring people into a journey, and queue a message that waits for them to end a pause."""
        shop = self.installation
        made = shop.post("/api/journeys", {"definition": JOURNEY})
        assert made["faults"] == []
        path = f"/api/journeys/{made['journey_id']}"
        shop.post(f"{path}/publish")
        for person in people:
            self.save(person, lambda form: {**form, "pause": "30"})
            body = {"profile": person.user_id, "key": person.case, "properties": {}}
            shop.post(f"{path}/enrolments", body)
        self.wait(lambda: shop.get(f"{path}/counts")["conversions"]["entered"] == len(people))
        self.waiting = self.begin("Waiting", [one.case for one in people])
        self.wait(lambda: self.outbox(self.waiting)["reasons"].get("asked_to_wait") == len(people))

    def take_over(self, original: "RightsShop") -> None:
        """Know the people of another installation, of which this one is a restored back-up."""
        self.links, self.ids, self._key = original.links, original.ids, original._key

    # What the shop does

    def say(self, batch: list[dict[str, Any]]) -> None:
        with self.installation.stranger() as till:
            answer = till.post("/v1/batch", json={"batch": batch}, auth=(self._key, ""))
            answer.raise_for_status()

    def begin(self, name: str, cases: list[str]) -> str:
        """Begin to send a letter to some; returns its id."""
        ways = [
            {"type": "trait", "trait": "case", "test": {"type": "is", "value": case}}
            for case in cases
        ]
        letter = {
            "name": name,
            "segment": {"type": "any", "of": ways},
            "sender": {"from_address": "shop@shop.example", "from_name": "Shop"},
            "template": {"default_language": "en", "variants": {"en": _VARIANT}},
        }
        broadcast_id: str = self.installation.post("/api/broadcasts", letter)["id"]
        self.installation.post(f"/api/broadcasts/{broadcast_id}/send")
        return broadcast_id

    def send(self, name: str, cases: list[str]) -> None:
        broadcast_id = self.begin(name, cases)
        self.wait(lambda: self.outbox(broadcast_id)["states"] == {"sent": len(cases)})

    def outbox(self, broadcast_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.installation.get(f"/api/broadcasts/{broadcast_id}/report")
        return found["outbox"]

    def message_to(self, person: Person) -> dict[str, Any]:
        """Return the message that waits, or waited, for somebody."""
        lines = self.installation.get(f"/api/profiles/{self.ids[person.case]}/messages")
        found = [one["message"] for one in lines]
        [message] = [one for one in found if one["origin"]["id"] == self.waiting]
        return message

    def count(self, person: Person) -> int:
        found = self.installation.post("/api/segments/evaluate", {"condition": person.chosen})
        n: int = found["count"]
        return n

    def rights(self, act: str, person: Person, **body: Any) -> httpx.Response:
        path = f"/api/profiles/{self.ids[person.case]}/{act}"
        answer = self.installation.client.post(path, json=body)
        answer.raise_for_status()
        return answer

    def receipts(self) -> dict[str, Any]:
        found: dict[str, Any] = self.installation.get("/api/rights/receipts")
        return found

    # What the customer does

    def page(self, person: Person, part: str = "") -> str:
        with self.installation.stranger() as browser:
            return browser.get(self.links[person.case] + part).raise_for_status().text

    def save(
        self, person: Person, change: Callable[[dict[str, str]], dict[str, str]], part: str = ""
    ) -> str:
        """Change a page of theirs and press its button."""
        form = change(fields(self.page(person, part)))
        with self.installation.stranger() as browser:
            answer = browser.post(self.links[person.case] + part, data=form)
            return answer.raise_for_status().text

    def wait(self, is_done: Callable[[], bool]) -> None:
        self.installation.wait(is_done)


_VARIANT = {
    "subject": "News",
    "mjml": "<mjml><mj-body><mj-section><mj-column><mj-text>Hello "
    "{{ customer.first_name }} of {{ customer.city }} "
    '<a href="{{ preferences_url }}">Choose</a> <a href="{{ unsubscribe_url }}">Stop</a>'
    "</mj-text></mj-column></mj-section></mj-body></mjml>",
}


def fields(page: str) -> dict[str, str]:
    """Return what a browser would send of a page that nobody touched."""
    said: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]+>", page):
        named = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        kind = named.get("type", "text")
        if "name" in named and (kind not in {"checkbox", "radio"} or " checked" in tag):
            said[named["name"]] = named.get("value", "")
    for name, inner in re.findall(
        r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.findall(r'<option value="([^"]*)" selected', inner)
        said[name] = chosen[0] if chosen else ""
    return said


def left_in_files(home: Path, canary: str) -> list[str]:
    """Return the files that name somebody, write-ahead logs, spools and logs among them."""
    found, word = [], canary.encode()
    # The server runs on: what it deletes while we look holds nothing any more.
    for folder, _, names in os.walk(home):
        for name in names:
            with suppress(FileNotFoundError):
                path = Path(folder, name)
                if path.is_file() and word in path.read_bytes().lower():
                    found.append(name)
    return found


@contextmanager
def within_the_promise() -> Iterator[list[float]]:
    """Time a request by the wall; the list gets the seconds it took."""
    seconds: list[float] = []
    began = time.monotonic()
    yield seconds
    seconds.append(time.monotonic() - began)
    assert seconds[0] < PROMISED


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
