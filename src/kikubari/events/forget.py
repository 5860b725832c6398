"""Forgetting people in the columnar copy: rows of erased numbers are deleted, after the fact.

The log forgets a person the moment their key is gone. The copy holds rows that were made while the
key was there, and may be about to receive some more: so numbers are noted in the transaction that
erases, with the position the log had reached, and their rows are deleted once the copy holds
everything up to there. From then on nobody can make such rows again.

An inbox is emptied as it is read, and overwriting every batch would cost as much as storing it. So
what has left it is overwritten here, for those whom it is owed.
"""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

from sqlalchemy import BigInteger, Column, Connection, Integer, Table, func, select, update

from kikubari.events import _repository as repository
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, Priority, StateStore, bulk_insert, metadata

# Deleting costs the engine a pass over each table, whether for one number or for thousands.
_NUMBERS_PER_DELETE = 10_000
_TABLES = ("events", "traits", "consents")
# An inbox is empty within a second unless there is an onslaught; then it is tried again.
_PATIENCE = timedelta(seconds=10)
_PAUSE_SECONDS = 0.05

forgotten_numbers = Table(
    "forgotten_numbers",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),  # last of the log when it was erased
    Column("is_done", Integer, nullable=False),
)


def forget_in(
    connection: Connection, numbers: Collection[int], *, workspace_id: int = DEFAULT_WORKSPACE
) -> None:
    """Note, in the transaction that erases a person, that the copy must forget their numbers."""
    position = repository.find_mark(connection, workspace_id)
    columns = ("workspace_id", "number", "position", "is_done")
    rows = [(workspace_id, number, position, 0) for number in sorted(set(numbers))]
    bulk_insert(connection, forgotten_numbers, columns, rows, ignore_existing=True)


class Forgetting:
    """Deletes from the copy, and from where events had waited, what the log has forgotten.

    Args:
        state: of the log.
        columnar: of the copy.
        inboxes: stores through which events pass on their way to the log.
        patience: how long a step waits for what is in them to leave.
        recount: makes anew what was counted in the copy and holds values of it; called before the
            numbers count as forgotten.
        workspace_id: whose people.
    """

    def __init__(
        self,
        state: StateStore,
        columnar: ColumnarStore,
        *,
        inboxes: Sequence[StateStore] = (),
        patience: timedelta = _PATIENCE,
        recount: Callable[[], object] | None = None,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._columnar = columnar
        self._inboxes = inboxes
        self._patience = patience
        self._recount = recount
        self._workspace_id = workspace_id

    def run_once(self) -> int:
        """Delete the rows of those numbers whose last event is copied; return how many numbers.

        Raises:
            UnavailableError: a store cannot be written just now; try again.
        """
        with self._state.read() as connection:
            copied = repository.find_copied(connection, self._workspace_id)
            numbers = self._list_due(connection, copied)
        if not numbers or not all(map(self._scrub, self._inboxes)):
            return 0
        for table in _TABLES:
            self._columnar.command(
                f"DELETE FROM {table} WHERE workspace_id = {{workspace:UInt16}}"  # noqa: S608 - tables are constants
                " AND profile_arrived IN {numbers:Array(UInt32)}",
                {"workspace": self._workspace_id, "numbers": numbers},
            )
            # A deleted row is hidden at once; this takes it off the disk.
            self._columnar.command(f"ALTER TABLE {table} APPLY DELETED MASK")
        if self._recount:
            self._recount()
            if not self._state.scrub():
                return 0
        c = forgotten_numbers.c
        self._state.write(
            lambda connection: connection.execute(
                update(forgotten_numbers)
                .where(c.workspace_id == self._workspace_id, c.number.in_(numbers))
                .values(is_done=1)
            ),
            priority=Priority.BACKGROUND,
        )
        return len(numbers)

    def generation(self) -> int:
        """Return a number that grows whenever rows were deleted, the same in every process.

        What was read from the copy while it was less may name people who are forgotten.
        """
        c = forgotten_numbers.c
        done = select(func.count()).where(c.workspace_id == self._workspace_id, c.is_done == 1)
        with self._state.read() as connection:
            return int(connection.execute(done).scalar_one())

    def list_waiting(self, connection: Connection, numbers: Collection[int]) -> set[int]:
        """Return those of the numbers whose rows are not deleted from the copy yet."""
        c = forgotten_numbers.c
        found = connection.execute(
            select(c.number).where(
                c.workspace_id == self._workspace_id, c.is_done == 0, c.number.in_(numbers)
            )
        )
        return {row.number for row in found}

    def waiting(self) -> int:
        """Return how many numbers the copy has still to forget."""
        c = forgotten_numbers.c
        with self._state.read() as connection:
            return int(
                connection.execute(
                    select(func.count()).where(c.workspace_id == self._workspace_id, c.is_done == 0)
                ).scalar_one()
            )

    def _scrub(self, inbox: StateStore) -> bool:
        """Overwrite what has left an inbox, once all that waits in it now has; False: not yet."""
        deadline = time.monotonic() + self._patience.total_seconds()
        now = _span_of(inbox)
        while now and (left := _span_of(inbox)) and left.start < now.stop:
            if time.monotonic() > deadline:
                return False
            time.sleep(_PAUSE_SECONDS)
        return inbox.scrub()

    def _list_due(self, connection: Connection, copied: int) -> list[int]:
        c = forgotten_numbers.c
        found = connection.execute(
            select(c.number)
            .where(c.workspace_id == self._workspace_id, c.is_done == 0, c.position <= copied)
            .order_by(c.number)
            .limit(_NUMBERS_PER_DELETE)
        )
        return [row.number for row in found]


def _span_of(inbox: StateStore) -> range:
    with inbox.read() as connection:
        return repository.span_of_inbox(connection)
