"""Tells, a few times before something runs low, that the day comes near: journeys begin with it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from kikubari.decide.predict._goods_rows import list_running_low
from kikubari.decide.predict.contracts import LeftOut, RunsLow
from kikubari.events import append_in
from kikubari.kit.clock import Clock
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event, EventKind, Trust
from kikubari.spec.topics import INTERNAL_SOURCE_ID, RUNS_LOW
from kikubari.storage import ColumnarStore, StateStore

# So many days before; a journey picks one by the property `days_left`.
DAYS_LEFT = (14, 10, 7, 5, 3, 1)
_EVERY = timedelta(minutes=10)
# After a stop so much is made up for; what comes later helps nobody.
_MEMORY = timedelta(hours=24)
_EVENTS_PER_WRITE = 2_000


class Reminding:
    """Tells of goods that run low in so many days; each day of a person is told once.

    Args:
        state: holds the log.
        columnar: the copy that forecasts are read from.
        clock: gives now.
        zone: of the shop, in which days are named.
        left_out: people of whom nothing is told.
        workspace_id: whose customers.
    """

    def __init__(
        self,
        state: StateStore,
        columnar: ColumnarStore,
        clock: Clock,
        *,
        zone: ZoneInfo,
        left_out: LeftOut,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._columnar = columnar
        self._clock = clock
        self._zone = zone
        self._left_out = left_out
        self._workspace_id = workspace_id
        self._told_until: datetime | None = None

    def step(self) -> bool:
        """Tell what came near since the last step; nothing is ever left over."""
        now = self._clock.now()
        since = self._told_until or now - _MEMORY
        if self._told_until is not None and now - since < _EVERY:
            return False
        events = list(self._events(since, now))
        for start in range(0, len(events), _EVENTS_PER_WRITE):
            self._tell(events[start : start + _EVENTS_PER_WRITE])
        self._told_until = now
        return False

    def _tell(self, events: list[Event]) -> None:
        def work(connection: Connection) -> None:
            # What the log has already, told before a restart, it does not take twice.
            append_in(connection, events, workspace_id=self._workspace_id)

        self._state.write(work)

    def _events(self, since: datetime, now: datetime) -> Iterator[Event]:
        ahead = {days_left: timedelta(days=days_left) for days_left in DAYS_LEFT}
        found = list_running_low(
            self._columnar,
            as_of=now,
            spans=[(since + one, now + one) for one in ahead.values()],
            workspace_id=self._workspace_id,
        )
        left_out = self._left_out.list_left_out()
        used = (one for one in found if one[0] not in left_out)
        for (number, at), goods in groupby(used, key=lambda one: (one[0], one[1].at)):
            day = at.astimezone(self._zone).date().isoformat()
            told = [one for _, one in goods]
            for days_left, one in ahead.items():
                if since + one <= at < now + one:
                    yield self._event(number, now, _tell_of(told, day, days_left))

    def _event(self, number: int, now: datetime, properties: dict[str, Any]) -> Event:
        day, days_left = properties["runs_low_on"], properties["days_left"]
        return Event(
            message_id=f"runs-low-in:{number}:{day}:{days_left}",
            kind=EventKind.TRACK,
            type=RUNS_LOW,
            occurred_at=now,
            received_at=now,
            source_id=INTERNAL_SOURCE_ID,
            trust=Trust.INTERNAL,
            number=number,
            properties=properties,
        )


def _tell_of(goods: list[RunsLow], day: str, days_left: int) -> dict[str, Any]:
    """Return the properties of an event: the surest product stands for all in plain filters."""
    products = [one for one in goods if one.product_id is not None]
    surest = max(products or goods, key=lambda one: one.confidence)
    named = {"product_id": surest.product_id} if surest.product_id is not None else {}
    return {
        **named,
        "category": surest.category,
        "confidence": surest.confidence,
        "days_left": days_left,
        "runs_low_on": day,
        "products": [{"product_id": one.product_id, "category": one.category} for one in products],
        "categories": [one.category for one in goods if one.product_id is None],
    }
