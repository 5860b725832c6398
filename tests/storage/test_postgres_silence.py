"""A writer that falls silent, and a line that swallows everything."""

import threading
import time

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, update

from kikubari.spec.errors import UnavailableError
from kikubari.storage import PostgresStateStore

pytestmark = pytest.mark.postgres
_SILENT_SECONDS = 0.3

rows = Table("silent_rows", MetaData(), Column("id", Integer, primary_key=True))


def make_row(store: PostgresStateStore) -> None:
    def work(connection) -> None:
        connection.exec_driver_sql("DROP TABLE IF EXISTS silent_rows")
        rows.create(connection)
        connection.execute(insert(rows).values(id=1))

    store.write(work)


def test_a_writer_that_falls_silent_loses_its_locks_and_learns_of_it(postgres_url):
    """As one that was frozen or cut off in the middle of a transaction."""
    store = PostgresStateStore(postgres_url, abandoned_seconds=_SILENT_SECONDS)
    make_row(store)
    has_lock, may_wake = threading.Event(), threading.Event()

    def fall_silent(connection) -> None:
        connection.execute(update(rows).values(id=2))
        has_lock.set()
        may_wake.wait(20)

    silent = store.submit(fall_silent)
    assert has_lock.wait(20)
    store.write(lambda connection: connection.execute(update(rows).values(id=3)))
    may_wake.set()
    with pytest.raises(UnavailableError):
        silent.result(20)
    with store.read() as connection:
        assert connection.execute(select(rows.c.id)).scalar() == 3
    store.close()


def test_who_reads_may_take_their_time(postgres_url):
    store = PostgresStateStore(postgres_url, abandoned_seconds=_SILENT_SECONDS)
    make_row(store)
    with store.read() as connection:
        assert connection.execute(select(rows.c.id)).scalar() == 1
        time.sleep(3 * _SILENT_SECONDS)
        assert connection.execute(select(rows.c.id)).scalar() == 1
    store.close()


def test_a_server_that_never_answers_is_not_waited_for_long():
    # 192.0.2.0/24 is for documentation: nobody is there.
    store = PostgresStateStore("postgresql://nobody@192.0.2.1/none?connect_timeout=2")
    started = time.monotonic()
    with pytest.raises(UnavailableError):
        store.write(lambda connection: None)
    assert time.monotonic() - started < 10
    store.close()
