"""SQLite engine: one writer thread with group commit, readers on connections of their own."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, PriorityQueue
from typing import Any, Literal, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool

from kikubari.spec.errors import UnavailableError
from kikubari.storage._checkpoints import Checkpointer, empty_log
from kikubari.storage.state import Priority, Work

T = TypeVar("T")

# Units of work that share one fsync. Large enough to amortise it, small enough that the first
# of them is not kept waiting.
GROUP_SIZE = 256
# Of the writer, whose working set is the upper part of every index; readers come and go, and have
# the operating system's cache.
_WRITER_CACHE_KIBIBYTES = 131_072
_READER_CACHE_KIBIBYTES = 8_192
_STOP_ORDER = 99


class _Unit(NamedTuple):
    """A unit of work and who waits for it."""

    work: Work[Any]
    future: Future[Any]
    is_durable: bool


# (priority, order of arrival, work; None is the end)
_Queued = tuple[int, int, _Unit | None]


class SqliteStateStore:
    """StateStore on one SQLite file in WAL mode with synchronous=FULL.

    All writes pass through one thread, ordered by priority. Units of work that share a commit
    have a savepoint each, so one that fails does not take its neighbours with it.

    Args:
        path: of the file.
        overwrites: what is deleted is overwritten at once; else `scrub` does it, which suits a
            store through which much passes and little stays.
    """

    dialect: Literal["sqlite"] = "sqlite"

    def __init__(self, path: Path, *, overwrites: bool = True) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._overwrites = overwrites
        self._engine = _create_engine(path, overwrites=overwrites)
        self._queue: PriorityQueue[_Queued] = PriorityQueue()
        self._order = itertools.count()
        self._is_durable = True
        self._closed = False
        self._checkpointer = Checkpointer(self._engine, path)
        self._writer = threading.Thread(target=self._write_loop, name=f"writer-{path.stem}")
        self._writer.daemon = True
        self._writer.start()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a snapshot that later commits do not change.

        Raises:
            UnavailableError: the file cannot be read just now.
        """
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("BEGIN")
                try:
                    yield connection
                finally:
                    connection.rollback()
        except OperationalError as error:
            raise UnavailableError(
                f"the state store could not be read: {error.orig}",
                hint="Free disk space or check the data folder.",
            ) from error

    def write(self, work: Work[T], *, priority: Priority = Priority.NORMAL) -> T:
        """Run `work` on the writer thread and wait for its durable commit."""
        return self.submit(work, priority=priority).result()

    def submit(
        self, work: Work[T], *, priority: Priority = Priority.NORMAL, is_durable: bool = True
    ) -> "Future[T]":
        """Queue `work` for the writer thread."""
        future: Future[T] = Future()
        if self._closed:
            future.set_exception(UnavailableError("the state store is closed"))
            return future
        self._queue.put((priority, next(self._order), _Unit(work, future, is_durable)))
        return future

    def scrub(self) -> bool:
        """Write the file anew unless it holds nothing deleted, then empty the write-ahead log."""
        try:
            with self._engine.connect() as connection:
                if not self._overwrites:
                    connection.exec_driver_sql("VACUUM")
                return empty_log(connection)
        except DatabaseError as error:
            raise _unavailable(error) from error

    def close(self) -> None:
        """Write what is queued, then stop."""
        if not self._closed:
            self._closed = True
            self._queue.put((_STOP_ORDER, next(self._order), None))
            self._writer.join()
            self._checkpointer.close()
            self._engine.dispose()

    def _write_loop(self) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA cache_size=-{_WRITER_CACHE_KIBIBYTES}")
            while True:
                group, stopping = self._next_group()
                if group:
                    self._commit_group(connection, group)
                    self._checkpointer.after_commit(connection)
                if stopping:
                    return

    def _next_group(self) -> tuple[list[_Unit], bool]:
        """Wait for one unit of work and take along what is queued behind it.

        Background work is committed by itself: intake that arrives meanwhile waits for one unit
        of it, never for a whole group.
        """
        priority, order, unit = self._queue.get()
        group: list[_Unit] = []
        while unit is not None:
            if unit.future.set_running_or_notify_cancel():
                group.append(unit)
            if priority == Priority.BACKGROUND or len(group) >= GROUP_SIZE:
                return group, False
            try:
                priority, order, unit = self._queue.get_nowait()
            except Empty:
                return group, False
            if unit is not None and priority == Priority.BACKGROUND and group:
                self._queue.put((priority, order, unit))
                return group, False
        return group, True

    def _set_durable(self, connection: Connection, *, is_durable: bool) -> None:
        """Say whether commits from here on sync the log, and all that was written before them."""
        if is_durable is not self._is_durable:
            connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if is_durable else 'NORMAL'}")
            self._is_durable = is_durable

    def _commit_group(self, connection: Connection, group: list[_Unit]) -> None:
        try:
            self._set_durable(connection, is_durable=any(unit.is_durable for unit in group))
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            run = _run_alone if len(group) == 1 else _run_beside_others
            outcomes = [(unit.future, *run(connection, unit.work)) for unit in group]
            connection.commit()
        except DatabaseError as error:
            connection.rollback()
            failure = _unavailable(error)
            for unit in group:
                unit.future.set_exception(failure)
            return
        for future, result, problem in outcomes:
            if problem is None:
                future.set_result(result)
            else:
                future.set_exception(problem)


def _run_alone(connection: Connection, work: Work[Any]) -> tuple[Any, BaseException | None]:
    """Run the only work of a transaction: no savepoint, which would copy each page it changes."""
    try:
        return work(connection), None
    except OperationalError:
        raise  # disk full or I/O error
    except BaseException as error:  # noqa: BLE001 - handed to whoever waits on the future
        connection.exec_driver_sql("ROLLBACK")
        return None, error


def _run_beside_others(connection: Connection, work: Work[Any]) -> tuple[Any, BaseException | None]:
    connection.exec_driver_sql("SAVEPOINT unit")
    try:
        result = work(connection)
    except OperationalError:
        raise  # disk full or I/O error: SQLite may have rolled back the whole transaction
    except BaseException as error:  # noqa: BLE001 - handed to whoever waits on the future
        connection.exec_driver_sql("ROLLBACK TO unit")
        connection.exec_driver_sql("RELEASE unit")
        return None, error
    connection.exec_driver_sql("RELEASE unit")
    return result, None


def _create_engine(path: Path, *, overwrites: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=32,
        hide_parameters=True,  # they are personal data; an error's text ends up in logs
        connect_args={"check_same_thread": False, "timeout": 30, "cached_statements": 512},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # The driver's own transaction handling is switched off: BEGIN is written where it is meant.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"cache_size=-{_READER_CACHE_KIBIBYTES}",
            "temp_store=MEMORY",
            "foreign_keys=ON",
            # What was erased is not to be read in free pages either.
            f"secure_delete={'ON' if overwrites else 'OFF'}",
            "journal_size_limit=268435456",
            "wal_autocheckpoint=0",  # the Checkpointer sees to it
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _unavailable(error: DatabaseError) -> UnavailableError:
    return UnavailableError(
        f"the state store could not commit: {error.orig}",
        hint="Free disk space or check the data folder; nothing was acknowledged.",
    )
