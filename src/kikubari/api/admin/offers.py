"""Offers: written, counted; codes taken in and told to the shop; orders made with them."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.api.people import PersonLine, load_people
from kikubari.decide.offers import ImportedCodes, IssuedCode, Offer, OfferDefinition
from kikubari.kit.instants import parse_instant
from kikubari.spec.errors import InvalidInputError

Limit = Annotated[int, QueryParameter(ge=1, le=1000)]
CodesLimit = Annotated[int, QueryParameter(ge=1, le=10_000)]
Instant = Annotated[str, QueryParameter(max_length=40)]
AfterCode = Annotated[str, QueryParameter(max_length=100)]


class OfferEdit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An offer as it is to be; `is_ended` keeps its codes from being handed out."""

    definition: OfferDefinition
    is_ended: bool = False


class CodesRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Codes of the shop's own, one a line or in the first column of a CSV."""

    text: Annotated[str, msgspec.Meta(min_length=1)]


class RedemptionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An order with a code; amounts in minor units. Nobody is named who was erased."""

    code: str
    order_id: str
    at: datetime
    person: PersonLine | None
    revenue_minor: int
    discount_minor: int


@get("/offers", guards=[requires("read")], sync_to_thread=True)
def list_offers(services: NamedDependency[Services], limit: Limit = 100) -> list[Offer]:
    """List the newest offers with their figures."""
    return services.offers.list_offers(limit=limit)


@post("/offers", guards=[requires("write")], sync_to_thread=True)
def create_offer(services: NamedDependency[Services], data: JSONBody[OfferDefinition]) -> Offer:
    """Make an offer."""
    return services.offers.create(data)


@get("/offers/{offer_id:str}", guards=[requires("read")], sync_to_thread=True)
def get_offer(services: NamedDependency[Services], offer_id: FromPath[str]) -> Offer:
    """Return an offer with its figures."""
    return services.offers.get(offer_id)


@put("/offers/{offer_id:str}", guards=[requires("write")], sync_to_thread=True)
def change_offer(
    services: NamedDependency[Services], offer_id: FromPath[str], data: JSONBody[OfferEdit]
) -> Offer:
    """Write an offer anew, end it or begin it again; codes handed out keep their word."""
    return services.offers.change(offer_id, data.definition, is_ended=data.is_ended)


@post("/offers/{offer_id:str}/codes", guards=[requires("write")], sync_to_thread=True)
def import_offer_codes(
    services: NamedDependency[Services], offer_id: FromPath[str], data: JSONBody[CodesRequest]
) -> ImportedCodes:
    """Take in codes that the shop made; those known already are left alone."""
    return services.offers.import_codes(offer_id, data.text)


@get("/offers/{offer_id:str}/codes", guards=[requires("read")], sync_to_thread=True)
def list_offer_codes(
    services: NamedDependency[Services],
    offer_id: FromPath[str],
    since: Instant = "",
    after: AfterCode = "",
    limit: CodesLimit = 1_000,
) -> list[IssuedCode]:
    """List codes as they were handed out, for the shop; go on `after` the last one."""
    return services.offers.list_codes(
        offer_id, since=_read_instant(since), after=after, limit=limit
    )


@get("/offers/{offer_id:str}/redemptions", guards=[requires("read")], sync_to_thread=True)
def list_redemptions(
    services: NamedDependency[Services],
    offer_id: FromPath[str],
    before: Instant = "",
    limit: Limit = 100,
) -> list[RedemptionAnswer]:
    """List orders with codes of an offer, newest first; go on `before` the last one.

    Orders of one instant come together: a page may be longer than its limit.
    """
    found = services.offers.list_redemptions(offer_id, before=_read_instant(before), limit=limit)
    people = load_people(services, {one.number for one in found if one.number})
    return [
        RedemptionAnswer(
            code=one.code,
            order_id=one.order_id,
            at=one.at,
            person=people.get(one.number),
            revenue_minor=one.revenue_minor,
            discount_minor=one.discount_minor,
        )
        for one in found
    ]


def _read_instant(text: str) -> datetime | None:
    try:
        return parse_instant(text) if text else None
    except ValueError as error:
        raise InvalidInputError(
            f"{text!r} is no instant", hint="Such as 2026-11-22T09:00Z."
        ) from error


offer_handlers = [
    list_offers,
    create_offer,
    get_offer,
    change_offer,
    import_offer_codes,
    list_offer_codes,
    list_redemptions,
]
