"""Fixtures shared by all suites."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Connection

from kikubari.storage import (
    ColumnarStore,
    PostgresStateStore,
    SqliteStateStore,
    StateStore,
    metadata,
)
from postgres_server import find_binaries, running_postgres

# No test is about how long an example takes: on a busy machine any may.
settings.register_profile("kikubari", deadline=None)
settings.load_profile("kikubari")


@pytest.fixture(scope="session")
def columnar_dsn(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of the columnar engine: one folder per process, or a server if one is named."""
    return os.environ.get("KIKUBARI_CLICKHOUSE_URL") or (
        f"chdb://{tmp_path_factory.mktemp('columnar')}"
    )


@pytest.fixture
def columnar(columnar_dsn: str) -> Iterator[ColumnarStore]:
    """A columnar store with a data base of its own."""
    name = f"test_{uuid.uuid4().hex}"
    store = ColumnarStore(columnar_dsn, database=name)
    yield store
    store.command(f"DROP DATABASE IF EXISTS {name} SYNC")
    store.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of a real PostgreSQL: the one named, else one started for this session."""
    named = os.environ.get("KIKUBARI_TEST_POSTGRES_URL")
    if named:
        yield named
        return
    binaries = find_binaries()
    if binaries is None:
        message = "PostgreSQL is not installed: apt-get install postgresql"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    # Not below pytest's own folder: that one is closed to the account PostgreSQL runs as.
    with (
        tempfile.TemporaryDirectory(prefix="kikubari-postgres-") as folder,
        running_postgres(binaries, Path(folder)) as url,
    ):
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StateStore]:
    """An empty state store with all tables, on each engine."""
    if request.param == "sqlite":
        store: StateStore = SqliteStateStore(tmp_path / "state.db")
    else:
        store = PostgresStateStore(request.getfixturevalue("postgres_url"))
        store.write(_empty_schema)
    store.write(metadata.create_all)
    yield store
    store.close()


def _empty_schema(connection: Connection) -> None:
    connection.exec_driver_sql("DROP SCHEMA public CASCADE")
    connection.exec_driver_sql("CREATE SCHEMA public")
