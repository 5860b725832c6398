"""A log with a catalogue and its news, and who watches what."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from kikubari.catalog import CatalogProjection, ProductNews, Tie, Watcher
from kikubari.events import EventLog, Intake, Sequencer
from kikubari.kit.clock import ManualClock
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.topics import (
    BACK_IN_STOCK,
    LOW_STOCK,
    NEW_ARRIVAL,
    PRICE_DROPPED,
    PRODUCT_UPDATED,
)
from kikubari.storage import StateStore
from kikubari.testing.catalog import ListedWatchers
from kikubari.testing.events import CountingNumbers, PlainSealing

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=100)
NEWS = (PRICE_DROPPED, LOW_STOCK, BACK_IN_STOCK, NEW_ARRIVAL)


def watchers(numbers: Iterable[int], tie: Tie = Tie.FAVOURITE, since: datetime = LONG_AGO):
    return [Watcher(number, tie, since) for number in numbers]


class Shop:
    """A log with the catalogue and its news, and a clock at noon."""

    def __init__(self, state: StateStore) -> None:
        self.state = state
        self.clock = ManualClock(NOON)
        self.watchers = ListedWatchers()
        self.sequencer = Sequencer(
            state, [state], CountingNumbers(), PlainSealing(), [CatalogProjection()]
        )
        self.log = EventLog(state, PlainSealing())
        self.news = ProductNews(state, self.watchers, self.clock)

    def say(self, product_id: str = "lamp", *, minutes: float = 0, **fields: Any) -> None:
        """State something about a product, so many minutes after noon."""
        event = Event(
            message_id=uuid.uuid4().hex,
            kind=EventKind.TRACK,
            type=PRODUCT_UPDATED,
            occurred_at=NOON + timedelta(minutes=minutes),
            received_at=NOON,
            source_id=1,
            properties={"product_id": product_id, **fields},
        )
        Intake(self.state).append([event]).result()
        self.sequence()

    def sequence(self) -> None:
        while self.sequencer.run_once().n_new:
            pass

    def settle(self) -> None:
        while self.news.step():
            pass
        self.sequence()

    def told(self) -> list[tuple[str, int]]:
        """Who was told what, in order of the log."""
        self.settle()
        items = self.log.read_range(1, self.log.position())
        return [(one.event.type, one.number) for one in items if one.event.type in NEWS]

    def said(self) -> list[dict[str, Any]]:
        self.settle()
        items = self.log.read_range(1, self.log.position())
        return [one.event.properties for one in items if one.event.type in NEWS]

    def states(self) -> list[tuple[str, str]]:
        self.settle()
        return [(one.event, one.state) for one in self.news.list_news().news]
