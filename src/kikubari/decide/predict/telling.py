"""Events of a model, written to the log step by step."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection

from kikubari.decide.predict import _repository as repository
from kikubari.events import append_in
from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import Event
from kikubari.storage import StateStore

_EVENTS_PER_WRITE = 2_000


class Telling:
    """Writes a model's forecasts to the log, so many in a transaction."""

    def __init__(
        self,
        state: StateStore,
        clock: Clock,
        workspace_id: int,
        version: int,
        events: Iterator[Event],
    ) -> None:
        self._state = state
        self._clock = clock
        self._workspace_id = workspace_id
        self._version = version
        self._events = events
        self._n_told = 0

    def go_on(self) -> bool:
        """Write the next; return whether there may be more."""
        now = self._clock.now()
        some = [
            msgspec.structs.replace(one, received_at=now)
            for one, _ in zip(self._events, range(_EVENTS_PER_WRITE), strict=False)
        ]
        values = {"n_told": self._n_told + len(some)}
        if not some:
            values["told_us"] = to_micros(now)

        def work(connection: Connection) -> None:
            append_in(connection, some, workspace_id=self._workspace_id)
            repository.change_model(connection, self._workspace_id, self._version, **values)

        self._state.write(work)
        self._n_told += len(some)
        return bool(some)
