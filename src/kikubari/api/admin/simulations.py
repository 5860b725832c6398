"""Simulations: a journey's draft tried on the past."""

from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.journeys.simulation import Simulation, SimulationRequest

Limit = Annotated[int, QueryParameter(ge=1, le=100)]


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


simulation_handlers = [simulate_journey, list_simulations, get_simulation]
