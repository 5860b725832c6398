"""The past as running journeys see it: a log that grows with the clock, audiences as they were."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.deliver import Candidate, MessageState, Reason, Verdict
from kikubari.events import SequencedEvent
from kikubari.journeys.contracts import Audience
from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.spec.conditions import IsSet, Suppressed, TraitIs

# Who may be written to changes slowly: asked once for each stretch of this length.
_STANDING_LASTS = timedelta(hours=12)


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
    """Implements `journeys.Audience`, remembering the answers for one instant."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._as_of: datetime | None = None
        self._known: dict[bytes, BitMap] = {}

    def evaluate(
        self, segment: str | dict[str, Any], *, as_of: datetime, workspace_id: int
    ) -> BitMap:
        """Return the members of a segment at an instant."""
        if as_of != self._as_of:
            self._as_of, self._known = as_of, {}
        key = msgspec.json.encode(segment)
        if key not in self._known:
            self._known[key] = self._audience.evaluate(
                segment, as_of=as_of, workspace_id=workspace_id
            )
        return self._known[key]


class PastStanding:
    """Who could be written to, as of the clock; exact to half a day.

    It is a `deliver.Consents`, and a check of the gate on addresses and suppressions.
    """

    name = "standing"

    def __init__(self, audience: Audience, clock: Clock) -> None:
        self._audience = audience
        self._clock = clock
        self._known: dict[tuple[datetime, bytes], BitMap] = {}

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
        del connection
        asked = {"type": "consent", "purpose": purpose, "channel": channel}
        agreed = self._members(asked, workspace_id)
        return {number for number in numbers if number in agreed}

    def judge(
        self, connection: Connection, candidates: Sequence[Candidate]
    ) -> Mapping[int, Verdict]:
        """Return a verdict for each message to somebody without an address that takes mail."""
        del connection
        workspace_id = candidates[0].workspace_id
        addressed = self._members(msgspec.to_builtins(_HAS_ADDRESS), workspace_id)
        suppressed = self._members(msgspec.to_builtins(_IS_SUPPRESSED), workspace_id)
        stopped: dict[int, Verdict] = {}
        for one in candidates:
            if one.number not in addressed:
                stopped[one.message_id] = Verdict(MessageState.SKIPPED, Reason.NO_ADDRESS)
            elif one.number in suppressed:
                stopped[one.message_id] = Verdict(MessageState.SKIPPED, Reason.SUPPRESSED)
        return stopped

    def _members(self, condition: dict[str, Any], workspace_id: int) -> BitMap:
        now = self._clock.now()
        as_of = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % _STANDING_LASTS
        key = (as_of, msgspec.json.encode(condition))
        if key not in self._known:
            self._known[key] = self._audience.evaluate(
                condition, as_of=as_of, workspace_id=workspace_id
            )
        return self._known[key]


_HAS_ADDRESS = TraitIs(trait="email", test=IsSet())
_IS_SUPPRESSED = Suppressed(channel="email")
