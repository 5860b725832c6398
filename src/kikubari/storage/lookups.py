"""Statements made once and asked often, past SQLAlchemy's handling of each call's parameters.

A look-up by a list of values costs SQLAlchemy some 70 µs before the database hears of it: the
statement is compared with those it knows, and its list is written out anew. Here the words are
kept for each length of list, and lengths are rounded up, so that there are few.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Row, Select

# Parameters a statement has for lists of up to so many values; SQLite allows 32,766.
_LENGTHS = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024, 2048, 3072, 4096, 5_000)

Rows = Sequence[Row[*tuple[Any, ...]]]
_Lengths = tuple[tuple[str, int], ...]


def look_up(connection: Connection, statement: Select[Any], values: Mapping[str, object]) -> Rows:
    """Return the rows of a statement that is a constant of its module.

    Args:
        connection: a snapshot or a transaction.
        statement: its parameters are bound by name, those of lists as expanding ones.
        values: by parameter, as the driver takes them (int, str, bytes, None); for an expanding
            one a list. It may be empty: nothing is among none.
    """
    lengths = tuple([(name, _length(value)) for name, value in values.items()])
    text, order, fixed = _in_words(statement, connection.dialect, lengths)
    filled: dict[str, object] = {**fixed}
    for name, length in lengths:
        value = values[name]
        if not isinstance(value, list):
            filled[name] = value
            continue
        # The last one again is nothing new to ask for, and nothing equals NULL.
        padding = [value[-1] if value else None] * (length - len(value))
        filled.update(zip(_places(name, length), value + padding, strict=True))
    parameters = filled if order is None else tuple([filled[name] for name in order])
    return connection.exec_driver_sql(text, parameters).all()


def _length(value: object) -> int:
    """Return how many parameters a list gets; 0 for what is none."""
    if not isinstance(value, list):
        return 0
    place = bisect_left(_LENGTHS, len(value))
    return _LENGTHS[place] if place < len(_LENGTHS) else len(value)


@lru_cache(maxsize=512)
def _places(name: str, length: int) -> tuple[str, ...]:
    """Return what SQLAlchemy calls the parameters of a list."""
    return tuple(f"{name}_{place}" for place in range(1, length + 1))


@lru_cache(maxsize=512)
def _in_words(
    statement: Select[Any], dialect: Dialect, lengths: _Lengths
) -> tuple[str, tuple[str, ...] | None, dict[str, Any]]:
    """Return the text, the order of its parameters if they have one, and values it brings."""
    filled = statement.params({name: [0] * length if length else 0 for name, length in lengths})
    words = filled.compile(dialect=dialect).construct_expanded_state()
    order = words.positiontup
    return words.statement, None if order is None else tuple(order), dict(words.parameters)
