"""Who is logged in, and what the console needs to know before it shows anything."""

from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency

from kikubari.access import Principal
from kikubari.api.authentication import requires
from kikubari.api.contracts import Services, ShopSettings


class SessionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes the requests of this session, and for which shop.

    `csrf_token` goes into the header `X-CSRF-Token` of unsafe requests; keys have none.
    """

    name: str
    scopes: list[str]
    csrf_token: str | None
    shop: ShopSettings


@get("/session", guards=[requires("read")], sync_to_thread=False)
def get_session(
    request: Request[Principal, str | None, Any], services: NamedDependency[Services]
) -> SessionAnswer:
    """Say who is logged in."""
    principal = request.user
    return SessionAnswer(
        name=principal.name,
        scopes=sorted(principal.scopes),
        csrf_token=principal.csrf_token,
        shop=services.settings,
    )


session_handlers = [get_session]
