"""The log's indexes, built behind it, and the messages that they do not hold yet.

Message keys come in no order, and neither do people: written with its event, each entry of an index
would change a page of its own, and of a large index nearly every page would be written again and
again. So entries are taken in later, many at a time and in their order. Until then the log's end is
the index of itself: whoever looks for people's events reads it, and the sequencer keeps its keys in
memory.
"""

from collections.abc import Callable, Collection, Iterator
from functools import partial

from sqlalchemy import Connection

from kikubari.events import _index_repository as repository
from kikubari.events._repository import Mark
from kikubari.storage import Priority, StateStore

# An end of the log so long is taken in even while more arrives than can be written: of an index of
# 20 million entries, half of the pages change once for so many, not once for each.
_LONG_END = 100_000
# Taken in when there is time: a thousandth of a second to read where that is whose events it holds.
_SHORT_END = 2_000
# Of one transaction: others wait for it.
_ENTRIES_PER_PART = 12_500
_MAX_PARTS = 16


class LogIndex:
    """Takes the log's end into its indexes.

    Args:
        state: store that holds the log.
        short_end: events that are enough when there is time.
    """

    def __init__(self, state: StateStore, *, short_end: int = _SHORT_END) -> None:
        self._state = state
        self._short_end = short_end

    def run_once(self, *, is_busy: bool) -> int:
        """Take in ends that are long enough; return how many events.

        Args:
            is_busy: more arrives than can be written just now.
        """
        with self._state.read() as connection:
            marks = repository.list_marks(connection)
        enough = _LONG_END if is_busy else self._short_end
        total = 0
        for workspace_id, mark in marks.items():
            if mark.position - mark.indexed >= enough:
                self._take_in(workspace_id, mark)
                total += mark.position - mark.indexed
        return total

    def _take_in(self, workspace_id: int, mark: Mark) -> None:
        """Take in one end, part by part in the order of each index.

        A process that dies in between leaves entries that the next one finds there.
        """
        after, last = mark.indexed, mark.position
        n_parts = min(_MAX_PARTS, 1 + (last - after) // _ENTRIES_PER_PART)
        with self._state.read() as connection:
            highest = repository.find_last_number(connection, workspace_id, after=after, last=last)
        index_keys = partial(repository.index_keys, after=after, last=last)
        index_places = partial(repository.index_places, after=after, last=last)
        for keys in _cut_keys(n_parts):
            self._write(partial(index_keys, workspace_id=workspace_id, keys=keys))
        for numbers in _cut_numbers(highest + 1, n_parts):
            self._write(partial(index_places, workspace_id=workspace_id, numbers=numbers))
        self._write(partial(repository.move_indexed, workspace_id=workspace_id, last=last))

    def _write(self, work: Callable[[Connection], None]) -> None:
        self._state.submit(work, priority=Priority.BACKGROUND, is_durable=False).result()


class KnownMessages:
    """Tells which messages the log holds: by the index, and by what came after it.

    The log's end is read once and kept. That a transaction was rolled back, or that a database
    lost its newest commits, is seen by the end's last event not being there any more; and nothing
    is called known for being kept: what is found at its position decides.
    """

    def __init__(self) -> None:
        self._ends: dict[int, _End] = {}

    def find(
        self,
        connection: Connection,
        workspace_id: int,
        mark: Mark,
        keys: Collection[tuple[int, bytes]],
    ) -> set[tuple[int, bytes]]:
        """Return those of the (source, message key) pairs that are in the log.

        Args:
            connection: of the transaction that holds the mark.
            workspace_id: whose log.
            mark: as the transaction found it.
            keys: asked for.
        """
        end = self._end(connection, workspace_id, mark)
        positions = {end.positions[key]: key for key in keys if key in end.positions}
        found = repository.list_keys_at(connection, workspace_id, positions)
        if found != positions:
            del self._ends[workspace_id]
            return self.find(connection, workspace_id, mark, keys)
        return {*found.values(), *repository.list_indexed_keys(connection, workspace_id, keys)}

    def _end(self, connection: Connection, workspace_id: int, mark: Mark) -> "_End":
        end = self._ends.get(workspace_id)
        if end is None or not end.is_of(connection, workspace_id, mark):
            end = self._ends[workspace_id] = _End(mark.indexed)
        end.read_on(connection, workspace_id, mark)
        return end


class _End:
    """The messages of the log's end, by (source, message key)."""

    def __init__(self, indexed: int) -> None:
        self.positions: dict[tuple[int, bytes], int] = {}
        self._first = indexed
        self._last = indexed
        self._last_key: tuple[int, bytes] | None = None

    def is_of(self, connection: Connection, workspace_id: int, mark: Mark) -> bool:
        """Return whether what was read is what the log still holds."""
        if not self._first <= mark.indexed or self._last > mark.position:
            return False
        if self._last_key is None:
            return True
        found = repository.list_keys_at(connection, workspace_id, [self._last])
        return found == {self._last: self._last_key}

    def read_on(self, connection: Connection, workspace_id: int, mark: Mark) -> None:
        """Read what has come since, and let go of what the index holds by now."""
        if mark.indexed > self._first:
            self._first = mark.indexed
            held = {key: at for key, at in self.positions.items() if at > mark.indexed}
            self.positions = held
        after = max(self._last, mark.indexed)
        for position, source_id, key in repository.list_keys_after(
            connection, workspace_id, after=after, last=mark.position
        ):
            self._last_key = (source_id, key)
            self.positions[source_id, key] = position
        self._last = mark.position


def _cut_keys(n_parts: int) -> Iterator[tuple[bytes, bytes | None]]:
    """Cut all keys into ranges: the first of each, and the first of the next."""
    starts = [bytes([256 * part // n_parts]) for part in range(1, n_parts)]
    yield from zip([b"", *starts], [*starts, None], strict=True)


def _cut_numbers(n_numbers: int, n_parts: int) -> Iterator[range]:
    for part in range(n_parts):
        yield range(n_numbers * part // n_parts, n_numbers * (part + 1) // n_parts)
