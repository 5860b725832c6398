"""Plants a second workspace into the stores of a stopped installation: a twin of all there is.

Every row is there twice more: once under the same key, and once under one of its own. What is
written in them in words carries a canary.
"""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, select

# The rooms declare their tables when they are imported.
from kikubari.app import house as _house  # noqa: F401 - see above
from kikubari.storage import insert_or_ignore, metadata

WORKSPACE = 2
CANARY = "zqforeigncanary"
KEY_MARK = "zqforeign-"
BEYOND = 1_000_000
# Members, keys and what they did belong to the installation; the rest is of a process or a queue.
OF_THE_INSTALLATION = {
    "access_policies", "access_tickets", "api_keys", "audit_entries", "audit_heads", "member_links",
    "members", "passkeys", "recovery_codes", "sessions", "inbox",
}  # fmt: skip
_CODE = re.compile(r"[a-z][a-z_.:0-9-]{0,40}")
_NAMED = re.compile(rb'"(name|name_ja|name_en|subject|title|label|owner|reason)":"')
_COLUMNAR = """
import sys
from kikubari.app import Settings
from kikubari.app.engines import Engines
columnar = Engines(Settings(home=sys.argv[1])).columnar
words = {"events": "type", "traits": "name", "consents": "purpose", "products": "title"}
for table, column in words.items():
    for value in (column, f"concat('%s', {column})" % sys.argv[2]):
        columnar.command(
            f"INSERT INTO {table} SELECT * REPLACE (2 AS workspace_id, {value} AS {column}) FROM "
            f"{table} WHERE workspace_id = 1"
        )
"""


def plant(home: Path, environment: Mapping[str, str]) -> None:
    """Plant it into the state store, the sandbox and the columnar copy."""
    for name in ("state", "sandbox"):
        engine = create_engine(f"sqlite:///{home / name}.db")
        with engine.begin() as connection:
            for table in tables():
                _plant(connection, table)
        engine.dispose()
    subprocess.run(
        [sys.executable, "-c", _COLUMNAR, str(home), CANARY],
        env=dict(environment), check=True, timeout=120,
    )  # fmt: skip


def tables() -> list[Table]:
    return [
        table
        for table in metadata.sorted_tables
        if "workspace_id" in table.c and table.name not in OF_THE_INSTALLATION
    ]


def foreign_rows(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything of the second workspace as it is stored."""
    engine = create_engine(f"sqlite:///{home / 'state.db'}")
    with engine.connect() as connection:
        found = {
            table.name: sorted(
                (tuple(row) for row in connection.execute(_of(table, WORKSPACE))), key=repr
            )
            for table in tables()
        }
    engine.dispose()
    return found


def _plant(connection: Connection, table: Table) -> None:
    rows = [row._asdict() for row in connection.execute(_of(table, 1))]
    keys = {column.name for column in table.primary_key} - {"workspace_id"}
    for row in rows:
        words = {name: value if name in keys else _worded(value) for name, value in row.items()} | {
            "workspace_id": WORKSPACE
        }
        elsewhere = words | {name: foreign_id(words[name]) for name in keys}
        for planted in (words, elsewhere):
            connection.execute(insert_or_ignore(connection, table), planted)


def _of(table: Table, workspace_id: int) -> Any:
    return select(table).where(table.c.workspace_id == workspace_id)


def foreign_id(value: Any) -> Any:
    """Return the key that only the second workspace has."""
    if isinstance(value, bool | bytes):
        return value
    return value + BEYOND if isinstance(value, int) else KEY_MARK + value


def _worded(value: Any) -> Any:
    if isinstance(value, bytes):
        return _NAMED.sub(rb'"\1":"' + CANARY.encode(), value) if value[:1] == b"{" else value
    if not isinstance(value, str) or not value or _CODE.fullmatch(value):
        return value
    if value[0] in "{[":
        return _NAMED.sub(rb'"\1":"' + CANARY.encode(), value.encode()).decode()
    return CANARY + value
