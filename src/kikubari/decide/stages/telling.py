"""A person's stage as an event of the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kikubari.decide.stages.contracts import LifeStages
from kikubari.decide.stages.inference import Found
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import INTERNAL_SOURCE_ID, TRAIT_COMPUTED

# Id of the stage, and the day until which it holds.
Said = tuple[str, str]


def say(definition: LifeStages, found: Found, zone: ZoneInfo) -> Said:
    """Return a stage as its traits tell it, with the day by a shop's calendar."""
    day = from_micros(found.until_us).astimezone(zone).date()
    return definition.stages[found.stage].id, day.isoformat()


def tell(
    stages_id: str,
    number: int,
    said: Said | None,
    found: Found | None,
    now: datetime,
    *,
    more: Mapping[str, Any] | None = None,
    by: str = "",
) -> Event:
    """Return the event that tells somebody's stage, or withdraws it.

    Args:
        stages_id: of the definition.
        number: of the person.
        said: the stage; None withdraws what was told.
        found: where it is from; None where there is nothing to tell.
        now: it is told at.
        more: traits that are told with it.
        by: who corrected it; empty where nobody did.
    """
    trait = f"life_stage.{stages_id}"
    stage, until = said or (None, None)
    is_guess = found is None or not found.is_declared
    return Event(
        message_id=f"life-stage:{stages_id}:{number}:{to_micros(now)}{':by' if by else ''}",
        kind=EventKind.TRACK,
        type=TRAIT_COMPUTED,
        occurred_at=now,
        received_at=now,
        source_id=INTERNAL_SOURCE_ID,
        trust=Trust.INTERNAL,
        number=number,
        properties={"by": by} if by else {},
        traits={trait: stage, f"{trait}.until": until, **(more or {})},
        context={
            "kikubari": {
                "provenance": "declared" if by or not is_guess else "inferred_self",
                "confidence": round(found.confidence, 3) if found else 1.0,
            }
        },
    )
