"""Who is what a condition of a journey says, of people who stand at a step."""

from collections.abc import Callable, Collection, Mapping, Sequence

from pyroaring import BitMap

from kikubari.journeys.definition import Asked, Group, TriggerIs, Who, Whoever, list_whoever
from kikubari.journeys.running.travellers import Traveller
from kikubari.spec.conditions import EventFilter

# Returns the enrolments, by id, that an event with all of these properties began.
LetIn = Callable[[tuple[EventFilter, ...], Sequence[Traveller]], Collection[int]]


class Answers:
    """What was looked up of conditions, and what lets people be told apart by it.

    Args:
        members: who is what is asked of segments, by its key.
        key_of: returns the key.
        let_in: looks at what let people in.
    """

    def __init__(
        self,
        members: Mapping[str, BitMap],
        key_of: Callable[[Who], str],
        let_in: LetIn,
    ) -> None:
        self._members = members
        self._key_of = key_of
        self._let_in = let_in

    def has(self, asked: Asked) -> bool:
        """Say whether all that segments have to say of it was looked up."""
        return all(self._key_of(who) in self._members for who in list_whoever(asked))

    def choose(self, asked: Asked, people: Sequence[Traveller]) -> Collection[int]:
        """Return the enrolments, by id, for which a condition holds of which `has` is true."""
        match asked:
            case Whoever(who=who):
                members = self._members[self._key_of(who)]
                return {one.id for one in people if one.number in members}
            case TriggerIs(where=where):
                return self._let_in(where, people)
            case Group(kind=kind, parts=parts):
                return self._choose_of(kind, parts, people)

    def _choose_of(
        self, kind: str, parts: Sequence[Asked], people: Sequence[Traveller]
    ) -> Collection[int]:
        """Ask part after part, each only about those whom it can still decide."""
        left = list(people)
        if kind == "any":
            found: set[int] = set()
            for part in parts:
                found |= set(self.choose(part, left))
                left = [one for one in left if one.id not in found]
            return found
        for part in parts:
            chosen = self.choose(part, left)
            left = [one for one in left if (one.id in chosen) is (kind == "all")]
        return {one.id for one in left}
