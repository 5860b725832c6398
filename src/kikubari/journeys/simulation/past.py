"""The past as running journeys see it: a log that grows with the clock, people as they were."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.deliver import Candidate, MessageState, Reason, Verdict
from kikubari.events import SequencedEvent
from kikubari.journeys.simulation.contracts import Memories
from kikubari.kit.clock import Clock
from kikubari.kit.instants import LATEST, to_micros
from kikubari.spec.conditions import IsSet, Suppressed, TraitIs


class PastLog:
    """Implements `journeys.LogReader`: events in the order in which they happened.

    An event is in the log from the instant of the clock at which it happened.

    Args:
        events: of the past, in any order; their places in the log are given anew, from 1.
        clock: of the simulation.
    """

    def __init__(self, events: Sequence[SequencedEvent], clock: Clock) -> None:
        ordered = sorted(events, key=lambda one: (one.event.occurred_at, one.position))
        self._items = [
            msgspec.structs.replace(one, position=place) for place, one in enumerate(ordered, 1)
        ]
        self._times = [to_micros(one.event.occurred_at) for one in self._items]
        self._clock = clock
        self._places: dict[int, list[int]] = {}
        for one in self._items:
            self._places.setdefault(one.number, []).append(one.position)

    def list_numbers(self) -> set[int]:
        """Return whom the events are about."""
        return set(self._places) - {0}

    def position(self) -> int:
        """Return how many events have happened by now."""
        return bisect_right(self._times, to_micros(self._clock.now()))

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
        first = bisect_right(self._times, to_micros(since)) + 1
        places = sorted(
            place
            for number in numbers
            for place in self._places.get(number, ())
            if first <= place <= last
        )
        found = (self._items[place - 1] for place in places)
        return [one for one in found if types is None or one.event.type in types]


class PastAudience:
    """Implements `journeys.Audience`, `deliver.Consents` and a check of the gate on the past.

    People are asked one by one when somebody wants to know, at the very instant: a journey looks
    at a few of them thousands of times, never at all of them.
    """

    name = "standing"

    def __init__(self, memories: Memories, clock: Clock) -> None:
        self._memories = memories
        self._clock = clock

    def evaluate(
        self, segment: str | dict[str, Any], *, as_of: datetime, workspace_id: int
    ) -> BitMap:
        """Return what can be asked who is in it; it cannot be counted or listed."""
        del workspace_id  # people of one
        return _Members(lambda person: self._memories.belongs(segment, person, as_of=as_of))

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
            # A customer list that came in yesterday does not say since when its addresses hold.
            if not self._memories.belongs(_HAS_ADDRESS, one.number, as_of=LATEST):
                stopped[one.message_id] = Verdict(MessageState.SKIPPED, Reason.NO_ADDRESS)
            elif self._is(_IS_SUPPRESSED, one.number):
                stopped[one.message_id] = Verdict(MessageState.SKIPPED, Reason.SUPPRESSED)
        return stopped

    def _is(self, condition: dict[str, Any], person: int) -> bool:
        return self._memories.belongs(condition, person, as_of=self._clock.now())


class _Members(BitMap):
    """Members that are asked one by one."""

    def __new__(cls, _: Callable[[int], bool]) -> Self:
        """Make the empty set that the class is made of."""
        return super().__new__(cls)

    def __init__(self, belongs: Callable[[int], bool]) -> None:
        super().__init__()
        self._belongs = belongs

    def __contains__(self, person: int) -> bool:
        return self._belongs(person)


_HAS_ADDRESS: dict[str, Any] = msgspec.to_builtins(TraitIs(trait="email", test=IsSet()))
_IS_SUPPRESSED: dict[str, Any] = msgspec.to_builtins(Suppressed(channel="email"))
