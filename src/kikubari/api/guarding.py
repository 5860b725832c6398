"""What every answer of the admin API goes through: headers, and the audit log."""

import asyncio
from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from kikubari.access import Principal
from kikubari.api.authentication import SAFE_METHODS, Requires, actor_of

# Set on handlers whose service writes the audit log itself, in the transaction of the change.
AUDITED = "audited"
# Answers are data: nothing in them may run, be framed, kept or sniffed into something else.
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_FORBIDDEN = 403


def guarded(app: ASGIApp) -> ASGIApp:
    """Return the application with protective headers and an audit log of what changes anything.

    An entry is on disk before the answer goes out. Input that is refused changes nothing and leaves
    none; somebody known who is refused leaves one, a few a minute at most.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        request: Request[Any, Any, Any] = Request(scope, receive, send)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if message["status"] < 400 and changes_something(request.route_handler):  # noqa: PLR2004 - a success
                    await _append(request)
                if message["status"] == _FORBIDDEN and request.user is not None:
                    await _append_refusal(request)
            await send(message)

        await app(scope, receive, send_guarded)

    return wrapped


def changes_something(handler: Any) -> bool:
    """Say whether the audit log gets an entry of every success of a handler from here."""
    return is_change(handler) and not handler.opt.get(AUDITED)


def is_change(handler: Any) -> bool:
    """Say whether a handler is there to change something, by a scope of its own."""
    return (
        isinstance(handler, HTTPRouteHandler)
        and not handler.http_methods <= SAFE_METHODS
        and any(isinstance(one, Requires) and one.scope != "read" for one in handler.guards or ())
    )


async def _append_refusal(request: Request[Any, Any, Any]) -> None:
    principal: Principal = request.user
    writing = request.app.state.services.access.refusals.note(
        actor_of(request),
        _caller(principal),
        request.route_handler.handler_name,
        target=_target(request),
        code=str(request.scope.get("refusal", "")),
    )
    if writing is not None:
        await asyncio.wrap_future(writing)


def _caller(principal: Principal) -> str:
    return principal.session.member_id if principal.session else principal.key_id or principal.name


def _target(request: Request[Any, Any, Any]) -> str:
    return ", ".join(str(value) for value in request.path_params.values())


async def _append(request: Request[Any, Any, Any]) -> None:
    services = request.app.state.services
    by, action = actor_of(request), request.route_handler.handler_name
    target = _target(request)
    await asyncio.wrap_future(
        services.store.submit(
            lambda connection: services.access.audit.append(connection, by, action, target)
        )
    )
