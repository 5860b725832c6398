"""Writes down who entered and who left, and tells it as events of the log, each exactly once."""

from collections.abc import Iterator
from typing import Any

from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.events import append_in
from kikubari.kit.instants import from_micros
from kikubari.segments import _memberships as repository
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.errors import ConflictError
from kikubari.spec.topics import INTERNAL_SOURCE_ID, SEGMENT_ENTERED, SEGMENT_LEFT

# Events of one transaction, as the sequencer has them.
_EVENTS_PER_WRITE = 2_000


class Announcer:
    """Writes changes and the events that tell them, oldest first, so many in a transaction.

    Args:
        connection: the transaction.
        workspace_id: whose segments.
    """

    def __init__(self, connection: Connection, workspace_id: int) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self.has_more = False

    def add(self, row: dict[str, Any], entered: BitMap, left: BitMap) -> None:
        """Write a change; its events follow in `go_on`."""
        state = repository.find_state(self._connection, self._workspace_id, row["segment_id"])
        # First members did not enter: they were there when the segment came to be.
        is_told = state is not None and bool(state.announces) and row["cause"] != "created"
        entered.run_optimize()
        left.run_optimize()
        repository.add_change(
            self._connection,
            {
                **row,
                "entered": entered.serialize(),
                "left": left.serialize(),
                "n_unannounced": len(entered) + len(left) if is_told else 0,
            },
        )

    def go_on(self) -> None:
        """Write the next events of the oldest changes that are not all told."""
        room = _EVENTS_PER_WRITE
        waiting = repository.list_unannounced(self._connection, self._workspace_id, limit=500)
        for row in waiting:
            if room <= 0:
                self.has_more = True
                return
            events = list(_events_of(row, room))
            after = row.n_unannounced - len(events)
            is_ours = repository.set_unannounced(
                self._connection,
                self._workspace_id,
                row.segment_id,
                row.change,
                before=row.n_unannounced,
                after=after,
            )
            if not is_ours:
                raise ConflictError(f"segment {row.segment_id!r} is followed elsewhere")
            append_in(self._connection, events, workspace_id=self._workspace_id)
            room -= len(events)
            self.has_more = self.has_more or after > 0


def _events_of(row: Any, limit: int) -> Iterator[Event]:
    """Yield the events of a change that are not written yet, at most so many."""
    told = row.n_entered + row.n_left - row.n_unannounced
    people = [
        (SEGMENT_ENTERED, BitMap.deserialize(row.entered)),
        (SEGMENT_LEFT, BitMap.deserialize(row.left)),
    ]
    numbers = [(kind, number) for kind, found in people for number in found]
    at = from_micros(row.as_of_us)
    for kind, number in numbers[told : told + limit]:
        yield Event(
            message_id=f"{row.segment_id}:{row.change}:{number}",
            kind=EventKind.TRACK,
            type=kind,
            occurred_at=at,
            received_at=at,
            source_id=INTERNAL_SOURCE_ID,
            trust=Trust.INTERNAL,
            number=number,
            properties={
                "segment_id": row.segment_id,
                "version": row.version,
                "change": row.change,
                "cause": row.cause,
                "size": row.size,
            },
        )
