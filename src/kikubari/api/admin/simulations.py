"""Simulations: a journey's draft tried on the past."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.people import PersonLine, load_people
from kikubari.journeys.simulation import SimulatedEntry, Simulation, SimulationRequest

Limit = Annotated[int, QueryParameter(ge=1, le=100)]


class SimulatedPerson(msgspec.Struct, frozen=True):
    """One simulated way, and whose. Nobody is named who was erased."""

    entry: SimulatedEntry
    person: PersonLine | None


@post(
    "/journeys/{journey_id:str}/simulations",
    guards=[requires("write")],
    status_code=202,
    sync_to_thread=True,
)
def simulate_journey(
    services: NamedDependency[Services],
    journey_id: FromPath[str],
    data: JSONBody[SimulationRequest],
) -> Simulation:
    """Try a draft on the past, in the background; nothing is sent and nobody enters."""
    return services.simulations.start(journey_id, data)


@get("/journeys/{journey_id:str}/simulations", guards=[requires("read")], sync_to_thread=True)
def list_simulations(
    services: NamedDependency[Services], journey_id: FromPath[str], limit: Limit = 20
) -> list[Simulation]:
    """List a journey's simulations, newest first."""
    return services.simulations.list_newest(journey_id, limit=limit)


@get("/simulations/{simulation_id:str}", guards=[requires("read")], sync_to_thread=True)
def get_simulation(services: NamedDependency[Services], simulation_id: FromPath[str]) -> Simulation:
    """Return how far a simulation is, or what it found."""
    return services.simulations.get(simulation_id)


@get("/simulations/{simulation_id:str}/people", guards=[requires("read")], sync_to_thread=True)
def list_simulated_people(
    services: NamedDependency[Services],
    simulation_id: FromPath[str],
    after: Annotated[int, QueryParameter(ge=0)] = 0,
    limit: Limit = 50,
) -> list[SimulatedPerson]:
    """List some people's ways, step by step, and what became of each message.

    They are a sample with every kind of outcome in it, in the order of entering; go on `after`
    as many as were seen.
    """
    result = services.simulations.get(simulation_id).result
    entries = [] if result is None else result.sample[after : after + limit]
    people = load_people(services, {one.number for one in entries})
    return [SimulatedPerson(one, people.get(one.number)) for one in entries]


@post(
    "/simulations/{simulation_id:str}/cancel",
    guards=[requires("write")],
    status_code=200,
    sync_to_thread=True,
)
def cancel_simulation(
    services: NamedDependency[Services], simulation_id: FromPath[str]
) -> Simulation:
    """End a simulation that runs; one that has ended stays as it is."""
    return services.simulations.cancel(simulation_id)


simulation_handlers = [
    simulate_journey,
    list_simulations,
    get_simulation,
    list_simulated_people,
    cancel_simulation,
]
