"""Two transactions in each other's way: the one that is undone begins again."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, text

from kikubari.spec.errors import UnavailableError
from kikubari.storage import PostgresStateStore

pytestmark = pytest.mark.postgres
PATIENCE_SECONDS = 30


@pytest.fixture
def store(copy_postgres) -> Iterator[PostgresStateStore]:
    with copy_postgres() as url:
        opened = PostgresStateStore(url)
        opened.write(lambda c: c.execute(text("CREATE TABLE pots (id int, n int)")))
        opened.write(lambda c: c.execute(text("INSERT INTO pots VALUES (1, 0), (2, 0)")))
        yield opened
        opened.close()


def add(connection: Connection, pot: int) -> None:
    connection.execute(text("UPDATE pots SET n = n + 1 WHERE id = :pot"), {"pot": pot})


def test_both_are_done_once(store: PostgresStateStore):
    both_hold_one = threading.Barrier(2)
    attempts = []

    def work(connection: Connection, first: int, second: int) -> None:
        is_again = first in attempts
        attempts.append(first)
        add(connection, first)
        if not is_again:
            both_hold_one.wait(PATIENCE_SECONDS)
        add(connection, second)

    with ThreadPoolExecutor(2) as threads:
        done = [
            threads.submit(store.write, lambda c, pots=pots: work(c, *pots))
            for pots in ((1, 2), (2, 1))
        ]
        for one in done:
            one.result(PATIENCE_SECONDS)
    assert len(attempts) == 3
    with store.read() as connection:
        found = connection.execute(text("SELECT n FROM pots ORDER BY id")).scalars().all()
    assert found == [2, 2]


def test_of_two_that_add_the_same_the_later_one_finds_it(store: PostgresStateStore):
    store.write(lambda c: c.execute(text("CREATE UNIQUE INDEX one_each ON pots (id)")))
    both_looked = threading.Barrier(2)
    attempts = []

    def work(connection: Connection) -> str:
        found = connection.execute(text("SELECT n FROM pots WHERE id = 3")).scalar()
        attempts.append(found)
        if len(attempts) <= 2:
            both_looked.wait(PATIENCE_SECONDS)
        if found is not None:
            return "was there"
        connection.execute(text("INSERT INTO pots VALUES (3, 7)"))
        return "added"

    with ThreadPoolExecutor(2) as threads:
        done = [threads.submit(store.write, work) for _ in range(2)]
        said = sorted(one.result(PATIENCE_SECONDS) for one in done)
    assert said == ["added", "was there"]
    assert attempts == [None, None, 7]


def test_one_that_is_always_in_the_way_is_told(store: PostgresStateStore):
    n_attempts = 0

    def work(connection: Connection) -> None:
        nonlocal n_attempts
        n_attempts += 1
        connection.execute(text("DO $$ BEGIN RAISE deadlock_detected; END $$"))

    with pytest.raises(UnavailableError):
        store.write(work)
    assert n_attempts == 4
