"""What is known of followed segments: members, sizes, who came and went. Any process may ask."""

import threading
from datetime import datetime, timedelta
from typing import Any

from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.kit.clock import Clock
from kikubari.kit.instants import EPOCH, from_micros, to_micros
from kikubari.segments import _memberships as repository
from kikubari.segments.contracts import (
    Change,
    LeftOut,
    LiveState,
    Membership,
    Objections,
    SizePoint,
)
from kikubari.spec.conditions import InSegment
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError
from kikubari.storage import StateStore

# Behind by more than this, members are called stale.
STALE_AFTER = timedelta(seconds=60)
_KEPT = 200
# Changes among which is looked for when somebody entered.
_CHANGES_SEARCHED = 200


class Memberships:
    """Reads what the follower wrote.

    Args:
        state: store of memberships.
        clock: says how long ago something was.
        left_out: people who are in no segment.
        objections: people whom some conditions must not choose.
        workspace_id: whose segments.
    """

    def __init__(
        self,
        state: StateStore,
        clock: Clock,
        *,
        left_out: LeftOut | None = None,
        objections: Objections | None = None,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._clock = clock
        self._left_out = left_out
        self._objections = objections
        self._workspace_id = workspace_id
        self._kept: dict[str, tuple[int, BitMap]] = {}
        self._lock = threading.Lock()

    def list_states(self) -> dict[str, LiveState]:
        """Return how every followed segment stands, by id."""
        with self._state.read() as connection:
            rows = repository.list_states(connection, self._workspace_id)
            through = self._through(connection)
        return {row.segment_id: self._state_of(row, through) for row in rows}

    def find_state(self, segment_id: str) -> LiveState | None:
        """Return how a segment stands; None if it is not followed (yet)."""
        with self._state.read() as connection:
            row = repository.find_state(connection, self._workspace_id, segment_id)
            through = self._through(connection)
        return None if row is None else self._state_of(row, through)

    def members(self, segment_id: str) -> BitMap:
        """Return the members of a followed segment as of its last change.

        Raises:
            NotFoundError: the segment is not followed (yet).
        """
        return self._all_members(segment_id) - self._list_absent(segment_id)

    def _list_absent(self, segment_id: str) -> BitMap:
        """Return the people who are not in a segment, whatever the follower found."""
        absent = self._left_out.list_left_out() if self._left_out else BitMap()
        if self._objections is None:
            return absent
        return absent | self._objections.list_unchosen(InSegment(segment_id))

    def _all_members(self, segment_id: str) -> BitMap:
        with self._state.read() as connection:
            row = repository.find_state(connection, self._workspace_id, segment_id)
            if row is None:
                raise NotFoundError(f"segment {segment_id!r} has no live members yet")
            with self._lock:
                change, members = self._kept.get(segment_id, (0, BitMap()))
            if change == row.change:
                return members
            members = repository.read_members(
                connection, self._workspace_id, segment_id, known=(change, members)
            )
        with self._lock:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[segment_id] = (row.change, members)
        return members

    def list_for(self, number: int) -> dict[str, Membership]:
        """Return the followed segments that a person is in, by id."""
        found = {}
        for segment_id in self.list_states():
            members = self.members(segment_id)
            if number in members:
                since = self._entered_at(segment_id, number)
                found[segment_id] = Membership(len(members), since)
        return found

    def _entered_at(self, segment_id: str, number: int) -> datetime | None:
        with self._state.read() as connection:
            newest = repository.list_entered(
                connection, self._workspace_id, segment_id, limit=_CHANGES_SEARCHED
            )
            return next((from_micros(at) for at, entered in newest if number in entered), None)

    def list_changes(
        self, segment_id: str, *, before: int | None = None, limit: int = 50
    ) -> list[Change]:
        """Return who entered and left, newest change first; changes are kept for seven days."""
        with self._state.read() as connection:
            return repository.list_changes(
                connection, self._workspace_id, segment_id, before=before, limit=limit
            )

    def sizes(self, segment_id: str, *, since: datetime = EPOCH) -> list[SizePoint]:
        """Return the size at every hour in which it changed, oldest first."""
        with self._state.read() as connection:
            return repository.list_sizes(
                connection, self._workspace_id, segment_id, since_us=to_micros(since)
            )

    def list_sizes(self, *, since: datetime) -> dict[str, list[SizePoint]]:
        """Return the sizes of all followed segments since an instant, by id."""
        with self._state.read() as connection:
            return repository.list_all_sizes(
                connection, self._workspace_id, since_us=to_micros(since)
            )

    def set_announces(self, segment_id: str, *, announces: bool) -> LiveState:
        """Choose whether entering and leaving become events of the log, from now on.

        Raises:
            NotFoundError: the segment is not followed (yet).
        """

        def work(connection: Connection) -> bool:
            return repository.set_announces(
                connection, self._workspace_id, segment_id, announces=announces
            )

        if not self._state.write(work):
            raise NotFoundError(f"segment {segment_id!r} has no live members yet")
        found = self.find_state(segment_id)
        if found is None:
            raise NotFoundError(f"segment {segment_id!r} has no live members yet")
        return found

    def lag(self) -> timedelta | None:
        """Return how long ago everything that had arrived was in the members; None: never."""
        with self._state.read() as connection:
            through = self._through(connection)
        return None if through is None else self._clock.now() - through

    def position(self) -> int:
        """Return the log position up to which events are in the members."""
        with self._state.read() as connection:
            row = repository.find_progress(connection, self._workspace_id)
        return 0 if row is None else int(row.position)

    def _through(self, connection: Connection) -> datetime | None:
        row = repository.find_progress(connection, self._workspace_id)
        return None if row is None or not row.through_us else from_micros(row.through_us)

    def _size_of(self, row: Any) -> int:
        """Return how many are in a segment: what is stored counts those who are left out, too."""
        if not self._list_absent(row.segment_id):
            return int(row.size)
        return len(self.members(row.segment_id))

    def _state_of(self, row: Any, through: datetime | None) -> LiveState:
        lag = None if through is None else (self._clock.now() - through).total_seconds()
        return LiveState(
            segment_id=row.segment_id,
            version=row.version,
            size=self._size_of(row),
            change=row.change,
            position=row.position,
            changed_at=from_micros(row.as_of_us),
            followed_at=through,
            lag_seconds=None if lag is None else max(0.0, lag),
            announces=bool(row.announces),
        )
