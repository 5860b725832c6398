"""Sending without sending: queued messages pass the last gate, and nothing leaves.

For a store that is thrown away afterwards. Checks, turns, caps and what is written down are those
of real mail; in the place of a mail server stands an answer that is always yes.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from kikubari.deliver import _repository as repository
from kikubari.deliver.contracts import (
    Claimed,
    Mark,
    MessageState,
    Origin,
    PersonTime,
    Settled,
    Verdict,
)
from kikubari.deliver.gate import Check, DispatchCheck, Gate
from kikubari.deliver.queue import claim, load_dispatches
from kikubari.deliver.recording import Recorder
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore

_WORKER = "rehearsal"
_LEASE = timedelta(hours=1)
_BATCH = 2_000
# Returns when it suits each of these people.
Times = Callable[[Collection[int]], Mapping[int, PersonTime]]
# Told of each message that passed (None) or was stopped.
Told = Callable[[Origin, Claimed, Verdict | None], None]


class PlainSealing:
    """Implements `events.Sealing` by sealing nothing: for what is thrown away."""

    def seal(
        self, connection: Connection, numbers: Sequence[int], payloads: Sequence[bytes]
    ) -> list[bytes]:
        """Return the payloads."""
        del connection, numbers
        return list(payloads)

    def open(
        self, connection: Connection, numbers: Sequence[int], sealed: Sequence[bytes]
    ) -> list[bytes | None]:
        """Return the payloads."""
        del connection, numbers
        return list(sealed)


class Rehearsal:
    """Lets what is queued in a throw-away store go, as of a clock that somebody else moves.

    Args:
        store: that is thrown away.
        clock: gives the instants.
        checks: of the gate, after the one for paused and cancelled dispatches.
        times: gives people's time zones.
        told: hears what became of each message; again of one that had to wait.
        batch: messages of one transaction.
        workspace_id: whose outbox.
    """

    def __init__(
        self,
        store: StateStore,
        clock: Clock,
        *,
        checks: Sequence[Check],
        times: Times,
        told: Told,
        batch: int = _BATCH,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._clock = clock
        self._times = times
        self._told = told
        self._batch = batch
        self._workspace_id = workspace_id
        self._origins: dict[int, Origin] = {}
        self._recorder = Recorder(
            Gate((DispatchCheck(), *checks)), PlainSealing(), clock, workspace_id=workspace_id
        )

    def step(self) -> bool:
        """Take what is due before the gate; say whether there was any."""
        now = self._clock.now()
        claims = self._store.write(
            lambda connection: claim(
                connection,
                worker=_WORKER,
                now=now,
                lease=_LEASE,
                limit=self._batch,
                workspace_id=self._workspace_id,
            )
        )
        mine = [message for one in claims for message in one.messages]
        if not mine:
            return False
        times = self._times({message.number for message in mine})
        # A mailbox that only this person has: two people are never taken for one here.
        marks = [
            Mark(
                message=message,
                address_key=message.number.to_bytes(8, "big"),
                record=b"",
                time=times.get(message.number, PersonTime()),
            )
            for message in mine
        ]
        recorded = self._store.write(
            lambda connection: self._recorder.record(connection, (), marks)
        )
        sent = [
            Settled(message=message, state=MessageState.SENT)
            for message in mine
            if message.id in recorded.passed
        ]
        self._store.write(lambda connection: self._recorder.record(connection, sent, ()))
        for message in mine:
            if message.id in recorded.passed or message.id in recorded.stopped:
                origin = self._origin(message.dispatch_id)
                self._told(origin, message, recorded.stopped.get(message.id))
        return True

    def find_next(self) -> datetime | None:
        """Return when the next message that still waits is due, None if none does."""
        with self._store.read() as connection:
            found = repository.find_next_due(
                connection, self._workspace_id, after_us=to_micros(self._clock.now())
            )
        return None if found is None else from_micros(found)

    def _origin(self, dispatch_id: int) -> Origin:
        if dispatch_id not in self._origins:
            with self._store.read() as connection:
                found = load_dispatches(connection, [dispatch_id], workspace_id=self._workspace_id)
            self._origins[dispatch_id] = found[dispatch_id].origin
        return self._origins[dispatch_id]
