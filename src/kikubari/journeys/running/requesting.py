"""Letting people in on purpose: a wish is an event of the log, and the log's follower decides.

So a wish made twice counts once, the rules of entry are the same as for every trigger, and the
history of the person tells of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import INTERNAL_SOURCE_ID, JOURNEY_REQUESTED


def entry_wish(
    journey_id: str, number: int, *, key: str, at: datetime, properties: Mapping[str, Any]
) -> Event:
    """Return the event by which a person is to enter a journey.

    Args:
        journey_id: which one.
        number: of the person.
        key: the same journey, person and key are one wish.
        at: the instant.
        properties: what templates read as ``trigger``.
    """
    return Event(
        message_id=f"journey:{journey_id}:{number}:{key}",
        kind=EventKind.TRACK,
        type=JOURNEY_REQUESTED,
        occurred_at=at,
        received_at=at,
        source_id=INTERNAL_SOURCE_ID,
        trust=Trust.INTERNAL,
        number=number,
        properties={**properties, "journey_id": journey_id},
    )
