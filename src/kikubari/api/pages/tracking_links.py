"""Links and pixels of messages: the address is signed, the delivery room decides what counts."""

from base64 import b64decode
from typing import Any

from litestar import HttpMethod, Response, get, route
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from kikubari.api.contracts import Services
from kikubari.api.pages.networks import network_of
from kikubari.api.pages.rendering import PageRequest
from kikubari.api.pages.standing import answer_unknown
from kikubari.deliver import Visit

_PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_UNKEPT = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
_READS = [HttpMethod.GET, HttpMethod.HEAD]


@route("/c/{token:str}/{index:str}", http_method=_READS, sync_to_thread=True)
def follow_link(
    request: PageRequest,
    services: NamedDependency[Services],
    token: FromPath[str],
    index: FromPath[str],
) -> Response[Any]:
    """Go to a link's address; a forged one is not there."""
    url = request.query_params.get("u", "")
    target = services.engagement.record_click(token, index, url, _visit(request, services))
    if target is None:
        return answer_unknown(request)
    return Redirect(target, status_code=302, headers=_UNKEPT)


@get("/o/{token:str}", sync_to_thread=True)
def show_pixel(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Answer with one transparent dot."""
    if not services.engagement.record_open(token, _visit(request, services)):
        return answer_unknown(request)
    return Response(_PIXEL, media_type="image/gif", headers=_UNKEPT)


@route("/t/{token:str}", http_method=_READS, sync_to_thread=True)
def spring_trap(
    request: PageRequest, services: NamedDependency[Services], token: FromPath[str]
) -> Response[Any]:
    """Answer nothing: no person sees this link, so whoever follows it is a program."""
    if not services.engagement.record_trap(token, _visit(request, services)):
        return answer_unknown(request)
    return Response(None, status_code=204, headers=_UNKEPT)


def _visit(request: PageRequest, services: Services) -> Visit:
    purpose = request.headers.get("sec-purpose", "") or request.headers.get("purpose", "")
    return Visit(
        at=services.clock.now(),
        user_agent=request.headers.get("user-agent", ""),
        method=request.method,
        is_prefetch="prefetch" in purpose.lower(),
        network=network_of(request),
    )
