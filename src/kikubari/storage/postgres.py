"""PostgreSQL engine: the same interface on a pool of connections."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

from psycopg.errors import DeadlockDetected, UniqueViolation
from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError

from kikubari.spec.errors import InvalidInputError, SchemaChangedError, UnavailableError
from kikubari.storage.state import Priority, Work

T = TypeVar("T")

_WRITERS = 8
# A network that swallows everything says nothing: without these, a connection to a server that
# is gone waits for hours. Whatever the address sets itself, counts.
_LINE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 14_000,  # milliseconds
}
# A process that froze, or is cut off, in the middle of a transaction holds its locks for so long.
_ABANDONED_SECONDS = 15.0
# Of two that wait for each other's locks the server undoes one, as if it had not begun; and of two
# that looked for a row before either had added it, the later one. It begins again, and finds what
# the other did. More often in a row than this is no accident.
_COLLISIONS_BORNE = 3
# Every connection of a process at work shares this advisory lock for as long as it lives; who
# changes the schema needs it alone.
SCHEMA_LOCK = 0x6B696B76


class PostgresStateStore:
    """StateStore on PostgreSQL; the server does the group commit.

    Args:
        url: of the database.
        abandoned_seconds: a write that has said nothing to the server for so long is rolled back.
    """

    dialect: Literal["postgresql"] = "postgresql"

    def __init__(self, url: str, *, abandoned_seconds: float = _ABANDONED_SECONDS) -> None:
        address = make_url(_driver_url(url))
        self._engine = create_engine(
            address,
            connect_args={name: v for name, v in _LINE.items() if name not in address.query},
            pool_size=_WRITERS + 4,
            max_overflow=16,
            pool_pre_ping=True,
            hide_parameters=True,  # they are personal data; an error's text ends up in logs
        )
        self._abandoned_seconds = abandoned_seconds
        self._schema: str | None = None
        self._outdated: SchemaChangedError | None = None
        event.listen(self._engine, "connect", self._prepare)
        self._executor = ThreadPoolExecutor(_WRITERS, thread_name_prefix="pg-writer")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a repeatable-read snapshot."""
        with _told_apart(), self._engine.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ")
            # Who reads holds nobody up, and may take the time to work on what was read.
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield connection
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
        with _told_apart():
            for _ in range(_COLLISIONS_BORNE):
                try:
                    return self._transact(work, is_durable=is_durable)
                except (OperationalError, IntegrityError) as error:
                    if not isinstance(error.orig, DeadlockDetected | UniqueViolation):
                        raise
            return self._transact(work, is_durable=is_durable)

    def _transact(self, work: Work[T], *, is_durable: bool) -> T:
        with self._engine.begin() as connection:
            if not is_durable:
                connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            return work(connection)

    def hold_schema(self, version: str | None) -> None:
        """Work with this revision of the schema alone, from here on.

        While this process has a connection nobody changes the schema; and a connection that it
        opens after somebody did, having lost its own, is of no use: `SchemaChangedError`.
        """
        if version != self._schema:
            self._schema = version
            self._engine.dispose()

    def refuse_if_outdated(self) -> None:
        """Say whether it was noticed that the schema is another one.

        Raises:
            SchemaChangedError: it is; nothing was read or written since.
        """
        if self._outdated is not None:
            raise self._outdated

    def scrub(self) -> bool:
        """Leave it to the server's vacuum."""
        return True

    def close(self) -> None:
        """Finish what was submitted and close the pool."""
        self._executor.shutdown(wait=True)
        self._engine.dispose()

    def _prepare(self, connection: Any, _record: object) -> None:
        """Have the server end transactions of clients that fell silent; keep the schema as it is.

        Raises:
            SchemaChangedError: it is another one already.
            UnavailableError: it is being changed just now.
        """
        milliseconds = int(self._abandoned_seconds * 1_000)
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET idle_in_transaction_session_timeout = {milliseconds}")
                if self._schema is not None:
                    self._share_schema(cursor)
            connection.commit()
        except BaseException:
            connection.close()  # its share of the lock, too
            raise

    def _share_schema(self, cursor: Any) -> None:
        cursor.execute(f"SELECT pg_try_advisory_lock_shared({SCHEMA_LOCK})")
        if not cursor.fetchone()[0]:
            raise UnavailableError("the data is being upgraded", hint="Stop this process.")
        cursor.execute("SELECT version_num FROM alembic_version")
        [found] = cursor.fetchone() or ("none",)
        if found != self._schema:
            self._outdated = SchemaChangedError(
                f"the data has another schema now ({found}) than this process works with "
                f"({self._schema})",
                hint="Stop this process and start the version that made the upgrade.",
            )
            raise self._outdated


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
