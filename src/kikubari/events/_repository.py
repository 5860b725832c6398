"""Every query on the log's tables."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Row,
    delete,
    func,
    insert,
    select,
    update,
)

from kikubari.events._tables import copy_ranges, events, inbox, log_marks
from kikubari.storage import bulk_insert, insert_or_ignore

# SQLite allows 32,766 parameters in one statement.
_KEYS_PER_QUERY = 5_000
_HOUR_US = 3_600_000_000


class InboxBatch(msgspec.Struct, frozen=True):
    """A batch that waits in an inbox."""

    id: int
    workspace_id: int
    n_events: int
    body: bytes


def list_inbox(connection: Connection, *, after: int, limit: int) -> list[InboxBatch]:
    """Return the oldest waiting batches of those with a higher id."""
    waiting = select(inbox).where(inbox.c.id > after)
    rows = connection.execute(waiting.order_by(inbox.c.id).limit(limit))
    return [InboxBatch(r.id, r.workspace_id, r.n_events, r.body) for r in rows]


def count_waiting(connection: Connection) -> int:
    """Return how many events wait in an inbox."""
    total = select(func.coalesce(func.sum(inbox.c.n_events), 0))
    return int(connection.execute(total).scalar_one())


def span_of_inbox(connection: Connection) -> range:
    """Return the ids from the oldest batch that waits to the newest; none, if none waits."""
    row = connection.execute(select(func.min(inbox.c.id), func.max(inbox.c.id))).one()
    return range(0) if row[0] is None else range(row[0], row[1] + 1)


def delete_inbox(connection: Connection, ids: Sequence[int]) -> None:
    """Remove batches that are in the log."""
    connection.execute(delete(inbox).where(inbox.c.id.in_(ids)))


class Mark(msgspec.Struct, frozen=True):
    """How far the log goes, and how far its indexes do."""

    position: int
    indexed: int


def lock_mark(connection: Connection, workspace_id: int) -> Mark:
    """Return where the log ends and keep others from extending it meanwhile."""
    connection.execute(
        insert_or_ignore(connection, log_marks).values(
            workspace_id=workspace_id, position=0, duplicates=0
        )
    )
    row = connection.execute(
        select(log_marks.c.position, log_marks.c.indexed)
        .where(log_marks.c.workspace_id == workspace_id)
        .with_for_update()
    ).one()
    return Mark(row.position, row.indexed)


def find_mark(connection: Connection, workspace_id: int) -> int:
    """Return the last committed position, 0 for an empty log."""
    return (
        connection.execute(
            select(log_marks.c.position).where(log_marks.c.workspace_id == workspace_id)
        ).scalar()
        or 0
    )


def move_mark(connection: Connection, workspace_id: int, *, position: int, duplicates: int) -> None:
    """Publish positions up to `position`, and count events that were known already."""
    connection.execute(
        update(log_marks)
        .where(log_marks.c.workspace_id == workspace_id)
        .values(position=position, duplicates=log_marks.c.duplicates + duplicates)
    )


LOG_COLUMNS = (
    "workspace_id", "position", "number", "source_id", "message_key", "type", "occurred_us",
    "received_us", "body",
)  # fmt: skip


def insert_events(connection: Connection, rows: list[tuple[object, ...]]) -> None:
    """Append rows, in the order of `LOG_COLUMNS`, to the log."""
    bulk_insert(connection, events, LOG_COLUMNS, rows)


def list_range(
    connection: Connection,
    workspace_id: int,
    *,
    first: int,
    last: int,
    types: Collection[str] | None = None,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return (position, number, sealed body) of a range of the log, in order."""
    query = select(events.c.position, events.c.number, events.c.body).where(
        events.c.workspace_id == workspace_id, events.c.position.between(first, last)
    )
    if types is not None:
        query = query.where(events.c.type.in_(types))
    return connection.execute(query.order_by(events.c.position)).all()


def list_at_positions(
    connection: Connection, workspace_id: int, positions: Sequence[int]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return (position, number, sealed body) of the events at some positions."""
    return connection.execute(
        select(events.c.position, events.c.number, events.c.body).where(
            events.c.workspace_id == workspace_id, events.c.position.in_(positions)
        )
    ).all()


def list_recent_numbers(
    connection: Connection, workspace_id: int, *, before: int, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return (position, number) of the events before a position, newest first."""
    return connection.execute(
        select(events.c.position, events.c.number)
        .where(events.c.workspace_id == workspace_id, events.c.position < before)
        .order_by(events.c.position.desc())
        .limit(limit)
    ).all()


def find_unfinished_range(connection: Connection, workspace_id: int) -> tuple[int, int] | None:
    """Return the range whose copy was planned and not confirmed."""
    row = connection.execute(
        select(copy_ranges.c.first, copy_ranges.c.last).where(
            copy_ranges.c.workspace_id == workspace_id, copy_ranges.c.is_done == 0
        )
    ).one_or_none()
    return (row.first, row.last) if row else None


def find_copied(connection: Connection, workspace_id: int) -> int:
    """Return the last position whose copy is confirmed."""
    return (
        connection.execute(
            select(copy_ranges.c.last)
            .where(copy_ranges.c.workspace_id == workspace_id, copy_ranges.c.is_done == 1)
            .order_by(copy_ranges.c.first.desc())
            .limit(1)
        ).scalar()
        or 0
    )


def list_copied_ranges(connection: Connection, workspace_id: int) -> list[tuple[int, int]]:
    """Return the confirmed ranges in order."""
    rows = connection.execute(
        select(copy_ranges.c.first, copy_ranges.c.last)
        .where(copy_ranges.c.workspace_id == workspace_id, copy_ranges.c.is_done == 1)
        .order_by(copy_ranges.c.first)
    )
    return [(row.first, row.last) for row in rows]


def plan_range(connection: Connection, workspace_id: int, *, first: int, last: int) -> None:
    """Write down which range is about to be copied."""
    connection.execute(
        insert(copy_ranges).values(workspace_id=workspace_id, first=first, last=last, is_done=0)
    )


def confirm_range(connection: Connection, workspace_id: int, *, first: int) -> None:
    """Write down that the range is in the copy."""
    connection.execute(
        update(copy_ranges)
        .where(copy_ranges.c.workspace_id == workspace_id, copy_ranges.c.first == first)
        .values(is_done=1)
    )


def plan_rebuild(connection: Connection, workspace_id: int) -> None:
    """Forget all that was copied; write down that the copy's tables are to be made anew."""
    connection.execute(delete(copy_ranges).where(copy_ranges.c.workspace_id == workspace_id))
    plan_range(connection, workspace_id, first=0, last=0)


def confirm_rebuild(connection: Connection, workspace_id: int) -> None:
    """Write down that the copy's tables are new and empty."""
    connection.execute(
        delete(copy_ranges).where(
            copy_ranges.c.workspace_id == workspace_id, copy_ranges.c.first == 0
        )
    )
