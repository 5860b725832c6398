"""API keys and members."""

from typing import Annotated, Literal

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kikubari.access import ApiKey, Member, NewApiKey
from kikubari.api.authentication import requires
from kikubari.api.contracts import Services

Scope = Literal["read", "write", "send", "admin"]


class KeyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key to make."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    scopes: tuple[Scope, ...] = ("read",)


class MemberRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member to add."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
    password: str
    scopes: tuple[Scope, ...] = ("read",)


@get("/keys", guards=[requires("admin")], sync_to_thread=True)
def list_keys(services: NamedDependency[Services]) -> list[ApiKey]:
    """List API keys, without their secrets."""
    return services.api_keys.list_keys()


@post("/keys", guards=[requires("admin")], sync_to_thread=True)
def create_key(services: NamedDependency[Services], data: JSONBody[KeyRequest]) -> NewApiKey:
    """Make an API key; the secret is in this answer and nowhere else."""
    return services.api_keys.create(data.name, data.scopes)


@delete("/keys/{key_id:str}", guards=[requires("admin")], sync_to_thread=True)
def revoke_key(services: NamedDependency[Services], key_id: FromPath[str]) -> None:
    """Make a key useless."""
    services.api_keys.revoke(key_id)


@post("/members", guards=[requires("admin")], sync_to_thread=True)
def create_member(services: NamedDependency[Services], data: JSONBody[MemberRequest]) -> Member:
    """Add a member of the console."""
    return services.members.create(data.email, data.password, data.scopes)


key_handlers = [list_keys, create_key, revoke_key, create_member]
