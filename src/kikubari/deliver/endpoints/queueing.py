"""Queues calls in the transaction of what they tell of."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select, update

from kikubari.deliver.endpoints._tables import OPEN, webhook_calls, webhook_endpoints
from kikubari.deliver.endpoints.contracts import (
    MAX_BODY_BYTES,
    CallState,
    EndpointState,
    QueueAnswer,
    WebhookCall,
)
from kikubari.events import Sealing
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import insert_or_ignore

SET_ASIDE = "endpoint disabled"
RESTORED = "restored from a back-up"
_FORGET_AT_ONCE = 5_000


class WebhookQueue:
    """Where other rooms put what is to be told."""

    def __init__(self, sealing: Sealing, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._sealing = sealing
        self._workspace_id = workspace_id

    def queue_in(self, connection: Connection, call: WebhookCall, *, at: datetime) -> QueueAnswer:
        """Queue one call in the caller's transaction.

        Args:
            connection: inside a transaction of the state store.
            call: what to tell whom.
            at: when it happened, which the receiver is told, and when it is queued.
        """
        return self.queue_many_in(connection, [call], at=at)[0]

    def queue_many_in(
        self, connection: Connection, calls: Sequence[WebhookCall], *, at: datetime
    ) -> list[QueueAnswer]:
        """Queue calls; returns what became of each."""
        states = self._list_states(connection, {call.endpoint_id for call in calls})
        bodies = [_body(call, at) for call in calls]
        sealed = self._sealing.seal(connection, [call.number for call in calls], bodies)
        return [
            self._queue(connection, call, body, state=states.get(call.endpoint_id), at=at)
            if len(plain) <= MAX_BODY_BYTES
            else QueueAnswer.TOO_LARGE
            for call, plain, body in zip(calls, bodies, sealed, strict=True)
        ]

    def _list_states(self, connection: Connection, ids: Collection[str]) -> Mapping[str, str]:
        c = webhook_endpoints.c
        rows = connection.execute(
            select(c.id, c.state).where(c.workspace_id == self._workspace_id, c.id.in_(list(ids)))
        )
        return {row.id: row.state for row in rows}

    def _queue(
        self,
        connection: Connection,
        call: WebhookCall,
        body: bytes,
        *,
        state: str | None,
        at: datetime,
    ) -> QueueAnswer:
        if state is None:
            return QueueAnswer.NO_ENDPOINT
        is_enabled = state == EndpointState.ENABLED
        at_us = to_micros(at)
        added = connection.execute(
            insert_or_ignore(connection, webhook_calls)
            .values(
                workspace_id=self._workspace_id,
                endpoint_id=call.endpoint_id,
                id=webhook_id(call.endpoint_id, call.idempotency_key),
                type=call.type,
                number=call.number,
                body=body,
                state=(CallState.QUEUED if is_enabled else CallState.DEAD).value,
                attempts=0,
                due_us=at_us,
                said="" if is_enabled else SET_ASIDE,
                queued_us=at_us,
                ended_us=None if is_enabled else at_us,
            )
            # PostgreSQL's driver counts no rows of an INSERT.
            .returning(webhook_calls.c.id)
        )
        if added.first() is None:
            return QueueAnswer.KNOWN
        return QueueAnswer.QUEUED if is_enabled else QueueAnswer.SET_ASIDE


def webhook_id(endpoint_id: str, idempotency_key: str) -> str:
    """Return the ``webhook-id`` of a call: the same for the same key, and tells nothing else."""
    text = f"{endpoint_id}\n{idempotency_key}".encode()
    return "msg_" + blake2b(text, digest_size=16).hexdigest()


def forget_calls(
    connection: Connection, numbers: Collection[int], *, workspace_id: int = DEFAULT_WORKSPACE
) -> None:
    """Delete calls about erased people, told or not."""
    c = webhook_calls.c
    found = sorted(set(numbers) - {0})
    for start in range(0, len(found), _FORGET_AT_ONCE):
        some = found[start : start + _FORGET_AT_ONCE]
        connection.execute(
            delete(webhook_calls).where(c.workspace_id == workspace_id, c.number.in_(some))
        )


def set_aside_calls(connection: Connection, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
    """Make dead letters of all that waits: in a restored back-up it may have been told since."""
    c = webhook_calls.c
    connection.execute(
        update(webhook_calls)
        .where(c.workspace_id == workspace_id, OPEN)
        .values(state=CallState.DEAD.value, said=RESTORED, ended_us=c.due_us)
    )


def _body(call: WebhookCall, at: datetime) -> bytes:
    content: dict[str, Any] = {"type": call.type, "timestamp": at, "data": call.data}
    return msgspec.json.encode(content)
