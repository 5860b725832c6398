"""All journeys at once: conflicts over people, and the stages of the life-cycle."""

from datetime import timedelta
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.journeys.mapping import ConflictMap, JourneyMap, map_conflicts, map_stages
from kikubari.spec.errors import NotFoundError

Days = Annotated[int, QueryParameter(ge=1, le=366)]


@get("/journeys/conflicts", guards=[requires("read")], sync_to_thread=True)
def map_journey_conflicts(services: NamedDependency[Services], days: Days = 30) -> ConflictMap:
    """Show which journeys and broadcasts compete for the same people, and what to do about it."""

    def broadcast_name(broadcast_id: str) -> str:
        try:
            return services.broadcasts.get(broadcast_id).definition.name
        except NotFoundError:
            return broadcast_id

    return map_conflicts(
        services.store,
        services.journeys,
        services.explaining,
        broadcast_name,
        since=services.clock.now() - timedelta(days=days),
    )


@get("/journeys/map", guards=[requires("read")], sync_to_thread=True)
def map_journey_stages(services: NamedDependency[Services], days: Days = 90) -> JourneyMap:
    """Show the stages of the life-cycle across journeys, and the steps at which people are lost."""
    return map_stages(
        services.store,
        services.journeys,
        since=services.clock.now() - timedelta(days=days),
    )


journey_map_handlers = [map_journey_conflicts, map_journey_stages]
