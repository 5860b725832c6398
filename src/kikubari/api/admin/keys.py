"""API keys."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kikubari.access import DEFAULT_RATE, ApiKey, NewApiKey, Principal
from kikubari.api.authentication import actor_of, requires
from kikubari.api.contracts import Services
from kikubari.api.guarding import AUDITED

Scope = Literal["read", "write", "send", "export", "admin"]
AnyRequest = Request[Principal, str | None, Any]


class KeyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key to make, and how often it may call."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    scopes: tuple[Scope, ...] = ("read",)
    requests_per_minute: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = DEFAULT_RATE


@get("/keys", guards=[requires("admin")], sync_to_thread=True)
def list_keys(services: NamedDependency[Services]) -> list[ApiKey]:
    """List API keys, without their secrets."""
    return services.access.keys.list_keys()


@post("/keys", guards=[requires("admin")], sync_to_thread=True, opt={AUDITED: True})
def create_key(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[KeyRequest]
) -> NewApiKey:
    """Make an API key; the secret is in this answer and nowhere else."""
    return services.access.keys.create(
        data.name, data.scopes, actor_of(request), per_minute=data.requests_per_minute
    )


@delete("/keys/{key_id:str}", guards=[requires("admin")], sync_to_thread=True, opt={AUDITED: True})
def revoke_key(
    request: AnyRequest, services: NamedDependency[Services], key_id: FromPath[str]
) -> None:
    """Make a key useless."""
    services.access.keys.revoke(key_id, actor_of(request))


key_handlers = [list_keys, create_key, revoke_key]
