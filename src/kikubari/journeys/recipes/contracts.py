"""What a recipe is, and what it says of its readiness in a shop."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from kikubari.decide.guard import Words
from kikubari.journeys.definition import JourneyDefinition

NeedKind = Literal["event", "trait", "consent", "catalogue"]


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Data that a recipe reads.

    Attributes:
        kind: ``event`` and ``trait`` are looked for in the shop's log; the others are told only.
        name: of the event or trait; of a consent its purpose.
        is_required: without it nobody enters; else the messages say less.
        use: what it is for.
        how: where the documentation says how to send it.
    """

    kind: NeedKind
    name: str
    use: Words
    is_required: bool = True
    how: str = ""


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A ready-made journey.

    Attributes:
        id: for commands and addresses.
        name, description, when_to_use: for marketers.
        needs: data it reads.
        stands_in: what it does instead where a channel or strategy does not exist.
        offer: what an offer would be for, if the shop adds one; None: it has no place for any.
        journey: the definition that is installed; ``name`` and ``description`` are filled in.
    """

    id: str
    name: Words
    description: Words
    when_to_use: Words
    needs: tuple[Need, ...]
    journey: JourneyDefinition
    stands_in: tuple[Words, ...] = ()
    offer: Words | None = None


class NeedStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How a need is met in this shop.

    Attributes:
        need: which.
        people: who had such an event in the last 90 days, or have the trait now; None where that
            is not looked for.
        is_met: somebody does, or nothing is looked for.
    """

    need: Need
    people: int | None
    is_met: bool


class RecipeStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe and whether this shop sends the data it needs."""

    recipe: Recipe
    needs: list[NeedStanding]
    is_ready: bool


class DataSurvey(Protocol):
    """Counts who sent what; `app` implements it on `segments`."""

    def count_events(self, names: Collection[str], *, since: datetime) -> Mapping[str, int]:
        """Return how many people had each event; who is not in it had none."""
        ...

    def count_traits(self, names: Collection[str]) -> Mapping[str, int]:
        """Return how many people have each trait."""
        ...
