"""What people see of journeys: figures, who stands where and why, one person's whole story."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import combinations

from sqlalchemy import Connection

from kikubari.deliver import Outbox
from kikubari.journeys.definition import (
    AnyStep,
    JourneyDefinition,
    MessageStep,
    WaitBestTimeStep,
    WaitForStep,
    WaitStep,
    WaitUntilStep,
)
from kikubari.journeys.running import _enrolments as rows
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running.contracts import (
    EnrolmentState,
    EnrolmentStory,
    Explanation,
    JourneyCounts,
    JourneyState,
    Overlap,
    PassedStep,
    Waiting,
)
from kikubari.journeys.running.figures import conversions_of, outcomes_of, refused_of, step_counts
from kikubari.journeys.running.letters import JOURNEY, origin_of
from kikubari.journeys.running.paths import decode_path, split_reason
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.programs import decode_definition
from kikubari.journeys.running.surroundings import Surroundings
from kikubari.journeys.running.walking import shared_instant
from kikubari.kit.instants import from_micros
from kikubari.spec.errors import NotFoundError

_MESSAGES_LOOKED_THROUGH = 500
_WHY: dict[type, str] = {
    WaitStep: "duration",
    WaitUntilStep: "clock",
    WaitForStep: "event",
    WaitBestTimeStep: "best_time",
}


class Explaining:
    """Reads what the engine wrote.

    Args:
        around: the engine's.
        outbox: names the messages that were queued.
    """

    def __init__(self, around: Surroundings, outbox: Outbox) -> None:
        self._around = around
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
            refused = repository.count_refusals(connection, self._workspace_id, row.no)
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
        return [_waiting(one, programs[one.version], state) for one in found]

    def explain(self, journey_id: str, number: int) -> Explanation:
        """Return all that is known of one person in one journey; entries newest first.

        Raises:
            NotFoundError: no such journey.
        """
        person = self._around.people.resolve([number]).get(number, number)
        numbers = sorted({number, person, *self._around.people.numbers_of([person])})
        messages = {
            one.origin.id: one.id
            for one in self._outbox.list_for_person(numbers, limit=_MESSAGES_LOOKED_THROUGH)
            if one.origin.kind == JOURNEY
        }
        with self._store.read() as connection:
            row = self._find(connection, journey_id)
            programs = self._programs(connection, row)
            found = rows.list_of_people(
                connection, self._workspace_id, numbers, journey_nos=[row.no]
            )
            refusal = repository.find_refusal(connection, self._workspace_id, row.no, numbers)
        state = JourneyState(row.state)
        let_in_by = self._around.log.read_at({one.trigger_position for one in found} - {0})
        triggers = {item.position: item.event.type for item in let_in_by}
        return Explanation(
            journey_id=journey_id,
            number=person,
            entries=[
                _story(one, programs[one.version], state, messages=messages, triggers=triggers)
                for one in reversed(found)
            ],
            refused=refusal.reason if refusal else "",
            refused_at=from_micros(refusal.at_us) if refusal else None,
        )

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


def _story(
    row: rows.Found,
    program: Program,
    state: JourneyState,
    *,
    messages: Mapping[str, str],
    triggers: Mapping[int, str],
) -> EnrolmentStory:
    active = row.state == EnrolmentState.ACTIVE
    passed = [
        PassedStep(
            step=program.names[step],
            way=name,
            reason=reason,
            at=at,
            message_id=messages.get(
                origin_of(program.journey_id, row.version, program.names[step], row.ordinal).id,
                "",
            ),
        )
        for step, way, at in decode_path(bytes(row.path))
        for name, reason in [split_reason(program.names[way])]
    ]
    return EnrolmentStory(
        enrolment=row.id,
        version=row.version,
        ordinal=row.ordinal,
        state=EnrolmentState(row.state).name.lower(),
        began_at=from_micros(row.began_us),
        entered_at=_entered_at(row, passed),
        ended_at=None if row.ended_us is None else from_micros(row.ended_us),
        outcome="" if row.outcome is None else program.names[row.outcome],
        trigger=triggers.get(row.trigger_position, ""),
        trigger_position=row.trigger_position,
        path=passed,
        upcoming=program.names[row.step] if active else "",
        waiting=_waiting(row, program, state) if active else None,
        converted_at=None if row.converted_us is None else from_micros(row.converted_us),
        value_minor=row.value_minor,
    )


def _entered_at(row: rows.Found, passed: Sequence[PassedStep]) -> datetime:
    """Return since when an entry counts: from what let the person in, if that was not long before.

    The row is written a moment later, or much later where the machine was off, and its first steps
    are dated as if it had not been.
    """
    began_us = shared_instant(min(row.began_us, row.entered_us), row.entered_us)
    return min([from_micros(began_us), *(one.at for one in passed)])


def _waiting(row: rows.Found, program: Program, state: JourneyState) -> Waiting:
    step: AnyStep | None = program.steps.get(row.step)
    why = "paused" if state is JourneyState.PAUSED else _WHY.get(type(step), "due")
    event = step.events.event or "" if isinstance(step, WaitForStep) else ""
    return Waiting(
        enrolment=row.id,
        number=row.number,
        version=row.version,
        reached_at=from_micros(row.at_us),
        until=None if row.due_us is None else from_micros(row.due_us),
        why=why,
        event=event,
    )


def _count_messages(definition: JourneyDefinition) -> int:
    return sum(isinstance(step, MessageStep) for step in definition.steps)


def _winner(one: tuple[str, JourneyDefinition], other: tuple[str, JourneyDefinition]) -> str:
    """Return the id of the journey with the higher priority, empty if neither has."""
    mine, theirs = one[1].rules.priority, other[1].rules.priority
    if mine == theirs:
        return ""
    return one[0] if mine > theirs else other[0]
