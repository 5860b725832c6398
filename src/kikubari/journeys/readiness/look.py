"""Whether a shop sends what a journey looks at: said beforehand, never in the way."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from kikubari.journeys.definition import JourneyDefinition
from kikubari.journeys.readiness.contracts import (
    DataFinding,
    EventSeen,
    Readiness,
    Reading,
    ReadingKind,
    ShopData,
)
from kikubari.journeys.readiness.readings import list_readings
from kikubari.journeys.readiness.sending import example_of, page_of
from kikubari.spec.errors import KikubariError

LATELY_DAYS = 30
# Code, whether it is a warning, what it says, and figures, by the names of `DataFinding`.
_Verdict = tuple[str, bool, str, dict[str, Any]]


def count_amount(data: ShopData, kind: ReadingKind, name: str, *, days: int) -> EventSeen:
    """Return how many there are of an event in the last days, or of people or products.

    Args:
        data: of the shop.
        kind: an event, trait, consent or the catalogue.
        name: of the event or trait; of a consent its purpose.
        days: at most 90.
    """
    match kind:
        case "event":
            return data.find_event(name, days=days)
        case "trait":
            return EventSeen(n=data.find_trait(name).n)
        case "consent":
            return EventSeen(n=data.count_people(_agreed(name)))
        case _:
            return EventSeen(n=data.count_products())


def show_how(kind: ReadingKind, name: str, journey: JourneyDefinition, data: ShopData) -> str:
    """Return a line of code that sends what a journey needs, as the journey looks at it."""
    reading = Reading(path="", kind=kind, name=name)
    return example_of(reading, list_readings(journey, data.tree_of))


class ReadinessCheck:
    """Compares what journeys look at with what a shop has.

    Args:
        data: of the shop.
    """

    def __init__(self, data: ShopData) -> None:
        self._data = data
        self._judges: dict[str, Callable[[Reading], _Verdict | None]] = {
            "event": self._judge_event,
            "property": self._judge_property,
            "trait": self._judge_trait,
            "consent": self._judge_consent,
            "catalogue": self._judge_catalogue,
            "segment": self._judge_segment,
            "offer": _judge_offer,
            "channel": _judge_channel,
        }

    def look(self, journey_id: str, draft_no: int, journey: JourneyDefinition) -> Readiness:
        """Return how everything that a draft looks at stands."""
        return Readiness(
            journey_id=journey_id,
            draft_no=draft_no,
            counted_at=self._data.counted_at(),
            findings=self.list_findings(journey),
        )

    def list_findings(self, journey: JourneyDefinition) -> list[DataFinding]:
        """Return each thing once, with every part that looks at it: warnings first."""
        readings = list_readings(journey, self._data.tree_of)
        places: dict[tuple[str, str, str, str], list[Reading]] = {}
        for one in readings:
            who = "" if one.name or one.kind != "segment" else str(one.value)
            places.setdefault((one.kind, one.event, one.name, who), []).append(one)
        found = [self._find(here, readings) for here in places.values()]
        return sorted((one for one in found if one is not None), key=lambda one: not one.is_warning)

    def _find(self, here: Sequence[Reading], readings: Sequence[Reading]) -> DataFinding | None:
        one = here[0]
        verdict = self._judges[one.kind](one)
        if verdict is None:
            return None
        code, is_warning, message, figures = verdict
        return DataFinding(
            kind=one.kind,
            name=one.name,
            event=one.event,
            paths=list(dict.fromkeys(reading.path for reading in here)),
            code=code,
            is_warning=is_warning,
            message=message,
            example=example_of(one, readings) if is_warning else "",
            how=page_of(one) if is_warning else "",
            **figures,
        )

    def _judge_event(self, one: Reading) -> _Verdict:
        seen = self._data.find_event(one.name, days=LATELY_DAYS)
        figures = {"n": seen.n, "last_seen_at": seen.last_at}
        is_needed = not any(
            self._data.find_event(other, days=LATELY_DAYS).last_at for other in one.or_else
        )
        if seen.last_at is None:
            said = f"no {one.name!r} event ever came"
            return "event_never_seen", is_needed, said, figures
        if not seen.n:
            said = f"no {one.name!r} event came in {LATELY_DAYS} days"
            return "event_not_lately", True, said, figures
        said = f"{seen.n} {one.name!r} events in {LATELY_DAYS} days"
        return "event_seen", False, said, figures

    def _judge_property(self, one: Reading) -> _Verdict | None:
        if self._data.find_event(one.event, days=LATELY_DAYS).last_at is None:
            return None  # said of the event
        filled = self._data.find_property(one.event, one.name)
        figures = msgspec.structs.asdict(filled)
        if filled.n:
            said = f"{filled.n} {one.event!r} events say {one.name!r}"
            return "property_filled", False, said, figures
        said = f"no {one.event!r} event that was looked at says {one.name!r}"
        return "property_never_filled", True, said, figures

    def _judge_trait(self, one: Reading) -> _Verdict:
        filled = self._data.find_trait(one.name)
        figures = msgspec.structs.asdict(filled)
        if filled.n:
            said = f"{filled.n} people have the trait {one.name!r}"
            return "trait_filled", False, said, figures
        return "trait_never_filled", True, f"nobody has the trait {one.name!r}", figures

    def _judge_consent(self, one: Reading) -> _Verdict:
        n = self._data.count_people(_agreed(one.name))
        if n:
            return "consents", False, f"{n} people agreed to {one.name}", {"n": n}
        return "nobody_consented", True, f"nobody agreed to {one.name} yet", {"n": 0}

    def _judge_catalogue(self, _: Reading) -> _Verdict:
        n = self._data.count_products()
        if n:
            return "catalogue_filled", False, f"{n} products are in the catalogue", {"n": n}
        return "catalogue_empty", True, "no product is in the catalogue", {"n": 0}

    def _judge_segment(self, one: Reading) -> _Verdict | None:
        try:
            n = self._data.count_people(one.value)  # type: ignore[arg-type]
        except KikubariError:
            return None  # a fault, not a warning
        if n:
            return "segment_size", False, f"{n} people are in the segment now", {"n": n}
        return "segment_empty", True, "nobody is in the segment now", {"n": 0}


def _agreed(purpose: str) -> dict[str, Any]:
    """Return the condition of having agreed, by e-mail as messages go."""
    return {"type": "consent", "purpose": purpose, "channel": "email", "status": "granted"}


def _judge_offer(_: Reading) -> _Verdict:
    said = "no offer is chosen: the place for a code stays empty"
    return "no_offer", True, said, {}


def _judge_channel(one: Reading) -> _Verdict:
    said = f"{one.name} is not connected: the message goes by e-mail"
    return "sent_by_email", True, said, {}
