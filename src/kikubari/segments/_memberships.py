"""Queries on memberships: states, changes, checkpoints, sizes."""

from collections.abc import Sequence
from typing import Any

from pyroaring import BitMap
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from kikubari.kit.instants import from_micros
from kikubari.segments._tables import (
    segment_changes,
    segment_checkpoints,
    segment_progress,
    segment_sizes,
    segment_states,
)
from kikubari.segments.contracts import Change, SizePoint
from kikubari.storage import insert_or_ignore, upsert

_HOUR = 3_600 * 1_000_000


def list_states(connection: Connection, workspace_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the state of every followed segment."""
    return connection.execute(
        select(segment_states).where(segment_states.c.workspace_id == workspace_id)
    ).all()


def list_firsts(connection: Connection, workspace_id: int) -> dict[str, int]:
    """Return since when each segment is followed, in µs."""
    rows = connection.execute(
        select(segment_states.c.segment_id, segment_states.c.first_us)
        .where(segment_states.c.workspace_id == workspace_id)
        .order_by(segment_states.c.segment_id)
    )
    return {row.segment_id: row.first_us for row in rows}


def find_state(
    connection: Connection, workspace_id: int, segment_id: str
) -> Row[*tuple[Any, ...]] | None:
    """Return the state of one segment."""
    return connection.execute(
        select(segment_states).where(
            segment_states.c.workspace_id == workspace_id,
            segment_states.c.segment_id == segment_id,
        )
    ).one_or_none()


def add_state(connection: Connection, row: dict[str, Any]) -> bool:
    """Begin a segment's state; False if it was begun already."""
    added = insert_or_ignore(connection, segment_states).values(row)
    # Not by its row count: for an insert PostgreSQL's driver gives none.
    return connection.execute(added.returning(segment_states.c.segment_id)).first() is not None


def move_state(
    connection: Connection,
    workspace_id: int,
    segment_id: str,
    *,
    change: int,
    values: dict[str, Any],
) -> bool:
    """Write the state after a change that follows `change`; False if it is another by now."""
    statement = (
        update(segment_states)
        .where(
            segment_states.c.workspace_id == workspace_id,
            segment_states.c.segment_id == segment_id,
            segment_states.c.change == change,
        )
        .values(values)
    )
    return connection.execute(statement).rowcount > 0


def set_announces(
    connection: Connection, workspace_id: int, segment_id: str, *, announces: bool
) -> bool:
    """Write whether changes become events; False if the segment is not followed."""
    statement = (
        update(segment_states)
        .where(
            segment_states.c.workspace_id == workspace_id,
            segment_states.c.segment_id == segment_id,
        )
        .values(announces=int(announces))
    )
    return connection.execute(statement).rowcount > 0


def add_change(connection: Connection, row: dict[str, Any]) -> None:
    """Write down a change, and count it in the hour it happened."""
    connection.execute(insert(segment_changes), row)
    key = {name: row[name] for name in ("workspace_id", "segment_id")}
    key["hour_us"] = row["as_of_us"] // _HOUR * _HOUR
    connection.execute(
        insert_or_ignore(connection, segment_sizes).values(
            **key, size=row["size"], n_entered=0, n_left=0
        )
    )
    is_first = row["cause"] == "created"
    connection.execute(
        update(segment_sizes)
        .where(*(segment_sizes.c[name] == value for name, value in key.items()))
        .values(
            size=row["size"],
            n_entered=segment_sizes.c.n_entered + (0 if is_first else row["n_entered"]),
            n_left=segment_sizes.c.n_left + (0 if is_first else row["n_left"]),
        )
    )


def add_sizes(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add hours to the history that are not in it."""
    for row in rows:
        connection.execute(insert_or_ignore(connection, segment_sizes).values(row))


def write_checkpoint(
    connection: Connection, workspace_id: int, segment_id: str, *, change: int, members: BitMap
) -> None:
    """Keep all members as of a change."""
    connection.execute(
        upsert(
            connection,
            segment_checkpoints,
            key=["workspace_id", "segment_id"],
            update=["change", "members"],
        ).values(
            workspace_id=workspace_id,
            segment_id=segment_id,
            change=change,
            members=members.serialize(),
        )
    )


def read_members(
    connection: Connection,
    workspace_id: int,
    segment_id: str,
    *,
    known: tuple[int, BitMap] = (0, BitMap()),
) -> BitMap:
    """Return the members: those of the last checkpoint, or known since, with every later change.

    Args:
        connection: to the state store.
        workspace_id: whose segment.
        segment_id: which one.
        known: number of a change, and the members after it; 0 if none are known.
    """
    number, members = known
    of = (
        segment_checkpoints.c.workspace_id == workspace_id,
        segment_checkpoints.c.segment_id == segment_id,
    )
    # A checkpoint may have been written, and changes before it removed, since anything was known.
    kept = connection.execute(
        select(segment_checkpoints.c.change, segment_checkpoints.c.members).where(
            *of, segment_checkpoints.c.change > number
        )
    ).one_or_none()
    if kept is not None:
        number, members = kept.change, BitMap.deserialize(kept.members)
    since = connection.execute(
        select(segment_changes.c.entered, segment_changes.c.left)
        .where(
            segment_changes.c.workspace_id == workspace_id,
            segment_changes.c.segment_id == segment_id,
            segment_changes.c.change > number,
        )
        .order_by(segment_changes.c.change)
    )
    for row in since:
        members = (members | BitMap.deserialize(row.entered)) - BitMap.deserialize(row.left)
    return members


def list_entered(
    connection: Connection, workspace_id: int, segment_id: str, *, limit: int
) -> list[tuple[int, BitMap]]:
    """Return instants in µs and who entered then, newest first; first members did not enter."""
    rows = connection.execute(
        select(segment_changes.c.as_of_us, segment_changes.c.entered)
        .where(
            segment_changes.c.workspace_id == workspace_id,
            segment_changes.c.segment_id == segment_id,
            segment_changes.c.n_entered > 0,
            segment_changes.c.cause != "created",
        )
        .order_by(segment_changes.c.change.desc())
        .limit(limit)
    )
    return [(row.as_of_us, BitMap.deserialize(row.entered)) for row in rows]


def list_changes_after(
    connection: Connection, workspace_id: int, segment_id: str, *, change: int
) -> list[Change]:
    """Return every change after one, oldest first."""
    rows = connection.execute(
        select(segment_changes)
        .where(
            segment_changes.c.workspace_id == workspace_id,
            segment_changes.c.segment_id == segment_id,
            segment_changes.c.change > change,
        )
        .order_by(segment_changes.c.change)
    )
    return [to_change(row) for row in rows]


def list_changes(
    connection: Connection, workspace_id: int, segment_id: str, *, before: int | None, limit: int
) -> list[Change]:
    """Return changes, newest first."""
    query = select(segment_changes).where(
        segment_changes.c.workspace_id == workspace_id,
        segment_changes.c.segment_id == segment_id,
    )
    if before is not None:
        query = query.where(segment_changes.c.change < before)
    rows = connection.execute(query.order_by(segment_changes.c.change.desc()).limit(limit))
    return [to_change(row) for row in rows]


def list_unannounced(
    connection: Connection, workspace_id: int, *, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return changes some of whose events are not written yet, oldest first."""
    return connection.execute(
        select(segment_changes)
        .where(segment_changes.c.workspace_id == workspace_id, segment_changes.c.n_unannounced > 0)
        .order_by(segment_changes.c.as_of_us, segment_changes.c.change)
        .limit(limit)
    ).all()


def set_unannounced(
    connection: Connection,
    workspace_id: int,
    segment_id: str,
    change: int,
    *,
    before: int,
    after: int,
) -> bool:
    """Write how many events of a change remain; False if another process wrote some."""
    statement = (
        update(segment_changes)
        .where(
            segment_changes.c.workspace_id == workspace_id,
            segment_changes.c.segment_id == segment_id,
            segment_changes.c.change == change,
            segment_changes.c.n_unannounced == before,
        )
        .values(n_unannounced=after)
    )
    return connection.execute(statement).rowcount > 0


def list_sizes(
    connection: Connection, workspace_id: int, segment_id: str, *, since_us: int
) -> list[SizePoint]:
    """Return the size of every hour in which it changed, oldest first."""
    rows = connection.execute(
        select(segment_sizes)
        .where(
            segment_sizes.c.workspace_id == workspace_id,
            segment_sizes.c.segment_id == segment_id,
            segment_sizes.c.hour_us >= since_us,
        )
        .order_by(segment_sizes.c.hour_us)
    )
    return [
        SizePoint(from_micros(row.hour_us), row.size, row.n_entered, row.n_left) for row in rows
    ]


def list_all_sizes(
    connection: Connection, workspace_id: int, *, since_us: int
) -> dict[str, list[SizePoint]]:
    """Return the sizes of all segments by id."""
    found: dict[str, list[SizePoint]] = {}
    rows = connection.execute(
        select(segment_sizes)
        .where(segment_sizes.c.workspace_id == workspace_id, segment_sizes.c.hour_us >= since_us)
        .order_by(segment_sizes.c.segment_id, segment_sizes.c.hour_us)
    )
    for row in rows:
        point = SizePoint(from_micros(row.hour_us), row.size, row.n_entered, row.n_left)
        found.setdefault(row.segment_id, []).append(point)
    return found


def count_changes(connection: Connection, workspace_id: int, segment_id: str) -> int:
    """Return how many changes came after the checkpoint."""
    kept = (
        select(func.coalesce(func.max(segment_checkpoints.c.change), 0))
        .where(
            segment_checkpoints.c.workspace_id == workspace_id,
            segment_checkpoints.c.segment_id == segment_id,
        )
        .scalar_subquery()
    )
    query = select(func.count()).where(
        segment_changes.c.workspace_id == workspace_id,
        segment_changes.c.segment_id == segment_id,
        segment_changes.c.change > kept,
    )
    return int(connection.execute(query).scalar_one())


def forget_changes(
    connection: Connection, workspace_id: int, segment_id: str, *, up_to: int, before_us: int
) -> None:
    """Remove changes that a checkpoint covers, that are old and all told."""
    connection.execute(
        delete(segment_changes).where(
            segment_changes.c.workspace_id == workspace_id,
            segment_changes.c.segment_id == segment_id,
            segment_changes.c.change <= up_to,
            segment_changes.c.as_of_us < before_us,
            segment_changes.c.n_unannounced == 0,
        )
    )


def to_change(row: Any) -> Change:
    """Return the change of a row."""
    return Change(
        segment_id=row.segment_id,
        change=row.change,
        version=row.version,
        cause=row.cause,
        as_of=from_micros(row.as_of_us),
        size=row.size,
        entered=BitMap.deserialize(row.entered),
        left=BitMap.deserialize(row.left),
    )


def write_progress(
    connection: Connection, workspace_id: int, *, position: int, as_of_us: int, through_us: int
) -> None:
    """Write how far members are."""
    connection.execute(
        upsert(
            connection,
            segment_progress,
            key=["workspace_id"],
            update=["position", "as_of_us", "through_us"],
        ).values(
            workspace_id=workspace_id,
            position=position,
            as_of_us=as_of_us,
            through_us=through_us,
        )
    )


def find_progress(connection: Connection, workspace_id: int) -> Row[*tuple[Any, ...]] | None:
    """Return how far members are."""
    return connection.execute(
        select(segment_progress).where(segment_progress.c.workspace_id == workspace_id)
    ).one_or_none()
