"""An upgrade of a filled store that is killed at any statement is done whole by the next start.

There is one migration so far. A second one stands in for the next release's: it changes a table
with thousands of people's rows in it, makes another out of them, and indexes both.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kikubari.storage.migrate import SCRIPTS
from postgres_server import own_database

PEOPLE = 5_000
_NEXT = '''
"""The next release's."""
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("identifiers", sa.Column("is_known", sa.Integer, server_default="0"))
    op.execute("UPDATE identifiers SET is_known = number % 2")
    op.create_table(
        "seen_people",
        sa.Column("number", sa.BigInteger, primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
    )
    op.execute("INSERT INTO seen_people SELECT number, is_known FROM identifiers")
    op.create_index("seen_people_by_n", "seen_people", ["n"])
    op.create_index("identifiers_by_known", "identifiers", ["is_known"])
    op.execute("UPDATE seen_people SET n = n + 1")
'''
# Each attempt is a process of its own, forked before any store is open.
_UPGRADES = '''
import hashlib, itertools, json, os, signal, sys, traceback
from pathlib import Path
from sqlalchemy import Engine, event, text
from kikubari.storage import PostgresStateStore, SqliteStateStore, migrate as upgrade
from kikubari.storage.migrate import find_version

place, people, scripts = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def open_store():
    return PostgresStateStore(place) if "://" in place else SqliteStateStore(Path(place))


def forked(work):
    """Return (signal that ended it, what it returned)."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(writing, json.dumps(work()).encode())
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    said = os.read(reading, 60_000)
    assert not os.WEXITSTATUS(status), 'an upgrade failed by itself'
    os.close(reading)
    return os.WTERMSIG(status), json.loads(said) if said else None


def fill():
    store = open_store()
    upgrade(store)
    rows = [
        {"workspace_id": 1, "number": n, "key": n.to_bytes(16, "big"), "kind": "user_id",
         "value": f"u{n}", "rank": 1, "profile": n, "first_seen_us": n, "first_source_id": 1,
         "first_message_key": n.to_bytes(16, "big")}
        for n in range(1, people + 1)
    ]
    from kikubari.profiles._tables import identifiers
    known = {column.name for column in identifiers.columns}
    rows = [{name: value for name, value in row.items() if name in known} for row in rows]
    for column in identifiers.columns:
        if not column.nullable and column.name not in rows[0]:
            blank = b"" if "Binary" in type(column.type).__name__ else 0
            rows = [{**row, column.name: blank} for row in rows]
    store.write(lambda c: c.execute(identifiers.insert(), rows))
    store.close()


def look():
    """Return version and a digest of what the tables hold; a changed table has another one."""
    store = open_store()
    with store.read() as c:
        rows = c.execute(text("SELECT * FROM identifiers ORDER BY number")).all()
        digest = hashlib.sha256(repr([tuple(map(bytes_of, row)) for row in rows]).encode())
        found = [find_version(c), len(rows), digest.hexdigest()]
    store.close()
    return found


def bytes_of(value):
    return bytes(value) if isinstance(value, memoryview) else value


def attempt(deadly):
    counting = itertools.count(1)

    def work():
        # The package has a function of the module's name.
        sys.modules["kikubari.storage.migrate"].SCRIPTS = Path(scripts)
        store = open_store()

        @event.listens_for(Engine, "before_cursor_execute")
        def pass_by(*_):
            if next(counting) == deadly:
                os.kill(os.getpid(), signal.SIGKILL)

        upgrade(store)
        store.close()

    return forked(work)[0]


forked(fill)
before = forked(look)[1]
found, deadly = [], 0
while True:
    deadly += 1
    if attempt(deadly) == 0:
        break
    found.append(forked(look)[1])
after = forked(look)[1]


def refused():
    """What the release before says of the store."""
    store = open_store()
    try:
        upgrade(store)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


print(json.dumps({"before": before, "killed": found, "after": after, "old": forked(refused)[1]}))
'''


@pytest.mark.slow
@pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def test_a_filled_store_is_as_before_or_as_after_and_the_release_before_says_so(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    scripts = tmp_path / "migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    [first] = (scripts / "versions").glob("0*.py")
    [revision] = re.findall(r'^revision.* = "(\w+)"', first.read_text(), re.MULTILINE)
    (scripts / "versions" / "0002_next.py").write_text(_NEXT.replace("{before}", revision))
    if engine == "sqlite":
        found = upgrades(str(tmp_path / "state.db"), scripts)
    else:
        with own_database(request.getfixturevalue("postgres_url")) as url:
            found = upgrades(url, scripts)
    assert found["before"][:2] == [revision, PEOPLE]
    assert len(found["killed"]) >= 7
    assert found["after"][:2] == ["0002", PEOPLE]
    for one in found["killed"]:
        assert one in (found["before"], found["after"])
    assert found["killed"][0] == found["before"]
    assert found["old"].startswith("ConflictError: the data is of a newer version of Kikubari")


def upgrades(place: str, scripts: Path) -> dict:
    command = [sys.executable, "-c", _UPGRADES, place, str(PEOPLE), str(scripts)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr[-3_000:]
    return json.loads(done.stdout)
