"""Every query that only looks at messages."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from kikubari.deliver._repository import message_id_of
from kikubari.deliver._tables import dispatches, message_records, messages

_MESSAGE_VIEW = (
    messages.c.id,
    dispatches.c.origin_kind,
    dispatches.c.origin_id,
    messages.c.number,
    messages.c.state,
    messages.c.reason,
    messages.c.attempts,
    messages.c.queued_us,
    messages.c.due_us,
    messages.c.sent_us,
    messages.c.smtp_code,
    messages.c.smtp_text,
    messages.c.assumed_zone,
    dispatches.c.purpose,
)


def count_messages(
    connection: Connection, workspace_id: int, dispatch_id: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return (state, reason, n) of a dispatch, by one pass over its range of the table."""
    first = message_id_of(dispatch_id, 0)
    last = message_id_of(dispatch_id + 1, 0) - 1
    return connection.execute(
        select(messages.c.state, messages.c.reason, func.count().label("n"))
        .where(messages.c.workspace_id == workspace_id, messages.c.id.between(first, last))
        .group_by(messages.c.state, messages.c.reason)
    ).all()


def count_messages_below(
    connection: Connection, workspace_id: int, origin_kind: str, prefix: str
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return (origin_id, state, reason, n) of all whose origin's id begins so.

    Each dispatch is one range of the table's key: nobody else's messages are read.
    """
    # Of ids: the first of a dispatch is its own number, `message_id_of(it, 0)`.
    span = message_id_of(1, 0)
    first = dispatches.c.id * span
    return connection.execute(
        select(
            dispatches.c.origin_id,
            messages.c.state,
            messages.c.reason,
            func.count().label("n"),
        )
        .join(
            messages,
            (messages.c.workspace_id == workspace_id)
            & messages.c.id.between(first, first + span - 1),
        )
        .where(
            dispatches.c.workspace_id == workspace_id,
            dispatches.c.origin_kind == origin_kind,
            dispatches.c.origin_id.startswith(prefix, autoescape=True),
        )
        .group_by(dispatches.c.origin_id, messages.c.state, messages.c.reason)
    ).all()


def list_messages(
    connection: Connection,
    workspace_id: int,
    *,
    dispatch_id: int,
    after_id: int,
    state: str | None,
    limit: int,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return messages of a dispatch in order of id."""
    query = _views(workspace_id).where(
        messages.c.id > max(after_id, message_id_of(dispatch_id, 0) - 1),
        messages.c.id < message_id_of(dispatch_id + 1, 0),
    )
    if state is not None:
        query = query.where(messages.c.state == state)
    return connection.execute(query.order_by(messages.c.id).limit(limit)).all()


def list_person_messages(
    connection: Connection, workspace_id: int, numbers: Sequence[int], *, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the newest messages to a person by any of their numbers."""
    return connection.execute(
        _views(workspace_id)
        .where(messages.c.number.in_(numbers))
        .order_by(messages.c.queued_us.desc(), messages.c.id.desc())
        .limit(limit)
    ).all()


def find_message(
    connection: Connection, workspace_id: int, message_id: int
) -> Row[*tuple[Any, ...]] | None:
    """Return one message with what a receipt needs: address key, origin, purpose."""
    return connection.execute(
        select(
            *_MESSAGE_VIEW,
            messages.c.dispatch_id,
            messages.c.address_key,
            dispatches.c.channel,
        )
        .join(dispatches, dispatches.c.id == messages.c.dispatch_id)
        .where(messages.c.workspace_id == workspace_id, messages.c.id == message_id)
    ).one_or_none()


def list_address_keys(
    connection: Connection, workspace_id: int, ids: Sequence[int]
) -> dict[int, bytes]:
    """Return the address key of messages that passed the gate."""
    rows = connection.execute(
        select(messages.c.id, messages.c.address_key).where(
            messages.c.workspace_id == workspace_id,
            messages.c.id.in_(list(ids)),
            messages.c.address_key.is_not(None),
        )
    )
    return {row.id: bytes(row.address_key) for row in rows}


def find_record(
    connection: Connection, workspace_id: int, message_id: int
) -> tuple[int, bytes] | None:
    """Return (number, sealed record) of a message."""
    row = connection.execute(
        select(message_records.c.number, message_records.c.body).where(
            message_records.c.workspace_id == workspace_id,
            message_records.c.message_id == message_id,
        )
    ).one_or_none()
    return (row.number, bytes(row.body)) if row else None


def _views(workspace_id: int) -> Any:
    return (
        select(*_MESSAGE_VIEW)
        .join(dispatches, dispatches.c.id == messages.c.dispatch_id)
        .where(messages.c.workspace_id == workspace_id)
    )
