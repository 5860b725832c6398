"""The state store: rows in SQLite or PostgreSQL behind one small interface."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager
from enum import IntEnum
from functools import lru_cache
from typing import Any, Literal, Protocol, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

T = TypeVar("T")
Work = Callable[[Connection], T]


class Priority(IntEnum):
    """Who goes first when writers queue for SQLite's single write lock."""

    INTAKE = 0  # somebody waits for an acknowledgement
    NORMAL = 1
    BACKGROUND = 2  # catching up; may wait


class StateStore(Protocol):
    """Transactions on the store that holds the truth.

    A unit of work is a function of a connection; it is committed once, durably, when it returns,
    and leaves nothing behind when it raises.
    """

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        """Which engine this is."""
        ...

    def read(self) -> AbstractContextManager[Connection]:
        """Open a consistent snapshot for reading."""
        ...

    def write(self, work: Work[T], *, priority: Priority = Priority.NORMAL) -> T:
        """Run `work` in a transaction and return its result after the durable commit.

        Raises:
            UnavailableError: the disk is full or the database cannot be reached; nothing was
                committed.
        """
        ...

    def submit(
        self, work: Work[T], *, priority: Priority = Priority.NORMAL, is_durable: bool = True
    ) -> "Future[T]":
        """Like `write` without waiting: the future ends after the commit.

        A commit that need not be durable outlives the process, and a crash of the machine as soon
        as any later commit that is durable has succeeded: for work that can be repeated from what
        is still kept elsewhere.
        """
        ...

    def scrub(self) -> bool:
        """Take from the store's files what was deleted from its tables.

        Returns:
            Whether it is gone; else somebody is still reading, and it must be tried again. A
            database server has its own way, and time, of reusing room: there, nothing is done.

        Raises:
            UnavailableError: the disk is full or the file cannot be written just now.
        """
        ...

    def close(self) -> None:
        """Finish what was submitted and release the store."""
        ...


def insert_or_ignore(connection: Connection, table: Table) -> PostgresInsert | SqliteInsert:
    """Return an INSERT that leaves rows alone whose key exists already."""
    return _insert_or_ignore(connection.dialect.name, table)


def upsert(
    connection: Connection, table: Table, *, key: list[str], update: list[str]
) -> PostgresInsert | SqliteInsert:
    """Return an INSERT that overwrites the columns `update` where `key` exists already."""
    return _upsert(connection.dialect.name, table, tuple(key), tuple(update))


# Made once: SQLAlchemy takes longer to put a statement together than the database to run it.
@lru_cache(maxsize=128)
def _insert_or_ignore(dialect: str, table: Table) -> PostgresInsert | SqliteInsert:
    return _insert(dialect, table).on_conflict_do_nothing()


@lru_cache(maxsize=128)
def _upsert(
    dialect: str, table: Table, key: tuple[str, ...], update: tuple[str, ...]
) -> PostgresInsert | SqliteInsert:
    statement = _insert(dialect, table)
    changes: Mapping[str, Any] = {name: statement.excluded[name] for name in update}
    return statement.on_conflict_do_update(index_elements=list(key), set_=dict(changes))


def _insert(dialect: str, table: Table) -> PostgresInsert | SqliteInsert:
    if dialect == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
