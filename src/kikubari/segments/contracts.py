"""What segments give, and the little they need from elsewhere."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import msgspec
from pyroaring import BitMap

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


class Explained(msgspec.Struct, frozen=True):
    """One condition of a tree for one person."""

    path: str
    condition: Condition
    is_true: bool


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A stored segment in one version."""

    id: str
    version: int
    name: str
    description: str
    definition: Condition
    updated_at: datetime
