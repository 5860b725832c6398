"""Tells endpoints that were told of a person of what that person asked for (GDPR 19).

Which endpoints were told is known from the calls to them, and from what stays of those when they
are forgotten: that there were some. A notice names nobody: profiles' ids, the receipt's, no more.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, literal, select, update

from kikubari.deliver.endpoints._tables import (
    ENDED,
    webhook_calls,
    webhook_endpoints,
    webhook_notices,
    webhook_told,
)
from kikubari.deliver.endpoints.contracts import CallState, WebhookCall
from kikubari.deliver.endpoints.queueing import WebhookQueue, webhook_id
from kikubari.deliver.endpoints.telling import WISHES
from kikubari.kit.instants import from_micros, to_micros
from kikubari.profiles import Limit, profile_id
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import insert_or_ignore

_C, _T, _N = webhook_calls.c, webhook_told.c, webhook_notices.c
_AT_ONCE = 5_000
_GONE = "given_up"


class NoticeType(StrEnum):
    """What an endpoint is told; the `type` of the call."""

    ERASED = "customer.erased"
    LIMITED = "customer.limited"
    LIFTED = "customer.limit_lifted"


class RightsNotice(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint, as a receipt names it.

    Attributes:
        type: what it was told.
        endpoint_id, name: which; the name is of that time.
        state: where the call is: queued, sending, delivered or dead; ``given_up`` when a dead
            letter was forgotten, or the endpoint removed, before it was taken.
        queued_at: since when it was to be told.
        taken_at: when it took the call; None if it did not.
    """

    type: NoticeType
    endpoint_id: str
    name: str
    state: str
    queued_at: datetime
    taken_at: datetime | None


class RightsNotices:
    """Queues notices in the transaction of what they tell of, and lists them.

    Args:
        queue: takes the calls.
        workspace_id: whose endpoints.
    """

    def __init__(self, queue: WebhookQueue, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._queue = queue
        self._workspace_id = workspace_id

    def tell_in(
        self,
        connection: Connection,
        notice: NoticeType,
        numbers: Collection[int],
        *,
        receipt_id: str,
        at: datetime,
        limit: Limit | None = None,
    ) -> None:
        """Queue a call to every endpoint that was, or may have been, told of a person.

        Args:
            connection: inside a transaction; before the calls about the person are forgotten.
            notice: what they are told.
            numbers: all of the person's: each may have been what an endpoint was given.
            receipt_id: of the receipt that names the endpoints.
            at: now.
            limit: that is placed or lifted.
        """
        endpoints = self._list_told(connection, numbers)
        if not endpoints:
            return
        data: dict[str, Any] = {
            "profiles": [profile_id(one) for one in sorted(set(numbers))],
            "receipt": receipt_id,
        }
        if limit is not None:
            data["limit"] = limit.value
        key = f"{receipt_id}/{notice}"
        calls = [
            WebhookCall(endpoint_id=one, type=notice, data=data, idempotency_key=key)
            for one in endpoints
        ]
        self._queue.queue_many_in(connection, calls, at=at)
        connection.execute(
            insert(webhook_notices),
            [
                {
                    "workspace_id": self._workspace_id,
                    "receipt_id": receipt_id,
                    "type": notice.value,
                    "endpoint_id": endpoint_id,
                    "call_id": webhook_id(endpoint_id, key),
                    "name": name,
                    "queued_us": to_micros(at),
                }
                for endpoint_id, name in endpoints.items()
            ],
        )

    def list_by_receipt(self, connection: Connection) -> dict[str, list[RightsNotice]]:
        """Return all notices, oldest first, by the receipt they belong to."""
        is_call = (
            (_C.workspace_id == _N.workspace_id)
            & (_C.endpoint_id == _N.endpoint_id)
            & (_C.id == _N.call_id)
        )
        rows = connection.execute(
            select(webhook_notices, _C.state)
            .outerjoin_from(webhook_notices, webhook_calls, is_call)
            .where(_N.workspace_id == self._workspace_id)
            .order_by(_N.queued_us, _N.endpoint_id)
        )
        found: dict[str, list[RightsNotice]] = {}
        for row in rows:
            found.setdefault(row.receipt_id, []).append(_notice(row))
        return found

    def _list_told(self, connection: Connection, numbers: Collection[int]) -> Mapping[str, str]:
        """Return the names of the endpoints that were told of any of the numbers, by id."""
        told: set[str] = set()
        for some in _chunks(numbers):
            called = select(_C.endpoint_id).where(
                _C.workspace_id == self._workspace_id, _C.number.in_(some), _C.attempts > 0
            )
            before = select(_T.endpoint_id).where(
                _T.workspace_id == self._workspace_id, _T.number.in_(some)
            )
            told |= set(connection.execute(called.union(before)).scalars())
        e = webhook_endpoints.c
        rows = connection.execute(
            select(e.id, e.name).where(e.workspace_id == self._workspace_id, e.id.in_(told))
        )
        return {row.id: row.name for row in sorted(rows, key=lambda row: str(row.id))}


def note_notice_taken(
    connection: Connection, workspace_id: int, endpoint_id: str, call_id: str, *, now_us: int
) -> None:
    """Write down when an endpoint took a call, if it is one that a receipt names."""
    connection.execute(
        update(webhook_notices)
        .where(
            _N.workspace_id == workspace_id,
            _N.endpoint_id == endpoint_id,
            _N.call_id == call_id,
            _N.taken_us.is_(None),
        )
        .values(taken_us=now_us)
    )


def remember_told(connection: Connection, workspace_id: int, *, before_us: int) -> None:
    """Keep who was told of whom, of the calls that ended before an instant and are forgotten."""
    _remember(connection, workspace_id, [ENDED, _C.ended_us < before_us])


def withhold_calls(
    connection: Connection,
    numbers: Collection[int],
    limit: Limit,
    *,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> None:
    """Drop what is still to be told of people by an earlier wish of others, dead letters too.

    Of those who object to marketing, their wishes are told all the same; who objects to profiling
    alone is told of as ever.
    """
    if limit is Limit.PROFILING:
        return
    for some in _chunks(numbers):
        kinds = [_C.number.in_(some), _C.state != CallState.DELIVERED.value]
        if limit is Limit.OBJECTION:
            kinds.append(_C.type.not_in(sorted(WISHES)))
        _remember(connection, workspace_id, kinds)
        connection.execute(delete(webhook_calls).where(_C.workspace_id == workspace_id, *kinds))


def _remember(connection: Connection, workspace_id: int, conditions: Sequence[Any]) -> None:
    columns = ["workspace_id", "number", "endpoint_id"]
    told = (
        select(literal(workspace_id), _C.number, _C.endpoint_id)
        .distinct()
        .where(_C.workspace_id == workspace_id, _C.number > 0, _C.attempts > 0, *conditions)
    )
    connection.execute(insert_or_ignore(connection, webhook_told).from_select(columns, told))


def _chunks(numbers: Collection[int]) -> list[list[int]]:
    found = sorted(set(numbers) - {0})
    return [found[start : start + _AT_ONCE] for start in range(0, len(found), _AT_ONCE)]


def _notice(row: Row[*tuple[Any, ...]]) -> RightsNotice:
    state = _GONE if row.state is None else CallState(row.state).name.lower()
    is_taken = row.taken_us is not None
    return RightsNotice(
        type=NoticeType(row.type),
        endpoint_id=row.endpoint_id,
        name=row.name,
        state=CallState.DELIVERED.name.lower() if is_taken else state,
        queued_at=from_micros(row.queued_us),
        taken_at=from_micros(row.taken_us) if is_taken else None,
    )
