"""What journeys need of the log and of people, made of what other rooms give."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from kikubari.app.limits import PeopleLimits
from kikubari.events import Copier, EventLog, SequencedEvent
from kikubari.profiles import Profiles
from kikubari.storage import StateStore

_TIMEZONE = "timezone"


class CopiedLog:
    """Implements `journeys.LogReader`: the log as far as the columnar copy has it."""

    def __init__(self, log: EventLog, copier: Copier) -> None:
        self._log = log
        self._copier = copier

    def position(self) -> int:
        """Return the last position that is in the copy too."""
        return min(self._log.position(), self._copier.copied_position())

    def read(
        self, first: int, last: int, types: Collection[str] | None
    ) -> Sequence[SequencedEvent]:
        """Return the events at positions first..last of some types, in order."""
        if types is None:
            return self._log.read_range(first, last)
        return self._log.read_types(first, last, types)

    def read_at(self, positions: Collection[int]) -> Sequence[SequencedEvent]:
        """Return the events at some positions."""
        return self._log.read_at(positions)

    def read_since(
        self, numbers: Collection[int], types: Collection[str] | None, *, since: datetime, last: int
    ) -> Sequence[SequencedEvent]:
        """Return later events of these numbers, up to a position."""
        return self._log.read_since(numbers, since, last=last, types=types)


class JourneyPeople:
    """Implements `journeys.People` on profiles."""

    def __init__(self, store: StateStore, profiles: Profiles, limits: PeopleLimits) -> None:
        self._store = store
        self._profiles = profiles
        self._limits = limits

    def resolve(self, numbers: Collection[int]) -> Mapping[int, int]:
        """Return who these numbers are now."""
        with self._store.read() as connection:
            return self._profiles.resolve_numbers(connection, numbers)

    def numbers_of(self, people: Collection[int]) -> Mapping[int, int]:
        """Return every number of these people, each with its canonical one."""
        with self._store.read() as connection:
            return self._profiles.numbers_of(connection, people)

    def list_restricted(self, people: Collection[int]) -> Collection[int]:
        """Return those whose data is stored and nothing else."""
        with self._store.read() as connection:
            return self._limits.find_limited(connection, people)[0]

    def zones(self, people: Collection[int]) -> Mapping[int, str]:
        """Return the time zone that each is known to live in."""
        with self._store.read() as connection:
            now_is = self._profiles.resolve_numbers(connection, people)
            found = self._profiles.load_profiles(
                connection, set(now_is.values()), names=(_TIMEZONE,)
            )
        zones = {
            one: trait.fact.value
            for one, facts in found.items()
            if (trait := facts.traits.get(_TIMEZONE)) is not None
        }
        return {
            number: zones[one] for number, one in now_is.items() if isinstance(zones.get(one), str)
        }
