"""Calls about many people at once, to whoever asked for their kind."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from kikubari.deliver.endpoints import _repository as rows
from kikubari.deliver.endpoints._tables import webhook_calls, webhook_endpoints, webhook_told
from kikubari.deliver.endpoints.contracts import WebhookCall
from kikubari.deliver.endpoints.queueing import WebhookQueue, webhook_id
from kikubari.events import Sealing
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import insert_or_ignore

# Such a call names several people and is no one's: it is sealed with the key of nobody.
_NOBODY = 0
_AT_ONCE = 5_000
_C, _E = webhook_calls.c, webhook_endpoints.c


class SharedCalls:
    """Queues one call for each endpoint that asked for its kind.

    Whoever a call names counts as told of from when it is queued: an endpoint hears of their
    erasure, though it may not have taken the call yet.

    Args:
        queue: takes the calls.
        sealing: opens those that wait, so that people can be taken out of them.
        workspace_id: whose endpoints.
    """

    def __init__(
        self, queue: WebhookQueue, sealing: Sealing, *, workspace_id: int = DEFAULT_WORKSPACE
    ) -> None:
        self._queue = queue
        self._sealing = sealing
        self._workspace_id = workspace_id

    def are_there(self, connection: Connection, kinds: Collection[str]) -> bool:
        """Say whether an enabled endpoint asked for one of these kinds."""
        return not rows.list_listeners(connection, self._workspace_id).keys().isdisjoint(kinds)

    def tell_in(
        self,
        connection: Connection,
        kind: str,
        data: Mapping[str, Any],
        *,
        key: str,
        numbers: Collection[int],
        at: datetime,
    ) -> bool:
        """Queue a call to all who asked for its kind; says whether anybody did.

        Args:
            connection: inside a transaction.
            kind: of the call.
            data: JSON values.
            key: it is told once by it, and found again.
            numbers: of those the call names.
            at: when it happened.
        """
        endpoints = rows.list_listeners(connection, self._workspace_id).get(kind, [])
        if not endpoints:
            return False
        calls = [
            WebhookCall(endpoint_id=one, type=kind, data=data, idempotency_key=key)
            for one in endpoints
        ]
        self._queue.queue_many_in(connection, calls, at=at)
        told = [
            {"workspace_id": self._workspace_id, "number": number, "endpoint_id": one}
            for one in endpoints
            for number in sorted(numbers)
        ]
        if told:
            connection.execute(insert_or_ignore(connection, webhook_told), told)
        return True

    def rewrite_in(
        self,
        connection: Connection,
        keys: Collection[str],
        change: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> None:
        """Change the data of calls that were not taken yet, dead letters too, by their keys."""
        endpoints = connection.execute(
            select(_E.id).where(_E.workspace_id == self._workspace_id)
        ).scalars()
        ids = [webhook_id(endpoint, key) for endpoint in endpoints for key in sorted(keys)]
        for start in range(0, len(ids), _AT_ONCE):
            waiting = connection.execute(
                select(_C.endpoint_id, _C.id, _C.body).where(
                    _C.workspace_id == self._workspace_id,
                    _C.id.in_(ids[start : start + _AT_ONCE]),
                    _C.body.is_not(None),
                )
            ).all()
            for row in waiting:
                self._rewrite(connection, row.endpoint_id, row.id, row.body, change)

    def _rewrite(
        self,
        connection: Connection,
        endpoint_id: str,
        call_id: str,
        sealed: bytes,
        change: Callable[[dict[str, Any]], dict[str, Any]],
    ) -> None:
        [body] = self._sealing.open(connection, [_NOBODY], [sealed])
        if body is None:
            return
        content = msgspec.json.decode(body, type=dict[str, Any])
        changed = msgspec.json.encode({**content, "data": change(content["data"])})
        [resealed] = self._sealing.seal(connection, [_NOBODY], [changed])
        connection.execute(
            update(webhook_calls)
            .where(
                _C.workspace_id == self._workspace_id,
                _C.endpoint_id == endpoint_id,
                _C.id == call_id,
            )
            .values(body=resealed)
        )
