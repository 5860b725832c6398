"""What is kept of opens, how many people open anything, and who has not for long."""

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.deliver import (
    InactiveAddress,
    OpenDayFigures,
    StoredTracking,
    SuppressionReason,
    TrackingPolicy,
)

AnyRequest = Request[Any, Any, Any]
Days = Annotated[int, QueryParameter(ge=30, le=730)]
After = Annotated[int, QueryParameter(ge=0, le=2**63 - 1)]
Limit = Annotated[int, QueryParameter(ge=1, le=500)]


class SunsetRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to write to no more: at most so many who opened nothing for so many days."""

    days: Annotated[int, msgspec.Meta(ge=30, le=730)]
    most: Annotated[int, msgspec.Meta(ge=1, le=5_000)] = 1_000


class Sunset(msgspec.Struct, frozen=True):
    """How many addresses were closed for marketing."""

    n_suppressed: int


@get("/policies/tracking", guards=[requires("read")], sync_to_thread=True)
def get_tracking_policy(services: NamedDependency[Services]) -> StoredTracking:
    """Return what is kept of opens and clicks, at the most."""
    return services.tracking_policies.get()


@put("/policies/tracking", guards=[requires("admin")], sync_to_thread=True)
def set_tracking_policy(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[TrackingPolicy]
) -> StoredTracking:
    """Say what is kept of opens and clicks from now on, in mail already sent too."""
    return services.tracking_policies.set(data, at=services.clock.now(), by=request.user.name)


@get("/open-days", guards=[requires("read")], sync_to_thread=True)
def count_open_days(services: NamedDependency[Services]) -> OpenDayFigures:
    """Say how many people opened a message within 30, 90, 180 and 365 days."""
    return services.open_days.figures()


@get("/open-days/inactive", guards=[requires("export")], sync_to_thread=True)
def list_inactive_addresses(
    services: NamedDependency[Services], days: Days = 180, after: After = 0, limit: Limit = 100
) -> list[InactiveAddress]:
    """List who was written to and opened nothing for so long; go on `after` the last `number`."""
    return services.open_days.list_inactive(days, after=after, limit=limit)


@post("/open-days/inactive/suppress", guards=[requires("admin")], sync_to_thread=True)
def suppress_inactive(services: NamedDependency[Services], data: JSONBody[SunsetRequest]) -> Sunset:
    """Close addresses for marketing whose people opened nothing for so long."""
    found = services.open_days.list_inactive(data.days, limit=data.most)
    now = services.clock.now()
    for one in found:
        services.suppressions.add(one.address, at=now, reason=SuppressionReason.INACTIVE)
    return Sunset(len(found))


open_day_handlers = [
    get_tracking_policy,
    set_tracking_policy,
    count_open_days,
    list_inactive_addresses,
    suppress_inactive,
]
