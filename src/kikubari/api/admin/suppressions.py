"""Addresses that are not mailed, whatever their consent says."""

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.deliver import Suppression, SuppressionReason

Limit = Annotated[int, QueryParameter(ge=1, le=500)]


class AddressRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address, and why."""

    address: str
    reason: SuppressionReason = SuppressionReason.MANUAL


class RemovalRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address to take off the list."""

    address: str


class Removal(msgspec.Struct, frozen=True):
    """How many reasons the address was on the list for."""

    removed: int


class SuppressionCount(msgspec.Struct, frozen=True):
    """How many addresses are on the list for a reason."""

    reason: SuppressionReason
    n: int


@get("/suppressions", guards=[requires("read")], sync_to_thread=True)
def list_suppressions(
    services: NamedDependency[Services],
    address: FromQuery[str | None] = None,
    reason: FromQuery[SuppressionReason | None] = None,
    after: FromQuery[str] = "",
    limit: Limit = 100,
) -> list[Suppression]:
    """List suppressions, newest first, or those of one address; go on `after` the last one's id."""
    if address is not None:
        return services.suppressions.find(address)
    return services.suppressions.list_entries(reason=reason, after=after, limit=limit)


@get("/suppressions/counts", guards=[requires("read")], sync_to_thread=True)
def count_suppressions(services: NamedDependency[Services]) -> list[SuppressionCount]:
    """Say how many addresses are on the list, by reason."""
    counts = services.suppressions.count_by_reason()
    return [SuppressionCount(reason, counts.get(reason, 0)) for reason in SuppressionReason]


@post("/suppressions", guards=[requires("write")], sync_to_thread=True)
def add_suppression(
    services: NamedDependency[Services], data: JSONBody[AddressRequest]
) -> list[Suppression]:
    """Suppress an address at once."""
    services.suppressions.add(data.address, at=services.clock.now(), reason=data.reason)
    return services.suppressions.find(data.address)


@post("/suppressions/remove", guards=[requires("admin")], sync_to_thread=True, status_code=200)
def remove_suppression(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    data: JSONBody[RemovalRequest],
) -> Removal:
    """Take an address off the list, for all reasons; recorded with who did it."""
    removed = services.suppressions.remove(
        data.address, at=services.clock.now(), by=request.user.name
    )
    return Removal(removed)


suppression_handlers = [
    list_suppressions,
    count_suppressions,
    add_suppression,
    remove_suppression,
]
