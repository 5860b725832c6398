# ruff: noqa: S608 - every piece of SQL is written here or in generated_events
"""Fill a home with millions of events, in the log and its copy, in minutes.

Both are written directly, past intake and sequencer, from one view of the columnar engine (see
`generated_events`), and are what those would have made: bodies are sealed with real person keys,
`Copier.check` finds log and copy equal, and a rebuilt copy has the same rows. Identifiers, moves
and counters are there too, so that more events can come in. Not written: what profiles keep about
traits, names and consent (`trait_versions`, `profile_names`, `consent_entries`), which no
benchmark on such a home reads.
"""

import argparse
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np
from sqlalchemy import Connection, Table, create_engine

from generated_events import (
    CONSENTS_SQL,
    CURRENCY,
    DEVICE_EVERY,
    EVENTS_SQL,
    FIRST_AT,
    LOG_SQL,
    MESSAGE_KEYS,
    TRAITS_SQL,
    Extent,
    anonymous_id,
    message_id,
    user_id,
    view_sql,
)
from kikubari.events import Copier, EventLog, RangeEncoder, message_key
from kikubari.events._index_repository import index_keys, index_places, move_indexed
from kikubari.kit.instants import to_micros
from kikubari.profiles import Identifier, IdentityNumbering, InstanceKey, PersonKeys
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, SqliteStateStore, bulk_insert, metadata, migrate

FULL_SIZE = Extent(n_events=20_000_000, n_profiles=1_000_000)
# Events made, sealed and written at a time: some 300 MB.
_CHUNK = 250_000
# However busy the machine is, and whoever stops it for a while.
_UNHURRIED = {"max_execution_time": 3_600}
_EVENT_COLUMNS = (
    "workspace_id", "position", "number", "source_id", "message_key", "type", "occurred_us",
    "received_us", "body",
)  # fmt: skip
_COPIES = {"events": EVENTS_SQL, "traits": TRAITS_SQL, "consents": CONSENTS_SQL}
# Makes a new kind of data set never pass for an old one that was kept.
_VERSION = 1


class Home(msgspec.Struct, frozen=True):
    """Where a data folder keeps what, as the server lays it out."""

    folder: Path

    @property
    def state(self) -> Path:
        """The log."""
        return self.folder / "state.db"

    @property
    def intake(self) -> Path:
        """Acknowledged batches."""
        return self.folder / "intake.db"

    @property
    def copy_dsn(self) -> str:
        """The columnar copy."""
        return f"chdb://{self.folder / 'copy'}"

    @property
    def instance_key(self) -> Path:
        """What person keys are wrapped with."""
        return self.folder / "keys" / "instance.key"


def generate(shared: Path, extent: Extent) -> Home:
    """Return a home with a data set of this extent, made unless it is there already.

    Args:
        shared: folder that holds the homes of all extents.
        extent: how much of it.
    """
    home = Home(shared / f"home-{extent.n_profiles}-{extent.n_events}-v{_VERSION}")
    mark = home.folder / "generated"
    if not mark.exists():
        shutil.rmtree(home.folder, ignore_errors=True)  # one that was begun and not finished
        _Generator(home, extent).run()
        mark.touch()
    return home


class _Generator:
    def __init__(self, home: Home, extent: Extent) -> None:
        self._home = home
        self._extent = extent
        for path in (home.state, home.intake):
            store = SqliteStateStore(path)
            migrate(store)
            store.close()
        self._keys = PersonKeys(InstanceKey.load_or_create(home.instance_key))
        self._columnar = ColumnarStore(home.copy_dsn)
        self._beside = ThreadPoolExecutor(1)

    def run(self) -> None:
        """Write everything, then order it as it would lie after a while."""
        started = time.monotonic()
        self._prepare_copy()
        with _bulk_connection(self._home.state) as connection:
            _without_indexes(connection, create=False)
            self._write_identity(connection)
            for first in range(1, self._extent.n_events + 1, _CHUNK):
                last = min(self._extent.n_events, first + _CHUNK - 1)
                keys = self._draw(first, last)
                # The engine works outside the interpreter's lock.
                copied = self._beside.submit(self._write_copy)
                self._write_log(connection, first, keys)
                copied.result()
                seconds = time.monotonic() - started
                print(f"  {last:,} events, {last / seconds:,.0f}/s", end="\r", flush=True)
            self._write_marks(connection)
            print(f"\n  indexes, after {time.monotonic() - started:.0f} s", flush=True)
            _without_indexes(connection, create=True)
            self._index_log(connection)
        print(f"  merges, after {time.monotonic() - started:.0f} s", flush=True)
        self._finish_copy()
        print(f"  generated in {time.monotonic() - started:.0f} s", flush=True)

    def _prepare_copy(self) -> None:
        state = SqliteStateStore(self._home.state)
        copier_of(state, self._columnar, self._keys).prepare()
        state.close()
        self._columnar.command(MESSAGE_KEYS)
        self._columnar.command(view_sql(self._extent))

    def _draw(self, first: int, last: int) -> list[bytes]:
        """Let the view show the events of these positions; return their message keys."""
        keys = [message_key(message_id(position)) for position in range(first, last + 1)]
        short = np.frombuffer(b"".join(keys), dtype=">u8")[::2].astype("<u8")
        self._columnar.command("TRUNCATE TABLE message_keys")
        positions = np.arange(first, last + 1, dtype="<u8")
        self._columnar.insert(
            "message_keys", ("position", "message_key"), [positions.tolist(), short.tolist()]
        )
        return keys

    def _write_log(self, connection: Connection, first: int, keys: list[bytes]) -> None:
        rows = self._columnar.query_rows(LOG_SQL, budget=_UNHURRIED)
        numbers = [row[0] for row in rows]
        sealed = self._keys.seal(connection, numbers, [row[5].encode() for row in rows])
        bulk_insert(
            connection,
            metadata.tables["events"],
            _EVENT_COLUMNS,
            [
                (DEFAULT_WORKSPACE, first + i, number, source_id, keys[i], name, at, received, body)
                for i, ((number, source_id, name, at, received, _), body) in enumerate(
                    zip(rows, sealed, strict=True)
                )
            ],
        )
        bulk_insert(
            connection,
            metadata.tables["copy_ranges"],
            ("workspace_id", "first", "last", "is_done"),
            [(DEFAULT_WORKSPACE, first, first + len(rows) - 1, 1)],
        )

    def _write_copy(self) -> None:
        for table, sql in _COPIES.items():
            self._columnar.command(f"INSERT INTO {table} SELECT * FROM ({sql})")

    def _write_identity(self, connection: Connection) -> None:
        """Give everybody a number and a key, and devices their people."""
        people, total = self._extent.n_profiles, self._extent.n_numbers
        for first in range(1, total + 1, _CHUNK):
            numbers = range(first, min(total, first + _CHUNK - 1) + 1)
            self._keys.seal(connection, numbers, [b""] * len(numbers))
            bulk_insert(
                connection,
                metadata.tables["identifiers"],
                _IDENTIFIER_COLUMNS,
                [_identifier_row(number, people) for number in numbers],
            )
        moved = [(n, (n - people) * DEVICE_EVERY) for n in range(people + 1, total + 1)]
        bulk_insert(
            connection,
            metadata.tables["profile_moves"],
            _MOVE_COLUMNS,
            [
                (DEFAULT_WORKSPACE, version, device, device, person, *_NEVER)
                for version, (device, person) in enumerate(moved, start=1)
            ],
        )
        bulk_insert(
            connection,
            metadata.tables["profile_counters"],
            ("name", "value"),
            [("numbers", total), ("move_versions", len(moved))],
        )

    def _write_marks(self, connection: Connection) -> None:
        bulk_insert(
            connection,
            metadata.tables["log_marks"],
            ("workspace_id", "position", "duplicates"),
            [(DEFAULT_WORKSPACE, self._extent.n_events, 0)],
        )

    def _index_log(self, connection: Connection) -> None:
        everything = {"after": 0, "last": self._extent.n_events}
        numbers = range(self._extent.n_numbers + 1)
        index_keys(connection, DEFAULT_WORKSPACE, keys=(b"", None), **everything)
        index_places(connection, DEFAULT_WORKSPACE, numbers=numbers, **everything)
        move_indexed(connection, DEFAULT_WORKSPACE, last=self._extent.n_events)

    def _finish_copy(self) -> None:
        for statement in ("DROP VIEW generated", "DROP TABLE message_keys SYNC"):
            self._columnar.command(statement)
        for table in _COPIES:
            self._columnar.command(f"OPTIMIZE TABLE {table} FINAL")
        state = SqliteStateStore(self._home.state)
        copier_of(state, self._columnar, self._keys).run_once()  # applies the moves
        state.close()
        self._columnar.close()


# Nobody said it, at the earliest: any real evidence is later.
_NEVER = (to_micros(FIRST_AT), 0, b"\0" * 16)
_IDENTIFIER_COLUMNS = (
    "workspace_id", "number", "key", "kind", "value", "first_us", "first_source_id",
    "first_message_key", "profile", "owner", "n_people", "n_devices",
)  # fmt: skip
_MOVE_COLUMNS = (
    "workspace_id", "version", "number", "previous", "profile", "at_us", "source_id", "message_key",
)  # fmt: skip


def _identifier_row(number: int, n_people: int) -> tuple[object, ...]:
    if number <= n_people:
        identifier = Identifier("user_id", user_id(number))
        owner, n_devices = 0, int(number % DEVICE_EVERY == 0)
    else:
        identifier = Identifier("anonymous_id", anonymous_id(number))
        owner, n_devices = (number - n_people) * DEVICE_EVERY, 0
    return (
        DEFAULT_WORKSPACE, number, identifier.key(DEFAULT_WORKSPACE), identifier.kind,
        identifier.value, *_NEVER, owner or number, owner, int(owner > 0), n_devices,
    )  # fmt: skip


def copier_of(state: SqliteStateStore, columnar: ColumnarStore, keys: PersonKeys) -> Copier:
    """Return the copier of a generated home."""
    log = EventLog(state, keys)
    encoder = RangeEncoder(log, currency=CURRENCY)
    return Copier(state, columnar, log, IdentityNumbering(), encoder)


@contextmanager
def _bulk_connection(path: Path) -> Iterator[Connection]:
    """Open a database for loading: nothing is safe until the block ends."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-500000"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        yield connection
        connection.commit()
    engine.dispose()


def _without_indexes(connection: Connection, *, create: bool) -> None:
    for name in ("identifiers", "profile_moves"):
        table: Table = metadata.tables[name]
        for index in table.indexes:
            index.create(connection) if create else index.drop(connection)


def main() -> None:
    """Generate a home from the command line and check it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--events", type=int, default=FULL_SIZE.n_events)
    parser.add_argument("--profiles", type=int, default=FULL_SIZE.n_profiles)
    parser.add_argument("--check", action="store_true", help="compare log and copy, as doctor does")
    arguments = parser.parse_args()
    home = generate(arguments.folder, Extent(arguments.events, arguments.profiles))
    print(home.folder)
    if arguments.check:
        started = time.monotonic()
        state = SqliteStateStore(home.state)
        keys = PersonKeys(InstanceKey.load_or_create(home.instance_key))
        found = copier_of(state, ColumnarStore(home.copy_dsn), keys).check()
        state.close()
        print(f"{found} in {time.monotonic() - started:.0f} s")
        if not found.is_equal:
            raise SystemExit("log and copy differ")


if __name__ == "__main__":
    main()
