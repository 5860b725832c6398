"""Installations for whole runs."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from installation import Installation


@pytest.fixture(scope="session")
def empty_database(postgres_url: str) -> Iterator[str]:
    """Address of a data base of its own on the suite's PostgreSQL."""
    name = f"e2e_{uuid.uuid4().hex}"
    address = make_url(postgres_url).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running, empty installation on the embedded engines."""
    home: Path = tmp_path_factory.mktemp("installation")
    with Installation(home / "home").served() as running:
        yield running
