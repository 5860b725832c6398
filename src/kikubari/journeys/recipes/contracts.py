"""What a recipe is, and what it says of its readiness in a shop."""

from datetime import datetime
from typing import Literal

import msgspec

from kikubari.decide.guard import Words
from kikubari.journeys.definition import JourneyDefinition

NeedKind = Literal["event", "trait", "consent", "catalogue"]


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Data that a recipe reads.

    Attributes:
        kind: an event or trait that the shop sends, a consent of anybody, any product.
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


class SecondOffer(msgspec.Struct, frozen=True):
    """A place for an offer of its own, in one message.

    Attributes:
        step: of the message.
        use: what the offer would be for.
    """

    step: str
    use: Words


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One of the ways in which a recipe can be installed."""

    id: str
    name: Words
    journey: JourneyDefinition


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A ready-made journey.

    Attributes:
        id: for commands and addresses.
        name, description, when_to_use: for marketers.
        needs: data it reads.
        stands_in: what it does instead where a channel or strategy does not exist.
        offer: what an offer would be for, if the shop adds one; None: it has no place for any.
        second_offer: likewise, where one message has a place for another offer.
        journey: the definition that is installed; ``name`` and ``description`` are filled in.
        variants: ways to choose from; the first one's journey is `journey`. Empty: one way alone.
    """

    id: str
    name: Words
    description: Words
    when_to_use: Words
    needs: tuple[Need, ...]
    journey: JourneyDefinition
    stands_in: tuple[Words, ...] = ()
    offer: Words | None = None
    second_offer: SecondOffer | None = None
    variants: tuple[Variant, ...] = ()


class NeedStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How a need is met in this shop.

    Attributes:
        need: which.
        n: such events in the last 90 days, people who have the trait or agreed, or products.
        last_seen_at: of an event: when the last one was; None: never.
        is_met: there is one.
        example: a line of code, or a command, that sends what is missing.
    """

    need: Need
    n: int
    last_seen_at: datetime | None = None
    is_met: bool
    example: str = ""


class RecipeStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe and whether this shop sends the data it needs."""

    recipe: Recipe
    needs: list[NeedStanding]
    is_ready: bool
