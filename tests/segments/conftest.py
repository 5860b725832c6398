"""The generated shop, loaded once, and an engine over it."""

import uuid
from collections.abc import Iterator

import pytest
from agreement import Shop

from kikubari.storage import ColumnarStore


@pytest.fixture(scope="session")
def shop(columnar_dsn: str) -> Iterator[Shop]:
    """The shop most tests of this room share; they only read it."""
    store = ColumnarStore(columnar_dsn, database=f"test_{uuid.uuid4().hex}")
    yield Shop(store, seed=20_260_301, n_people=110)
    store.command(f"DROP DATABASE IF EXISTS {store.database} SYNC")
    store.close()
