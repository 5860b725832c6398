"""What a journey relies on, how it stands in a shop, and what has to be asked for that."""

from datetime import datetime
from typing import Literal, Protocol

import msgspec

from kikubari.journeys.definition import Who
from kikubari.spec.conditions import Condition

ReadingKind = Literal[
    "event", "property", "trait", "consent", "catalogue", "segment", "offer", "channel"
]


class EventSeen(msgspec.Struct, frozen=True, kw_only=True):
    """How often an event came in some last days, and when last; None: never."""

    n: int = 0
    last_at: datetime | None = None


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """How many have an attribute, and what share of those who could (0 to 1, None: unknown)."""

    n: int = 0
    fill_rate: float | None = None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a part of a journey looks at.

    Attributes:
        path: of that part, as in faults.
        kind: what is looked at.
        name: of the event, property (by its path, as ``products[].category``), trait, channel; of
            a consent its purpose; of a stored segment its id.
        event: of a property: whose.
        or_else: of an event: it is enough that one of these comes.
        value: of a property: one that is waited for; of a segment: who is meant.
    """

    path: str
    kind: ReadingKind
    name: str
    event: str = ""
    or_else: tuple[str, ...] = ()
    value: object = None


class DataFinding(msgspec.Struct, frozen=True, kw_only=True):
    """How one thing that a journey looks at stands in the shop.

    Attributes:
        kind, name, event: what it is, as of `Reading`.
        paths: of the parts that look at it.
        code: stable: event_never_seen, event_not_lately, event_seen, property_never_filled,
            property_filled, trait_never_filled, trait_filled, nobody_consented, consents,
            catalogue_empty, catalogue_filled, segment_empty, segment_size, no_offer,
            sent_by_email.
        is_warning: the journey does not do what it seems to do as long as this is so.
        message: the same in words.
        n: events of the last 30 days; events, people or products that have it.
        fill_rate: of a property or trait, 0 to 1.
        last_seen_at: of an event.
        example: a line of code, or a command, that sends what is missing.
        how: the page of the documentation that says more.
    """

    kind: ReadingKind
    name: str
    event: str = ""
    paths: list[str]
    code: str
    is_warning: bool
    message: str
    n: int | None = None
    fill_rate: float | None = None
    last_seen_at: datetime | None = None
    example: str = ""
    how: str = ""


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft relies on.

    Attributes:
        counted_at: when what the shop sends was counted; None: not yet. What was never seen
            before that is looked for anew.
        findings: warnings first.
    """

    journey_id: str
    draft_no: int
    counted_at: datetime | None
    findings: list[DataFinding]


class ShopData(Protocol):
    """Says what a shop has; `app` implements it on what is counted anyway."""

    def counted_at(self) -> datetime | None:
        """Return when events and attributes were counted."""
        ...

    def find_event(self, name: str, *, days: int) -> EventSeen:
        """Return how often an event came in the last days, at most 90."""
        ...

    def find_property(self, event: str, name: str) -> Filled:
        """Return how many events of a type have a property, given by its path."""
        ...

    def find_trait(self, name: str) -> Filled:
        """Return how many people have a trait."""
        ...

    def count_products(self) -> int:
        """Return how many products are in the catalogue."""
        ...

    def count_people(self, who: Who) -> int:
        """Return how many people are in a stored segment, or meet a condition."""
        ...

    def tree_of(self, who: Who) -> Condition:
        """Return the condition of a stored segment, or the one that is given.

        Raises:
            NotFoundError: no segment by that id.
            InvalidInputError: not a condition.
        """
        ...
