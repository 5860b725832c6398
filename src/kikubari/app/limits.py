"""Whose data is kept and not used, as segments, forecasts and delivery ask for it."""

from collections.abc import Collection

from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.profiles import Limit, Restrictions
from kikubari.storage import StateStore

# Those who object to profiling alone stay in segments that rest on nothing but their own words.
_OUT_OF_SEGMENTS = (Limit.RESTRICTION, Limit.OBJECTION)
_UNPROFILED = frozenset({Limit.OBJECTION, Limit.PROFILING})


class PeopleLimits:
    """Implements `segments.LeftOut` and `deliver.Limits` on restrictions and objections."""

    def __init__(self, store: StateStore, restrictions: Restrictions) -> None:
        self._store = store
        self._restrictions = restrictions

    def list_left_out(self) -> BitMap:
        """Return everybody who is in no segment: restricted, or objecting to marketing."""
        with self._store.read() as connection:
            return BitMap(self._restrictions.list_limited(connection, _OUT_OF_SEGMENTS))

    def list_limited(self) -> BitMap:
        """Return everybody with a limit of any kind."""
        with self._store.read() as connection:
            return BitMap(self._restrictions.list_limited(connection))

    def list_against_profiling(self) -> BitMap:
        """Return everybody who objects to profiling alone."""
        with self._store.read() as connection:
            return BitMap(self._restrictions.list_limited(connection, [Limit.PROFILING]))

    def find_limited(
        self, connection: Connection, numbers: Collection[int]
    ) -> tuple[Collection[int], Collection[int]]:
        """Return those whose data is stored and nothing else, and those who object to marketing."""
        limits = self._restrictions.find(connection, numbers)
        return (
            {number for number, kinds in limits.items() if Limit.RESTRICTION in kinds},
            {number for number, kinds in limits.items() if Limit.OBJECTION in kinds},
        )

    def find_unprofiled(self, connection: Connection, numbers: Collection[int]) -> Collection[int]:
        """Return those of the numbers by whose own words alone anything may be chosen or written.

        They object to profiling, or to marketing and what is worked out for it.
        """
        limits = self._restrictions.find(connection, numbers)
        return {number for number, kinds in limits.items() if kinds & _UNPROFILED}

    def find_any(self, connection: Connection, numbers: Collection[int]) -> Collection[int]:
        """Return those of the numbers that have a limit of any kind."""
        return self._restrictions.find(connection, numbers).keys()


class Unprofiled:
    """Implements `LeftOut` of what works things out of people: whoever has any limit."""

    def __init__(self, limits: PeopleLimits) -> None:
        self._limits = limits

    def list_left_out(self) -> BitMap:
        """Return the people of whom nothing is worked out, and from whom nothing is learned."""
        return self._limits.list_limited()
