"""Who makes a request: an API key, or a member's session with its CSRF token."""

import hmac
from dataclasses import dataclass
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import Guard

from kikubari.access import Principal
from kikubari.spec.errors import ForbiddenError, UnauthorizedError

SESSION_COOKIE = "kikubari_session"
CSRF_HEADER = "x-csrf-token"
# Set on routes whose forms carry the token in their body, where a check of their own reads it.
TOKEN_IN_FORM = "csrf_token_in_form"  # noqa: S105 - the name of an option
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Authentication(AbstractAuthenticationMiddleware):
    """Finds the principal of a request; guards decide what a missing one means."""

    async def authenticate_request(
        self, connection: ASGIConnection[Any, Any, Any, Any]
    ) -> AuthenticationResult:
        """Return the principal of an `Authorization` header or a session cookie, or nobody."""
        services = connection.app.state.services
        scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return AuthenticationResult(services.find_principal(secret.strip()), auth="key")
        token = connection.cookies.get(SESSION_COOKIE)
        if token:
            return AuthenticationResult(services.members.find_principal(token), auth="session")
        return AuthenticationResult(None, auth=None)


@dataclass(frozen=True)
class Requires:
    """A guard that lets principals with the scope pass."""

    scope: str

    def __call__(
        self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        """Refuse strangers, those without the scope, and forms that are not ours.

        Raises:
            UnauthorizedError: nobody is logged in, or the key is not known.
            ForbiddenError: the scope, or the session's token, is missing.
        """
        principal: Principal | None = connection.user
        if principal is None:
            raise UnauthorizedError(
                "this needs an API key or a log-in",
                hint="Send 'Authorization: Bearer kk_…' (kikubari keys create).",
            )
        if self.scope not in principal.scopes:
            raise ForbiddenError(
                f"{principal.name} lacks the scope '{self.scope}'", hint="Use a key that has it."
            )
        if connection.auth == "session" and not handler.opt.get(TOKEN_IN_FORM):
            _check_csrf(connection, principal)


def requires(scope: str) -> Guard:
    """Return a guard that lets principals with the scope pass."""
    return Requires(scope)


def _check_csrf(connection: ASGIConnection[Any, Any, Any, Any], principal: Principal) -> None:
    """Refuse an unsafe request of a browser that does not prove it comes from our own page."""
    if connection.scope["method"] in _SAFE_METHODS:  # type: ignore[typeddict-item]  # http only
        return
    check_csrf_token(principal, connection.headers.get(CSRF_HEADER, ""))


def check_csrf_token(principal: Principal, presented: str) -> None:
    """Compare a presented token with the session's.

    Raises:
        ForbiddenError: they differ.
    """
    if not hmac.compare_digest(presented.encode(), (principal.csrf_token or "").encode()):
        raise ForbiddenError("the form has expired", hint="Reload the page and try again.")
