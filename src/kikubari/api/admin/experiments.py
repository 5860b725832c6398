"""Experiments in journeys: how the parts do, and what that proves by now."""

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.journeys import Experiment
from kikubari.measure import ExperimentVerdict, Tally, judge


class JudgedExperiment(msgspec.Struct, frozen=True):
    """An experiment and what it says by now: right however often one looks.

    `verdict.winner` is what is proven; `experiment.winner` is the part that everybody takes since.
    """

    experiment: Experiment
    verdict: ExperimentVerdict


@get("/journeys/{journey_id:str}/experiments", guards=[requires("read")], sync_to_thread=True)
def list_journey_experiments(
    services: NamedDependency[Services], journey_id: FromPath[str]
) -> list[JudgedExperiment]:
    """List the experiments of a journey's live version; none of one that is not live."""
    services.journeys.get(journey_id)
    return [_judged(one) for one in services.experiments.list_experiments(journey_id)]


def _judged(experiment: Experiment) -> JudgedExperiment:
    tallies = [
        Tally(part=one.part, people=one.people, reached=one.reached, share=one.share)
        for one in experiment.parts
    ]
    return JudgedExperiment(experiment, judge(tallies))


experiment_handlers = [list_journey_experiments]
