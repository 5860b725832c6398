"""What segments give, and the little they need from elsewhere."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

import msgspec
from pyroaring import BitMap

from kikubari.segments.moment import Moment
from kikubari.spec.conditions import Condition


class Lists(Protocol):
    """Static lists: profile numbers somebody chose."""

    def members(self, list_id: str) -> BitMap:
        """Return the numbers on a list, as they are now after merges.

        Raises:
            NotFoundError: there is no such list.
        """
        ...


class Definitions(Protocol):
    """Stored segments by id."""

    def definition(self, segment_id: str) -> Condition:
        """Return the segment's current tree.

        Raises:
            NotFoundError: there is no such segment.
        """
        ...


class CopyProgress(Protocol):
    """How far the columnar copy is; implemented by the copier."""

    def copied_position(self) -> int:
        """Return the last position of the log that the copy holds."""
        ...


class Objections(Protocol):
    """Says who objects to being chosen by what they did, and to what is worked out of them."""

    def list_unprofiled(self) -> BitMap:
        """Return those of whom nothing is worked out."""
        ...

    def list_unchosen(self, tree: Condition) -> BitMap:
        """Return those whom a condition must not choose, by what it looks at."""
        ...


class LeftOut(Protocol):
    """Says who is in no segment, whatever is known of them."""

    def list_left_out(self) -> BitMap:
        """Return the canonical numbers of people whose data must not be used."""
        ...


class Erasures(Protocol):
    """Deletions from the columnar copy, which no position of the log tells."""

    def generation(self) -> int:
        """Return a number that grows with every deletion, the same in every process."""
        ...


class NoErasures:
    """Nothing is ever deleted."""

    def generation(self) -> int:
        """Return the same number always."""
        return 0


class BaseValues(msgspec.Struct, frozen=True):
    """What one person's evaluation needs to know of everyone else.

    Attributes:
        thresholds: edge of each percentile by the leaf's digest; None if nobody has a value.
        lists: members of each list referred to.
        segments: tree of each segment referred to, those behind it included.
        position: log position the values were taken at.
    """

    thresholds: Mapping[str, int | None] = {}
    lists: Mapping[str, BitMap] = {}
    segments: Mapping[str, Condition] = {}
    position: int = 0


class Others(Protocol):
    """Knows of everyone else what one person's evaluation asks."""

    def base_values(self, tree: Condition, moment: Moment) -> BaseValues:
        """Return what evaluating the tree needs.

        Raises:
            NotFoundError: it refers to a segment or list that does not exist.
        """
        ...


class LeafResult(msgspec.Struct, frozen=True):
    """One leaf of an evaluated tree."""

    path: str
    digest: str
    count: int
    is_cached: bool


class Evaluation(msgspec.Struct, frozen=True):
    """Who belongs, and how that came about.

    Attributes:
        members: profile numbers.
        leaves: every leaf with its own count, in the order of the tree.
        as_of: the instant it holds for.
        position: log position of the copy it was read from.
    """

    members: BitMap
    leaves: tuple[LeafResult, ...]
    as_of: datetime
    position: int


class Seen(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was there.

    Attributes:
        kind: count (of events), amount (in the measure's unit: minor units for money), text,
            instant, status (of consent), or nothing.
        number: a count or an amount.
        text: a text or a status.
        at: an instant.
        edge: what a ranking asks for, in the unit of `number`.
    """

    kind: Literal["count", "amount", "text", "instant", "status", "nothing"]
    number: float | None = None
    text: str = ""
    at: datetime | None = None
    edge: float | None = None


class Explained(msgspec.Struct, frozen=True):
    """One condition of a tree for one person, and what it judged by where one value tells."""

    path: str
    condition: Condition
    is_true: bool
    seen: Seen | None = None


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A stored segment in one version."""

    id: str
    version: int
    name: str
    description: str
    definition: Condition
    updated_at: datetime


Cause = Literal["followed", "created", "edited"]


class LiveState(msgspec.Struct, frozen=True, kw_only=True):
    """How a followed segment stands.

    Attributes:
        segment_id: which one.
        version: of the definition the members belong to.
        size: how many members.
        change: number of the last change of members, 0 before the first.
        position: log position of the copy at the last change.
        changed_at: when the members changed last.
        followed_at: everything that had arrived by then is in the members.
        lag_seconds: how long ago that is.
        announces: whether entering and leaving are events of the log.
    """

    segment_id: str
    version: int
    size: int
    change: int
    position: int
    changed_at: datetime
    followed_at: datetime | None
    lag_seconds: float | None
    announces: bool


class Membership(msgspec.Struct, frozen=True):
    """A person's place in a followed segment.

    Attributes:
        size: how many members it has.
        since: when the person entered; None if that is not among its newest changes, or if they
            were there when the segment was first counted.
    """

    size: int
    since: datetime | None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a segment's members.

    Attributes:
        segment_id: which one.
        change: its number, from 1.
        version: of the definition by then.
        cause: followed (events, merges, time), created (first members) or edited.
        as_of: the instant it holds for.
        size: members after it.
        entered: who came.
        left: who went.
    """

    segment_id: str
    change: int
    version: int
    cause: Cause
    as_of: datetime
    size: int
    entered: BitMap
    left: BitMap


class SizePoint(msgspec.Struct, frozen=True):
    """A segment's size at the end of an hour, and who came and went in it."""

    at: datetime
    size: int
    entered: int
    left: int


class FollowedProgress(CopyProgress, Protocol):
    """How far the columnar copy is, and how far behind the log."""

    def lag(self) -> int:
        """Return how many events of the log the copy does not hold yet."""
        ...
