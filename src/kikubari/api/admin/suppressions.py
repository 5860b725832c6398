"""Addresses that are not mailed, whatever their consent says."""

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.deliver import Suppression, SuppressionReason


class AddressRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address, and why."""

    address: str
    reason: SuppressionReason = SuppressionReason.MANUAL


@get("/suppressions", guards=[requires("read")], sync_to_thread=True)
def list_suppressions(
    services: NamedDependency[Services], address: FromQuery[str | None] = None
) -> list[Suppression]:
    """List the newest suppressions, or those of one address."""
    if address is not None:
        return services.suppressions.find(address)
    return services.suppressions.list_entries()


@post("/suppressions", guards=[requires("write")], sync_to_thread=True)
def add_suppression(
    services: NamedDependency[Services], data: JSONBody[AddressRequest]
) -> list[Suppression]:
    """Suppress an address at once."""
    services.suppressions.add(data.address, at=services.clock.now(), reason=data.reason)
    return services.suppressions.find(data.address)


suppression_handlers = [list_suppressions, add_suppression]
