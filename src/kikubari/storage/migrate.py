"""Brings a state store to the schema this version works with."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from kikubari.spec.errors import ConflictError
from kikubari.storage.postgres import SCHEMA_LOCK, PostgresStateStore
from kikubari.storage.state import StateStore

SCRIPTS = Path(__file__).parent / "migrations"
# Any number will do, as long as no other advisory lock of this product uses it.
_LOCK = 0x6B696B75


def migrate(store: StateStore) -> None:
    """Apply the migrations that are missing, all in one transaction.

    Processes that start together on one PostgreSQL take turns. From then on none of them lets
    another version change the schema, and none goes on if one did while it was cut off. A SQLite
    file belongs to one process by its folder's lock.

    Raises:
        ConflictError: a newer version worked with the store, or an older one is still at work.
    """
    store.write(upgrade)
    if isinstance(store, PostgresStateStore):
        store.hold_schema(store.write(find_version))


def refuse_if_outdated(store: StateStore) -> None:
    """Look whether another version changed the schema while this process was cut off.

    Raises:
        SchemaChangedError: it did; nothing was read or written since.
    """
    if isinstance(store, PostgresStateStore):
        store.refuse_if_outdated()


def upgrade(connection: Connection) -> None:
    """Apply the missing migrations inside the caller's transaction.

    Raises:
        ConflictError: the store's revision is none of this version's, or processes are at work
            with it that know no other.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    config = alembic_config(connection)
    version = find_version(connection)
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    if version is not None and version not in known:
        raise ConflictError(
            f"the data is of a newer version of Kikubari (its schema is {version})",
            hint="Start that version, or restore the back-up from before the upgrade.",
        )
    if version is not None and version != scripts.get_current_head():
        _take_schema(connection)
    command.upgrade(config, "head")


def _take_schema(connection: Connection) -> None:
    """Make sure that nobody works with the schema until the transaction ends."""
    if connection.dialect.name != "postgresql":
        return
    taken = connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({SCHEMA_LOCK})")
    if not taken.scalar():
        raise ConflictError(
            "processes of the version before are still at work with the data",
            hint="Stop all of them, then start this version again.",
        )


def find_version(connection: Connection) -> str | None:
    """Return the revision a store is at, None before the first migration."""
    return MigrationContext.configure(connection).get_current_revision()


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's settings for this product's scripts."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config
