"""Who does the work that only one process may do at a time."""

from datetime import datetime, timedelta

from kikubari.kit.clock import Clock
from kikubari.storage import Leases, StateStore

_LASTING = timedelta(seconds=30)
_RENEWAL = timedelta(seconds=10)


class Turns:
    """Leases on named work, asked for often and renewed seldom.

    Embedded, the lock on the data folder says already that this process is alone. A process that
    loses its lease in the middle of a step does no harm: the log's mark is locked by row, and a
    range of the copy is inserted under its own token.
    """

    def __init__(self, store: StateStore, clock: Clock, *, holder: str, is_alone: bool) -> None:
        self._leases = None if is_alone else Leases(store, clock, holder=holder)
        self._clock = clock
        self._held_until: dict[str, datetime] = {}

    def is_mine(self, name: str) -> bool:
        """Say whether this process may do the named work now."""
        if self._leases is None:
            return True
        now = self._clock.now()
        if now + _LASTING - _RENEWAL < self._held_until.get(name, now):
            return True
        if self._leases.find(name, lasting=_LASTING) is None:
            return False
        self._held_until[name] = now + _LASTING
        return True
