"""Reading the log: ranges for consumers, timelines for people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from kikubari.events import _repository as repository
from kikubari.events.codec import decode_event
from kikubari.events.contracts import Sealing, SequencedEvent
from kikubari.kit.instants import LATEST, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore


class EventLog:
    """Read access to the log. Events of erased people are left out: nobody can open them."""

    def __init__(self, store: StateStore, sealing: Sealing) -> None:
        self._store = store
        self._sealing = sealing

    def position(self, *, workspace_id: int = DEFAULT_WORKSPACE) -> int:
        """Return the last committed position, 0 for an empty log."""
        with self._store.read() as connection:
            return repository.find_mark(connection, workspace_id)

    def read_range(
        self, first: int, last: int, *, workspace_id: int = DEFAULT_WORKSPACE
    ) -> list[SequencedEvent]:
        """Return the events at positions first..last, both included, in order."""
        with self._store.read() as connection:
            rows = repository.list_range(connection, workspace_id, first=first, last=last)
            return self._open(connection, rows)

    def timeline(
        self,
        numbers: Sequence[int],
        *,
        before: datetime = LATEST,
        limit: int = 100,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> list[SequencedEvent]:
        """Return the newest events before an instant of the person these numbers are."""
        with self._store.read() as connection:
            rows = repository.list_timeline(
                connection, workspace_id, numbers, before_us=to_micros(before), limit=limit
            )
            return self._open(connection, rows)

    def _open(
        self, connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]
    ) -> list[SequencedEvent]:
        opened = self._sealing.open(
            connection, [row.number for row in rows], [row.body for row in rows]
        )
        return [
            SequencedEvent(row.position, row.number, decode_event(payload))
            for row, payload in zip(rows, opened, strict=True)
            if payload is not None
        ]
