"""What is known in a test of a journey: who is in which segment, as engines of segments ask it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pyroaring import BitMap

from kikubari.events import SequencedEvent
from kikubari.journeys.definition import Who
from kikubari.segments import (
    BaseValues,
    Moment,
    RememberedPeople,
    find_builtin,
    gather_base_values,
)
from kikubari.spec.conditions import Condition, InList, InSegment, Percentile, convert_condition
from kikubari.spec.errors import InvalidInputError, NotFoundError

_FOLLOWED = "followed segment"


@dataclass(frozen=True, kw_only=True)
class CaseShop:
    """What a journey finds around it.

    Attributes:
        segments: trees by id; ready-made ones are there without, with their plain thresholds.
        zone: the shop's.
        currency: of amounts that name none.
    """

    segments: Mapping[str, Condition]
    zone: ZoneInfo
    currency: str


class Knowledge:
    """Implements `segments.Others`, `Definitions` and `Lists` for people who are made up."""

    def __init__(
        self,
        shop: CaseShop,
        numbers: Mapping[str, int],
        stated: Collection[str],
        on_lists: Mapping[str, Collection[str]],
    ) -> None:
        self._segments = shop.segments
        self._numbers = numbers
        self._stated = stated
        self._on_lists = on_lists

    def base_values(self, tree: Condition, moment: Moment) -> BaseValues:
        """Return what evaluating the tree needs."""
        del moment
        return gather_base_values(tree, definitions=self, lists=self, edge_of=_refuse_percentile)

    def definition(self, segment_id: str) -> Condition:
        """Return a segment's tree."""
        if segment_id in self._stated:
            return InList(stated_list(segment_id))
        if segment_id in self._segments:
            return self._segments[segment_id]
        builtin = find_builtin(segment_id)
        if builtin is None:
            raise NotFoundError(
                f"there is no segment {segment_id!r}",
                hint="Give the folder of segments, or say in the test who is in it.",
            )
        return builtin.definition

    def members(self, list_id: str) -> BitMap:
        """Return the numbers of those who are said to be on a list."""
        return BitMap(self._numbers[name] for name in self._on_lists.get(list_id, ()))

    def check(self, who: Who) -> None:
        """Refuse a choice of people that refers to a segment that is not there."""
        tree = InSegment(who) if isinstance(who, str) else convert_condition(who)
        gather_base_values(tree, definitions=self, lists=self, edge_of=lambda _: None)

    def exists(self, kind: str, id_: str) -> bool:
        """Say whether a segment is there; other things are the server's to know."""
        try:
            return kind != _FOLLOWED or bool(self.definition(id_))
        except NotFoundError:
            return False


class CastMemories:
    """Implements `journeys.Memories` on people whose whole lives are in the case."""

    def __init__(self, remembered: RememberedPeople, events: Iterable[SequencedEvent]) -> None:
        self._remembered = remembered
        lives: dict[int, list[SequencedEvent]] = {}
        for one in events:
            lives.setdefault(one.number, []).append(one)
        for person, life in lives.items():
            remembered.remember(person, life)
        self._people = lives.keys()

    def recall(self, people: Collection[int]) -> None:
        """Do nothing: everybody is at hand."""

    def belongs(self, segment: Who, person: int, *, as_of: datetime) -> bool:
        """Say whether a person was in a segment."""
        return self._remembered.belongs(segment, person, as_of=as_of)

    def list_members(self, segment: Who, *, as_of: datetime) -> BitMap:
        """Return everybody who was in a segment."""
        return BitMap(one for one in self._people if self.belongs(segment, one, as_of=as_of))


def stated_list(segment_id: str) -> str:
    """Return the list of those of whom a case says that they are in a segment."""
    return f"stated:{segment_id}"


def _refuse_percentile(leaf: Percentile) -> int | None:
    del leaf
    raise InvalidInputError(
        "a condition compares people with the whole shop, which a test has not",
        hint="Say in the test's `segments` who is in it.",
    )
