"""Forgets when people were written to, once no cap can ask for it any more."""

from kikubari.deliver import _contacts as rows
from kikubari.deliver.frequency import LONGEST_MEMORY
from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import Priority, StateStore

# Of one transaction, in which nothing else can be written on SQLite.
_PEOPLE = 2_000


class OldContacts:
    """Walks through everybody, some people at a time."""

    def __init__(
        self, store: StateStore, clock: Clock, *, workspace_id: int = DEFAULT_WORKSPACE
    ) -> None:
        self._store = store
        self._clock = clock
        self._workspace_id = workspace_id
        self._reached = 0

    def forget_some(self, *, people: int = _PEOPLE) -> bool:
        """Forget what is too old of the next people; False when everybody was looked at."""
        before = to_micros(self._clock.now() - LONGEST_MEMORY)
        last = self._store.write(
            lambda connection: rows.delete_old_slots(
                connection,
                self._workspace_id,
                after=self._reached,
                before_us=before,
                limit=people,
            ),
            priority=Priority.BACKGROUND,
        )
        self._reached = last or 0
        return last is not None
