# ruff: noqa: S608 - every piece of SQL is written here or in by_hand_postgres.sql
"""The same questions put to PostgreSQL, with the indexes they want: what a shop would use instead.

A server of its own is started from Debian's packages. It holds the events, traits and consents of a
generated home with merges resolved beforehand, which is more than a fair start, and is vacuumed, so
that indexes alone can answer. Both sides name the same people and hand them over in binary, turn by
turn. At most a quarter of the full size is loaded.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from string import Template

import numpy as np
import psycopg
from pyroaring import BitMap

from generate import FULL_SIZE, copier_of, generate
from generated_events import END_AT
from harness import Figure, Options, Report, Turns, main
from kikubari.profiles import InstanceKey, PersonKeys
from kikubari.storage import ColumnarStore, SqliteStateStore
from segments import Questions

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from postgres_server import find_binaries, running_postgres

MOST = 0.25
_REPEATS, _FEW_REPEATS = 7, 2
_SETTINGS = "-c shared_buffers=1GB -c work_mem=256MB -c jit=off -c random_page_cost=1.1"
_WHO = "dictGetOrDefault('profile_of', 'profile', toUInt64(profile), profile)"
_AT = "formatDateTime(at, '%F %T.%f+00')"
# Table: (columns in PostgreSQL, the same from the copy).
_ITEMS = "concat('{', arrayStringConcat(item_categories, ','), '}')"
_TABLES = {
    "events": (
        """type text, profile int, at timestamptz, value_minor bigint, category text,
        item_categories text[], properties jsonb""",
        f"type, {_WHO}, {_AT}, value_minor, category, {_ITEMS}, properties",
    ),
    "traits": ("name text, profile int, at timestamptz, text text", f"name, {_WHO}, {_AT}, text"),
    "consents": (
        "purpose text, channel text, profile int, at timestamptz, status text",
        f"purpose, channel, {_WHO}, {_AT}, status",
    ),
}
_INDEXES = (
    "CREATE INDEX ON events (type, at) INCLUDE (profile, value_minor)",
    "CREATE INDEX ON events (type, profile, at) INCLUDE (value_minor)",
    "CREATE INDEX ON events (type, category, at) INCLUDE (profile)",
    "CREATE INDEX ON traits (name, profile, at DESC) INCLUDE (text)",
    "CREATE INDEX ON consents (purpose, profile, at DESC) INCLUDE (channel, status)",
)
# A row of COPY's binary form: a count of fields, a length, the number.
_ROW = np.dtype([("fields", ">i2"), ("length", ">i4"), ("number", ">i4")])
_HEADER, _TRAILER = 19, 2


def run(options: Options) -> Report:
    """Measure every question that by_hand_postgres.sql has."""
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    extent = FULL_SIZE.scaled(min(options.scale, MOST))
    home = generate(options.shared, extent)
    state = SqliteStateStore(home.state)
    columnar = ColumnarStore(home.copy_dsn)
    keys = PersonKeys(InstanceKey.load_or_create(home.instance_key))
    columnar.command("SET use_query_condition_cache = 0")
    repeats = _REPEATS if options.scale >= 0.01 else _FEW_REPEATS
    try:
        questions = Questions(columnar, copier_of(state, columnar, keys).copied_position())
        with (
            tempfile.TemporaryDirectory(prefix="kikubari-postgres-") as folder,
            running_postgres(binaries, Path(folder), _SETTINGS) as url,
            psycopg.connect(url, autocommit=True) as connection,
        ):
            _load(columnar, connection)
            found = {
                name: _compare(name, sql, questions, connection, repeats)
                for name, sql in _questions().items()
            }
    finally:
        columnar.close()
        state.close()
    return Report(
        benchmark="segments_postgres",
        figures=[
            Figure(
                name=f"{len(found)} leaves together, {extent.n_events:,} events",
                value=sum(turns.median("ours") for turns in found.values()),
                unit="ms",
                baseline=sum(turns.median("postgres") for turns in found.values()),
                baseline_name="PostgreSQL",
            )
        ],
        notes=[
            f"leaf {name}: {turns.median('ours'):.1f} ms, PostgreSQL"
            f" {turns.median('postgres'):.1f} ms,"
            f" ratio {turns.median('ours') / turns.median('postgres'):.2f}"
            for name, turns in found.items()
        ],
    )


def _questions() -> dict[str, str]:
    text = (Path(__file__).parent / "by_hand_postgres.sql").read_text()
    blocks = [block.partition("\n") for block in text.split("\n\n")[1:]]
    now = f"TIMESTAMPTZ '{END_AT:%Y-%m-%d %H:%M:%S}+00'"
    return {
        name.removeprefix("-- "): Template(sql.strip().rstrip(";")).substitute(now=now)
        for name, _, sql in blocks
    }


def _load(columnar: ColumnarStore, connection: psycopg.Connection) -> None:
    for table, (columns, values) in _TABLES.items():
        connection.execute(f"CREATE TABLE {table} ({columns})")
        with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            # By people, so that no answer is larger than memory.
            for part in range(16):
                rows = columnar.query_rows(
                    f"SELECT {values} FROM {table} WHERE profile != 0 AND profile % 16 = {part}",
                    budget={"max_execution_time": 600},
                )
                for row in rows:
                    copy.write_row(row)
    for statement in (*_INDEXES, "VACUUM ANALYZE"):
        connection.execute(statement)


def _compare(
    name: str, sql: str, questions: Questions, connection: psycopg.Connection, repeats: int
) -> Turns:
    sides: list[tuple[str, Callable[[], BitMap]]] = [
        ("ours", partial(questions.ask, name)),
        ("postgres", partial(_ask, connection, sql)),
    ]
    ours, theirs = (ask() for _, ask in sides)
    if ours != theirs:
        raise SystemExit(f"{name}: {len(ours)} people, PostgreSQL {len(theirs)}")
    turns = Turns()
    for repeat in range(repeats):
        for side, ask in sides if repeat % 2 else reversed(sides):
            with turns.timed(side, time.perf_counter):
                ask()
    return turns


def _ask(connection: psycopg.Connection, sql: str) -> BitMap:
    with connection.cursor().copy(f"COPY ({sql}) TO STDOUT (FORMAT binary)") as copy:
        raw = b"".join(bytes(block) for block in copy)
    rows = np.frombuffer(raw[_HEADER:-_TRAILER], dtype=_ROW)
    return BitMap(rows["number"].astype("<u4"))


if __name__ == "__main__":
    main(run)
