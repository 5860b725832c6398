"""Sizes of the weeks before a segment was followed, so that its history begins with a past."""

from datetime import timedelta

from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.segments import _memberships as repository
from kikubari.segments.engine import SegmentEngine
from kikubari.spec.conditions import InSegment
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore

_WEEKS = 26
_WEEK = timedelta(days=7) // timedelta(microseconds=1)
_HOUR = 3_600 * 1_000_000


class PastSizes:
    """Evaluates every followed segment at the ends of past weeks, one week at a time.

    The definition is today's and everything known today counts: a past as it would have been.

    Args:
        state: store of sizes.
        engine: evaluates.
        clock: says when now is.
        workspace_id: whose segments.
    """

    def __init__(
        self,
        state: StateStore,
        engine: SegmentEngine,
        clock: Clock,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._engine = engine
        self._clock = clock
        self._workspace_id = workspace_id
        # Hours that have a size, read once.
        self._filled: set[tuple[str, int]] | None = None

    def run_once(self) -> bool:
        """Fill one week of one segment; say whether any is left.

        Weeks are filled from the oldest on, so that a half-filled past has no hole.
        """
        missing = self._find_missing()
        if missing is None:
            return False
        segment_id, hour = missing
        before = self._members(segment_id, hour - _WEEK)
        members = self._members(segment_id, hour)
        row = {
            "workspace_id": self._workspace_id,
            "segment_id": segment_id,
            "hour_us": hour,
            "size": len(members),
            "n_entered": len(members - before),
            "n_left": len(before - members),
        }

        def work(connection: Connection) -> None:
            repository.add_sizes(connection, [row])

        self._state.write(work)
        if self._filled is not None:
            self._filled.add((segment_id, hour))
        return True

    def _find_missing(self) -> tuple[str, int] | None:
        """Return the first week, of all segments, that has no size."""
        with self._state.read() as connection:
            firsts = repository.list_firsts(connection, self._workspace_id)
            if self._filled is None:
                self._filled = {
                    (segment_id, to_micros(point.at))
                    for segment_id, points in repository.list_all_sizes(
                        connection, self._workspace_id, since_us=0
                    ).items()
                    for point in points
                }
        for week in range(_WEEKS, 0, -1):
            for segment_id, first in firsts.items():
                hour = first // _HOUR * _HOUR - week * _WEEK
                if (segment_id, hour) not in self._filled:
                    return segment_id, hour
        return None

    def _members(self, segment_id: str, hour: int) -> BitMap:
        return self._engine.evaluate(InSegment(segment_id), from_micros(hour)).members
