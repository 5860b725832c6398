"""Webhooks out: endpoints, the calls made to them, and dead letters."""

from typing import Annotated, Literal

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.deliver import (
    CallState,
    CallView,
    Endpoint,
    EndpointDefinition,
    EndpointName,
    NewEndpoint,
)

Limit = Annotated[int, QueryParameter(ge=1, le=500)]
State = Literal["queued", "sending", "delivered", "dead"] | None


class EndpointPage(msgspec.Struct, frozen=True):
    """Some endpoints, oldest first, and how many there are in all."""

    total: int
    endpoints: list[Endpoint]


class EndpointStateChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether an endpoint is called."""

    is_enabled: bool


class Replay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which dead letters to send again; without ids, all."""

    ids: Annotated[list[str], msgspec.Meta(max_length=1000)] | None = None


class Queued(msgspec.Struct, frozen=True):
    """How many calls were queued."""

    n_queued: int


@get("/webhooks", guards=[requires("admin")], sync_to_thread=True)
def list_webhook_endpoints(
    services: NamedDependency[Services], after: FromQuery[str] = "", limit: Limit = 100
) -> EndpointPage:
    """List endpoints with how they fare, oldest first; go on `after` the last one's id.

    Secrets are shown when they are made alone.
    """
    found = services.endpoints.list_some(after=after, limit=limit)
    return EndpointPage(services.endpoints.count(), found)


@get("/webhooks/names", guards=[requires("write")], sync_to_thread=True)
def list_webhook_names(services: NamedDependency[Services]) -> list[EndpointName]:
    """List endpoints by name, for who makes a journey that calls one."""
    return services.endpoints.list_names()


@post("/webhooks", guards=[requires("admin")], sync_to_thread=True)
def create_webhook_endpoint(
    services: NamedDependency[Services], data: JSONBody[EndpointDefinition]
) -> NewEndpoint:
    """Set up an endpoint; the secret that calls are signed with is in this answer alone."""
    return services.endpoints.create(data)


@get("/webhooks/{endpoint_id:str}", guards=[requires("admin")], sync_to_thread=True)
def get_webhook_endpoint(
    services: NamedDependency[Services], endpoint_id: FromPath[str]
) -> Endpoint:
    """Return an endpoint."""
    return services.endpoints.get(endpoint_id)


@put("/webhooks/{endpoint_id:str}", guards=[requires("admin")], sync_to_thread=True)
def change_webhook_endpoint(
    services: NamedDependency[Services],
    endpoint_id: FromPath[str],
    data: JSONBody[EndpointDefinition],
) -> Endpoint:
    """Name an endpoint anew, move it, or tell it of other events."""
    return services.endpoints.change(endpoint_id, data)


@put("/webhooks/{endpoint_id:str}/state", guards=[requires("admin")], sync_to_thread=True)
def set_webhook_endpoint_state(
    services: NamedDependency[Services],
    endpoint_id: FromPath[str],
    data: JSONBody[EndpointStateChange],
) -> Endpoint:
    """Call an endpoint again, or no more; what waits for a disabled one becomes dead letters."""
    if data.is_enabled:
        return services.endpoints.enable(endpoint_id)
    return services.endpoints.disable(endpoint_id)


@delete("/webhooks/{endpoint_id:str}", guards=[requires("admin")], sync_to_thread=True)
def delete_webhook_endpoint(
    services: NamedDependency[Services], endpoint_id: FromPath[str]
) -> None:
    """Forget an endpoint and all calls to it."""
    services.endpoints.delete(endpoint_id)


@post("/webhooks/{endpoint_id:str}/secret", guards=[requires("admin")], sync_to_thread=True)
def rotate_webhook_secret(
    services: NamedDependency[Services], endpoint_id: FromPath[str]
) -> NewEndpoint:
    """Exchange the secret; for a day calls carry a signature by the old one too."""
    return services.endpoints.rotate_secret(endpoint_id)


@post("/webhooks/{endpoint_id:str}/test", guards=[requires("admin")], sync_to_thread=True)
def test_webhook_endpoint(
    services: NamedDependency[Services], endpoint_id: FromPath[str]
) -> Queued:
    """Queue a call of type `kikubari.test`; the list of calls shows what came of it."""
    return Queued(int(services.endpoints.test(endpoint_id) == "queued"))


@get("/webhooks/{endpoint_id:str}/calls", guards=[requires("admin")], sync_to_thread=True)
def list_webhook_calls(
    services: NamedDependency[Services],
    endpoint_id: FromPath[str],
    only: FromQuery[State] = None,
    after: FromQuery[str] = "",
    limit: Limit = 50,
) -> list[CallView]:
    """List calls to an endpoint, newest first; go on `after` the last one's id.

    They are kept for 30 days after their end.
    """
    wanted = None if only is None else CallState[only.upper()]
    return services.endpoints.list_calls(endpoint_id, state=wanted, after=after, limit=limit)


@post("/webhooks/{endpoint_id:str}/replay", guards=[requires("admin")], sync_to_thread=True)
def replay_webhook_calls(
    services: NamedDependency[Services], endpoint_id: FromPath[str], data: JSONBody[Replay]
) -> Queued:
    """Send dead letters again, all or some, under the ids they had."""
    return Queued(services.endpoints.replay(endpoint_id, data.ids))


webhook_handlers = [
    list_webhook_endpoints,
    list_webhook_names,
    create_webhook_endpoint,
    get_webhook_endpoint,
    change_webhook_endpoint,
    set_webhook_endpoint_state,
    delete_webhook_endpoint,
    rotate_webhook_secret,
    test_webhook_endpoint,
    list_webhook_calls,
    replay_webhook_calls,
]
