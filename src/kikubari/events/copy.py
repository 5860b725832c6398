"""The copier: keeps the columnar copy equal to the log, whatever dies in between."""

import msgspec

from kikubari.events import _repository as repository
from kikubari.events.contracts import Moves, RangeEncoding
from kikubari.events.copy_rows import COLUMNS
from kikubari.events.copy_schema import list_definitions
from kikubari.events.log import EventLog
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, Priority, StateStore

# Events of one range. A range is inserted whole or, after a crash, inserted again whole.
RANGE_EVENTS = 20_000
_MOVES_PER_READ = 100_000
# Planned like a range, so that a rebuild that dies is taken up again.
_REBUILD = (0, 0)


class TableCheck(msgspec.Struct, frozen=True):
    """How log and copy compare up to the copied position."""

    copied: int  # last position the copy claims to hold
    position: int  # last position of the log
    rows: int  # rows of the copy's events table up to there
    expected: int  # events of the log up to there that can be opened
    checksum: int  # of (position, profile) in the copy
    expected_checksum: int

    @property
    def is_equal(self) -> bool:
        """Say whether the copy holds exactly what the log holds."""
        return self.rows == self.expected and self.checksum == self.expected_checksum


class Copier:
    """Applies the log to the columnar copy, exactly once.

    An insert that spans partitions is not atomic. So the range is written down first, inserted
    under a deduplication token made of it, and then confirmed; an unconfirmed range is inserted
    again on start, and the engine drops those parts of it that it has.
    """

    def __init__(
        self,
        state: StateStore,
        columnar: ColumnarStore,
        log: EventLog,
        moves: Moves,
        encoding: RangeEncoding,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._columnar = columnar
        self._log = log
        self._moves = moves
        self._encoding = encoding
        self._workspace_id = workspace_id
        self._moves_version: int | None = None

    def prepare(self) -> None:
        """Create the copy's tables where they are missing."""
        self._define()

    def run_once(self) -> int:
        """Copy one range and all moves up to now; return how many events were copied."""
        first, last = self._next_range()
        if last >= first:
            self._insert_range(first, last)
        # Before the range counts as copied: whoever asks as of its end must see who is who by then.
        self._apply_moves()
        if last >= first:
            self._confirm(first)
        return max(0, last - first + 1)

    def lag(self) -> int:
        """Return how many events of the log the copy does not hold yet."""
        with self._state.read() as connection:
            return repository.find_mark(connection, self._workspace_id) - repository.find_copied(
                connection, self._workspace_id
            )

    def copied_position(self) -> int:
        """Return the last position the copy holds."""
        with self._state.read() as connection:
            return repository.find_copied(connection, self._workspace_id)

    def check(self) -> TableCheck:
        """Compare counts and checksums of log and copy up to the copied position."""
        with self._state.read() as connection:
            copied = repository.find_copied(connection, self._workspace_id)
            position = repository.find_mark(connection, self._workspace_id)
        expected = checksum = 0
        for first in range(1, copied + 1, RANGE_EVENTS):
            last = min(copied, first + RANGE_EVENTS - 1)
            for position, number in self._log.list_readable(first, last):
                expected += 1
                checksum += position * (number + 1)
        sql = (
            "SELECT count(), toString(sum(toUInt256(position) * (profile_arrived + 1)))"
            " FROM events WHERE workspace_id = {workspace:UInt16} AND position <= {last:UInt64}"
        )
        row = self._columnar.query_rows(sql, {"workspace": self._workspace_id, "last": copied})[0]
        return TableCheck(copied, position, int(row[0]), expected, int(row[1]), checksum)

    def rebuild(self) -> None:
        """Drop the copy and start again from the first event of the log."""
        self._state.write(lambda c: repository.plan_rebuild(c, self._workspace_id))
        self._next_range()

    def _define(self, *, replaces: bool = False) -> None:
        database, credentials = self._columnar.database, self._columnar.dictionary_access
        for statement in list_definitions(database, credentials, replaces=replaces):
            self._columnar.command(statement)

    def _next_range(self) -> tuple[int, int]:
        with self._state.read() as connection:
            unfinished = repository.find_unfinished_range(connection, self._workspace_id)
        if unfinished == _REBUILD:
            self._define(replaces=True)
            self._moves_version = None
            self._state.write(lambda c: repository.confirm_rebuild(c, self._workspace_id))
        elif unfinished:
            return unfinished
        with self._state.read() as connection:
            first = repository.find_copied(connection, self._workspace_id) + 1
            mark = repository.find_mark(connection, self._workspace_id)
        last = min(mark, first + RANGE_EVENTS - 1)
        if last >= first:
            self._state.write(
                lambda c: repository.plan_range(c, self._workspace_id, first=first, last=last)
            )
        return first, last

    def _insert_range(self, first: int, last: int) -> None:
        # While these rows are inserted, those of the next range are encoded. Nobody who is erased
        # meanwhile stays in the copy: that is deleted from when it is past what the log held then.
        then = last + RANGE_EVENTS
        with self._state.read() as connection:
            is_there = repository.find_mark(connection, self._workspace_id) >= then
        encoded = self._encoding.encode(first, last, then=then if is_there else None)
        for table, rows in encoded.items():
            self._columnar.insert_encoded(
                table, COLUMNS[table], rows, token=f"{table}:{first}-{last}"
            )

    def _confirm(self, first: int) -> None:
        self._state.write(
            lambda c: repository.confirm_range(c, self._workspace_id, first=first),
            priority=Priority.NORMAL,
        )

    def _apply_moves(self) -> None:
        version = self._known_version()
        changed = False
        while True:
            with self._state.read() as connection:
                moves = self._moves.list_moves(
                    connection, after_version=version, limit=_MOVES_PER_READ
                )
            if not moves:
                break
            columns = {
                "workspace_id": [self._workspace_id] * len(moves),
                "number": [move.number for move in moves],
                "profile": [move.profile for move in moves],
                "version": [move.version for move in moves],
            }
            self._columnar.insert("profile_numbers", list(columns), list(columns.values()))
            version = moves[-1].version
            changed = True
        self._moves_version = version
        if changed:
            self._columnar.command("SYSTEM RELOAD DICTIONARY profile_of")

    def _known_version(self) -> int:
        """Return the highest move the copy holds; inserting a move twice changes nothing."""
        if self._moves_version is None:
            sql = "SELECT max(version) FROM profile_numbers WHERE workspace_id = {workspace:UInt16}"
            rows = self._columnar.query_rows(sql, {"workspace": self._workspace_id})
            self._moves_version = int(rows[0][0])
            self._columnar.command("SYSTEM RELOAD DICTIONARY profile_of")
        return self._moves_version
