"""How long somebody who edits a condition in the segment builder waits to see its counts.

A server as it is installed on a million people and 20 million events, and headless Chromium: a
tree of five conditions is open, a number in one of them is typed anew, a second passes, another
one. Counted from the key that changed it to the frame that shows the counts; the funnel, sample,
reach, advice and portrait that the screen asks for afterwards are part of what the server does.
First while nothing else happens, then while a website sends 2,000 events a second.
"""

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from playwright.sync_api import Locator, Page

from generate import FULL_SIZE, generate
from generated_events import CURRENCY, user_id
from harness import Figure, Options, Report, main
from segment_questions import LEAVES

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "console"))
from console_browser import Console, View, log_in

from headless import open_chromium
from installation import MEMBER, PASSWORD, Installation

TARGET_IDLE_MS = 200.0
TARGET_BUSY_MS = 500.0
EVENTS_PER_SECOND = 2_000
_BATCH = 100
_EDITS = 60
_LOOKS_SECONDS = 1.0
# No number comes twice, nor is one that stands: the page would remember what the answer was.
_FIRST = 10
_STANDING = ("lives in Tokyo", "agreed to e-mail", "opened a mail in 90 days")
_EDITED = {
    "bought three times in a year": "At least",
    "viewed lamps three times in 30 days": "At least",
}
_TYPES = ("Product Viewed", "Product Added", "Order Completed", "Cart Viewed")
# From the key to the frame after the one in which the counts were put on the page.
_WATCH = """() => {
  window.waits = []
  let typed
  document.addEventListener('input', event => { typed = event.timeStamp }, true)
  new PerformanceObserver(() => {
    const since = typed
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (since !== undefined) window.waits.push(performance.now() - since)
    }))
  }).observe({ entryTypes: ['measure'] })
}"""


def run(options: Options) -> Report:
    """Edit for a while, idle and while events arrive."""
    extent = FULL_SIZE.scaled(options.scale)
    source = generate(options.shared, extent)
    home = options.folder / "home"
    shutil.copytree(source.folder, home, symlinks=True)
    n_edits = _EDITS if options.scale >= 0.01 else len(_EDITED)
    # A generated home has one source that no API made; the shop's is another.
    with Installation(home, CURRENCY=CURRENCY, TIMEZONE="Asia/Tokyo").served() as shop:
        shop.post("/api/members", {"email": MEMBER, "password": PASSWORD, "role": "admin"})
        shop.settle()
        with open_chromium() as browser:
            url = shop.owner["url"]
            console = Console(browser, url, View("en", 1280), log_in(browser, url))
            desk = _Desk(console, _segment(shop))
            desk.edit(len(_EDITED))
            idle = desk.edit(n_edits)
            with _events(shop, extent.n_profiles) as sent:
                busy = desk.edit(n_edits)
            console.close()
    return Report(
        benchmark="builder",
        figures=[
            *_figures("counts seen after an edit", idle, TARGET_IDLE_MS),
            *_figures("the same while 2,000 events/s arrive", busy, TARGET_BUSY_MS),
        ],
        notes=[f"{extent.n_profiles:,} people; {sum(sent):,} events came meanwhile"],
    )


class _Desk:
    """The builder with a segment on it, and a hand at its fields."""

    def __init__(self, console: Console, segment: str) -> None:
        self._page: Page = console.open(f"/segments/{segment}/edit")
        self._page.evaluate(_WATCH)
        self._written = 0

    def edit(self, n_edits: int) -> list[float]:
        """Return what each edit takes until it is seen, in ms."""
        before = self._seen()
        for number in range(n_edits):
            if number % max(1, n_edits // len(_EDITED)) == 0:
                field = self._field(number * len(_EDITED) // n_edits)
            self._type(field)
        waits: list[float] = self._page.evaluate("window.waits")
        return waits[before:]

    def _field(self, place: int) -> Locator:
        """Open a condition; return the field of its number."""
        label = _EDITED[list(_EDITED)[place]]
        field = self._page.get_by_label(label, exact=True)
        if field.count() != 1 or not field.is_visible():
            self._page.locator("[data-node]").nth(1 + len(_STANDING) + place).click()
        return field

    def _type(self, field: Locator) -> None:
        before = self._seen()
        self._written += 1
        field.fill(str(self._written + _FIRST))
        self._page.wait_for_function("n => window.waits.length > n", arg=before)
        time.sleep(_LOOKS_SECONDS)

    def _seen(self) -> int:
        n_seen: int = self._page.evaluate("window.waits.length")
        return n_seen


def _segment(shop: Installation) -> str:
    """Save the tree; return its id."""
    tree = {"type": "all", "of": [LEAVES[name] for name in (*_STANDING, *_EDITED)]}
    made = shop.post("/api/segments", {"name": "On the desk", "condition": tree})
    return str(made["id"])


@contextmanager
def _events(shop: Installation, n_people: int) -> Iterator[list[int]]:
    """Send events for a while; the list has how many each batch had."""
    key = shop.post("/api/sources", {"name": "website"})["write_key"]
    sent: list[int] = []
    stopping = threading.Event()

    def send() -> None:
        started = time.monotonic()
        with shop.stranger() as client:
            while not stopping.wait(max(0.0, _due(started, sent) - time.monotonic())):
                _post(
                    client, key, [_message(len(sent) * _BATCH + i, n_people) for i in range(_BATCH)]
                )
                sent.append(_BATCH)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield sent
    finally:
        stopping.set()
        sender.join()


def _due(started: float, sent: list[int]) -> float:
    return started + len(sent) * _BATCH / EVENTS_PER_SECOND


def _post(client: httpx.Client, key: str, batch: list[dict[str, Any]]) -> None:
    client.post("/v1/batch", json={"batch": batch}, auth=(key, "")).raise_for_status()


def _message(number: int, n_people: int) -> dict[str, Any]:
    return {
        "type": "track",
        "messageId": f"builder-{number}",
        "event": _TYPES[number % len(_TYPES)],
        "userId": user_id(number * 2_654_435_761 % n_people + 1),
        "properties": {"product_id": f"p{number % 5_000}", "category": "lamp", "price": number},
    }


def _figures(name: str, waits: list[float], target: float) -> list[Figure]:
    median, p95 = (float(one) for one in np.percentile(waits, (50, 95)))
    return [
        Figure(
            name=f"{name}, p95 of {len(waits)}", value=p95, unit="ms", target=target, at_most=True
        ),
        Figure(name=f"{name}, median", value=median, unit="ms"),
    ]


if __name__ == "__main__":
    main(run)
