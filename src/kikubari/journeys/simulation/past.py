"""The past as running journeys see it: a log that grows with the clock, people as they were."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.deliver import Candidate, MessageState, Reason, Verdict
from kikubari.events import SequencedEvent
from kikubari.journeys.simulation.contracts import Memories
from kikubari.kit.clock import Clock
from kikubari.kit.instants import LATEST
from kikubari.spec.conditions import IsSet, Suppressed, TraitIs
from kikubari.spec.envelope import Event


class PastLog:
    """Implements `journeys.LogReader`: events in the order in which they happened.

    An event is in the log from the instant of the clock at which it happened. What a simulation
    itself makes of the past, a birthday or a segment that was entered, comes after what happened
    by then, as it does in the real log.

    Args:
        events: of the past, in any order; their places in the log are given anew, from 1.
        clock: of the simulation.
        recall: is told whom appended events are about.
    """

    def __init__(
        self,
        events: Sequence[SequencedEvent],
        clock: Clock,
        recall: Callable[[Collection[int]], None],
    ) -> None:
        # Those ahead, the next one last.
        self._ahead = sorted(
            events, key=lambda one: (one.event.occurred_at, one.position), reverse=True
        )
        self._since = clock.now()
        self._clock = clock
        self._recall = recall
        self._items: list[SequencedEvent] = []
        self._places: dict[int, list[int]] = {}

    def append(self, connection: Connection, events: Sequence[Event], *, workspace_id: int) -> None:
        """Add what comes about now; nothing that would have come about before the beginning."""
        del connection, workspace_id
        self._come_to_now()
        fresh = [
            SequencedEvent(0, one.number, one)
            for one in events
            if one.number is not None and one.occurred_at >= self._since
        ]
        self._recall({one.number for one in fresh})
        for one in fresh:
            self._add(one)

    def position(self) -> int:
        """Return how many events have happened by now."""
        self._come_to_now()
        return len(self._items)

    def read(
        self, first: int, last: int, types: Collection[str] | None
    ) -> Sequence[SequencedEvent]:
        """Return the events at positions first..last of some types (None: all), in order."""
        found = self._items[first - 1 : last]
        return found if types is None else [one for one in found if one.event.type in types]

    def read_at(self, positions: Collection[int]) -> Sequence[SequencedEvent]:
        """Return the events at these positions, in order."""
        return [self._items[place - 1] for place in sorted(positions)]

    def read_since(
        self, numbers: Collection[int], types: Collection[str] | None, *, since: datetime, last: int
    ) -> Sequence[SequencedEvent]:
        """Return events of these numbers that happened later than `since`, up to a position."""
        places = sorted(
            place for number in numbers for place in self._places.get(number, ()) if place <= last
        )
        found = (self._items[place - 1] for place in places)
        return [
            one
            for one in found
            if one.event.occurred_at > since and (types is None or one.event.type in types)
        ]

    def find_next(self) -> datetime | None:
        """Return when the next thing happened that is still ahead, None if nothing is."""
        return self._ahead[-1].event.occurred_at if self._ahead else None

    def _come_to_now(self) -> None:
        now = self._clock.now()
        while self._ahead and self._ahead[-1].event.occurred_at <= now:
            self._add(self._ahead.pop())

    def _add(self, item: SequencedEvent) -> None:
        place = len(self._items) + 1
        self._items.append(msgspec.structs.replace(item, position=place))
        self._places.setdefault(item.number, []).append(place)


class PastAudience:
    """Implements `journeys.Audience`, `deliver.Consents` and a check of the gate on the past.

    People are asked one by one when somebody wants to know, at the very instant: a journey looks
    at a few of them thousands of times, never at all of them.
    """

    name = "standing"

    def __init__(self, memories: Memories, clock: Clock) -> None:
        self._memories = memories
        self._clock = clock
        self._addresses: dict[int, bool] = {}

    def evaluate(
        self, segment: str | dict[str, Any], *, as_of: datetime, workspace_id: int
    ) -> BitMap:
        """Return what can be asked who is in it, and asks for all only when it is listed."""
        del workspace_id  # people of one
        return _Members(
            lambda person: self._memories.belongs(segment, person, as_of=as_of),
            lambda: self._memories.list_members(segment, as_of=as_of),
        )

    def list_granted(
        self,
        connection: Connection,
        numbers: Sequence[int],
        *,
        purpose: str,
        channel: str,
        workspace_id: int,
    ) -> Collection[int]:
        """Return those of the numbers who had agreed."""
        del connection, workspace_id
        asked = {"type": "consent", "purpose": purpose, "channel": channel}
        return {number for number in numbers if self._is(asked, number)}

    def judge(
        self, connection: Connection, candidates: Sequence[Candidate]
    ) -> Mapping[int, Verdict]:
        """Return a verdict for each message to somebody without an address that takes mail."""
        del connection
        stopped: dict[int, Verdict] = {}
        for one in candidates:
            if not self._has_address(one.number):
                stopped[one.message_id] = Verdict(MessageState.SKIPPED, Reason.NO_ADDRESS)
            elif self._is(_IS_SUPPRESSED, one.number):
                stopped[one.message_id] = Verdict(MessageState.SKIPPED, Reason.SUPPRESSED)
        return stopped

    def _has_address(self, person: int) -> bool:
        # A customer list that came in yesterday does not say since when its addresses hold.
        if person not in self._addresses:
            found = self._memories.belongs(_HAS_ADDRESS, person, as_of=LATEST)
            self._addresses[person] = found
        return self._addresses[person]

    def _is(self, condition: dict[str, Any], person: int) -> bool:
        return self._memories.belongs(condition, person, as_of=self._clock.now())


class _Members(BitMap):
    """Members that are asked one by one, and found only when they are listed."""

    def __new__(cls, _belongs: Callable[[int], bool], _listed: Callable[[], BitMap]) -> Self:
        """Make the empty set that the class is made of."""
        return super().__new__(cls)

    def __init__(self, belongs: Callable[[int], bool], listed: Callable[[], BitMap]) -> None:
        super().__init__()
        self._belongs = belongs
        self._listed = listed

    def __contains__(self, person: int) -> bool:
        return self._belongs(person)

    def __iter__(self) -> Iterator[int]:
        return iter(self._listed())


_HAS_ADDRESS: dict[str, Any] = msgspec.to_builtins(TraitIs(trait="email", test=IsSet()))
_IS_SUPPRESSED: dict[str, Any] = msgspec.to_builtins(Suppressed(channel="email"))
