"""Moving SQLite's write-ahead log into the database file, beside the writer."""

import threading
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

_PAUSE_SECONDS = 1.0
# A log this long is begun anew as soon as all of it is in the database file: 64 MiB.
_LONG_LOG_PAGES = 16_384
_READERS_MILLISECONDS = 500


class Checkpointer:
    """Checkpoints in a thread of its own, so that no commit waits for one.

    SQLite's own way is that every so many pages the writer that comes next moves the log, syncs
    twice, and keeps waiting whoever wrote. Moving it on another connection keeps nobody waiting;
    only the log's return to its beginning has to be seen to by the writer, between two commits,
    when there is next to nothing left to move.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._has_commits = threading.Event()
        self._stopping = threading.Event()
        self._is_long = False
        self._thread = threading.Thread(target=self._run, name=f"checkpoint-{path.stem}")
        self._thread.daemon = True
        self._thread.start()

    def after_commit(self, connection: Connection) -> None:
        """Take note of a commit; called by the writer, outside a transaction."""
        self._has_commits.set()
        if self._is_long:
            self._is_long = False
            _checkpoint(connection)

    def close(self) -> None:
        """Stop; the last connection that closes does what is left to do."""
        self._stopping.set()
        self._has_commits.set()
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            while not self._stopping.is_set():
                self._has_commits.wait()
                self._has_commits.clear()
                self._is_long = _checkpoint(connection) >= _LONG_LOG_PAGES
                self._stopping.wait(_PAUSE_SECONDS)


def empty_log(connection: Connection) -> bool:
    """Move everything and cut the log off; return whether no reader was in the way.

    All who write wait meanwhile, so readers are waited for only briefly.
    """
    (patience,) = connection.exec_driver_sql("PRAGMA busy_timeout").one()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={_READERS_MILLISECONDS}")
    try:
        row = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
    return not row[0]


def _checkpoint(connection: Connection) -> int:
    """Move what can be moved without waiting for anybody; return the pages in the log."""
    try:
        row = connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").one()
    except DatabaseError:
        return 0  # a full disk: who commits is told so, and the log keeps everything meanwhile
    return int(row[1])
