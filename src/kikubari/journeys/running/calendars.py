"""Days of journeys that begin by the calendar: what is due, what was missed, and what is over.

An hour that was missed, because nothing ran, is made up for while the same day lasts, and within
the hour; whoever's day is over enters late, or is passed over with a reason, as the trigger says.
"""

from datetime import datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, select

from kikubari.journeys.definition.triggers import IfMissed
from kikubari.journeys.running import _refusals as refusals
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running._tables import journey_calendars
from kikubari.journeys.running.contracts import Refusal
from kikubari.kit.instants import from_micros, to_micros
from kikubari.storage import StateStore, upsert

# Days are looked back at, when nothing ran for so long.
MOST_DAYS = 7
_DAY = timedelta(days=1)
_ON_TIME = timedelta(hours=1)
_KEEP = timedelta(minutes=5)
_CLOCKS_CHANGE = timedelta(hours=2)


class Looked(NamedTuple):
    """How far back to look: the days before today, and until when all was dealt with."""

    days: int
    seen: datetime


class Calendars:
    """Remembers until when each journey's calendar was looked at.

    Args:
        store: where that is kept, to the minute; nothing is done twice for what it lacks.
        workspace_id: whose journeys.
    """

    def __init__(self, store: StateStore, *, workspace_id: int) -> None:
        self._store = store
        self._workspace_id = workspace_id
        self._seen: dict[int, datetime] = {}
        self._kept: dict[int, datetime] = {}

    def look(self, journey_no: int, now: datetime, at: time) -> Looked:
        """Return how many days before today may have had their hour since it was looked last.

        By a clock that is just past midnight: the day that ended `at` before that.
        """
        if journey_no not in self._seen:
            with self._store.read() as connection:
                self._seen[journey_no] = self._find(connection, journey_no) or now
        seen = self._seen[journey_no]
        hour = timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
        return Looked(min(MOST_DAYS, (now - seen + hour + _CLOCKS_CHANGE) // _DAY), seen)

    def find_seen(self, journey_no: int) -> datetime:
        """Return until when all was dealt with: at first, until the journey was published.

        What came before that is nobody's to make up for.
        """
        if journey_no not in self._seen:
            with self._store.read() as connection:
                seen = self._find(connection, journey_no)
                if seen is None:
                    first_us = repository.find_first_published(
                        connection, self._workspace_id, journey_no
                    )
                    seen = from_micros(first_us)
            self._seen[journey_no] = seen
        return self._seen[journey_no]

    def note(self, journey_no: int, now: datetime) -> None:
        """Note that everything until now was dealt with."""
        self._seen[journey_no] = now
        kept = self._kept.get(journey_no)
        if kept is None or not timedelta(0) <= now - kept < _KEEP:
            self._store.write(partial(self._keep, journey_no=journey_no, seen_us=to_micros(now)))
            self._kept[journey_no] = now

    def pass_over(self, journey_no: int, missed: dict[int, datetime]) -> None:
        """Write down whose day is over, with when it was."""
        refused = {number: [(Refusal.MISSED.value, to_micros(at))] for number, at in missed.items()}
        if refused:
            self._store.write(
                lambda connection: refusals.save_refusals(
                    connection, self._workspace_id, journey_no, refused
                )
            )

    def _find(self, connection: Connection, journey_no: int) -> datetime | None:
        c = journey_calendars.c
        seen_us = connection.execute(
            select(c.seen_us).where(
                c.workspace_id == self._workspace_id, c.journey_no == journey_no
            )
        ).scalar_one_or_none()
        return None if seen_us is None else from_micros(seen_us)

    def _keep(self, connection: Connection, *, journey_no: int, seen_us: int) -> None:
        key = ["workspace_id", "journey_no"]
        connection.execute(
            upsert(connection, journey_calendars, key=key, update=["seen_us"]),
            {"workspace_id": self._workspace_id, "journey_no": journey_no, "seen_us": seen_us},
        )


def enters_at(
    at: datetime, now: datetime, *, is_today: bool, if_missed: IfMissed
) -> datetime | None:
    """Return when somebody enters whose time has come, None if it came too long ago."""
    if is_today or now - at <= _ON_TIME:
        return at
    return now if if_missed == "send" else None
