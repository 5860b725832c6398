"""Brings a state store to the schema this version works with."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from kikubari.spec.errors import ConflictError
from kikubari.storage.state import StateStore

SCRIPTS = Path(__file__).parent / "migrations"
# Any number will do, as long as no other advisory lock of this product uses it.
_LOCK = 0x6B696B75


def migrate(store: StateStore) -> None:
    """Apply the migrations that are missing, all in one transaction.

    Processes that start together on one PostgreSQL take turns.

    Raises:
        ConflictError: a newer version worked with the store.
    """
    store.write(upgrade)


def upgrade(connection: Connection) -> None:
    """Apply the missing migrations inside the caller's transaction.

    Raises:
        ConflictError: the store's revision is none of this version's.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    config = alembic_config(connection)
    version = find_version(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise ConflictError(
            f"the data is of a newer version of Kikubari (its schema is {version})",
            hint="Start that version, or restore the back-up from before the upgrade.",
        )
    command.upgrade(config, "head")


def find_version(connection: Connection) -> str | None:
    """Return the revision a store is at, None before the first migration."""
    return MigrationContext.configure(connection).get_current_revision()


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's settings for this product's scripts."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config
