"""PostgreSQL engine: the same interface on a pool of connections."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Literal, TypeVar

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from kikubari.spec.errors import InvalidInputError, UnavailableError
from kikubari.storage.state import Priority, Work

T = TypeVar("T")

_WRITERS = 8


class PostgresStateStore:
    """StateStore on PostgreSQL; the server does the group commit."""

    dialect: Literal["postgresql"] = "postgresql"

    def __init__(self, url: str) -> None:
        self._engine = create_engine(
            _driver_url(url),
            pool_size=_WRITERS + 4,
            max_overflow=16,
            pool_pre_ping=True,
            hide_parameters=True,  # they are personal data; an error's text ends up in logs
        )
        self._executor = ThreadPoolExecutor(_WRITERS, thread_name_prefix="pg-writer")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a repeatable-read snapshot."""
        with _told_apart(), self._engine.connect() as connection:
            yield connection.execution_options(isolation_level="REPEATABLE READ")
            connection.rollback()

    def write(self, work: Work[T], *, priority: Priority = Priority.NORMAL) -> T:
        """Run `work` in a transaction of its own."""
        del priority  # PostgreSQL has no single write lock to queue for
        return self._write(work, is_durable=True)

    def submit(
        self, work: Work[T], *, priority: Priority = Priority.NORMAL, is_durable: bool = True
    ) -> "Future[T]":
        """Run `work` on one of the writer threads."""
        del priority
        return self._executor.submit(self._write, work, is_durable=is_durable)

    def _write(self, work: Work[T], *, is_durable: bool) -> T:
        with _told_apart(), self._engine.begin() as connection:
            if not is_durable:
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            return work(connection)

    def close(self) -> None:
        """Finish what was submitted and close the pool."""
        self._executor.shutdown(wait=True)
        self._engine.dispose()


def _driver_url(url: str) -> str:
    """Name psycopg 3 whichever of the usual spellings the operator used."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


@contextmanager
def _told_apart() -> Iterator[None]:
    """Say of a server that is away or breaks off that it is unavailable, not that we are wrong.

    Raises:
        InvalidInputError: a value that the server has no place for, such as a NUL in a text.
        UnavailableError: the server could not be reached, or went away meanwhile.
    """
    try:
        yield
    except DataError as error:
        raise InvalidInputError(
            "a value cannot be stored: a NUL character, or a number out of range"
        ) from error
    except DBAPIError as error:
        if isinstance(error, OperationalError) or error.connection_invalidated:
            raise UnavailableError(
                f"the database could not be used: {error.orig}",
                hint="Check KIKUBARI_DATABASE_URL and the server; nothing was acknowledged.",
            ) from error
        raise
