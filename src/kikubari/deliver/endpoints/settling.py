"""What an answer makes of a call, and of the endpoint that gave it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import uuid4

import msgspec
from sqlalchemy import Connection

from kikubari.deliver.endpoints import _repository as rows
from kikubari.deliver.endpoints.contracts import CallState, DisabledBecause
from kikubari.deliver.endpoints.notifying import NoticeType, note_notice_taken
from kikubari.deliver.endpoints.queueing import SET_ASIDE
from kikubari.deliver.endpoints.retrying import PATIENCE, find_delay
from kikubari.deliver.retry import Jitter
from kikubari.events import append_in
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import ENDPOINT_DISABLED, INTERNAL_SOURCE_ID

_TAKEN = range(200, 300)
_NOTICES = frozenset(NoticeType)
_LONGEST_TEXT = 200


class Told(msgspec.Struct, frozen=True):
    """What came of a call.

    Attributes:
        status: of the answer, None when there was none.
        said: in our words.
        wish: how long it asked to be left alone.
    """

    claim: rows.Claim
    status: int | None
    said: str
    wish: timedelta = timedelta()

    @property
    def is_taken(self) -> bool:
        """Say whether the endpoint has it."""
        return self.status in _TAKEN


class Disabled(msgspec.Struct, frozen=True):
    """An endpoint that is called no more."""

    endpoint_id: str
    because: DisabledBecause


class Settling:
    """Records answers in the caller's transaction."""

    def __init__(self, *, workspace_id: int, jitter: Jitter) -> None:
        self._workspace_id = workspace_id
        self._jitter = jitter

    def settle(self, connection: Connection, told: Sequence[Told], now: datetime) -> list[Disabled]:
        """Record what came of calls; returns the endpoints that were disabled for it."""
        disabled: list[Disabled] = []
        for one in told:
            because = self._settle(connection, one, now)
            if because is not None and self._disable(connection, one, because, now):
                disabled.append(Disabled(one.claim.endpoint_id, because))
        taken = {one.claim.endpoint_id for one in told if one.is_taken}
        rows.note_taken(connection, self._workspace_id, taken)
        return disabled

    def _settle(self, connection: Connection, one: Told, now: datetime) -> DisabledBecause | None:
        if one.is_taken:
            delivered = {
                "state": CallState.DELIVERED.value,
                "body": None,
                "ended_us": to_micros(now),
                "status": one.status,
                "said": "",
            }
            rows.settle(connection, self._workspace_id, one.claim, delivered)
            if one.claim.type in _NOTICES:
                note_notice_taken(
                    connection,
                    self._workspace_id,
                    one.claim.endpoint_id,
                    one.claim.id,
                    now_us=to_micros(now),
                )
            return None
        since_us = rows.note_failure(
            connection, self._workspace_id, one.claim.endpoint_id, to_micros(now)
        )
        values = self._after_failure(one, now, is_enabled=since_us is not None)
        rows.settle(connection, self._workspace_id, one.claim, values)
        if since_us is None:
            return None
        if one.status == HTTPStatus.GONE:
            return DisabledBecause.GONE
        return DisabledBecause.FAILING if now - from_micros(since_us) >= PATIENCE else None

    def _after_failure(self, one: Told, now: datetime, *, is_enabled: bool) -> dict[str, object]:
        common = {"status": one.status, "said": one.said[:_LONGEST_TEXT]}
        delay = find_delay(one.claim.attempts, self._jitter, wish=one.wish)
        if not is_enabled:
            common["said"] = SET_ASIDE
        if delay is None or not is_enabled:
            return {**common, "state": CallState.DEAD.value, "ended_us": to_micros(now)}
        return {**common, "state": CallState.QUEUED.value, "due_us": to_micros(now + delay)}

    def _disable(
        self, connection: Connection, one: Told, because: DisabledBecause, now: datetime
    ) -> bool:
        """Call it no more, and say so in the log, where people and other endpoints see it."""
        endpoint_id = one.claim.endpoint_id
        is_new = rows.disable(
            connection, self._workspace_id, endpoint_id, because, now_us=to_micros(now)
        )
        if is_new:
            notice = Event(
                message_id=str(uuid4()),
                kind=EventKind.TRACK,
                type=ENDPOINT_DISABLED,
                occurred_at=now,
                received_at=now,
                source_id=INTERNAL_SOURCE_ID,
                trust=Trust.INTERNAL,
                properties={"endpoint_id": endpoint_id, "because": because.value},
            )
            append_in(connection, [notice])
        return is_new
