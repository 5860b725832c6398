"""The people of a case as rows of a log: who they are, and what happens to them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any
from zoneinfo import ZoneInfo

from kikubari.events import SequencedEvent
from kikubari.journeys.cases.contracts import Case, CasePerson, Happening
from kikubari.journeys.definition import ExperimentStep, JourneyDefinition, SplitStep
from kikubari.journeys.definition.steps import Part
from kikubari.journeys.running.drawing import draw, lot_key, part_of
from kikubari.journeys.running.entering import is_held_out
from kikubari.spec.envelope import IDENTIFIED, Event, EventKind, Trust
from kikubari.spec.errors import InvalidInputError
from kikubari.spec.topics import CONSENT_CHANGED, INTERNAL_SOURCE_ID, RESERVED_PREFIX

_BEFORE = timedelta(days=1)
_SOURCE_ID = 1
# One in a hundred draws the smallest part; four such steps in a row are still found.
_NUMBERS = 1_000_000
_TIMEZONE = "timezone"


class Cast:
    """Implements `journeys.PastEvents` and `journeys.People` on the people of one case.

    Lots are drawn of a person's number, so each gets one that draws the lots that are asked for,
    and nobody one that is held out.

    Args:
        case: with instants of any zone.
        definition: of the journey.
        journey_id: its own.
        zone: of instants that name none.

    Raises:
        InvalidInputError: a lot is asked for that cannot be drawn.
    """

    def __init__(
        self, case: Case, definition: JourneyDefinition, *, journey_id: str, zone: ZoneInfo
    ) -> None:
        self.numbers = _give_numbers(case.people, definition, journey_id)
        self.names = {number: name for name, number in self.numbers.items()}
        self._zone = zone
        self._before = read_at(case.since, zone) - _BEFORE
        events = [
            (self.numbers[name], event)
            for name, person in case.people.items()
            for event in self._events(name, person)
        ]
        events.sort(key=lambda one: one[1].occurred_at)
        self.events = [
            SequencedEvent(place, number, event)
            for place, (number, event) in enumerate(events, start=1)
        ]

    def read_past(
        self, types: Collection[str] | None, *, since: datetime, until: datetime
    ) -> Sequence[SequencedEvent]:
        """Return the events of some types that happened from `since` to `until`."""
        return [
            one
            for one in self.events
            if since <= one.event.occurred_at <= until
            and (types is None or one.event.type in types)
        ]

    def resolve(self, numbers: Collection[int]) -> Mapping[int, int]:
        """Return who these numbers are: themselves."""
        return {number: number for number in numbers}

    def numbers_of(self, people: Collection[int]) -> Mapping[int, int]:
        """Return every number of these people: their only one."""
        return {one: one for one in people}

    def list_restricted(self, people: Collection[int]) -> Collection[int]:
        """Return those whose data must not be used: nobody."""
        del people
        return ()

    def zones(self, people: Collection[int]) -> Mapping[int, str]:
        """Return the time zone that each is known to live in."""
        wanted = set(people)
        stated = {
            one.number: one.event.traits[_TIMEZONE]
            for one in self.events
            if one.number in wanted and _TIMEZONE in one.event.traits
        }
        return {number: zone for number, zone in stated.items() if isinstance(zone, str)}

    def _events(self, name: str, person: CasePerson) -> Iterator[Event]:
        """Yield what is known before, and what happens."""
        address = {"email": f"{name}@example.com"} if person.reachable else {}
        known = {**address, **person.traits}
        yield self._event(name, 0, self._before, kind=EventKind.IDENTIFY, traits=known)
        if person.reachable:
            yield self._event(
                name,
                1,
                self._before,
                type_=CONSENT_CHANGED,
                properties={"status": "granted", "purpose": "marketing", "channel": "email"},
            )
        for place, one in enumerate(person.timeline, start=2):
            yield self._happen(name, place, one)

    def _happen(self, name: str, place: int, one: Happening) -> Event:
        at = read_at(one.at, self._zone)
        if one.traits is not None:
            return self._event(name, place, at, kind=EventKind.IDENTIFY, traits=one.traits)
        if one.consent is not None:
            stated = {
                "status": one.consent.status,
                "purpose": one.consent.purpose,
                "channel": one.consent.channel,
            }
            return self._event(name, place, at, type_=CONSENT_CHANGED, properties=stated)
        return self._event(name, place, at, type_=one.event or "", properties=one.properties)

    def _event(
        self,
        name: str,
        place: int,
        at: datetime,
        *,
        kind: EventKind = EventKind.TRACK,
        type_: str = IDENTIFIED,
        properties: dict[str, Any] | None = None,
        traits: dict[str, Any] | None = None,
    ) -> Event:
        is_own = type_.startswith(RESERVED_PREFIX) and type_ not in (IDENTIFIED, CONSENT_CHANGED)
        return Event(
            message_id=f"{name}/{place}",
            kind=kind,
            type=type_,
            occurred_at=at,
            received_at=at,
            source_id=INTERNAL_SOURCE_ID if is_own else _SOURCE_ID,
            trust=Trust.INTERNAL if is_own else Trust.SERVER,
            user_id=name,
            properties=properties or {},
            traits=traits or {},
        )


def read_at(text: str, zone: ZoneInfo) -> datetime:
    """Return an instant in UTC; without an offset it is by the clock of `zone`.

    Raises:
        InvalidInputError: there is no such instant.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(f"{text}: {error}") from error
    return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)


def _give_numbers(
    people: Mapping[str, CasePerson], definition: JourneyDefinition, journey_id: str
) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for name, person in people.items():
        asked = [
            (parts, lot_key(journey_id, step), person.lots[step])
            for step, parts in _lots(name, person, definition).items()
        ]
        taken = set(numbers.values())
        fitting = (
            number
            for number in islice(count(1), _NUMBERS)
            if number not in taken
            and not is_held_out(journey_id, definition.rules.holdout_percent, number)
            and all(part_of(parts, draw(key, number)) == part for parts, key, part in asked)
        )
        number = next(fitting, None)
        if number is None:
            raise InvalidInputError(f"people.{name}.lots: nobody draws all of these")
        numbers[name] = number
    return numbers


def _lots(
    name: str, person: CasePerson, definition: JourneyDefinition
) -> Mapping[str, Sequence[Part]]:
    """Return the parts of each step that a person's lots name."""
    splits = {
        step.id: step.parts
        for step in definition.steps
        if isinstance(step, SplitStep | ExperimentStep)
    }
    for step, part in person.lots.items():
        if part not in {one.id for one in splits.get(step, ())}:
            raise InvalidInputError(
                f"people.{name}.lots.{step}: no split or experiment with a part {part!r}"
            )
    return {step: splits[step] for step in person.lots}
