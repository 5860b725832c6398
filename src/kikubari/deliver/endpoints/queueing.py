"""Queues calls in the transaction of what they tell of."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select, update

from kikubari.deliver.endpoints._tables import (
    OPEN,
    webhook_calls,
    webhook_endpoints,
    webhook_told,
)
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
_Row = dict[str, Any]  # of the table


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
        """Queue calls about one instant; returns what became of each."""
        return self.queue_each_in(connection, [(at, call) for call in calls])

    def queue_each_in(
        self, connection: Connection, calls: Sequence[tuple[datetime, WebhookCall]]
    ) -> list[QueueAnswer]:
        """Queue calls, each with when it happened; returns what became of each."""
        states = self._list_states(connection, {call.endpoint_id for _, call in calls})
        bodies = [_body(call, at) for at, call in calls]
        fitting = [
            place
            for place, (_, call) in enumerate(calls)
            if call.endpoint_id in states and len(bodies[place]) <= MAX_BODY_BYTES
        ]
        sealed = self._sealing.seal(
            connection,
            [calls[place][1].number for place in fitting],
            [bodies[place] for place in fitting],
        )
        rows = {
            place: self._row(*calls[place], body, state=states[calls[place][1].endpoint_id])
            for place, body in zip(fitting, sealed, strict=True)
        }
        new = self._insert(connection, list(rows.values()))
        return [
            _answer(new, states.get(call.endpoint_id), rows.get(place))
            for place, (_, call) in enumerate(calls)
        ]

    def _list_states(self, connection: Connection, ids: Collection[str]) -> Mapping[str, str]:
        c = webhook_endpoints.c
        rows = connection.execute(
            select(c.id, c.state).where(c.workspace_id == self._workspace_id, c.id.in_(list(ids)))
        )
        return {row.id: row.state for row in rows}

    def _row(self, at: datetime, call: WebhookCall, body: bytes, *, state: str) -> _Row:
        is_enabled = state == EndpointState.ENABLED
        at_us = to_micros(at)
        return {
            "workspace_id": self._workspace_id,
            "endpoint_id": call.endpoint_id,
            "id": webhook_id(call.endpoint_id, call.idempotency_key),
            "type": call.type,
            "number": call.number,
            "body": body,
            "state": (CallState.QUEUED if is_enabled else CallState.DEAD).value,
            "attempts": 0,
            "due_us": at_us,
            "said": "" if is_enabled else SET_ASIDE,
            "queued_us": at_us,
            "ended_us": None if is_enabled else at_us,
        }

    def _insert(self, connection: Connection, rows: Sequence[_Row]) -> set[Any]:
        """Write calls; returns the ids of those that are new."""
        if not rows:
            return set()
        # PostgreSQL's driver counts no rows of an INSERT.
        statement = insert_or_ignore(connection, webhook_calls).returning(webhook_calls.c.id)
        return set(connection.execute(statement, list(rows)).scalars())


def _answer(new: set[Any], state: str | None, row: _Row | None) -> QueueAnswer:
    """Return what became of one call; of two with the same key, the second is known."""
    if state is None:
        return QueueAnswer.NO_ENDPOINT
    if row is None:
        return QueueAnswer.TOO_LARGE
    if row["id"] not in new:
        return QueueAnswer.KNOWN
    new.remove(row["id"])
    return QueueAnswer.QUEUED if state == EndpointState.ENABLED else QueueAnswer.SET_ASIDE


def webhook_id(endpoint_id: str, idempotency_key: str) -> str:
    """Return the ``webhook-id`` of a call: the same for the same key, and tells nothing else."""
    text = f"{endpoint_id}\n{idempotency_key}".encode()
    return "msg_" + blake2b(text, digest_size=16).hexdigest()


def forget_calls(
    connection: Connection, numbers: Collection[int], *, workspace_id: int = DEFAULT_WORKSPACE
) -> None:
    """Delete calls about erased people, told or not, and who was told of them."""
    c, t = webhook_calls.c, webhook_told.c
    found = sorted(set(numbers) - {0})
    for start in range(0, len(found), _FORGET_AT_ONCE):
        some = found[start : start + _FORGET_AT_ONCE]
        connection.execute(
            delete(webhook_calls).where(c.workspace_id == workspace_id, c.number.in_(some))
        )
        connection.execute(
            delete(webhook_told).where(t.workspace_id == workspace_id, t.number.in_(some))
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
