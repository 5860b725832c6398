"""A state store that exists for one simulation."""

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Literal, Self, TypeVar

from sqlalchemy import Connection

from kikubari.storage import Priority, SqliteStateStore, metadata

T = TypeVar("T")


class ThrowAwayStore:
    """A `storage.StateStore` in a folder that is deleted on leaving.

    No commit waits for the disk: nothing in it is worth keeping.
    """

    dialect: Literal["sqlite"] = "sqlite"

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="kikubari-simulation-")
        self._store = SqliteStateStore(Path(self._folder.name) / "state.db", overwrites=False)

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
        """Delete everything."""
        self.close()
        self._folder.cleanup()

    def read(self) -> AbstractContextManager[Connection]:
        """Open a snapshot."""
        return self._store.read()

    def write(self, work: Callable[[Connection], T], *, priority: Priority = Priority.NORMAL) -> T:
        """Run `work` in a transaction."""
        return self.submit(work, priority=priority).result()

    def submit(
        self,
        work: Callable[[Connection], T],
        *,
        priority: Priority = Priority.NORMAL,
        is_durable: bool = False,
    ) -> Future[T]:
        """Run `work` in a transaction, without waiting."""
        del is_durable
        return self._store.submit(work, priority=priority, is_durable=False)

    def scrub(self) -> bool:
        """Do nothing: the folder goes as a whole."""
        return True

    def close(self) -> None:
        """Release the files."""
        self._store.close()
