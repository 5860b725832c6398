"""The product needs tables of its own and nothing of the server: doctor says what is too much."""

import uuid

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from kikubari.storage import PostgresStateStore, SqliteStateStore, list_needless_rights, migrate

pytestmark = pytest.mark.postgres


@pytest.fixture
def modest_url(postgres_url):
    """A data base that belongs to an account with no rights on the server."""
    name = f"modest_{uuid.uuid4().hex[:12]}"
    engine = create_engine(
        postgres_url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'modest'"))
        connection.execute(text(f"CREATE DATABASE {name} OWNER {name}"))
    url = make_url(postgres_url).set(username=name, password="modest", database=name)
    yield url.render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        connection.execute(text(f"DROP ROLE {name}"))
    engine.dispose()


def test_a_modest_account_is_enough_and_can_do_no_more(modest_url):
    store = PostgresStateStore(modest_url)
    migrate(store)
    assert list_needless_rights(store) == []
    for harmful in (
        "COPY (SELECT 1) TO PROGRAM 'touch /tmp/kikubari-was-here'",
        "SELECT pg_read_file('/etc/passwd')",
        "CREATE ROLE another SUPERUSER",
    ):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be|denied"):
            store.write(lambda connection, words=harmful: connection.execute(text(words)))
    store.close()


def test_a_superuser_is_told_to_be_one(postgres_url, tmp_path):
    store = PostgresStateStore(postgres_url)
    assert "superuser" in list_needless_rights(store)
    assert "run_programs" in list_needless_rights(store)
    store.close()
    file = SqliteStateStore(tmp_path / "state.db")
    assert list_needless_rights(file) == []
    file.close()
