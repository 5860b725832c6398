"""The stages of the life-cycle across all journeys: how many come, go on, and are lost where."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import get_args

from kikubari.journeys.definition import JourneyDefinition, Stage
from kikubari.journeys.mapping import _repository as repository
from kikubari.journeys.mapping.contracts import Friction, JourneyMap, StageJourney, StageView
from kikubari.journeys.running import Explaining, Journey, Journeys, StepCounts
from kikubari.journeys.running import _repository as running
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
    explaining: Explaining,
    *,
    since: datetime,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> JourneyMap:
    """Return the stages of the journeys that let anybody in from an instant on, and frictions."""
    with store.read() as connection:
        rows = repository.list_people(connection, workspace_id, since_us=to_micros(since))
        ids = {row.no: row.id for row in running.list_journeys(connection, workspace_id)}
    by_journey: dict[str, list[repository.Found]] = {}
    for row in rows:
        by_journey.setdefault(ids[row.journey_no], []).append(row)
    known = [one for one in journeys.list_journeys() if one.id in by_journey]
    definitions = {one.id: journeys.list_versions(one.id)[0].definition for one in known}
    later = _last_entries(known, by_journey)
    stages = [
        _stage(stage, mine, by_journey, definitions, later)
        for stage in _ORDER
        if (mine := [one for one in known if one.stage == stage])
    ]
    frictions = [
        friction
        for one in known
        for friction in _frictions(one.id, definitions[one.id], explaining.counts(one.id).steps)
    ]
    frictions.sort(key=lambda one: -one.lost)
    return JourneyMap(
        since=since,
        people=len({row.number for row in rows}),
        stages=stages,
        frictions=frictions[:_TOLD],
    )


def _last_entries(
    known: Sequence[Journey], by_journey: Mapping[str, Sequence[repository.Found]]
) -> dict[int, list[tuple[int, int]]]:
    """Return when each person entered a journey of which stage, by number."""
    found: dict[int, list[tuple[int, int]]] = {}
    for journey in known:
        if journey.stage:
            place = _ORDER.index(journey.stage)
            for row in by_journey[journey.id]:
                found.setdefault(row.number, []).append((place, row.began_us))
    return found


def _stage(
    stage: Stage,
    mine: Sequence[Journey],
    by_journey: Mapping[str, Sequence[repository.Found]],
    definitions: Mapping[str, JourneyDefinition],
    later: Mapping[int, Sequence[tuple[int, int]]],
) -> StageView:
    rows = [row for one in mine for row in by_journey[one.id]]
    first: dict[int, int] = {}
    for row in rows:
        first[row.number] = min(row.began_us, first.get(row.number, row.began_us))
    place = _ORDER.index(stage)
    went_on = {
        number
        for number, began_us in first.items()
        if stage and any(at > place and then_us > began_us for at, then_us in later.get(number, ()))
    }
    found = [_journey(one, by_journey[one.id], definitions[one.id]) for one in mine]
    return StageView(
        stage=stage,
        people=len(first),
        reached_goal=len({row.number for row in rows if row.converted_us is not None}),
        went_on=len(went_on),
        value_minor=int(sum(row.value_minor for row in rows)),
        journeys=sorted(found, key=lambda one: -one.people),
    )


def _journey(
    journey: Journey, rows: Sequence[repository.Found], definition: JourneyDefinition
) -> StageJourney:
    goal = definition.rules.goal
    return StageJourney(
        id=journey.id,
        name=journey.name,
        state=journey.state.value,
        people=len(rows),
        reached_goal=sum(row.converted_us is not None for row in rows),
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
