"""Copies of SQLite files in use."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from kikubari.spec.errors import UnavailableError


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite file as of one moment, while others go on writing to it.

    What was deleted from the source is not in the copy. The copy is on the disk when this returns.

    Raises:
        UnavailableError: there is no room, or the source is damaged.
    """
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=rw", uri=True, timeout=30)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
        with closing(sqlite3.connect(target)) as connection:
            [(verdict,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        raise UnavailableError(f"{source.name} could not be copied: {error}") from error
    if verdict != "ok":
        raise UnavailableError(f"the copy of {source.name} is damaged: {verdict}")
    sync(target)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
