"""Small twins between rooms: what one declares, made of what another gives."""

from datetime import datetime
from typing import Any

from pyroaring import BitMap

from kikubari.deliver import Origin, Outbox
from kikubari.journeys import LetterGoal
from kikubari.measure import Goals, OutboxCounts
from kikubari.segments import SegmentEngine
from kikubari.spec.conditions import InSegment, convert_condition
from kikubari.spec.errors import NotFoundError

BROADCAST = "broadcast"


class SegmentAudience:
    """Implements `journeys.Audience` on segments."""

    def __init__(self, engine: SegmentEngine) -> None:
        self._engine = engine

    def evaluate(
        self, segment: str | dict[str, Any], *, as_of: datetime, workspace_id: int
    ) -> BitMap:
        """Return the members of a stored segment, by its id, or of a condition tree."""
        del workspace_id  # segments are one workspace's
        if isinstance(segment, str):
            return self._engine.evaluate(InSegment(segment), as_of).members
        return self._engine.evaluate(convert_condition(segment), as_of).members


class LetterGoals:
    """Implements what `journeys.LetterTests` counts with on measure's."""

    def __init__(self, goals: Goals) -> None:
        self._goals = goals

    def __call__(
        self, broadcast_id: str, goal: LetterGoal, since: datetime
    ) -> dict[str, tuple[int, int]]:
        """Return, for each letter, how many got it and how many of these reached the goal."""
        return self._goals.count_by_letter(
            broadcast_id, goal.topic, hours=goal.within_hours, since=since
        )


class BroadcastOutbox:
    """Implements `measure.Outbox` on deliver's."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def count_broadcast(self, broadcast_id: str) -> OutboxCounts:
        """Return how many messages of the broadcast are where; none before it is sent."""
        try:
            counts = self._outbox.count(Origin(BROADCAST, broadcast_id))
        except NotFoundError:
            return OutboxCounts({}, {})
        return OutboxCounts(
            {state.value: n for state, n in counts.states.items()},
            {reason.value: n for reason, n in counts.reasons.items()},
        )
