"""Installations for whole runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from installation import Installation
from postgres_server import own_database


@pytest.fixture(scope="session")
def empty_database(postgres_url: str) -> Iterator[str]:
    """Address of a data base of its own on the suite's PostgreSQL."""
    with own_database(postgres_url) as address:
        yield address


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running, empty installation on the embedded engines."""
    home: Path = tmp_path_factory.mktemp("installation")
    with Installation(home / "home").served() as running:
        yield running
