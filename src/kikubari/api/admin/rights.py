"""What customers may ask for about themselves: a file, erasure, to be left alone."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import FromPath, JSONBody

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.deliver import RightsNotice
from kikubari.profiles import ErasureReceipt, ExportReceipt, Limit, LimitReceipt
from kikubari.spec.errors import InvalidInputError


class ErasureRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody is erased. `confirm` repeats the profile's id: this cannot be undone."""

    confirm: str
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class ReceiptedErasure(msgspec.Struct, frozen=True):
    """An erasure; `is_finished` once the columnar copy has forgotten the person too.

    `told` are the endpoints of webhooks that had been told of the person.
    """

    receipt: ErasureReceipt
    is_finished: bool
    told: list[RightsNotice]


class ReceiptedLimit(msgspec.Struct, frozen=True):
    """A limit, and the endpoints of webhooks that were told when it was placed and lifted."""

    receipt: LimitReceipt
    told: list[RightsNotice]


class LimitRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a customer asked for, and how they put it; name nobody in it."""

    limit: Limit
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class LiftRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which limit ends."""

    limit: Limit


class PersonLimits(msgspec.Struct, frozen=True):
    """The limits one customer has."""

    limits: list[Limit]


class RightsReceipts(msgspec.Struct, frozen=True):
    """Every receipt, newest first."""

    erasures: list[ReceiptedErasure]
    exports: list[ExportReceipt]
    limits: list[ReceiptedLimit]


@post(
    "/profiles/{profile_id:str}/export",
    guards=[requires("export")],
    sync_to_thread=True,
    status_code=200,
    responses={
        200: ResponseSpec(
            dict[str, Any], generate_examples=False, description="The file; see docs/profiles.md."
        )
    },
)
def export_profile(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    profile_id: FromPath[str],
) -> Response[bytes]:
    """Return everything about one customer as a JSON file, and keep a receipt.

    The receipt's id stands in the header ``Kikubari-Receipt``.
    """
    made = services.rights.export(profile_id, by=request.user.name)
    return Response(
        made.body,
        media_type="application/json",
        headers={
            "Kikubari-Receipt": made.receipt.receipt_id,
            "Content-Disposition": f'attachment; filename="{made.receipt.receipt_id}.json"',
            "Cache-Control": "no-store",
        },
    )


@post(
    "/profiles/{profile_id:str}/erase",
    guards=[requires("admin")],
    sync_to_thread=True,
    status_code=200,
)
def erase_profile(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    profile_id: FromPath[str],
    data: JSONBody[ErasureRequest],
) -> ErasureReceipt:
    """Erase one customer everywhere, for ever; answers with the receipt."""
    if data.confirm != profile_id:
        raise InvalidInputError(
            "the confirmation names somebody else",
            hint="Repeat the profile's id in `confirm`: erasing cannot be undone.",
        )
    return services.rights.erase(profile_id, by=request.user.name, reason=data.reason)


@get("/profiles/{profile_id:str}/limits", guards=[requires("read")], sync_to_thread=True)
def show_limits(services: NamedDependency[Services], profile_id: FromPath[str]) -> PersonLimits:
    """Say whether one customer's data is restricted, or they object to marketing."""
    return PersonLimits(sorted(services.rights.find_limits(profile_id)))


@post("/profiles/{profile_id:str}/limit", guards=[requires("admin")], sync_to_thread=True)
def limit_profile(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    profile_id: FromPath[str],
    data: JSONBody[LimitRequest],
) -> LimitReceipt:
    """Keep one customer's data and do not use it, or not for marketing; returns the receipt."""
    by = request.user.name
    return services.rights.limit(profile_id, data.limit, by=by, reason=data.reason)


@post(
    "/profiles/{profile_id:str}/lift",
    guards=[requires("admin")],
    sync_to_thread=True,
    status_code=200,
)
def lift_limit(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    profile_id: FromPath[str],
    data: JSONBody[LiftRequest],
) -> list[LimitReceipt]:
    """End a limit; answers with the receipts of what ended."""
    return services.rights.lift(profile_id, data.limit, by=request.user.name)


@get("/rights/receipts", guards=[requires("admin")], sync_to_thread=True)
def list_rights_receipts(services: NamedDependency[Services]) -> RightsReceipts:
    """List the receipts of exports, erasures, restrictions and objections."""
    erasures = services.rights.list_erasures()
    unfinished = services.rights.list_unfinished(erasures)
    told = services.rights.list_notices()
    return RightsReceipts(
        [
            ReceiptedErasure(one, one.receipt_id not in unfinished, told.get(one.receipt_id, []))
            for one in erasures
        ],
        services.rights.list_exports(),
        [
            ReceiptedLimit(one, told.get(one.receipt_id, []))
            for one in services.rights.list_limits()
        ],
    )


rights_handlers = [
    export_profile,
    erase_profile,
    show_limits,
    limit_profile,
    lift_limit,
    list_rights_receipts,
]
