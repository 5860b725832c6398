"""A migrated store is the store the rooms declare, on both engines."""

import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect

import kikubari
from kikubari.storage import PostgresStateStore, SqliteStateStore, StateStore, metadata, migrate


def declare_all_tables() -> None:
    for module in pkgutil.walk_packages(kikubari.__path__, "kikubari."):
        if module.name.endswith("._tables"):
            importlib.import_module(module.name)


def schema_of(connection: Connection) -> dict[str, object]:
    """Everything about the tables that the database can tell."""
    inspector = inspect(connection)
    schema: dict[str, object] = {}
    for table in sorted(set(inspector.get_table_names()) - {"alembic_version"}):
        columns = [(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)]
        indexes = sorted(
            (i["name"], i["column_names"], i["unique"], _texts(i.get("dialect_options") or {}))
            for i in inspector.get_indexes(table)
        )
        keys = inspector.get_pk_constraint(table)["constrained_columns"]
        uniques = sorted(str(u["column_names"]) for u in inspector.get_unique_constraints(table))
        schema[table] = (columns, indexes, keys, uniques)
    if connection.dialect.name == "sqlite":
        schema["sql"] = sorted(
            " ".join(row.sql.split()).replace('"', "")
            for row in connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql NOT NULL"
            )
        )
    return schema


def _texts(options: Mapping[str, object]) -> list[tuple[str, str]]:
    return sorted((name, str(value)) for name, value in options.items())


def open_empty(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, name: str
) -> StateStore:
    if engine == "sqlite":
        return SqliteStateStore(tmp_path / f"{name}.db")
    store = PostgresStateStore(request.getfixturevalue("postgres_url"))
    store.write(lambda c: c.exec_driver_sql("DROP SCHEMA public CASCADE"))
    store.write(lambda c: c.exec_driver_sql("CREATE SCHEMA public"))
    return store


@pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def test_migrations_make_what_the_rooms_declare(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
):
    declare_all_tables()
    store = open_empty(engine, request, tmp_path, "declared")
    store.write(metadata.create_all)
    declared = store.write(schema_of)
    store.close()
    store = open_empty(engine, request, tmp_path, "migrated")
    migrate(store)
    migrate(store)
    assert store.write(schema_of) == declared
    difference = store.write(lambda c: compare_metadata(MigrationContext.configure(c), metadata))
    store.close()
    assert difference == []
