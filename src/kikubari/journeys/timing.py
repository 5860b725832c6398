"""When the messages of a broadcast are due: at once, at an instant, by each person's clock, paced.

Pure; what the last gate makes wait for quiet hours and caps comes on top.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec

from kikubari.journeys.clocks import find_zone, instant_of, next_instant
from kikubari.journeys.repeats import Occurrences, Repeat

# Where each day begins.
_FIRST_ZONE = ZoneInfo("Pacific/Kiritimati")
_HOUR = timedelta(hours=1)
# Messages that are paced come due by the minute: one insert for each.
_STEP = timedelta(minutes=1)
# In which a repeat may begin: its dates stay within what a calendar can hold.
_YEARS = range(1970, 3000)


class Timing(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """When a broadcast goes.

    Attributes:
        start_at: not before; without, as soon as it is sent. The audience is fixed then.
        in_local_time: `start_at` is the shop's clock, and each person gets the message when their
            own clock shows that; who has passed it gets it a day later.
        per_hour: messages that may come due in an hour.
        repeat: how often it goes again, from `start_at` on; each time to who is in the segment
            then. Without, once.
    """

    start_at: datetime | None = None
    in_local_time: bool = False
    per_hour: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] | None = None
    repeat: Repeat | None = None

    def __post_init__(self) -> None:
        """Refuse what means nothing.

        Raises:
            ValueError: an instant without its offset, or each person's clock or a repeat without
                a time.
        """
        if self.start_at is not None and self.start_at.tzinfo is None:
            raise ValueError("`start_at` needs its offset, such as 2026-01-31T09:00:00+09:00")
        if self.in_local_time and self.start_at is None:
            raise ValueError("`in_local_time` needs `start_at`")
        if self.repeat is not None and self.start_at is None:
            raise ValueError("`repeat` needs `start_at`, the first date and the time of day")
        if self.repeat is not None and self.start_at and self.start_at.year not in _YEARS:
            raise ValueError("what repeats begins in the years 1970 to 2999")

    def find_next(self, after: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when a recurring broadcast goes first after an instant; None: no more."""
        if self.repeat is None or self.start_at is None:
            return None
        return Occurrences(self.repeat, self.start_at, zone).find_next(after)

    def once(self, at: datetime) -> "Timing":
        """Return the timing of a single occurrence."""
        return msgspec.structs.replace(self, start_at=at, repeat=None)


class Schedule(msgspec.Struct, frozen=True):
    """A timing in a shop's zone."""

    timing: Timing
    zone: ZoneInfo

    @property
    def begins_at(self) -> datetime | None:
        """When the first message may be due; None: as soon as it is sent."""
        local = self._wall_clock()
        if local is None:
            return self.timing.start_at
        return instant_of(local.date(), local.time(), _FIRST_ZONE)

    def list_due(
        self,
        numbers: Sequence[int],
        zones: Mapping[int, str],
        *,
        started_at: datetime,
        n_before: int,
    ) -> list[tuple[datetime, list[int]]]:
        """Return when which of these people's messages are due, the earliest first.

        Args:
            numbers: of people, in the order in which messages are paced.
            zones: IANA name of each whose own is known; the others have the shop's.
            started_at: when the audience was fixed.
            n_before: people of the audience before these.
        """
        due: dict[datetime, list[int]] = {}
        by_zone: dict[str, datetime] = {}
        wall_clock = self._wall_clock()
        for index, number in enumerate(numbers, start=n_before):
            at = self._paced(started_at, index)
            if wall_clock is not None:
                name = zones.get(number, "")
                if name not in by_zone:
                    by_zone[name] = self._shown_in(name, wall_clock, started_at)
                at = max(at, by_zone[name])
            due.setdefault(at, []).append(number)
        return sorted(due.items())

    def _paced(self, started_at: datetime, index: int) -> datetime:
        if self.timing.per_hour is None:
            return started_at
        return started_at + index * _HOUR // self.timing.per_hour // _STEP * _STEP

    def _shown_in(self, name: str, local: datetime, started_at: datetime) -> datetime:
        zone = (find_zone(name) if name else None) or self.zone
        at = instant_of(local.date(), local.time(), zone)
        return at if at >= started_at else next_instant(started_at, local.time(), (), zone)

    def _wall_clock(self) -> datetime | None:
        """Return what everybody's own clock is to show; None where it is one instant for all."""
        if self.timing.start_at is None or not self.timing.in_local_time:
            return None
        return self.timing.start_at.astimezone(self.zone).replace(tzinfo=None)
