"""Asking those again whose consent is old or of outdated words."""

from datetime import timedelta
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.deliver import Sender
from kikubari.journeys import Renewal, RenewalCount

Days = Annotated[int, QueryParameter(ge=1, le=3650)]


class RenewalRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to ask, and from whom the draft is."""

    sender: Sender
    older_than_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 730


@get("/consent/renewals", guards=[requires("read")], sync_to_thread=True)
def count_renewals(
    services: NamedDependency[Services], older_than_days: Days = 730
) -> RenewalCount:
    """Say how many people agreed long ago, or in words that are not shown any more."""
    return services.renewals.count(timedelta(days=older_than_days))


@post("/consent/renewals", guards=[requires("write")], sync_to_thread=True)
def prepare_renewal(services: NamedDependency[Services], data: JSONBody[RenewalRequest]) -> Renewal:
    """Store who is to be asked again as a segment, and write a draft to them; nothing is sent."""
    return services.renewals.prepare(timedelta(days=data.older_than_days), data.sender)


renewal_handlers = [count_renewals, prepare_renewal]
