"""What the SQLite store promises beyond the common interface."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from kikubari.storage import Priority, SqliteStateStore

PAGE = b"x" * 4000


def test_one_failure_leaves_its_neighbours_alone(tmp_path: Path):
    store = SqliteStateStore(tmp_path / "a.db")
    store.write(lambda c: c.exec_driver_sql("CREATE TABLE t (n INTEGER)"))

    def insert(n: int) -> None:
        def work(connection: Connection) -> None:
            connection.exec_driver_sql("INSERT INTO t VALUES (?)", (n,))
            if n % 3 == 0:
                raise ValueError(n)

        futures.append(store.submit(work))

    futures = []
    for n in range(1, 100):
        insert(n)
    for n, future in enumerate(futures, 1):
        if n % 3 == 0:
            with pytest.raises(ValueError, match=str(n)):
                future.result()
        else:
            future.result()
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT n FROM t ORDER BY n").scalars().all()
    assert rows == [n for n in range(1, 100) if n % 3]
    store.close()


def test_the_log_beside_the_file_stays_bounded_under_steady_writing(tmp_path: Path):
    store = SqliteStateStore(tmp_path / "a.db")
    store.write(lambda c: c.exec_driver_sql("CREATE TABLE t (n INTEGER PRIMARY KEY, body BLOB)"))
    rows = [(n, PAGE) for n in range(2_000)]

    def rewrite(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT OR REPLACE INTO t VALUES (?, ?)", rows)

    written = 0
    while written < 1_200 << 20:  # more than fifteen times the length at which it begins anew
        store.submit(rewrite, priority=Priority.BACKGROUND, is_durable=False).result()
        written += len(rows) * len(PAGE)
    assert (tmp_path / "a.db-wal").stat().st_size < 600 << 20
    store.close()
    assert not (tmp_path / "a.db-wal").exists()


def test_work_that_need_not_be_durable_is_seen_at_once_and_kept(tmp_path: Path):
    store = SqliteStateStore(tmp_path / "a.db")
    store.submit(
        lambda c: c.exec_driver_sql("CREATE TABLE t (n INTEGER)"), is_durable=False
    ).result()
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0
    store.close()
    again = SqliteStateStore(tmp_path / "a.db")
    with again.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0
    again.close()


@pytest.mark.parametrize("overwrites", [True, False])
def test_what_was_deleted_is_gone_from_the_files(tmp_path: Path, overwrites: bool):
    store = SqliteStateStore(tmp_path / "a.db", overwrites=overwrites)
    store.write(lambda c: c.exec_driver_sql("CREATE TABLE t (n INTEGER PRIMARY KEY, body BLOB)"))
    store.write(lambda c: c.exec_driver_sql("INSERT INTO t VALUES (1, ?)", (b"canary" * 5_000,)))
    store.write(lambda c: c.exec_driver_sql("INSERT INTO t VALUES (2, ?)", (b"kept" * 5_000,)))
    store.write(lambda c: c.exec_driver_sql("DELETE FROM t WHERE n = 1"))
    assert _finds(tmp_path, b"canary")
    with store.read() as connection:
        connection.exec_driver_sql("SELECT n FROM t").all()
        assert not store.scrub()  # who reads an older state keeps its pages
    # Nor while the log is being copied back just then: it is for the caller to ask again.
    assert any(store.scrub() for _ in range(100))
    assert not _finds(tmp_path, b"canary")
    assert _finds(tmp_path, b"kept")
    store.close()


def _finds(folder: Path, what: bytes) -> bool:
    return any(what in path.read_bytes() for path in folder.iterdir())
