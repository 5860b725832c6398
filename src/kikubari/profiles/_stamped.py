"""Caches of committed state that a rollback, or another process, cannot make wrong."""

import secrets
from typing import Generic, TypeVar

from sqlalchemy import Connection

from kikubari.profiles._repository import counters

K = TypeVar("K")
V = TypeVar("V")


class RecentMap(Generic[K, V]):
    """A mapping that keeps the entries used most recently, between `size` and twice that many.

    Two generations instead of a linked list: a hit costs one dictionary look-up.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """Return the value, None when it is not (or no longer) here."""
        value = self._young.get(key)
        if value is None:
            value = self._old.get(key)
            if value is not None:
                self[key] = value
        return value

    def __setitem__(self, key: K, value: V) -> None:
        if len(self._young) >= self._size:
            self._old, self._young = self._young, {}
        self._young[key] = value

    def clear(self) -> None:
        """Forget everything."""
        self._young.clear()
        self._old.clear()


class Stamp:
    """A random number in the database that changes with the state a cache was filled from.

    A writer that fills its cache inside a transaction changes the stamp in the same transaction:
    if that is rolled back, or somebody else writes, the stamps differ and the cache is dropped.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._seen: int | None = None

    def is_current(self, connection: Connection) -> bool:
        """Say whether the state is the one last seen; remember the one it is now."""
        value = counters.find_counter(connection, self._name)
        is_same = value == self._seen
        self._seen = value
        return is_same

    def change(self, connection: Connection) -> None:
        """Mark the state as changed, and keep others from changing it until the commit."""
        self._seen = secrets.randbits(62)
        counters.set_counter(connection, self._name, self._seen)
