"""Every query on sources and rejected events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from kikubari.collect._tables import rejected_events, sources
from kikubari.collect.contracts import (
    RejectedEvent,
    RejectedMessage,
    RejectionCount,
    Source,
    SourceKind,
)
from kikubari.kit.instants import from_micros, to_micros


def list_sources(connection: Connection, workspace_id: int) -> list[Source]:
    """Return every source in the order they were made."""
    rows = connection.execute(
        select(sources).where(sources.c.workspace_id == workspace_id).order_by(sources.c.id)
    )
    return [_source(row) for row in rows]


def next_source_id(connection: Connection, workspace_id: int) -> int:
    """Return the id for the next source; ids are never used again, as sources are never deleted."""
    last = connection.execute(
        select(func.max(sources.c.id)).where(sources.c.workspace_id == workspace_id)
    ).scalar()
    return (last or 0) + 1


def insert_source(connection: Connection, workspace_id: int, source: Source) -> None:
    """Store a new source."""
    connection.execute(
        insert(sources).values(
            workspace_id=workspace_id,
            id=source.id,
            name=source.name,
            kind=source.kind.value,
            write_key=source.write_key,
            allowed_origins=" ".join(source.allowed_origins),
            created_us=to_micros(source.created_at),
        )
    )


def update_key(connection: Connection, workspace_id: int, source: Source) -> None:
    """Store a source's new key, and until when the one before it works."""
    until = source.previous_until
    connection.execute(
        update(sources)
        .where(sources.c.workspace_id == workspace_id, sources.c.id == source.id)
        .values(
            write_key=source.write_key,
            previous_write_key=source.previous_write_key,
            previous_until_us=None if until is None else to_micros(until),
        )
    )


def insert_rejected(
    connection: Connection,
    workspace_id: int,
    messages: Sequence[RejectedMessage],
    *,
    source_id: int,
    at: datetime,
) -> None:
    """Store refused messages."""
    at_us = to_micros(at)
    rows = [
        {
            "workspace_id": workspace_id,
            "source_id": source_id,
            "at_us": at_us,
            "code": message.rejection.code,
            "reason": message.rejection.reason,
            "path": message.rejection.path,
            "message_id": message.message_id,
            "excerpt": message.excerpt,
        }
        for message in messages
    ]
    connection.execute(insert(rejected_events), rows)


def delete_oldest_rejected(connection: Connection, *, keep: int) -> None:
    """Forget all but the newest `keep` refused messages."""
    newest = select(func.max(rejected_events.c.id)).scalar_subquery()
    connection.execute(delete(rejected_events).where(rejected_events.c.id <= newest - keep))


def list_rejected(
    connection: Connection,
    workspace_id: int,
    *,
    source_id: int | None,
    code: str | None,
    before_id: int | None,
    limit: int,
) -> list[RejectedEvent]:
    """Return refused messages, newest first."""
    query = select(rejected_events).where(rejected_events.c.workspace_id == workspace_id)
    if source_id is not None:
        query = query.where(rejected_events.c.source_id == source_id)
    if code is not None:
        query = query.where(rejected_events.c.code == code)
    if before_id is not None:
        query = query.where(rejected_events.c.id < before_id)
    rows = connection.execute(query.order_by(rejected_events.c.id.desc()).limit(limit))
    return [
        RejectedEvent(
            id=row.id,
            source_id=row.source_id,
            at=from_micros(row.at_us),
            code=row.code,
            reason=row.reason,
            path=row.path,
            message_id=row.message_id,
            excerpt=row.excerpt,
        )
        for row in rows
    ]


def count_rejected(connection: Connection, workspace_id: int) -> list[RejectionCount]:
    """Return stored refusals per source and code, the most frequent first."""
    n_events = func.count().label("n_events")
    rows = connection.execute(
        select(
            rejected_events.c.source_id,
            rejected_events.c.code,
            n_events,
            func.max(rejected_events.c.at_us).label("last_us"),
        )
        .where(rejected_events.c.workspace_id == workspace_id)
        .group_by(rejected_events.c.source_id, rejected_events.c.code)
        .order_by(n_events.desc(), rejected_events.c.source_id, rejected_events.c.code)
    )
    return [
        RejectionCount(row.source_id, row.code, row.n_events, from_micros(row.last_us))
        for row in rows
    ]


def _source(row: Row[Any]) -> Source:
    until_us = row.previous_until_us
    return Source(
        id=row.id,
        name=row.name,
        kind=SourceKind(row.kind),
        write_key=row.write_key,
        allowed_origins=tuple(row.allowed_origins.split()),
        created_at=from_micros(row.created_us),
        previous_write_key=row.previous_write_key,
        previous_until=None if until_us is None else from_micros(until_us),
    )
