"""Every query on sources and rejected events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

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


class StoredSource(NamedTuple):
    """A source as it is stored: its keys as hashes, and sealed if it is shown again."""

    source: Source  # without its key
    key_hash: bytes
    sealed_key: bytes | None
    previous_key_hash: bytes | None = None


def list_sources(connection: Connection, workspace_id: int) -> list[StoredSource]:
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


def insert_source(connection: Connection, workspace_id: int, stored: StoredSource) -> None:
    """Store a new source."""
    source = stored.source
    connection.execute(
        insert(sources).values(
            workspace_id=workspace_id,
            id=source.id,
            name=source.name,
            kind=source.kind.value,
            created_us=to_micros(source.created_at),
            **_key_columns(stored),
            **_limit_columns(source),
        )
    )


def update_source(connection: Connection, workspace_id: int, stored: StoredSource) -> None:
    """Store a source's key and limits anew."""
    connection.execute(
        update(sources)
        .where(sources.c.workspace_id == workspace_id, sources.c.id == stored.source.id)
        .values(**_key_columns(stored), **_limit_columns(stored.source))
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


def _key_columns(stored: StoredSource) -> dict[str, Any]:
    until = stored.source.previous_until
    return {
        "key_hash": stored.key_hash,
        "key_end": stored.source.key_end,
        "sealed_key": stored.sealed_key,
        "previous_key_hash": stored.previous_key_hash,
        "previous_until_us": None if until is None else to_micros(until),
    }


def _limit_columns(source: Source) -> dict[str, Any]:
    return {
        "allowed_origins": " ".join(source.allowed_origins),
        "allowed_events": "\n".join(source.allowed_events),
        "events_per_minute": source.events_per_minute,
    }


def _source(row: Row[Any]) -> StoredSource:
    until_us = row.previous_until_us
    source = Source(
        id=row.id,
        name=row.name,
        kind=SourceKind(row.kind),
        write_key=None,
        key_end=row.key_end,
        allowed_origins=tuple(row.allowed_origins.split()),
        allowed_events=tuple(row.allowed_events.splitlines()),
        events_per_minute=row.events_per_minute,
        created_at=from_micros(row.created_us),
        previous_until=None if until_us is None else from_micros(until_us),
    )
    return StoredSource(source, row.key_hash, row.sealed_key, row.previous_key_hash)
