"""Experiments in journeys: how the parts do, and what that proves by now."""

from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.journeys import Experiment
from kikubari.measure import ExperimentVerdict, Tally, find_visible_lift, judge


class JudgedExperiment(msgspec.Struct, frozen=True):
    """An experiment and what it says by now: right however often one looks.

    Attributes:
        experiment: its parts; its `winner` is the part that everybody takes since it was decided.
        verdict: its `winner` is the part that is proven.
        visible_lift: the smallest lead over the first part that would be proven by now: 0.25 is a
            quarter more; None while no lead would be.
    """

    experiment: Experiment
    verdict: ExperimentVerdict
    visible_lift: float | None


class JourneyExperiment(msgspec.Struct, frozen=True):
    """An experiment of a journey that is live."""

    journey_id: str
    journey_name: str
    judged: JudgedExperiment


@get("/journeys/{journey_id:str}/experiments", guards=[requires("read")], sync_to_thread=True)
def list_journey_experiments(
    services: NamedDependency[Services], journey_id: FromPath[str]
) -> list[JudgedExperiment]:
    """List the experiments of a journey's live version; none of one that is not live."""
    services.journeys.get(journey_id)
    return [_judged(one) for one in services.experiments.list_experiments(journey_id)]


@get("/journeys/experiments", guards=[requires("read")], sync_to_thread=True)
def list_experiments(
    services: NamedDependency[Services],
    after: Annotated[int, QueryParameter(ge=0)] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=200)] = 100,
) -> list[JourneyExperiment]:
    """List the experiments of all live journeys, newest journey first; go on `after` so many."""
    found = services.experiments.list_all()[after : after + limit]
    names = {one.id: one.name for one in services.journeys.list_journeys()}
    return [
        JourneyExperiment(journey_id, names[journey_id], _judged(one)) for journey_id, one in found
    ]


def _judged(experiment: Experiment) -> JudgedExperiment:
    tallies = [
        Tally(part=one.part, people=one.people, reached=one.reached, share=one.share)
        for one in experiment.parts
    ]
    return JudgedExperiment(experiment, judge(tallies), find_visible_lift(tallies))


experiment_handlers = [list_experiments, list_journey_experiments]
