"""An upgrade that is killed at any statement leaves nothing behind, and the next one is whole."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

N_KILLS = 5
_UPGRADE = """
import itertools, os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from kikubari.storage import SqliteStateStore, migrate

store = SqliteStateStore(Path(sys.argv[1]))
deadly, counting = int(sys.argv[2]), itertools.count(1)
passed = 0

@event.listens_for(Engine, "before_cursor_execute")
def pass_by(*_):
    global passed
    passed = next(counting)
    if passed == deadly:
        os.kill(os.getpid(), signal.SIGKILL)

migrate(store)
print(passed)
store.close()
"""


def upgrade(database: Path, *, deadly: int = 0) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", _UPGRADE, str(database), str(deadly)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def list_schema(database: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


@pytest.mark.slow
def test_an_upgrade_killed_at_any_statement_is_done_whole_by_the_next(tmp_path: Path):
    undisturbed, killed = tmp_path / "undisturbed.db", tmp_path / "killed.db"
    n_statements = int(upgrade(undisturbed).stdout)
    assert n_statements > 10 * N_KILLS
    for kill in range(N_KILLS):  # the last statements may follow the commit
        done = upgrade(killed, deadly=1 + n_statements * kill // N_KILLS)
        assert done.returncode == -signal.SIGKILL
        assert list_schema(killed) == []
    assert upgrade(killed).returncode == 0
    assert list_schema(killed) == list_schema(undisturbed)
