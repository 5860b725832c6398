"""How long it takes from an event that lets somebody into a journey to their queued message.

A server as it is installed, and a website that sends 500 events a second to POST /v1/batch, ten
to a request: one of them is the first order of a known person, who enters a journey that begins
with a message. Counted from when the request is due to leave until another process sees the
message in the outbox, which it looks at fifty times a second. The messages are composed and leave
for the sandbox meanwhile.
"""

import itertools
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from harness import Figure, Options, Report, main
from ingest import cpu_seconds

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from installation import Installation

EVENTS_PER_SECOND = 500
FULL_SECONDS = 60
TARGET_SECONDS = 1.0
_PER_REQUEST = 10
_CONNECTIONS = 8
_LOOKS_EVERY = 0.02
_PATIENCE = 60
_KNOWN_AT_ONCE = 100
_HTML = '<p>{{ customer.first_name }}, thank you.</p><a href="{{ unsubscribe_url }}">stop</a>'
_DEFINITION = {
    "name": "Thank you",
    "trigger": {"type": "event", "events": {"event": "Order Completed"}},
    "start": "thanks",
    "steps": [
        {
            "type": "message",
            "id": "thanks",
            "template": {
                "default_language": "en",
                "variants": {"en": {"subject": "Thank you", "html": _HTML}},
            },
        }
    ],
    "rules": {"goal": {"events": {"event": "Order Completed"}, "ends_journey": False}},
}


class Outbox(threading.Thread):
    """Notes when each person's message was first seen, by their canonical number."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self._path = home / "state.db"
        self._stopping = threading.Event()
        self.seen: dict[int, float] = {}

    def run(self) -> None:
        """Look until told to stop."""
        with closing(_open(self._path)) as store:
            while not self._stopping.wait(_LOOKS_EVERY):
                rows = store.execute("SELECT number FROM messages").fetchall()
                now = time.time()
                for (number,) in rows:
                    self.seen.setdefault(number, now)

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self.join()

    def by_user(self) -> dict[str, float]:
        """Return when each user's message was seen."""
        with closing(_open(self._path)) as store:
            users = store.execute("SELECT profile, value FROM identifiers WHERE kind = 'user_id'")
            return {user: self.seen[number] for number, user in users if number in self.seen}


class Website:
    """Sends events at a fixed rate."""

    def __init__(self, installation: Installation) -> None:
        key = installation.post("/api/sources", {"name": "website"})["write_key"]
        self._api = installation.stranger()
        self._key = key
        self.due: dict[str, float] = {}

    def introduce(self, n_people: int) -> None:
        """Say who people are, and that they agreed to be written to."""
        messages = (message for person in range(n_people) for message in _introduction(person))
        while batch := list(itertools.islice(messages, _KNOWN_AT_ONCE)):
            self._send(batch)

    def send(self, n_requests: int) -> None:
        """Send requests, each when it is due."""
        pause = _PER_REQUEST / EVENTS_PER_SECOND
        started = time.time() + pause
        with ThreadPoolExecutor(_CONNECTIONS) as connections:
            sent = []
            for number in range(n_requests):
                due = started + number * pause
                time.sleep(max(0.0, due - time.time()))
                self.due[_user(number)] = due
                sent.append(connections.submit(self._send, list(_visit(number))))
            for one in sent:
                one.result()

    def close(self) -> None:
        """End the connections."""
        self._api.close()

    def _send(self, batch: list[dict[str, Any]]) -> None:
        answer = self._api.post("/v1/batch", json={"batch": batch}, auth=(self._key, ""))
        answer.raise_for_status()


def run(options: Options) -> Report:
    """Measure how soon messages are queued while events arrive, and what that costs."""
    seconds = options.sized(FULL_SECONDS, at_least=3)
    n_requests = seconds * EVENTS_PER_SECOND // _PER_REQUEST
    home = options.folder / "home"
    with Installation(home).served() as installation:
        website, outbox = Website(installation), Outbox(home)
        try:
            website.introduce(n_requests)
            made = installation.post("/api/journeys", {"definition": _DEFINITION})
            installation.post(f"/api/journeys/{made['journey_id']}/publish")
            installation.settle()
            outbox.start()
            assert installation.process is not None
            cpu = cpu_seconds(installation.process.pid)
            website.send(n_requests)
            cpu = cpu_seconds(installation.process.pid) - cpu
            _wait_for(outbox, n_requests)
        finally:
            outbox.stop()
            website.close()
        seen = outbox.by_user()
    latencies = [seen[user] - due for user, due in website.due.items()]
    return Report(
        benchmark="journey_latency", figures=_figures(latencies), notes=[_cost(cpu, seconds)]
    )


def _figures(latencies: list[float]) -> list[Figure]:
    p50, p95, p99 = (float(one) for one in np.percentile(latencies, (50, 95, 99)))
    return [
        Figure(name=f"event to queued message, p50 of {len(latencies):,}", value=p50, unit="s"),
        Figure(
            name="p95",
            value=p95,
            unit="s",
            target=TARGET_SECONDS,
            at_most=True,
        ),
        Figure(name="p99", value=p99, unit="s"),
    ]


def _cost(cpu: float, seconds: int) -> str:
    return (
        f"{EVENTS_PER_SECOND} events/s for {seconds} s; the server took"
        f" {cpu / seconds:.2f} s of processor time a second"
    )


def _wait_for(outbox: Outbox, n_messages: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while len(outbox.seen) < n_messages:
        if time.monotonic() > deadline:
            raise SystemExit(f"{len(outbox.seen)} of {n_messages} messages were queued")
        time.sleep(_LOOKS_EVERY)


def _introduction(person: int) -> Iterator[dict[str, Any]]:
    user = _user(person)
    traits = {"email": f"{user}@customers.example", "first_name": "Aiko"}
    yield {"type": "identify", "userId": user, "traits": traits}
    agreed = {"purpose": "marketing", "channel": "email", "status": "granted"}
    consent = {"event": "Kikubari Consent Changed", "properties": agreed}
    yield {"type": "track", "userId": user, **consent}


def _visit(number: int) -> Iterator[dict[str, Any]]:
    """Yield what one person looks at, and their order."""
    user = _user(number)
    for index in range(_PER_REQUEST - 1):
        viewed = {"product_id": f"product-{index}", "price": 1980, "currency": "JPY"}
        yield {"type": "track", "event": "Product Viewed", "userId": user, "properties": viewed}
    order = {"order_id": f"order-{number}", "total": 1980, "currency": "JPY"}
    yield {"type": "track", "event": "Order Completed", "userId": user, "properties": order}


def _user(number: int) -> str:
    return f"customer-{number}"


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


if __name__ == "__main__":
    main(run)
