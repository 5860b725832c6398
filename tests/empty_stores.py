"""Empty state stores with all tables: copies of one that is made once.

Copying takes a fraction of the time that making a hundred tables does, for each of thousands of
tests and examples.
"""

import tempfile
from functools import cache
from pathlib import Path

from kikubari.storage import PostgresStateStore, SqliteStateStore, metadata


def open_empty_sqlite(path: Path) -> SqliteStateStore:
    """Make a file with the tables of every room imported so far, and open it."""
    write_empty_sqlite(path)
    return SqliteStateStore(path)


def write_empty_sqlite(path: Path) -> None:
    """Make the file alone."""
    path.write_bytes(_empty_file(len(metadata.tables)))


def fill_postgres(url: str) -> None:
    """Make those tables in a data base that is to be copied."""
    store = PostgresStateStore(url)
    store.write(metadata.create_all)
    store.close()


@cache
def _empty_file(n_tables: int) -> bytes:
    """Return the file's content; `n_tables` tells when another room has been imported."""
    del n_tables
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        store = SqliteStateStore(path)
        store.write(metadata.create_all)
        store.close()
        return path.read_bytes()
