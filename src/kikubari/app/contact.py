"""What the gates ask about people: who is one person, and when they are likely to look."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from sqlalchemy import Connection

from kikubari.app.limits import PeopleLimits
from kikubari.decide.predict import has_told
from kikubari.kit.clock import Clock
from kikubari.profiles import Profiles, Trait, TraitFact, query_best_hours
from kikubari.spec.topics import INTERNAL_SOURCE_ID
from kikubari.storage import ColumnarStore, StateStore

# Habits of longer ago say little about when somebody looks today.
_MEMORY = timedelta(days=180)
_HOURS = 24
# Nobody else's word counts as one's own choice, or as learned.
_CHOSEN_HOUR = "preferred_hour"
_SAID_OF_HOURS: dict[str, Callable[[TraitFact], bool]] = {
    _CHOSEN_HOUR: lambda fact: fact.provenance == "declared",
    "predicted_best_hour": lambda fact: fact.source_id == INTERNAL_SOURCE_ID,
}


class ProfilePeople:
    """Implements `deliver.People` on profiles."""

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles

    def list_numbers(
        self, connection: Connection, numbers: Collection[int], *, workspace_id: int
    ) -> Mapping[int, tuple[int, Collection[int]]]:
        """Return each number's canonical one, and all numbers of that person."""
        del workspace_id  # profiles are one workspace's
        now_is = self._profiles.resolve_numbers(connection, numbers)
        own: dict[int, list[int]] = {}
        people = self._profiles.numbers_of(connection, set(now_is.values()))
        for number, canonical in people.items():
            own.setdefault(canonical, []).append(number)
        return {number: (one, own.get(one, ())) for number, one in now_is.items()}


class PersonZones:
    """Says in which time zone people live, where that is known."""

    def __init__(self, store: StateStore, profiles: Profiles) -> None:
        self._store = store
        self._profiles = profiles

    def zones(self, people: Collection[int]) -> Mapping[int, str]:
        """Return the IANA name of each whose own is known, by canonical number."""
        with self._store.read() as connection:
            found = self._profiles.load_profiles(connection, people, names=["timezone"])
        zones = {number: facts.traits.get("timezone") for number, facts in found.items()}
        return {
            number: trait.value
            for number, trait in zones.items()
            if trait is not None and isinstance(trait.value, str)
        }


class AnonymousNumbers:
    """Implements `deliver.NumberFinder` on profiles."""

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles

    def find_anonymous(self, connection: Connection, anonymous_id: str) -> int | None:
        """Return who appears under an anonymous id."""
        return self._profiles.find_by_identifier(connection, "anonymous_id", anonymous_id)


class HabitualHours:
    """Implements `deliver.BestHours`: what somebody chose, else what their habits say.

    Who told their hour (the trait `preferred_hour`, by own word) gets it. Else it is the hour that
    was learned of them, if it is surely theirs. Before a shop's first model is learned it is the
    hour of most of their own events. Of who objects to profiling only their own word counts.
    """

    def __init__(
        self,
        store: StateStore,
        columnar: ColumnarStore,
        profiles: Profiles,
        clock: Clock,
        *,
        limits: PeopleLimits | None = None,
    ) -> None:
        self._store = store
        self._columnar = columnar
        self._profiles = profiles
        self._people = ProfilePeople(profiles)
        self._clock = clock
        self._limits = limits

    def find(self, zones: Mapping[int, str], *, workspace_id: int) -> Mapping[int, int]:
        """Return the hour of each whose own events are enough to tell."""
        with self._store.read() as connection:
            people = self._people.list_numbers(connection, zones, workspace_id=workspace_id)
            canonical = {one for one, _ in people.values()}
            facts = self._profiles.load_profiles(connection, canonical, names=list(_SAID_OF_HOURS))
            is_learned = has_told(connection, workspace_id)
            unprofiled = set(self._limits.find_any(connection, zones) if self._limits else ())
        known = {
            number: _hour_of(facts[one].traits, is_learned=number not in unprofiled)
            for number, (one, _) in people.items()
        }
        hours = {number: hour for number, hour in known.items() if hour is not None}
        if is_learned:
            return hours
        now = self._clock.now()
        habits = query_best_hours(
            self._columnar,
            {
                number: (zones[number], own)
                for number, (_, own) in people.items()
                if number not in unprofiled
            },
            since=now - _MEMORY,
            as_of=now,
            workspace_id=workspace_id,
        )
        return habits | hours


def _hour_of(traits: Mapping[str, Trait], *, is_learned: bool) -> int | None:
    """Return the hour somebody chose, else the one learned of them."""
    for name, is_meant in _SAID_OF_HOURS.items():
        if name != _CHOSEN_HOUR and not is_learned:
            continue
        trait = traits.get(name)
        said = (trait.fact, *trait.disagreements) if trait is not None else ()
        for fact in filter(is_meant, said):
            if isinstance(fact.value, int) and 0 <= fact.value < _HOURS:
                return fact.value
    return None
