"""A customer's own data: taken home, or erased for good, when their mailbox has confirmed it."""

from typing import Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from kikubari.api.contracts import Services
from kikubari.api.pages.rendering import SAFE_HEADERS, PageRequest, render
from kikubari.api.pages.standing import answer_unknown, find_customer
from kikubari.deliver import Act, OwnRequest, SuppressionReason
from kikubari.profiles import profile_id

Form = URLEncodedBody[dict[str, str]]
Step = Literal["offer", "mailed", "ended", "done"] | Act
_BY = "the customer, on the preference page"


@get("/p/{token:str}/data", sync_to_thread=True)
def show_data(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Offer a copy, and erasure."""
    if find_customer(services, token) is None:
        return answer_unknown(request)
    return _page(request, token, "offer")


def show_request(
    request: PageRequest, services: Services, token: str, own: OwnRequest
) -> Response[Any]:
    """Show what the link of a fresh message is for; programs that fetch it do nothing by that."""
    if find_customer(services, token) is None:
        return answer_unknown(request)
    return _page(request, token, own.act if own.is_open else "ended")


@post("/p/{token:str}/data", status_code=200, sync_to_thread=True)
def take_copy(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Hand out everything about the customer as a file, with a receipt, by a fresh message's link.

    By any other link, send such a message.
    """
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    own = services.own_requests.find(standing.mailed.origin)
    if own is None or own.act != "copy" or not services.own_requests.use(own):
        services.own_requests.ask(standing.number, "copy")
        return _page(request, token, "mailed")
    export = services.rights.export(profile_id(standing.number), by=_BY)
    headers = {**SAFE_HEADERS, "Content-Disposition": 'attachment; filename="my-data.json"'}
    return Response(export.body, media_type="application/json", headers=headers)


@post("/p/{token:str}/erase", status_code=200, sync_to_thread=True)
def erase(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str], data: Form
) -> Response[Any]:
    """Erase by a fresh message's link, with the box ticked; by any other link, send the message."""
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    own = services.own_requests.find(standing.mailed.origin)
    if own is not None and own.act == "erasure" and own.is_open and data.get("sure") != "yes":
        return _page(request, token, "erasure", is_unticked=True)
    if own is None or own.act != "erasure" or not services.own_requests.use(own):
        services.own_requests.ask(standing.number, "erasure")
        return _page(request, token, "mailed")
    _keep_silent(services, standing.number)
    receipt = services.rights.erase(
        profile_id(standing.number), by=_BY, reason="asked for on the preference page"
    )
    return _page(request, token, "done", receipt=receipt.receipt_id)


def _page(
    request: PageRequest,
    token: str,
    step: Step,
    *,
    is_unticked: bool = False,
    receipt: str = "",
) -> Response[Any]:
    values = {
        "token": token,
        "page": "data",
        "step": step,
        "is_unticked": is_unticked,
        "receipt": receipt,
    }
    return render(request, "own_data.html", values)


def _keep_silent(services: Services, number: int) -> None:
    """Put the address on the list of those that get no marketing: it is known there by a hash."""
    with services.store.read() as connection:
        address = services.profiles.load_emails(connection, [number]).get(number)
    if address:
        services.suppressions.add(
            address, at=services.clock.now(), reason=SuppressionReason.UNSUBSCRIBED
        )
