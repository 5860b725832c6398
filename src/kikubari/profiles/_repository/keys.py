"""Wrapped keys of numbers."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from kikubari.profiles._repository.chunked import bulk_update, select_in
from kikubari.profiles._tables import person_keys
from kikubari.storage import bulk_insert


def list_keys(
    connection: Connection, workspace_id: int, numbers: Collection[int]
) -> dict[int, bytes]:
    """Return the wrapped keys of those numbers that have one; empty: forgotten."""
    c = person_keys.c
    rows = select_in(connection, workspace_id, [c.number, c.wrapped], where=c.number, among=numbers)
    return {row.number: bytes(row.wrapped) for row in rows}


def insert_keys(
    connection: Connection, workspace_id: int, keys: Sequence[tuple[int, bytes]]
) -> None:
    """Store the wrapped keys of numbers that have none."""
    rows = [(workspace_id, number, wrapped) for number, wrapped in keys]
    bulk_insert(connection, person_keys, ("workspace_id", "number", "wrapped"), rows)


def forget_keys(connection: Connection, workspace_id: int, numbers: Sequence[int]) -> None:
    """Leave an empty key for each number, whether it had one or not."""
    rows = [(workspace_id, number, b"") for number in numbers]
    columns = ("workspace_id", "number", "wrapped")
    bulk_insert(connection, person_keys, columns, rows, ignore_existing=True)
    bulk_update(
        connection,
        person_keys,
        changes=["wrapped"],
        key=["workspace_id", "number"],
        rows=[(b"", workspace_id, number) for number in numbers],
    )


def list_keys_beyond(
    connection: Connection, workspace_id: int, number: int, *, limit: int
) -> list[tuple[int, bytes]]:
    """Return numbers above one with their wrapped keys, in order."""
    c = person_keys.c
    found = connection.execute(
        select(c.number, c.wrapped)
        .where(c.workspace_id == workspace_id, c.number > number)
        .order_by(c.number)
        .limit(limit)
    )
    return [(row.number, bytes(row.wrapped)) for row in found]


def update_keys(
    connection: Connection, workspace_id: int, keys: Sequence[tuple[int, bytes]]
) -> None:
    """Store other wrapped keys of numbers that have one."""
    bulk_update(
        connection,
        person_keys,
        changes=["wrapped"],
        key=["workspace_id", "number"],
        rows=[(wrapped, workspace_id, number) for number, wrapped in keys],
    )
