"""Many values at once: look-ups in statements of a size that engines take, bulk updates."""

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, bindparam, select

from kikubari.storage import look_up

# SQLite allows 32,766 parameters in one statement.
_IN_SIZE = 5_000

Rows = list[Row[*tuple[Any, ...]]]


def select_in(
    connection: Connection,
    workspace_id: int,
    columns: Sequence[Column[Any]],
    *,
    where: Column[Any],
    among: Collection[Any],
    also: Sequence[ColumnElement[bool]] = (),
) -> Rows:
    """Return the workspace's rows whose column `where` is `among` the values."""
    statement = _select_in(tuple(columns), where)
    if also:
        statement = statement.where(*also)
    found: Rows = []
    for chunk in chunks(among):
        # All at once: SQLite's driver lets other threads run, and waits for its turn, row by row.
        asked = {"b_workspace": workspace_id, "b_among": chunk}
        # A statement made for this one call is better put together than remembered.
        found += (
            connection.execute(statement, asked).all()
            if also
            else look_up(connection, statement, asked)
        )
    return found


# Made once: SQLAlchemy takes longer to put a statement together than the database to answer it.
@lru_cache(maxsize=256)
def _select_in(columns: tuple[Column[Any], ...], where: Column[Any]) -> Select[Any]:
    return select(*columns).where(
        where.table.c.workspace_id == bindparam("b_workspace"),
        where.in_(bindparam("b_among", expanding=True)),
    )


def chunks(values: Collection[Any]) -> Iterator[list[Any]]:
    """Cut values into lists that fit one statement."""
    everything = list(values)
    for start in range(0, len(everything), _IN_SIZE):
        yield everything[start : start + _IN_SIZE]


def bulk_update(
    connection: Connection,
    table: Table,
    *,
    changes: Sequence[str],
    key: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Update many rows by key, past SQLAlchemy's parameter handling as `bulk_insert` does.

    Args:
        connection: inside a transaction.
        table: target.
        changes: names of the columns to set, first in each row.
        key: names of the columns that find the row, last in each row.
        rows: values that the driver takes without conversion.
    """
    if not rows:
        return
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    quote = connection.dialect.identifier_preparer.quote
    assignments = ", ".join(f"{quote(table.c[name].name)} = {mark}" for name in changes)
    conditions = " AND ".join(f"{quote(table.c[name].name)} = {mark}" for name in key)
    # Names come from the table's own definition; values travel as parameters.
    statement = f"UPDATE {quote(table.name)} SET {assignments} WHERE {conditions}"  # noqa: S608 - see above
    connection.exec_driver_sql(statement, list(rows))
