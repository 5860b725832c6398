"""A world for the model: log, lists, codes and letters to staff are real, and it can restart."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from journey_drawing import LIST, OFFER
from journey_reference import Facts
from journey_world import World
from pyroaring import BitMap

from kikubari.deliver import QueueAnswer
from kikubari.events import EventLog, Sequencer, append_in
from kikubari.journeys.running import (
    Actions,
    Experiments,
    Follower,
    Journeys,
    NoticeQueue,
    Programs,
    Telling,
)
from kikubari.journeys.running._repository import decode_names
from kikubari.journeys.running.paths import decode_path
from kikubari.kit.ids import TimeOrderedIds
from kikubari.kit.instants import from_micros
from kikubari.segments import StoredLists
from kikubari.spec.envelope import Event, EventKind, Trust
from kikubari.spec.topics import INTERNAL_SOURCE_ID, JOURNEY_REQUESTED
from kikubari.storage import StateStore
from kikubari.testing.events import CountingNumbers, PlainSealing


def find_proven(tallies) -> str | None:
    """Name the first part that three people took: what a proof is, is another room's."""
    return next((one.part for one in tallies if one.people >= 3), None)


class RealLog(EventLog):
    """The log of the store, as journeys follow it."""

    def read(self, first, last, types):
        if types is None:
            return self.read_range(first, last)
        return self.read_types(first, last, types)

    def read_since(self, numbers, types, *, since, last):
        return super().read_since(numbers, since, last=last, types=types)


class MergedPeople:
    """Implements `People` on what the reference reads too."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def resolve(self, numbers: Collection[int]) -> Mapping[int, int]:
        return {number: self.facts.who(number) for number in numbers}

    def numbers_of(self, people: Collection[int]) -> Mapping[int, int]:
        own = {one: one for one in people}
        return own | {number: one for number, one in self.facts.merged.items() if one in own}

    def list_restricted(self, people: Collection[int]) -> Collection[int]:
        return ()

    def zones(self, people: Collection[int]) -> Mapping[int, str]:
        zones = self.facts.zones
        found = {one: self.facts.who(one) for one in people}
        return {number: zones[one] for number, one in found.items() if one in zones}


class KnownHours:
    """Implements `BestHours` on the same."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def find(self, zones: Mapping[int, str], *, workspace_id: int) -> Mapping[int, int]:
        hours = self.facts.hours
        found = {one: self.facts.who(one) for one in zones}
        return {number: hours[one] for number, one in found.items() if one in hours}


class FactSegments:
    """Implements `Audience` on the same: members are people as they are now."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def evaluate(self, segment: str, *, as_of: datetime, workspace_id: int) -> BitMap:
        return BitMap(self.facts.segments[segment])


class Calls:
    """Implements `Calls`: what was queued, once for each key."""

    def __init__(self) -> None:
        self.keys: dict[str, tuple[str, int, int]] = {}

    def queue_many_in(self, connection, calls, *, at):
        for one in calls:
            told = (one.data["step"], one.data["entry"], one.number)
            self.keys.setdefault(one.idempotency_key, told)
        return [QueueAnswer.QUEUED for _ in calls]


class ModelWorld(World):
    """An engine on a store; `restart` makes another on the same store."""

    def __init__(
        self, store: StateStore, facts: Facts, now: datetime, *, batch: int, limit: int
    ) -> None:
        super().__init__(store)
        self.facts, self.batch, self.limit = facts, batch, limit
        self.clock.set(now)
        self.calls = Calls()
        self.make_offer(OFFER)
        lists = StoredLists(store, None)
        store.write(
            partial(lists.save_in, list_id=LIST, members=BitMap(), name_ja="", name_en="", at=now)
        )
        self.restart()

    def restart(self) -> None:
        """Go on as a process does that knows only what is in the store."""
        store = self.store
        self.log = RealLog(store, PlainSealing())
        self.sequencer = Sequencer(store, [store], CountingNumbers(), PlainSealing())
        self.people = MergedPeople(self.facts)
        self.around = replace(
            self.around,
            store=store,
            log=self.log,
            people=self.people,
            audience=FactSegments(self.facts),
            hours=KnownHours(self.facts),
        )
        self.desk = self.make_desk()
        programs = Programs(store, workspace_id=1)
        self.journeys = Journeys(
            store, self.clock, TimeOrderedIds(), check_message=self.make_letters().check
        )
        self.lists = StoredLists(store, None)
        notices = NoticeQueue(per_hour=10_000)
        self.stepper = self.make_stepper(
            batch=self.batch,
            acting=Actions(self.lists, self.people),
            tell=Telling(self.calls, notices, self.log, self.clock),
        )
        self.follower = Follower(self.around, programs, limit=self.limit)
        self.experiments = Experiments(store, programs, self.clock, find_proven)

    def append(self, events: Sequence[Event]) -> None:
        self.store.write(lambda connection: append_in(connection, events))

    def step(self) -> bool:
        """Do one thing; say whether there was anything to do."""
        return bool(self.sequencer.run_once().n_new or self.follower.step() or self.stepper.step())

    # What the store holds in the end, as the reference tells it.

    def messages(self) -> list[tuple[str, int, str, int, int]]:
        rows = self.rows(
            "SELECT d.origin_id, m.number FROM messages m JOIN dispatches d ON d.id = m.dispatch_id"
        )
        found = []
        for origin, number in rows:
            journey_id, version, step, ordinal = origin.split("/")
            found.append((journey_id, int(version), step, int(ordinal), number))
        return sorted(found)

    def entries(self, journey_id: str) -> list[tuple]:
        no, names = self._names(journey_id)
        return sorted(
            (
                row.number,
                row.ordinal,
                row.version,
                names[row.step],
                "" if row.outcome is None else names[row.outcome],
                row.state == 3,
                str(row.converted_us and from_micros(row.converted_us)),
                row.value_minor,
                tuple((names[step], names[way]) for step, way, _ in decode_path(bytes(row.path))),
            )
            for row in self.rows("SELECT * FROM journey_enrolments WHERE journey_no = :no", no=no)
        )

    def counts(self, journey_id: str) -> dict[tuple[int, str, str], int]:
        """Return how often each way was taken, by (version, step, way)."""
        no, names = self._names(journey_id)
        rows = self.rows(
            "SELECT version, step, way, sum(n) AS n FROM journey_counts WHERE journey_no = :no"
            " GROUP BY version, step, way",
            no=no,
        )
        return {(row.version, names[row.step], names[row.way]): row.n for row in rows if row.n}

    def told(self) -> list[tuple[str, int, int]]:
        _, names = self._names("jny_1")
        rows = self.rows("SELECT step, ordinal, number FROM journey_notices")
        return sorted(
            [(names[row.step], row.ordinal, row.number) for row in rows]
            + list(self.calls.keys.values())
        )

    def stated(self) -> list[tuple[str, int]]:
        """Return what the log was told of people."""
        events = self.log.read_range(1, self.log.position())
        return sorted(
            (one.event.traits.get("told", "pause"), one.number)
            for one in events
            if one.event.message_id.startswith("journey:") and one.event.type != JOURNEY_REQUESTED
        )

    def listed(self) -> set[int]:
        """Return who is on the list, as the people they are now."""
        version = self.lists.get(LIST).version
        return {self.facts.who(one) for one in self.lists.members_as_listed(LIST, version)}

    def _names(self, journey_id: str) -> tuple[int, list[str]]:
        [row] = self.rows("SELECT no, names FROM journeys WHERE id = :id", id=journey_id)
        return row.no, decode_names(row.names)


def happened(number: int, type_: str, at: datetime, message_id: str, **properties) -> Event:
    return Event(
        message_id=message_id,
        kind=EventKind.TRACK,
        type=type_,
        occurred_at=at,
        received_at=at,
        source_id=INTERNAL_SOURCE_ID,
        trust=Trust.INTERNAL,
        number=number,
        properties=properties,
    )
