"""A customer's own data: taken home, or erased for good."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from kikubari.api.contracts import Services
from kikubari.api.pages.rendering import SAFE_HEADERS, PageRequest, render
from kikubari.api.pages.standing import answer_unknown, find_customer
from kikubari.deliver import SuppressionReason
from kikubari.profiles import profile_id

Form = URLEncodedBody[dict[str, str]]
_BY = "the customer, on the preference page"


@get("/p/{token:str}/data", sync_to_thread=True)
def show_data(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Offer a copy, and erasure."""
    if find_customer(services, token) is None:
        return answer_unknown(request)
    return render(request, "own_data.html", {"token": token, "page": "data", "step": "offer"})


@post("/p/{token:str}/data", status_code=200, sync_to_thread=True)
def download_data(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Hand out everything about the customer as a file, and keep a receipt."""
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    export = services.rights.export(profile_id(standing.number), by=_BY)
    headers = {**SAFE_HEADERS, "Content-Disposition": 'attachment; filename="my-data.json"'}
    return Response(export.body, media_type="application/json", headers=headers)


@post("/p/{token:str}/erase", status_code=200, sync_to_thread=True)
def erase(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str], data: Form
) -> Response[Any]:
    """Ask once more, with all that it means; erase when that is confirmed with the box ticked."""
    standing = find_customer(services, token)
    if standing is None:
        return answer_unknown(request)
    if data.get("sure") != "yes":
        values = {"token": token, "page": "data", "step": "ask", "is_unticked": "final" in data}
        return render(request, "own_data.html", values)
    _keep_silent(services, standing.number)
    receipt = services.rights.erase(
        profile_id(standing.number), by=_BY, reason="asked for on the preference page"
    )
    values = {"token": token, "page": "data", "step": "done", "receipt": receipt.receipt_id}
    return render(request, "own_data.html", values)


def _keep_silent(services: Services, number: int) -> None:
    """Put the address on the list of those that get no marketing: it is known there by a hash."""
    with services.store.read() as connection:
        address = services.profiles.load_emails(connection, [number]).get(number)
    if address:
        services.suppressions.add(
            address, at=services.clock.now(), reason=SuppressionReason.UNSUBSCRIBED
        )
