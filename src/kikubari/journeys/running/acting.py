"""What steps do besides sending, in the transaction that takes people past them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.deliver import Wish, wish_event
from kikubari.events import append_in
from kikubari.journeys.definition import (
    EnterStep,
    ListStep,
    PauseStep,
    SetTraitStep,
)
from kikubari.journeys.running.contracts import LogReader, People
from kikubari.journeys.running.requesting import entry_wish
from kikubari.journeys.running.travellers import Acts, Traveller
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE, IDENTIFIED, Event, EventKind, Trust
from kikubari.spec.topics import INTERNAL_SOURCE_ID

# Journeys that enter each other would hand people on for ever: so often in a row, each within the
# hour, is no plan of anybody's.
HANDED_ON = "handed_on"
_MOST_HANDED_ON = 10
_HOUR_US = 3_600_000_000


class Lists(Protocol):
    """Lists of people; `segments.StoredLists` is one."""

    def change_in(
        self, connection: Connection, list_id: str, *, add: BitMap, remove: BitMap, at: datetime
    ) -> None:
        """Put people on a list and take others off, in the caller's transaction."""
        ...


class Actions:
    """Carries out traits, pauses, lists and wishes to enter other journeys.

    What is said about people goes into the log, under ids made of the enrolment, its version and
    the step: whom a new version moves back to a step takes it once more.

    Args:
        lists: people are put on, and taken off.
        people: say under which other numbers somebody may be on a list; none: nobody has any.
        log: knows what let people in, for the journeys they enter; none: they are not told.
        workspace_id: whose journeys.
    """

    def __init__(
        self,
        lists: Lists,
        people: People | None = None,
        *,
        log: LogReader | None = None,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._lists = lists
        self._people = people
        self._log = log
        self._workspace_id = workspace_id

    def __call__(self, connection: Connection, acts: Acts, now: datetime) -> None:
        """Do it all, in the caller's transaction."""
        events: list[Event] = []
        for program, number, people in acts.steps:
            step = program.steps[number]
            match step:
                case SetTraitStep():
                    events += _statements(step, program.journey_id, people, now)
                case PauseStep():
                    events += _pauses(step, program.journey_id, people, now)
                case EnterStep(journey=journey_id):
                    events += self._wishes(step, journey_id, people, now)
                case ListStep():
                    numbers = BitMap(one.number for one in people)
                    is_adding = step.act == "add"
                    self._lists.change_in(
                        connection,
                        step.list,
                        add=numbers if is_adding else BitMap(),
                        remove=BitMap() if is_adding else self._all_numbers(numbers),
                        at=now,
                    )
                case _:
                    raise AssertionError(f"a step of type {type(step).__name__} does nothing here")
        append_in(connection, events, workspace_id=self._workspace_id)

    def _wishes(
        self, step: EnterStep, journey_id: str, people: Sequence[Traveller], now: datetime
    ) -> Iterator[Event]:
        """Yield the wishes, each with what let the person into the journey they come from."""
        positions = {one.trigger_position for one in people} - {0}
        items = () if self._log is None else self._log.read_at(positions)
        triggers = {item.position: item.event.properties for item in items}
        for one in people:
            given = triggers.get(one.trigger_position, {})
            times = _count_handed_on(given, one, now)
            if times <= _MOST_HANDED_ON:
                yield entry_wish(
                    journey_id,
                    one.number,
                    key=f"{one.id}:{one.version}:{step.id}",
                    at=now,
                    properties={**given, HANDED_ON: times},
                )

    def _all_numbers(self, numbers: BitMap) -> BitMap:
        """Return every number that these people ever had: a list holds one of them."""
        if self._people is None:
            return numbers
        own = set(self._people.resolve(set(numbers)).values())
        return numbers | BitMap(self._people.numbers_of(own))


def _count_handed_on(given: Mapping[str, Any], one: Traveller, now: datetime) -> int:
    """Return how often in a row somebody is handed on with this one, none of them an hour apart."""
    before = given.get(HANDED_ON)
    is_hasty = to_micros(now) - one.began_us < _HOUR_US
    return before + 1 if is_hasty and isinstance(before, int) else 1


def _statements(
    step: SetTraitStep, journey_id: str, people: Iterable[Traveller], now: datetime
) -> Iterator[Event]:
    """Yield what the shop states of each person, as observed by itself."""
    for one in people:
        yield Event(
            message_id=f"journey:{journey_id}:{one.id}:{one.version}:{step.id}",
            kind=EventKind.IDENTIFY,
            type=IDENTIFIED,
            occurred_at=now,
            received_at=now,
            source_id=INTERNAL_SOURCE_ID,
            trust=Trust.INTERNAL,
            number=one.number,
            traits=dict(step.traits),
            context={"kikubari": {"provenance": "observed", "journey_id": journey_id}},
        )


def _pauses(
    step: PauseStep, journey_id: str, people: Iterable[Traveller], now: datetime
) -> Iterator[Event]:
    """Yield a pause for each person, of whom the newest word on it counts."""
    until = now + step.duration.as_timedelta()
    for one in people:
        key = f"journey:{journey_id}:{one.id}:{one.version}:{step.id}"
        yield wish_event(one.number, Wish.pause(until), now, proof="journey", key=key)
