"""One statement for many rows, past SQLAlchemy's handling of each row's parameters.

That costs some 20 µs a row, of which the worker writes four for each message. SQLite's driver lets
other threads run, and waits for its turn again, once a row: there, rows share a statement.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Update

Statement = Insert | Update | Delete
# SQLite parses a statement anew for each number of rows; and takes 32,766 parameters.
_ROWS_AT_ONCE = 200


def execute_many(
    connection: Connection, statement: Statement, rows: Sequence[Mapping[str, object]]
) -> None:
    """Run a statement made once for each of the rows, in the caller's transaction.

    Args:
        connection: inside a transaction.
        statement: a constant of its module: it is put into words once. An insert, or an update of
            one row found by its key.
        rows: values by parameter that the driver takes without conversion (int, str, bytes,
            float, None), all with the same names, and no two of them about the same row.
    """
    if not rows:
        return
    text, names, fixed = _in_words(statement, connection.dialect, tuple(rows[0]))
    if names is None:
        connection.exec_driver_sql(text, [{**fixed, **row} for row in rows])
        return
    filled = [tuple([row[n] if n in row else fixed[n] for n in names]) for row in rows]
    if isinstance(statement, Delete):
        connection.exec_driver_sql(text, filled)
        return
    for first in range(0, len(filled), _ROWS_AT_ONCE):
        some = filled[first : first + _ROWS_AT_ONCE]
        shared = _in_words_of_rows(text, names, len(some))
        connection.exec_driver_sql(shared, tuple(chain.from_iterable(some)))


@lru_cache(maxsize=64)
def _in_words(
    statement: Statement, dialect: Dialect, names: tuple[str, ...]
) -> tuple[str, tuple[str, ...] | None, dict[str, Any]]:
    """Return the text, the order of its parameters if they have one, and values it brings."""
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    order = compiled.positiontup
    return str(compiled), None if order is None else tuple(order), dict(compiled.params)


@lru_cache(maxsize=512)
def _in_words_of_rows(text: str, names: tuple[str, ...], n_rows: int) -> str:
    """Return a statement about one row as one about several, their values one after the other.

    An insert gets more rows of values. In an update the rows become a table of their own, and
    stand where the parameters stood.
    """
    row = f"({', '.join('?' * len(names))})"
    rows = ", ".join([row] * n_rows)
    if text.startswith("INSERT"):
        return text.replace(f"VALUES {row}", f"VALUES {rows}")
    change, _, condition = text.partition(" WHERE ")
    pieces = f"{change} FROM new WHERE {condition}".split("?")
    named = "".join([f"{piece}new.{name}" for piece, name in zip(pieces, names, strict=False)])
    return f"WITH new ({', '.join(names)}) AS (VALUES {rows}) {named}{pieces[-1]}"
