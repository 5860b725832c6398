"""Bulk inserts that hand rows to the driver as they are."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, SmallInteger, Table

# SQLite allows 32,766 parameters in one statement, and parses a long one anew where the number of
# rows is another.
_ROWS_PER_STATEMENT = 500


def bulk_insert(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    ignore_existing: bool = False,
) -> None:
    """Insert many rows of values the driver takes without conversion (int, str, bytes, None).

    SQLAlchemy's own executemany costs some 20 µs a row in parameter handling; this costs 2-4.

    Args:
        connection: inside a transaction.
        table: target.
        columns: names of the table's columns, in the order of each row.
        rows: values.
        ignore_existing: leave rows alone whose key exists already.
    """
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(table.c[name].name) for name in columns)
    into = f"INSERT INTO {quote(table.name)} ({names}) VALUES "  # noqa: S608 - names come from a Table
    ending = " ON CONFLICT DO NOTHING" if ignore_existing else ""
    if connection.dialect.name == "postgresql":
        marks = ", ".join(["%s"] * len(columns))
        connection.exec_driver_sql(f"{into}({marks}){ending}", list(rows))
        return
    # SQLite's driver lets other threads run, and waits for its turn again, once a statement. So
    # rows share statements: with one for each, a thread that computes would hold up every row.
    one = f"({', '.join('?' * len(columns))})"
    for first in range(0, len(rows), _ROWS_PER_STATEMENT):
        chunk = rows[first : first + _ROWS_PER_STATEMENT]
        marks = ", ".join([one] * len(chunk))
        connection.exec_driver_sql(f"{into}{marks}{ending}", tuple(chain.from_iterable(chunk)))


def bulk_update(
    connection: Connection,
    table: Table,
    key: str,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Give many rows values of their own (int, str, bytes, None).

    Args:
        connection: inside a transaction.
        table: target.
        key: column that tells rows apart.
        columns: what is written.
        rows: key, then the values of `columns` in their order.
    """
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    target = quote(table.name)
    if connection.dialect.name == "postgresql":
        names = [key, *columns]
        arrays = ", ".join(f"%s::{_array_type(table, name)}[]" for name in names)
        changes = ", ".join(f"{quote(name)} = new.{quote(name)}" for name in columns)
        connection.exec_driver_sql(
            f"UPDATE {target} SET {changes} FROM unnest({arrays})"  # noqa: S608 - names come from a Table
            f" AS new({', '.join(map(quote, names))})"
            f" WHERE {target}.{quote(key)} = new.{quote(key)}",
            tuple([row[place] for row in rows] for place in range(len(names))),
        )
        return
    changes = ", ".join(f"{quote(name)} = ?" for name in columns)
    connection.exec_driver_sql(
        f"UPDATE {target} SET {changes} WHERE {quote(key)} = ?",  # noqa: S608 - names come from a Table
        [(*row[1:], row[0]) for row in rows],
    )


def _array_type(table: Table, name: str) -> str:
    kind = table.c[name].type
    if isinstance(kind, LargeBinary):
        return "bytea"
    if isinstance(kind, SmallInteger):
        return "int2"
    if isinstance(kind, BigInteger):
        return "int8"
    return "int4" if isinstance(kind, Integer) else "text"
