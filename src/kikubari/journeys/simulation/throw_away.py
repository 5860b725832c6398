"""A state store that exists for one simulation."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

from kikubari.storage import Priority, metadata

T = TypeVar("T")


class ThrowAwayStore:
    """A `storage.StateStore` in memory, of one thread and one connection.

    Nobody else looks at it, so a snapshot is the store as it is, and a commit is at once: it
    costs a hundredth of one on disk.
    """

    dialect: Literal["sqlite"] = "sqlite"

    def __init__(self) -> None:
        self._engine = create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )

        @event.listens_for(self._engine, "connect")
        def _prepare(connection: Any, _record: object) -> None:
            # The driver's own transactions are switched off: BEGIN is written where it is meant.
            connection.isolation_level = None

        self._connection = self._engine.connect()
        self._is_writing = False

    def __enter__(self) -> Self:
        """Create every table."""
        self.write(metadata.create_all)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Forget everything."""
        self.close()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open the store as it is."""
        yield self._connection
        if not self._is_writing:
            self._connection.rollback()

    def write(self, work: Callable[[Connection], T], *, priority: Priority = Priority.NORMAL) -> T:
        """Run `work` in a transaction."""
        del priority
        self._connection.exec_driver_sql("BEGIN")
        self._is_writing = True
        try:
            done = work(self._connection)
        except BaseException:
            self._connection.exec_driver_sql("ROLLBACK")
            raise
        else:
            self._connection.exec_driver_sql("COMMIT")
        finally:
            self._is_writing = False
            self._connection.rollback()
        return done

    def submit(
        self,
        work: Callable[[Connection], T],
        *,
        priority: Priority = Priority.NORMAL,
        is_durable: bool = True,
    ) -> "Future[T]":
        """Run `work` in a transaction; the future has ended already."""
        del is_durable
        future: Future[T] = Future()
        try:
            future.set_result(self.write(work, priority=priority))
        except Exception as error:  # noqa: BLE001 - whatever it was, who waits for it is told
            future.set_exception(error)
        return future

    def scrub(self) -> bool:
        """Do nothing: all of it goes."""
        return True

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()
        self._engine.dispose()
