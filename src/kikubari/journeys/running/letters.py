"""The messages of a journey.

There is one dispatch for each version, step and entry: every entry of a person gets its own
message, and none gets one twice.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from kikubari.decide.guard import FactOfUse
from kikubari.decide.personalise import EmailTemplateSource
from kikubari.deliver import Letter, Origin, Sender, load_defaults, open_dispatch
from kikubari.journeys.contracts import BroadcastDefinition
from kikubari.journeys.coupons import CouponDesk
from kikubari.journeys.definition import (
    BranchStep,
    DateTrigger,
    EventTrigger,
    JourneyDefinition,
    MessageStep,
    SegmentTrigger,
    Trigger,
    Who,
    list_whoever,
)
from kikubari.journeys.definitions import check_definition, letter_of, with_defaults
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running.codes import plan_drawn
from kikubari.journeys.running.contracts import JourneyState
from kikubari.journeys.running.program import Program
from kikubari.spec.topics import RUNS_LOW
from kikubari.storage import StateStore

JOURNEY = "journey"
# As far ahead as forecasts of what runs low reach.
_REACH_DAYS = 28

Fill = Callable[[EmailTemplateSource], EmailTemplateSource]
Selecting = Callable[[str | dict[str, Any]], tuple[FactOfUse, ...]]
Key = tuple[int, int, int]  # version, step, entry of the person


def origin_of(journey_id: str, version: int, step_id: str, ordinal: int) -> Origin:
    """Return what the messages of one step are caused by."""
    return Origin(JOURNEY, f"{journey_id}/{version}/{step_id}/{ordinal}")


def read_origin(origin: Origin) -> tuple[str, int, str, int]:
    """Return journey, version, step and entry of an origin of `origin_of`."""
    journey_id, version, step_id, ordinal = origin.id.split("/")
    return journey_id, int(version), step_id, int(ordinal)


class Letters:
    """Makes the letters of message steps, and their dispatches.

    Args:
        store: of dispatches.
        sender: of steps that name none.
        fill: puts saved blocks into a template.
        selecting: lists the facts that choose people, for the guard.
        coupons: plans whose codes messages bring; none: they bring none.
        workspace_id: whose outbox.
    """

    def __init__(
        self,
        store: StateStore,
        *,
        sender: Sender,
        fill: Fill,
        selecting: Selecting,
        coupons: CouponDesk | None,
        workspace_id: int,
    ) -> None:
        self._store = store
        self._sender = sender
        self._fill = fill
        self._selecting = selecting
        self._coupons = coupons
        self._workspace_id = workspace_id
        self._open: dict[tuple[int, Key], int] = {}
        self._letters: dict[tuple[int, int, int], Letter] = {}

    def open(self, program: Program, keys: Iterable[Key], now: datetime) -> dict[Key, int]:
        """Return the dispatches of message steps, by (version, step, entry), made if needed.

        A journey is paused with all its dispatches in one transaction, and a dispatch is opened in
        another that looks at the journey's state: so no message slips through a pause.
        """
        wanted = sorted(keys)
        missing = [key for key in wanted if (program.journey_no, key) not in self._open]
        if missing:
            letters = {key: self._letter_of_entry(program, key) for key in missing}

            def work(connection: Connection) -> dict[Key, int]:
                row = repository.find_journey(
                    connection, self._workspace_id, program.journey_id, is_locked=True
                )
                if row is None or JourneyState(row.state) not in (
                    JourneyState.RUNNING,
                    JourneyState.DRAINING,
                ):
                    return {}
                return {
                    key: open_dispatch(
                        connection,
                        origin_of(program.journey_id, key[0], program.names[key[1]], key[2]),
                        letters[key],
                        now=now,
                        workspace_id=self._workspace_id,
                    )
                    for key in missing
                }

            for key, dispatch_id in self._store.write(work).items():
                self._open[program.journey_no, key] = dispatch_id
        known = {key: self._open.get((program.journey_no, key)) for key in wanted}
        return {key: dispatch for key, dispatch in known.items() if dispatch is not None}

    def check(self, step: MessageStep) -> None:
        """Refuse a step whose message cannot be made.

        Raises:
            TemplateError: with the place in the author's source.
            InvalidInputError: no way to unsubscribe in a marketing template, no such offer.
        """
        definition = self._definition(step)
        filled = msgspec.structs.replace(definition, template=self._fill(definition.template))
        check_definition(filled)
        if self._coupons is not None:
            self._coupons.plan(step.coupon)

    def _letter_of_entry(self, program: Program, key: Key) -> Letter:
        """Return a step's letter; without codes of its own it shows those drawn before."""
        _, number, ordinal = key
        letter = self._letter(program, number)
        if letter.coupon is not None or self._coupons is None:
            return letter
        return msgspec.structs.replace(letter, coupon=plan_drawn(program, number, ordinal))

    def _letter(self, program: Program, number: int) -> Letter:
        key = (program.journey_no, program.version, number)
        if key not in self._letters:
            step = program.steps[number]
            assert isinstance(step, MessageStep)  # noqa: S101 - only these have letters
            definition = self._definition(step)
            filled = msgspec.structs.replace(definition, template=self._fill(definition.template))
            selected = {
                fact.attribute: fact
                for who in _choosers(program, number)
                for fact in self._selecting(who)
            }
            rules = program.definition.rules
            self._letters[key] = msgspec.structs.replace(
                letter_of(filled),
                priority=rules.priority,
                gives_way=rules.loser == "dropped",
                only_with=step.only_with,
                selected_by=tuple(selected.values()),
                coupon=self._coupons.plan(step.coupon) if self._coupons else None,
            )
        return self._letters[key]

    def _definition(self, step: MessageStep) -> BroadcastDefinition:
        with self._store.read() as connection:
            stored = load_defaults(connection, workspace_id=self._workspace_id)
        return with_defaults(
            BroadcastDefinition(
                name=step.id,
                segment="",
                template=step.template,
                sender=step.sender or self._sender,
                purpose=step.purpose,
                topic=step.topic,
                coupon=step.coupon,
                has_tracking=step.has_tracking,
                at_best_hour=step.at_best_hour,
                gives=step.gives,
            ),
            stored.defaults,
        )


def _choosers(program: Program, number: int) -> list[Who]:
    """Return the conditions by which people may have come to a step."""
    definition: JourneyDefinition = program.definition
    found = _beginning(definition.trigger)
    if definition.segment is not None:
        found.append(definition.segment)
    for at, step in program.steps.items():
        if not isinstance(step, BranchStep):
            continue
        for way in step.ways:
            onward = program.onward(at, program.number(way.id))
            if onward and program.leads(onward, number):
                found += list_whoever(program.asked(way.when))
    return found


def _beginning(trigger: Trigger) -> list[Who]:
    """Return what is known of everybody whom a trigger let in, as conditions.

    A trigger on products or on a message shows in the message by what it prints of it.
    """
    match trigger:
        case DateTrigger(trait=trait):
            return [{"type": "trait", "trait": trait, "test": {"type": "is_set"}}]
        case EventTrigger(events=events) if events.event == RUNS_LOW:
            return [{"type": "runs_low", "within_days": _REACH_DAYS}]
        case EventTrigger(events=events):
            happened = msgspec.to_builtins(events)
            return [{"type": "event_count", "count": {"at_least": 1}, **happened}]
        case SegmentTrigger(segment=segment):
            return [segment]
        case _:
            return []
