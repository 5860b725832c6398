"""Which occurrence of a recurring broadcast comes next, written down with it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from kikubari.journeys import _occurrence_repository as occurrences
from kikubari.journeys import _repository as repository
from kikubari.journeys.timing import Schedule, Timing
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE

_JUST_BEFORE = timedelta(microseconds=1)


class Planning:
    """Finds the next occurrence, never one that was dealt with.

    Args:
        zone: the shop's.
        workspace_id: whose broadcasts.
    """

    def __init__(self, zone: ZoneInfo, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self.zone = zone
        self._workspace_id = workspace_id

    def begins_at(self, timing: Timing, occurs_at: datetime) -> datetime:
        """Return when the sending of an occurrence begins: where each day begins, perhaps."""
        return Schedule(timing.once(occurs_at), self.zone).begins_at or occurs_at

    def find_next(
        self, connection: Connection, broadcast_id: str, timing: Timing, now: datetime
    ) -> datetime | None:
        """Return the first occurrence from now on, None if there is none any more."""
        times = timing.repeat.times if timing.repeat else None
        if times is not None:
            n_sent = occurrences.count_sent(connection, self._workspace_id, broadcast_id)
            if n_sent >= times:
                return None
        last_us = occurrences.find_last(connection, self._workspace_id, broadcast_id)
        after = now - _JUST_BEFORE
        if last_us is not None:
            after = max(after, from_micros(last_us))
        return timing.find_next(after, self.zone)

    def plan_next(
        self, connection: Connection, broadcast_id: str, timing: Timing, now: datetime
    ) -> bool:
        """Let the broadcast wait for its next occurrence; False: it has ended."""
        found = self.find_next(connection, broadcast_id, timing, now)
        if found is None:
            occurrences.leave(connection, self._workspace_id, broadcast_id, phase=repository.ENDED)
            return False
        occurrences.plan(
            connection,
            self._workspace_id,
            broadcast_id,
            occurs_us=to_micros(found),
            begins_us=to_micros(self.begins_at(timing, found)),
        )
        return True

    def list_passed(self, timing: Timing, first: datetime, now: datetime) -> list[datetime]:
        """Return an occurrence and those after it that should have begun by now."""
        passed = [first]
        while (after := timing.find_next(passed[-1], self.zone)) is not None:
            if self.begins_at(timing, after) > now:
                break
            passed.append(after)
        return passed
