"""Statements about saved things and companies, sealed with the person's key."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Table, delete, select

from kikubari.profiles._kept_tables import (
    company_statements,
    device_uses,
    household_marks,
    limited_numbers,
    saved_statements,
)
from kikubari.profiles._repository.chunked import Rows, chunks
from kikubari.storage import bulk_insert

_COLUMNS = ("workspace_id", "number", "at_us", "source_id", "message_key", "body")
KEPT_TABLES = (
    saved_statements,
    company_statements,
    device_uses,
    household_marks,
    limited_numbers,
)


def insert_statements(
    connection: Connection, table: Table, rows: Sequence[tuple[object, ...]]
) -> None:
    """Append (workspace, number, at_us, source, message key, sealed body)."""
    bulk_insert(connection, table, _COLUMNS, rows, ignore_existing=True)


def list_statements(
    connection: Connection,
    table: Table,
    workspace_id: int,
    numbers: Collection[int],
    *,
    limit: int,
) -> Rows:
    """Return the newest statements of these numbers in the order in which they hold."""
    c = table.c
    found: Rows = []
    for chunk in chunks(numbers):
        found += connection.execute(
            select(table)
            .where(c.workspace_id == workspace_id, c.number.in_(chunk))
            .order_by(c.at_us.desc(), c.source_id.desc(), c.message_key.desc())
            .limit(limit)
        )
    found.sort(key=lambda row: (row.at_us, row.source_id, bytes(row.message_key)))
    return found


def delete_kept(
    connection: Connection, workspace_id: int, numbers: Collection[int]
) -> dict[str, int]:
    """Delete everything kept about these numbers; return how many rows went, by table."""
    gone: dict[str, int] = {}
    for table in KEPT_TABLES:
        for chunk in chunks(numbers):
            gone[table.name] = (
                gone.get(table.name, 0)
                + connection.execute(
                    delete(table).where(
                        table.c.workspace_id == workspace_id, table.c.number.in_(chunk)
                    )
                ).rowcount
            )
    return gone
