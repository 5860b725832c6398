"""What people see of journeys: figures, who stands where and why, one person's whole story."""

from collections.abc import Collection, Sequence
from itertools import combinations
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from kikubari.deliver import Outbox
from kikubari.journeys.clocks import find_zone
from kikubari.journeys.definition import JourneyDefinition, MessageStep, Who, read_asked
from kikubari.journeys.running import _enrolments as rows
from kikubari.journeys.running import _refusals as refusal_rows
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running.contracts import JourneyCounts, JourneyState, Overlap, Waiting
from kikubari.journeys.running.entry_judge import say_asked
from kikubari.journeys.running.figures import conversions_of, outcomes_of, refused_of, step_counts
from kikubari.journeys.running.letter_figures import StepMessages, messages_by_step
from kikubari.journeys.running.letters import JOURNEY
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.programs import decode_definition
from kikubari.journeys.running.recounting import fate_of, story_of, waiting_of
from kikubari.journeys.running.refusing import decode_refusals
from kikubari.journeys.running.stories import Explanation, InWords, Judges, MessageFate, RefusalTold
from kikubari.journeys.running.surroundings import Surroundings
from kikubari.journeys.running.why import Why
from kikubari.kit.instants import from_micros
from kikubari.spec.errors import NotFoundError

_MESSAGES_LOOKED_THROUGH = 500


class Explaining:
    """Reads what the engine wrote.

    Args:
        around: the engine's.
        outbox: names the messages that were queued.
        judges: answers conditions about a person; none: what is written down alone is told.
    """

    def __init__(self, around: Surroundings, outbox: Outbox, judges: Judges | None = None) -> None:
        self._around = around
        self._judges = judges
        self._store = around.store
        self._outbox = outbox
        self._workspace_id = around.workspace_id

    def counts(self, journey_id: str, *, version: int | None = None) -> JourneyCounts:
        """Return the figures of a journey, over all versions or of one.

        Steps are those of the version, or of the newest.

        Raises:
            NotFoundError: no such journey or version.
        """
        with self._store.read() as connection:
            row = self._find(connection, journey_id)
            programs = self._programs(connection, row)
            found = repository.list_counts(connection, self._workspace_id, [row.no])
            ends = rows.count_ends(connection, self._workspace_id, row.no, version=version)
            refused = refusal_rows.count_refusals(connection, self._workspace_id, row.no)
            standing = rows.count_at_steps(connection, self._workspace_id, row.no)
        if version is not None and version not in programs:
            raise NotFoundError(f"journey {journey_id} has no version {version}")
        shown = programs.get(version or row.version)
        mine = {no: one for no, one in programs.items() if version is None or no == version}
        return JourneyCounts(
            journey_id=journey_id,
            version=version,
            conversions=conversions_of(ends),
            active=sum(n for at, _, n in standing if at in mine),
            refused=refused_of(refused),
            outcomes={} if shown is None else outcomes_of(ends, shown.names),
            steps=[] if shown is None else step_counts(shown, mine, found, standing),
        )

    def messages(self, journey_id: str, *, version: int | None = None) -> list[StepMessages]:
        """Return what became of the messages of each message step, over all versions or of one.

        Raises:
            NotFoundError: no such journey or version.
        """
        with self._store.read() as connection:
            row = self._find(connection, journey_id)
            programs = self._programs(connection, row)
        if version is not None and version not in programs:
            raise NotFoundError(f"journey {journey_id} has no version {version}")
        shown = programs.get(version or row.version)
        found = messages_by_step(
            self._outbox.count_below(JOURNEY, f"{journey_id}/"),
            None if version is None else {version},
        )
        steps = [] if shown is None else shown.definition.steps
        return [
            found.get(step.id, StepMessages(step=step.id))
            for step in steps
            if isinstance(step, MessageStep)
        ]

    def list_people(
        self, journey_id: str, step_id: str, *, after: int = 0, limit: int = 50
    ) -> list[Waiting]:
        """Return people at a step, who is due first first, from behind an enrolment on.

        Raises:
            NotFoundError: no such journey or step.
        """
        with self._store.read() as connection:
            row = self._find(connection, journey_id)
            programs = self._programs(connection, row)
            names = repository.decode_names(row.names)
            if step_id not in names:
                raise NotFoundError(f"journey {journey_id} has no step {step_id!r}")
            lane = (row.no, names.index(step_id))
            due_us = rows.find_due(connection, after) if after else -1
            found = rows.list_at_step(
                connection, self._workspace_id, lane, after=(due_us, after), limit=limit
            )
        state = JourneyState(row.state)
        return [waiting_of(one, programs[one.version], state) for one in found]

    def explain(self, journey_id: str, number: int, *, is_brief: bool = False) -> Explanation:
        """Return all that is known of one person in one journey; entries newest first.

        Args:
            journey_id: which.
            number: the person's.
            is_brief: what is written down alone: no condition is asked, no event looked for.

        Raises:
            NotFoundError: no such journey.
        """
        person = self._around.people.resolve([number]).get(number, number)
        numbers = sorted({number, person, *self._around.people.numbers_of([person])})
        messages = self._messages(numbers)
        with self._store.read() as connection:
            row = self._find(connection, journey_id)
            programs = self._programs(connection, row)
            found = rows.list_of_people(
                connection, self._workspace_id, numbers, journey_nos=[row.no]
            )
            refusals = _refusals(
                refusal_rows.list_refusals(connection, self._workspace_id, row.no, numbers)
            )
        state = JourneyState(row.state)
        let_in_by = self._around.log.read_at({one.trigger_position for one in found} - {0})
        triggers = {item.position: item.event.type for item in let_in_by}
        told = Explanation(
            journey_id=journey_id,
            number=person,
            zone=self._zone_of(person).key,
            entries=[
                story_of(one, programs[one.version], state, messages=messages, triggers=triggers)
                for one in reversed(found)
            ],
            refused=refusals[0].reason if refusals else "",
            refused_at=refusals[0].at if refusals else None,
            refusals=refusals,
        )
        if is_brief or self._judges is None or not programs:
            return told
        why = Why(
            self._around, self._judges.about(person), self._judges.say, self._judges.say_events
        )
        return why.tell(told, programs, {one.id: one for one in found}, numbers, row)

    def describe(self, who: Who, *, event: str | None = None) -> InWords:
        """Return whom a way or an exit is for, in words.

        Args:
            who: a segment by its id, or a condition that may ask about the trigger.
            event: type of what lets people in; None: of several.

        Raises:
            InvalidInputError: not a condition.
            NotFoundError: nobody says conditions here.
        """
        if self._judges is None:
            raise NotFoundError("conditions are not said here")
        asked = read_asked(who)
        return say_asked(asked, self._judges.say, self._judges.say_events, event=event)

    def _messages(self, numbers: Sequence[int]) -> dict[str, MessageFate]:
        """Return what became of messages of journeys, by the id of what caused each."""
        return {
            one.origin.id: fate_of(one)
            for one in self._outbox.list_for_person(numbers, limit=_MESSAGES_LOOKED_THROUGH)
            if one.origin.kind == JOURNEY
        }

    def _zone_of(self, person: int) -> ZoneInfo:
        name = self._around.people.zones([person]).get(person, "")
        return find_zone(name) or self._around.zone

    def list_overlaps(self) -> list[Overlap]:
        """Return the pairs of journeys that hold the same people now, the largest first."""
        with self._store.read() as connection:
            journeys = repository.list_journeys(connection, self._workspace_id)
            nos = [row.no for row in journeys]
            inside = rows.list_travellers(connection, self._workspace_id, nos)
            live = repository.list_live_versions(connection, self._workspace_id, list(inside))
        ids = {row.no: row.id for row in journeys}
        definitions = {row.journey_no: decode_definition(row.definition) for row in live}
        overlaps = []
        for left, right in combinations(sorted(inside), 2):
            people = inside[left].intersection_cardinality(inside[right])
            if people:
                one, other = definitions[left], definitions[right]
                overlaps.append(
                    Overlap(
                        one=ids[left],
                        other=ids[right],
                        people=people,
                        one_messages=_count_messages(one),
                        other_messages=_count_messages(other),
                        wins=_winner((ids[left], one), (ids[right], other)),
                    )
                )
        return sorted(overlaps, key=lambda one: -one.people)

    def _find(self, connection: Connection, journey_id: str) -> repository.Found:
        row = repository.find_journey(connection, self._workspace_id, journey_id)
        if row is None:
            raise NotFoundError(f"no journey {journey_id}")
        return row

    def _programs(self, connection: Connection, row: repository.Found) -> dict[int, Program]:
        names = repository.decode_names(row.names)
        return {
            found.version: Program(
                row.no, row.id, found.version, decode_definition(found.definition), names
            )
            for found in repository.list_versions(connection, self._workspace_id, [row.no])
        }


def _refusals(kept: Collection[bytes]) -> list[RefusalTold]:
    """Return refusals of all numbers of a person, the newest first."""
    found = [one for body in kept for one in decode_refusals(body)]
    return [
        RefusalTold(reason, from_micros(at_us))
        for reason, at_us in sorted(found, key=lambda one: -one[1])
    ]


def _count_messages(definition: JourneyDefinition) -> int:
    return sum(isinstance(step, MessageStep) for step in definition.steps)


def _winner(one: tuple[str, JourneyDefinition], other: tuple[str, JourneyDefinition]) -> str:
    """Return the id of the journey with the higher priority, empty if neither has."""
    mine, theirs = one[1].rules.priority, other[1].rules.priority
    if mine == theirs:
        return ""
    return one[0] if mine > theirs else other[0]
