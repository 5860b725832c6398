"""Fixtures shared by all suites."""

import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from empty_stores import fill_postgres, write_empty_sqlite
from kikubari.storage import (
    ColumnarStore,
    PostgresStateStore,
    SqliteStateStore,
    StateStore,
    metadata,
)
from postgres_server import find_binaries, own_database, running_postgres

CopyDatabase = Callable[[], AbstractContextManager[str]]
OpenState = Callable[[], StateStore]

# No test is about how long an example takes: on a busy machine any may.
settings.register_profile("kikubari", deadline=None)
settings.load_profile("kikubari")
# Where Hypothesis keeps what a test asked for; `settings` has no public way to change it later.
_HELD = "_hypothesis_internal_use_settings"


class SharedByFolder:
    """Ends what a folder's tests share after the last of them: an idle server takes time too.

    Pytest has no scope between a module and the whole session for folders that are no packages.
    """

    def __init__(self) -> None:
        self._shared: list[tuple[pytest.FixtureDef[object], Any]] = []

    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object], request: Any) -> None:
        if fixturedef.scope == "session" and isinstance(fixturedef.node, pytest.Dir):
            self._shared.append((fixturedef, request))

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        folder = item.path.parent
        if nextitem is None or nextitem.path.parent == folder:
            return
        ended = [one for one in self._shared if one[0].node.path == folder]
        self._shared = [one for one in self._shared if one not in ended]
        for fixture, request in reversed(ended):
            fixture.finish(request)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """At night each rule gets so many times its cases: KIKUBARI_NIGHT=20."""
    times = int(os.environ.get("KIKUBARI_NIGHT", "1"))
    if times == 1:
        return
    machines = {item.parent.obj for item in items if _is_machine(item)}
    for machine in machines:
        machine.settings = settings(machine.settings, max_examples=_more(machine.settings, times))
    for function in {getattr(item, "obj", None) for item in items if not _is_machine(item)}:
        if held := getattr(function, _HELD, None):
            setattr(function, _HELD, settings(held, max_examples=_more(held, times)))


def _is_machine(item: pytest.Item) -> bool:
    kind = getattr(item.parent, "obj", None)
    return isinstance(kind, type) and isinstance(getattr(kind, "settings", None), settings)


def _more(held: settings, times: int) -> int:
    return held.max_examples * times


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(SharedByFolder())  # a conftest's own hooks see no session


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


@pytest.fixture(scope="session")
def copy_postgres(postgres_url: str) -> Iterator[CopyDatabase]:
    """Make a data base of one's own with the tables of every room imported so far."""
    with ExitStack() as originals:

        @cache
        def original(n_tables: int) -> str:
            del n_tables  # tells when another room has been imported
            url = originals.enter_context(own_database(postgres_url))
            fill_postgres(url)
            return url

        yield lambda: own_database(postgres_url, original(len(metadata.tables)))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def open_state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenState]:
    """On each engine, open a state store that has all tables and was empty: often, if need be."""
    if request.param == "sqlite":
        path = tmp_path / "state.db"
        write_empty_sqlite(path)
        yield lambda: SqliteStateStore(path)
    else:
        copy: CopyDatabase = request.getfixturevalue("copy_postgres")
        with copy() as url:
            yield lambda: PostgresStateStore(url)


@pytest.fixture
def state(open_state: OpenState) -> Iterator[StateStore]:
    """An empty state store with all tables, on each engine."""
    store = open_state()
    yield store
    store.close()
