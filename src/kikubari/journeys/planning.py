"""Which occurrence of a recurring broadcast comes next, written down with it."""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from kikubari.journeys import _occurrence_repository as occurrences
from kikubari.journeys import _repository as repository
from kikubari.journeys.timing import Schedule, Timing
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE

# An occurrence that could not go at its time goes out late within this, and not at all after it: a
# letter for the morning must not come at night.
LATE = timedelta(hours=6)
_JUST_BEFORE = timedelta(microseconds=1)


class Skipped(StrEnum):
    """Why an occurrence did not go."""

    MISSED = "missed"  # nothing ran at its time, nor within the hours after it
    BY_HAND = "by_hand"


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

    def plan_first(
        self,
        connection: Connection,
        broadcast_id: str,
        timing: Timing,
        now: datetime,
        *,
        held: datetime | None,
    ) -> bool:
        """Plan what a draft begins with: what it was held back from, if that is not too late.

        Args:
            connection: of the transaction that sends it.
            broadcast_id: of the draft.
            timing: of the draft as it is now.
            now: this instant.
            held: the occurrence that could not begin, and made it a draft again.
        """
        if held is not None and now <= held + LATE:
            return self.plan_next(connection, broadcast_id, timing, min(held, now))
        if held is not None:
            skip = occurrences.note_skipped
            skip(connection, self._workspace_id, broadcast_id, [to_micros(held)], Skipped.MISSED)
        return self.plan_next(connection, broadcast_id, timing, now)

    def list_passed(self, timing: Timing, first: datetime, now: datetime) -> list[datetime]:
        """Return an occurrence and those after it that should have begun by now."""
        passed = [first]
        while (after := timing.find_next(passed[-1], self.zone)) is not None:
            if self.begins_at(timing, after) > now:
                break
            passed.append(after)
        return passed
