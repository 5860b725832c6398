"""Whose data is kept and not used, as segments and delivery ask for it."""

from collections.abc import Collection

from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.profiles import Limit, Restrictions
from kikubari.storage import StateStore


class PeopleLimits:
    """Implements `segments.LeftOut` and `deliver.Limits` on restrictions and objections."""

    def __init__(self, store: StateStore, restrictions: Restrictions) -> None:
        self._store = store
        self._restrictions = restrictions

    def list_left_out(self) -> BitMap:
        """Return everybody who has a limit of either kind."""
        with self._store.read() as connection:
            return BitMap(self._restrictions.list_limited(connection))

    def find_limited(
        self, connection: Connection, numbers: Collection[int]
    ) -> tuple[Collection[int], Collection[int]]:
        """Return those whose data is stored and nothing else, and those who object."""
        limits = self._restrictions.find(connection, numbers)
        return (
            {number for number, kinds in limits.items() if Limit.RESTRICTION in kinds},
            {number for number, kinds in limits.items() if Limit.OBJECTION in kinds},
        )

    def list_objecting(self, connection: Connection, numbers: Collection[int]) -> Collection[int]:
        """Return those of the numbers who object to marketing."""
        return self.find_limited(connection, numbers)[1]
