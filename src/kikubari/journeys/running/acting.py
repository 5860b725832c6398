"""What steps do besides sending, in the transaction that takes people past them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

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
from kikubari.journeys.running.requesting import entry_wish
from kikubari.journeys.running.travellers import Acts, Traveller
from kikubari.spec.envelope import DEFAULT_WORKSPACE, IDENTIFIED, Event, EventKind, Trust
from kikubari.spec.topics import INTERNAL_SOURCE_ID


class Lists(Protocol):
    """Lists of people; `segments.StoredLists` is one."""

    def change_in(
        self, connection: Connection, list_id: str, *, add: BitMap, remove: BitMap, at: datetime
    ) -> None:
        """Put people on a list and take others off, in the caller's transaction."""
        ...


class Actions:
    """Carries out traits, pauses, lists and wishes to enter other journeys.

    What is said about people goes into the log, under ids made of the enrolment and the step.

    Args:
        lists: people are put on, and taken off.
        workspace_id: whose journeys.
    """

    def __init__(self, lists: Lists, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._lists = lists
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
                    events += _wishes(step, journey_id, people, now)
                case ListStep():
                    numbers = BitMap(one.number for one in people)
                    is_adding = step.act == "add"
                    self._lists.change_in(
                        connection,
                        step.list,
                        add=numbers if is_adding else BitMap(),
                        remove=BitMap() if is_adding else numbers,
                        at=now,
                    )
                case _:
                    raise AssertionError(f"a step of type {type(step).__name__} does nothing here")
        append_in(connection, events, workspace_id=self._workspace_id)


def _statements(
    step: SetTraitStep, journey_id: str, people: Iterable[Traveller], now: datetime
) -> Iterator[Event]:
    """Yield what the shop states of each person, as observed by itself."""
    for one in people:
        yield Event(
            message_id=f"journey:{journey_id}:{one.id}:{step.id}",
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
        key = f"journey:{journey_id}:{one.id}:{step.id}"
        yield wish_event(one.number, Wish.pause(until), now, proof="journey", key=key)


def _wishes(
    step: EnterStep, journey_id: str, people: Iterable[Traveller], now: datetime
) -> Iterator[Event]:
    for one in people:
        yield entry_wish(journey_id, one.number, key=f"{one.id}:{step.id}", at=now, properties={})
