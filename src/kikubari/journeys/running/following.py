"""Follows the log: lets people in, and tells those on the way what they did.

One reader of the log for all journeys, with a position of its own. What a range of the log brings
about is written in the transaction that moves the position: it is done once, whatever dies.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Connection

from kikubari.events import SequencedEvent
from kikubari.journeys.running import _enrolments as rows
from kikubari.journeys.running import _refusals as refusals
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running.beginnings import Beginnings
from kikubari.journeys.running.contracts import JourneyState, Refusal
from kikubari.journeys.running.entering import Asked, Doorman, Refused, Wish
from kikubari.journeys.running.matching import is_meant, trigger_types
from kikubari.journeys.running.programs import Live, Programs
from kikubari.journeys.running.settling import Settled, in_order
from kikubari.journeys.running.surroundings import Surroundings
from kikubari.journeys.running.travellers import Passed
from kikubari.journeys.running.withdrawing import Left, list_unwanted
from kikubari.kit.instants import from_micros, to_micros

# Positions of the log in one transaction.
EVENTS = 2_000
# Figures that the follower writes do not wait for those that workers write.
_SHARD = 1_000


class Follower:
    """Reads the log for all journeys.

    Args:
        around: what is read and written.
        programs: the versions.
        limit: positions of one transaction.
    """

    def __init__(self, around: Surroundings, programs: Programs, *, limit: int = EVENTS) -> None:
        self._around = around
        self._store = around.store
        self._programs = programs
        self._limit = limit
        self._workspace_id = around.workspace_id

    def step(self) -> bool:
        """Take in the next range of the log; say whether there may be more."""
        with self._store.read() as connection:
            mark = repository.find_mark(connection, self._workspace_id)
        position = self._around.log.position()
        if mark is None:
            # What happened before there were journeys lets nobody into one.
            self._store.write(lambda c: repository.begin_mark(c, self._workspace_id, position))
            return True
        if mark >= position:
            return False
        last = min(position, mark + self._limit)
        reading = _Reading(self._around, self._programs.list_live(), mark, last)
        reading.look_up()

        def work(connection: Connection) -> None:
            if repository.lock_mark(connection, self._workspace_id) != mark:
                return  # another process was here
            reading.write(connection)
            repository.move_mark(connection, self._workspace_id, last)

        self._store.write(work)
        return True

    def lag(self) -> int:
        """Return how many events of the log are not taken in yet."""
        with self._store.read() as connection:
            mark = repository.find_mark(connection, self._workspace_id)
        return 0 if mark is None else max(0, self._around.log.position() - mark)


class _Reading:
    """One range of the log, for all journeys."""

    def __init__(
        self, around: Surroundings, live: Mapping[int, Live], mark: int, last: int
    ) -> None:
        self._around = around
        self._live = live
        self._mark, self._last = mark, last
        self._now = around.clock.now()
        self._items: Sequence[SequencedEvent] = ()
        self._own: Mapping[int, int] = {}
        self._whose: Mapping[int, int] = {}
        self._wishes: dict[int, list[Wish]] = {}
        self._asked: dict[int, Asked] = {}
        self._left: list[Left] = []
        self._beginnings = Beginnings(around.log, around.tests)

    def look_up(self) -> None:
        """Read the events that matter, and what the rules of entry ask."""
        types: set[str] | None = set()
        for one in self._live.values():
            types = _union(types, followed_types(one))
            types = _union(types, trigger_types(one.newest.definition.trigger))
        if types is not None and not types:
            return
        items = [
            one for one in self._around.log.read(self._mark + 1, self._last, types) if one.number
        ]
        self._own = self._around.people.resolve({item.number for item in items})
        self._items = [item for item in items if item.number in self._own]
        self._whose = self._around.people.numbers_of(set(self._own.values()))
        for one in self._live.values():
            self._look_up_entry(one)

    def _look_up_entry(self, live: Live) -> None:
        """Find whom a journey's trigger means, and what is asked of them."""
        definition = live.newest.definition
        wishes = [
            Wish(self._own[item.number], to_micros(item.event.occurred_at), item.position)
            for item in self._items
            if is_meant(live.id, definition.trigger, item, self._around.tests)
        ]
        if not wishes:
            return
        people = {wish.number for wish in wishes}
        numbers: dict[int, list[int]] = {one: [one] for one in people}
        for number, one in self._whose.items():
            if one in people and number != one:
                numbers[one].append(number)
        members = None
        if definition.segment is not None:
            members = self._around.audience.evaluate(
                definition.segment, as_of=self._now, workspace_id=self._around.workspace_id
            )
        restricted = self._around.people.list_restricted(people)
        self._wishes[live.no] = wishes
        self._asked[live.no] = Asked(numbers, restricted, members)

    def write(self, connection: Connection) -> None:
        """Settle what the events mean for those on the way, then let people in."""
        self._left = []  # the transaction may be a second one
        states = {no: repository.find_state(connection, no) for no in self._live}
        self._settle(connection)
        for no, wishes in sorted(self._wishes.items()):
            self._let_in(connection, self._live[no], wishes, states[no])
        # Last: who lets messages go waits for nothing that is held here.
        self._around.withdraw(
            connection,
            list_unwanted(self._left),
            now=self._now,
            workspace_id=self._around.workspace_id,
        )

    def _settle(self, connection: Connection) -> None:
        """Apply the events to everybody who was in a journey before this range."""
        following = {
            no: types
            for no, live in self._live.items()
            if (types := followed_types(live)) is None or types
        }
        wanted = set().union(*(types or () for types in following.values()))
        is_any = None in following.values()
        items = [item for item in self._items if is_any or item.event.type in wanted]
        if not items:
            return
        by_person = _by_person(items, self._own)
        numbers = {number for number, one in self._whose.items() if one in by_person}
        found = rows.list_of_people(
            connection,
            self._around.workspace_id,
            numbers | set(by_person),
            journey_nos=following,
            is_locked=True,
        )
        self._apply(connection, found, by_person)

    def _apply(
        self,
        connection: Connection,
        found: Sequence[rows.Found],
        by_person: Mapping[int, Sequence[SequencedEvent]],
    ) -> None:
        """Apply each person's events to their enrolments, and write what changed."""
        counts: dict[int, Passed] = {}
        converted: dict[int, Passed] = {}
        settled: list[Settled] = []
        triggers = self._find_triggers(found)
        for row in found:
            program = self._live[row.journey_no].programs[row.version]
            one = Settled(row, program, triggers.get(row.trigger_position))
            mine = counts.setdefault(row.journey_no, {})
            for item in by_person.get(self._whose.get(row.number, row.number), ()):
                one.apply(item, self._around.tests, mine, self._now)
            settled.append(one)
            if one.unwanted is not None:
                programs = self._live[row.journey_no].programs
                self._left.append(Left(programs, one.traveller, one.unwanted))
            goals = converted.setdefault(row.journey_no, {})
            for way in one.list_converted():
                goals[way] = goals.get(way, 0) + 1
        rows.save(connection, [one.traveller for one in settled if one.traveller.is_changed])
        rows.set_conversions(
            connection,
            [
                (one.traveller.id, one.converted_us or 0, one.value_minor)
                for one in settled
                if one.is_converted
            ],
        )
        for no, mine in sorted(counts.items()):
            self._count(connection, no, mine)
            self._count(connection, no, converted[no], column="converted")

    def _find_triggers(self, found: Sequence[rows.Found]) -> Mapping[int, Mapping[str, Any]]:
        """Return the properties of what let people in, where events have to be like it."""
        return self._beginnings.properties(
            row.trigger_position
            for row in found
            if self._live[row.journey_no].programs[row.version].has_matches
        )

    def _let_in(
        self, connection: Connection, live: Live, wishes: Sequence[Wish], state: JourneyState
    ) -> None:
        """Let people into one journey, and tell the newcomers what they did since."""
        workspace_id = self._around.workspace_id
        if state is not JourneyState.RUNNING:
            refused: Refused = {}
            for one in wishes:
                refused.setdefault(one.number, []).append((Refusal.NOT_RUNNING.value, one.at_us))
            refusals.save_refusals(connection, workspace_id, live.no, refused)
            return
        doorman = Doorman(live.newest, self._around.zone, workspace_id=workspace_id)
        last_id = rows.last_id(connection)
        entered = doorman.let_in(connection, wishes, self._asked[live.no], self._now)
        self._count(connection, live.no, entered.counts)
        types = followed_types(live)
        if entered.rows and (types is None or types):
            added = rows.list_after(
                connection, workspace_id, live.no, after=last_id, position=self._mark
            )
            self._apply(connection, added, self._read_since(added, types))

    def _read_since(
        self, added: Sequence[rows.Found], types: Collection[str] | None
    ) -> dict[int, list[SequencedEvent]]:
        """Return what newcomers did after what let them in, as far as this range goes.

        An event that overtook the one that let them in is among it.
        """
        people = {row.number for row in added}
        whose = {number: one for number, one in self._whose.items() if one in people}
        since = from_micros(min(row.began_us for row in added))
        items = self._around.log.read_since(
            set(whose) | people, types, since=since, last=self._last
        )
        return _by_person(items, {**{one: one for one in people}, **whose})

    def _count(
        self,
        connection: Connection,
        no: int,
        counts: Passed,
        *,
        column: Literal["n", "converted"] = "n",
    ) -> None:
        repository.add_counts(
            connection, self._around.workspace_id, no, counts, shard=_SHARD, column=column
        )


def followed_types(live: Live) -> set[str] | None:
    """Return the types of events that matter to people in any version of a journey."""
    types: set[str] | None = set()
    for program in live.programs.values():
        types = _union(types, program.event_types())
    return types


def _union(one: set[str] | None, other: Collection[str] | None) -> set[str] | None:
    return None if one is None or other is None else one | set(other)


def _by_person(
    items: Sequence[SequencedEvent], own: Mapping[int, int]
) -> dict[int, list[SequencedEvent]]:
    found: dict[int, list[SequencedEvent]] = {}
    for item in in_order(items):
        found.setdefault(own[item.number], []).append(item)
    return found
