"""Slows down guessing: a few wrong passwords for one account, then a pause."""

import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from kikubari.kit.clock import Clock
from kikubari.spec.errors import RateLimitedError

ALLOWED_FAILURES = 10
WINDOW = timedelta(minutes=15)
_ACCOUNTS_KEPT = 10_000


class Attempts:
    """Counts wrong log-ins by account, in the memory of one process.

    By account and not by address of the sender: behind one address may be a whole office, and a
    guesser has many.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, list[datetime]] = OrderedDict()

    def check(self, account: str) -> None:
        """Refuse another try for now.

        Raises:
            RateLimitedError: too many wrong ones in a quarter of an hour.
        """
        with self._lock:
            recent = self._recent(account)
        if len(recent) >= ALLOWED_FAILURES:
            wait = recent[0] + WINDOW - self._clock.now()
            raise RateLimitedError(
                "too many wrong passwords for this account",
                retry_after_seconds=max(1, int(wait.total_seconds())),
                hint="Wait a quarter of an hour.",
            )

    def note_failure(self, account: str) -> None:
        """Remember a wrong password."""
        with self._lock:
            self._failures[account] = [*self._recent(account), self._clock.now()]
            self._failures.move_to_end(account)
            while len(self._failures) > _ACCOUNTS_KEPT:
                self._failures.popitem(last=False)

    def forget(self, account: str) -> None:
        """Start anew after a right one."""
        with self._lock:
            self._failures.pop(account, None)

    def _recent(self, account: str) -> list[datetime]:
        since = self._clock.now() - WINDOW
        return [at for at in self._failures.get(account, ()) if at > since]
