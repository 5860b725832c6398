"""Who is who, asked once: it does not change while the past is looked at."""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from kikubari.journeys.running import People

T = TypeVar("T")


class KnownPeople:
    """Implements `journeys.People` on another, and remembers what it said of each.

    Args:
        people: is asked about each person once.
    """

    def __init__(self, people: People) -> None:
        self._people = people
        self._now_is: dict[int, int | None] = {}
        self._numbers: dict[int, list[int] | None] = {}
        self._restricted: dict[int, bool | None] = {}
        self._zones: dict[int, str | None] = {}

    def resolve(self, numbers: Collection[int]) -> Mapping[int, int]:
        """Return who these numbers are now; those erased are missing."""
        return _recall(self._now_is, numbers, self._people.resolve)

    def numbers_of(self, people: Collection[int]) -> Mapping[int, int]:
        """Return every number of these people, each with its canonical one."""
        own = _recall(self._numbers, people, self._list_numbers)
        return {number: one for one, numbers in own.items() for number in numbers}

    def list_restricted(self, people: Collection[int]) -> Collection[int]:
        """Return those whose data must not be used."""
        return _recall(
            self._restricted,
            people,
            lambda asked: dict.fromkeys(self._people.list_restricted(asked), True),
        )

    def zones(self, people: Collection[int]) -> Mapping[int, str]:
        """Return the time zone of each whose own is known."""
        return _recall(self._zones, people, self._people.zones)

    def _list_numbers(self, people: Collection[int]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number, one in self._people.numbers_of(people).items():
            found.setdefault(one, []).append(number)
        return found


def _recall(
    known: dict[int, T | None],
    asked: Collection[int],
    find: Callable[[Collection[int]], Mapping[int, T]],
) -> dict[int, T]:
    """Return what is known of those asked for, after finding out what is not known yet."""
    new = set(asked).difference(known)
    if new:
        found = find(new)
        known.update((one, found.get(one)) for one in new)
    return {one: value for one in asked if (value := known[one]) is not None}
