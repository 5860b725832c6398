"""The stages of the life-cycle across all journeys: how many come, go on, and are lost where."""

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from sqlalchemy import Connection

from kikubari.journeys.definition import JourneyDefinition, Stage
from kikubari.journeys.mapping import _repository as repository
from kikubari.journeys.mapping.contracts import Friction, JourneyMap, StageJourney, StageView
from kikubari.journeys.running import Journey, Journeys, StepCounts
from kikubari.journeys.running import _repository as running
from kikubari.journeys.running.figures import step_counts
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.programs import decode_definition
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore

# In the order in which a customer comes to them; journeys without a stage are told last.
_ORDER: tuple[Stage, ...] = (*(one for one in get_args(Stage) if one), "")
_TOLD = 10
# A share of fewer people says little.
_ENOUGH = 20
_TIMEOUT = "timeout"


def map_stages(
    store: StateStore,
    journeys: Journeys,
    *,
    since: datetime,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> JourneyMap:
    """Return the stages of the journeys that let anybody in from an instant on, and frictions."""
    since_us = to_micros(since)
    known = {one.id: one for one in journeys.list_journeys()}
    with store.read() as connection:
        rows = running.list_journeys(connection, workspace_id)
        nos = {row.no: row.id for row in rows}
        by_journey = {
            nos[row.journey_no]: row
            for row in repository.sum_by_journey(connection, workspace_id, since_us=since_us)
        }
        places = {
            no: _ORDER.index(stage)
            for no, id_ in nos.items()
            if id_ in by_journey and (stage := known[id_].stage)
        }
        by_stage = {
            row.place: row
            for row in repository.sum_by_stage(connection, workspace_id, places, since_us=since_us)
        }
        people = repository.count_people(connection, workspace_id, since_us=since_us)
        live = _read_steps(
            connection, [row for row in rows if row.id in by_journey], workspace_id=workspace_id
        )
    entered = [one for one in known.values() if one.id in by_journey]
    found = [_journey(one, by_journey[one.id], live[one.id][0]) for one in entered]
    frictions = [friction for one in entered for friction in _frictions(one.id, *live[one.id])]
    frictions.sort(key=lambda one: -one.lost)
    return JourneyMap(
        since=since,
        people=people,
        stages=[
            _stage(
                stage,
                row,
                [one for one in found if known[one.id].stage == stage],
                sum(by_journey[one.id].value_minor for one in entered if one.stage == stage),
            )
            for stage in _ORDER
            if (row := by_stage.get(_ORDER.index(stage) if stage else repository.NO_PLACE))
            is not None
        ],
        frictions=frictions[:_TOLD],
    )


def _read_steps(
    connection: Connection, journeys: Sequence[running.Found], *, workspace_id: int
) -> dict[str, tuple[JourneyDefinition, list[StepCounts]]]:
    """Return the live version of each journey and what passed its steps, of all of them at once.

    Who stands where now is not looked up.
    """
    nos = [row.no for row in journeys]
    versions: dict[int, list[running.Found]] = {}
    for row in running.list_versions(connection, workspace_id, nos):
        versions.setdefault(row.journey_no, []).append(row)
    counted: dict[int, list[running.Found]] = {}
    for row in running.list_counts(connection, workspace_id, nos):
        counted.setdefault(row.journey_no, []).append(row)
    found = {}
    for journey in journeys:
        names = running.decode_names(journey.names)
        programs = {
            row.version: Program(
                journey.no, journey.id, row.version, decode_definition(row.definition), names
            )
            for row in versions.get(journey.no, ())
        }
        shown = programs[journey.version]
        steps = step_counts(shown, programs, counted.get(journey.no, ()), standing=())
        found[journey.id] = (shown.definition, steps)
    return found


def _stage(
    stage: Stage, row: repository.Found, mine: Sequence[StageJourney], value_minor: int
) -> StageView:
    return StageView(
        stage=stage,
        people=row.people,
        reached_goal=row.reached_goal,
        went_on=row.went_on if stage else 0,
        value_minor=int(value_minor),
        journeys=sorted(mine, key=lambda one: -one.people),
    )


def _journey(
    journey: Journey, row: repository.Found, definition: JourneyDefinition
) -> StageJourney:
    goal = definition.rules.goal
    return StageJourney(
        id=journey.id,
        name=journey.name,
        state=journey.state.value,
        people=row.people,
        reached_goal=row.reached_goal,
        target_percent=None if goal is None else goal.target_percent,
    )


def _frictions(
    journey_id: str, definition: JourneyDefinition, steps: Sequence[StepCounts]
) -> list[Friction]:
    """Return the steps at which people left, or let the time run out."""
    labels = {step.id: step.label for step in definition.steps}
    found = []
    for step in steps:
        lost = {way: n for way, n in step.left.items() if way.startswith("exit:")}
        lost |= {way.way: way.passed for way in step.ways if way.way == _TIMEOUT and way.passed}
        if step.arrived >= _ENOUGH and lost:
            found.append(
                Friction(
                    journey_id=journey_id,
                    step=step.step,
                    label=labels.get(step.step, ""),
                    arrived=step.arrived,
                    lost=sum(lost.values()),
                    how=max(lost, key=lost.__getitem__),
                )
            )
    return found
