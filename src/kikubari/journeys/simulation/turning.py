"""Who entered and who left a segment in the past, as a followed segment tells it live."""

from collections.abc import Sequence

from pyroaring import BitMap

from kikubari.events import SequencedEvent
from kikubari.journeys.definition import SegmentTrigger, Trigger
from kikubari.journeys.running import Surroundings
from kikubari.journeys.simulation.contracts import Memories
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import INTERNAL_SOURCE_ID, SEGMENT_ENTERED, SEGMENT_LEFT

_TOLD = frozenset({SEGMENT_ENTERED, SEGMENT_LEFT})


def without_told(events: Sequence[SequencedEvent], trigger: Trigger) -> Sequence[SequencedEvent]:
    """Return events without what was told, at the time, of the segment that lets people in.

    It may not have been followed yet, or may have meant somebody else: `Turns` tells it anew.
    """
    if not isinstance(trigger, SegmentTrigger):
        return events
    return [
        one
        for one in events
        if one.event.type not in _TOLD or one.event.properties.get("segment_id") != trigger.segment
    ]


class Turns:
    """Tells who entered and who left the segment of a trigger since it was last asked.

    Args:
        around: of the simulation; events are appended to its log.
        memories: say who was in it.
        trigger: of the journey; no other kind than a segment's has anything to tell.
    """

    def __init__(self, around: Surroundings, memories: Memories, trigger: Trigger) -> None:
        self._around = around
        self._memories = memories
        self._segment = trigger.segment if isinstance(trigger, SegmentTrigger) else None
        # Those who were in it at the beginning did not come in.
        self._members = self._list_members()

    def step(self) -> None:
        """Append the events of those who came and went."""
        if self._segment is None:
            return
        before, self._members = self._members, self._list_members()
        events = [
            *(self._event(SEGMENT_ENTERED, number) for number in self._members - before),
            *(self._event(SEGMENT_LEFT, number) for number in before - self._members),
        ]
        if events:
            self._around.store.write(
                lambda connection: self._around.append(
                    connection, events, workspace_id=self._around.workspace_id
                )
            )

    def _list_members(self) -> BitMap:
        if self._segment is None:
            return BitMap()
        return self._memories.list_members(self._segment, as_of=self._around.clock.now())

    def _event(self, type_: str, number: int) -> Event:
        now = self._around.clock.now()
        return Event(
            message_id=f"simulated:{self._segment}:{type_}:{number}:{now.isoformat()}",
            kind=EventKind.TRACK,
            type=type_,
            occurred_at=now,
            received_at=now,
            source_id=INTERNAL_SOURCE_ID,
            trust=Trust.INTERNAL,
            number=number,
            properties={"segment_id": self._segment, "cause": "arrived"},
        )
