"""Runs a journey on the past: the very engine, on a store that is thrown away.

Nothing here decides anything about people. Clock, log, audiences and the mail server are replaced
where the engine is put together; from there on it is the engine that runs shops' journeys.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from kikubari.decide.personalise import EmailTemplateSource
from kikubari.deliver import (
    Claimed,
    ConsentCheck,
    FrequencyCheck,
    FrequencyPolicies,
    FrequencyPolicy,
    Origin,
    PersonTime,
    Rehearsal,
    Sender,
    Unwanted,
    Verdict,
    Withdrawn,
    withdraw,
)
from kikubari.journeys.contracts import Objection
from kikubari.journeys.definition import (
    DateTrigger,
    JourneyDefinition,
    MessageStep,
    OfferStep,
    OnceTrigger,
    ScheduleTrigger,
)
from kikubari.journeys.running import (
    Anniversaries,
    Follower,
    Journeys,
    Letters,
    People,
    Programs,
    PublishOptions,
    Schedules,
    Stepper,
    Surroundings,
    read_origin,
)
from kikubari.journeys.running import _enrolments as rows
from kikubari.journeys.running.matching import Tests, trigger_types
from kikubari.journeys.running.program import Program, extend_names
from kikubari.journeys.running.travellers import Acts, Traveller
from kikubari.journeys.simulation.contracts import (
    GuardSample,
    Habits,
    Memories,
    PastEvents,
    PastMail,
    SimulationResult,
)
from kikubari.journeys.simulation.knowing import KnownPeople
from kikubari.journeys.simulation.mailboxes import Mailboxes
from kikubari.journeys.simulation.past import PastAudience, PastLog
from kikubari.journeys.simulation.tallying import Post, tally, with_guard
from kikubari.journeys.simulation.throw_away import ThrowAwayStore
from kikubari.journeys.simulation.turning import Turns, without_told
from kikubari.journeys.simulation.working import Works
from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError

# Instants count from when a step was due as long as that is not over an hour ago, so nobody's way
# depends on the length of a tick; only questions about people are asked at its end.
TICK = timedelta(hours=1)
_GUARD_SAMPLE = 100
_LONGEST = timedelta(days=366)
_RANGE = 100_000
_RECALLED = 500
# Of the whole, as far as progress goes: people's histories are read before anything happens.
_RECALLING = 0.4
_NOBODY = Sender(from_address="simulation@invalid.example")
# Told of the part that is done, 0 to 1; raises to end the simulation.
Progress = Callable[[float], None]


@dataclass(frozen=True, kw_only=True)
class Past:
    """What a simulation reads; it writes to none of it.

    Attributes:
        events: the log.
        memories: says who was what.
        people: says who is who.
        tests: reads events.
        guard: looks at some of the messages.
        habits: when people used to look; none: nobody's is known.
        mail: what was sent to people before; none: nothing was.
        costs: of a message, in minor units of the shop's currency, by channel: where a step
            says none.
        frequency: returns the caps and quiet hours that hold.
        fill: puts saved blocks into templates.
        zone: the shop's.
        workspace_id: whose.
    """

    events: PastEvents
    memories: Memories
    people: People
    tests: Tests
    guard: GuardSample
    frequency: Callable[[], FrequencyPolicy]
    fill: Callable[[EmailTemplateSource], EmailTemplateSource]
    zone: ZoneInfo
    habits: Habits | None = None
    mail: PastMail | None = None
    costs: Mapping[str, float] = field(default_factory=dict)
    workspace_id: int = DEFAULT_WORKSPACE


def simulate(
    past: Past,
    definition: JourneyDefinition,
    *,
    journey_id: str,
    since: datetime,
    until: datetime,
    progress: Progress = lambda _: None,
    is_exact: bool = False,
) -> SimulationResult:
    """Return what a journey would have done from `since` to `until`.

    What people did is what they did without the journey: nobody is moved by its messages.

    Args:
        past: what is read.
        definition: of the journey.
        journey_id: its own, on which lots and holdouts depend.
        since: nobody enters before.
        until: nothing happens after.
        progress: told how far it is.
        is_exact: people are asked about as of the very instant, not of the end of its hour;
            takes as many turns as there are instants at which something happens.

    Raises:
        JourneyFaultError: it cannot run; with every fault and its place.
        InvalidInputError: `until` is not after `since`, or they lie too far apart.
    """
    check_span(since=since, until=until)
    started = time.monotonic()
    with ThrowAwayStore() as store:
        run = _Run(past, store, definition, journey_id, since, is_exact=is_exact)
        run.go(since, until, progress)
        result = tally(
            store,
            run.post,
            definition,
            workspace_id=past.workspace_id,
            since=since,
            until=until,
            costs=past.costs,
        )
    result = with_guard(result, _ask_guard(past, definition, run.post))
    return msgspec.structs.replace(result, seconds=round(time.monotonic() - started, 2))


def check_span(*, since: datetime, until: datetime) -> None:
    """Refuse a stretch that cannot be simulated.

    Raises:
        InvalidInputError: `until` is not after `since`, or they lie too far apart.
    """
    if not timedelta(0) < until - since <= _LONGEST:
        raise InvalidInputError(
            "a simulation ends after it begins, and covers at most a year",
            hint="Give `since` and `until` as instants of the past.",
        )


class _Run:
    """The engine, put together on the past."""

    def __init__(
        self,
        past: Past,
        store: ThrowAwayStore,
        definition: JourneyDefinition,
        journey_id: str,
        since: datetime,
        *,
        is_exact: bool,
    ) -> None:
        self.post = Post()
        self._is_exact = is_exact
        self._past = past
        self._people = KnownPeople(past.people)
        self._store = store
        self._definition = definition
        self._journey_id = journey_id
        self._clock = ManualClock(since)
        self._audience = PastAudience(past.memories, self._clock)
        self._recalled: set[int] = set()
        self._mailboxes = Mailboxes(self._people, past.mail, since)

    def go(self, since: datetime, until: datetime, progress: Progress) -> None:
        """Let the past happen."""
        letters = self._letters()
        self._publish(letters)
        log = self._read_log(since, until, progress)
        around = self._surroundings(log)
        programs = Programs(self._store, workspace_id=self._past.workspace_id)
        turns = Turns(around, self._past.memories, self._definition.trigger)
        calendar = _calendar_of(self._definition, around, programs)
        follower = Follower(around, programs, limit=_RANGE)
        stepper = Stepper(around, programs, letters, acting=_do_nothing, issue=_give_to_all)
        follower.step()
        works = Works(log, follower, stepper, self._rehearsal())
        while self._clock.now() < until:
            self._clock.set(min(self._next_stop(log, works), until))
            turns.step()
            if calendar is not None:
                calendar.step()
            works.run(self._clock.now())
            gone = (self._clock.now() - since) / (until - since)
            progress(_RECALLING + (1 - _RECALLING) * gone)

    def _next_stop(self, log: PastLog, works: Works) -> datetime:
        """Return when to look next, at the latest in an hour: calendars and segments move too."""
        now = self._clock.now()
        if not self._is_exact:
            return now + TICK
        with self._store.read() as connection:
            due_us = rows.find_next_due(
                connection, self._past.workspace_id, after_us=to_micros(now)
            )
        due = None if due_us is None else from_micros(due_us)
        ahead = (log.find_next(), due, works.mail_at)
        return min([now + TICK, *(at for at in ahead if at is not None)])

    def _read_log(self, since: datetime, until: datetime, progress: Progress) -> PastLog:
        """Return the log of that stretch, with everybody in it recalled."""
        # Exactly, whatever happens may change who is in a segment.
        types = None if self._is_exact else self._event_types()
        events = self._past.events.read_past(types, since=since, until=until)
        events = without_told(events, self._definition.trigger)
        log = PastLog(events, self._clock, self._recall)
        people = sorted({one.number for one in events} - {0})
        for start in range(0, len(people), _RECALLED):
            self._recall(people[start : start + _RECALLED])
            progress(_RECALLING * start / len(people))
        return log

    def _recall(self, numbers: Collection[int]) -> None:
        """Have whatever these people ever did at hand; those of whom it is are passed over."""
        people = set(self._people.resolve(numbers).values()) - self._recalled
        if people:
            self._past.memories.recall(people)
            self._recalled |= people

    def _surroundings(self, log: PastLog) -> Surroundings:
        past = self._past
        return Surroundings(
            store=self._store,
            audience=self._audience,
            log=log,
            people=self._people,
            tests=past.tests,
            clock=self._clock,
            zone=past.zone,
            hours=None if past.habits is None else past.habits.as_of(self._clock),
            append=log.append,
            withdraw=self._withdraw,
            workspace_id=past.workspace_id,
        )

    def _withdraw(
        self, connection: Connection, unwanted: Unwanted, *, now: datetime, workspace_id: int
    ) -> list[Withdrawn]:
        """Take back messages, and hear of each."""
        gone = withdraw(connection, unwanted, now=now, workspace_id=workspace_id)
        for origin, message, verdict in gone:
            self._hear(origin, message, verdict)
        return gone

    def _event_types(self) -> set[str] | None:
        """Return the types of events that can mean anything to the journey."""
        names = extend_names((), self._definition)
        own = Program(1, self._journey_id, 1, self._definition, names).event_types()
        entering = trigger_types(self._definition.trigger)
        return None if own is None or entering is None else own | set(entering)

    def _letters(self) -> Letters:
        return Letters(
            self._store,
            sender=_NOBODY,
            fill=self._past.fill,
            selecting=lambda _: (),
            coupons=None,
            workspace_id=self._past.workspace_id,
        )

    def _publish(self, letters: Letters) -> None:
        journeys = Journeys(
            self._store,
            self._clock,
            TimeOrderedIds(),
            check_message=letters.check,
            workspace_id=self._past.workspace_id,
        )
        journeys.create(self._definition, journey_id=self._journey_id)
        journeys.publish(self._journey_id, PublishOptions(), by="simulation")

    def _rehearsal(self) -> Rehearsal:
        policies = FrequencyPolicies(self._store, workspace_id=self._past.workspace_id)
        policies.set(self._past.frequency(), at=self._clock.now(), by="simulation")
        return Rehearsal(
            self._store,
            self._clock,
            checks=(
                ConsentCheck(self._audience),
                self._audience,
                FrequencyCheck(self._mailboxes, self._clock, is_last=True),
            ),
            times=self._times,
            told=self._hear,
            workspace_id=self._past.workspace_id,
        )

    def _times(self, numbers: Collection[int]) -> Mapping[int, PersonTime]:
        known = self._people.zones(numbers)
        shop = self._past.zone.key
        return {
            number: PersonTime(known.get(number, shop), is_assumed=number not in known)
            for number in numbers
        }

    def _hear(self, origin: Origin, message: Claimed, verdict: Verdict | None) -> None:
        _, _, step, ordinal = read_origin(origin)
        self.post.hear((step, ordinal), message, verdict, self._clock.now())


def _calendar_of(
    definition: JourneyDefinition, around: Surroundings, programs: Programs
) -> Anniversaries | Schedules | None:
    """Return what wishes people in, of a journey that starts by the calendar."""
    match definition.trigger:
        case DateTrigger():
            return Anniversaries(around, programs)
        case ScheduleTrigger() | OnceTrigger():
            return Schedules(around, programs)
        case _:
            return None


def _do_nothing(connection: Connection, acts: Acts, now: datetime) -> None:
    """Set no trait, change no list, call nobody."""
    del connection, acts, now


def _give_to_all(
    connection: Connection, program: Program, step: OfferStep, here: Sequence[Traveller]
) -> Mapping[int, str]:
    """Hand out no code, and let everybody go on as if they had one."""
    del connection, program, step, here
    return {}


def _ask_guard(
    past: Past, definition: JourneyDefinition, post: Post
) -> dict[str, tuple[int, list[Objection]]]:
    """Return what the guard says of messages to some of those who would have got them."""
    found = {}
    for step in definition.steps:
        if isinstance(step, MessageStep) and post.reached.get(step.id):
            reached = list(dict.fromkeys(post.reached[step.id]))
            some = reached[:: max(1, len(reached) // _GUARD_SAMPLE)][:_GUARD_SAMPLE]
            chosen_by = [] if definition.segment is None else [definition.segment]
            found[step.id] = past.guard.judge(step, some, chosen_by)
    return found
