"""Who makes a request: an API key, or a member's session with its CSRF token."""

import asyncio
import hmac
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import Guard

from kikubari.access import Actor, MemberSession, Principal, SecondFactorNeededError
from kikubari.api.cookies import find_session_token
from kikubari.spec.errors import ForbiddenError, UnauthorizedError

CSRF_HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
Connection = ASGIConnection[Any, Any, Any, Any]


class Authentication(AbstractAuthenticationMiddleware):
    """Finds the principal of a request; guards decide what a missing one means."""

    async def authenticate_request(self, connection: Connection) -> AuthenticationResult:
        """Return the principal of an `Authorization` header or a session cookie, or nobody."""
        services = connection.app.state.services
        scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            # Asks the database: not on the event loop, on which events are taken in.
            principal = await asyncio.to_thread(services.find_principal, secret.strip())
            return AuthenticationResult(principal, auth="key")
        token = find_session_token(connection)
        if token:
            principal = await asyncio.to_thread(services.access.sessions.find_principal, token)
            return AuthenticationResult(principal, auth="session")
        return AuthenticationResult(None, auth=None)


@dataclass(frozen=True)
class Requires:
    """A guard that lets principals with the scope pass."""

    scope: str

    def __call__(self, connection: Connection, _handler: BaseRouteHandler) -> None:
        """Refuse strangers, those without the scope, and forms that are not ours.

        Raises:
            UnauthorizedError: nobody is logged in, or the key is not known.
            SecondFactorNeededError: the member has none, and this installation asks for one.
            ForbiddenError: the scope, or the session's token, is missing.
        """
        principal: Principal | None = connection.user
        if principal is None:
            raise UnauthorizedError(
                "this needs an API key or a log-in",
                hint="Send 'Authorization: Bearer kk_…' (kikubari keys create).",
            )
        if principal.session is not None:
            if principal.session.must_enrol:
                raise SecondFactorNeededError
            _check_csrf(connection, principal)
        if self.scope not in principal.scopes:
            raise ForbiddenError(
                f"{principal.name} lacks the scope '{self.scope}'",
                hint="Use a key, or ask for a role, that has it.",
            )


@dataclass(frozen=True)
class RequiresMember:
    """A guard for a member's own account: a browser session of any role, and no key."""

    allows_keys: bool = False

    def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        """Refuse everybody but a logged-in member.

        Raises:
            UnauthorizedError: nobody is logged in.
            ForbiddenError: a key, which has no account; or the session's token is missing.
        """
        del handler
        principal: Principal | None = connection.user
        if principal is None:
            raise UnauthorizedError("this needs a log-in", hint="POST /api/session")
        if principal.session is not None:
            _check_csrf(connection, principal)
        elif not self.allows_keys:
            raise ForbiddenError("a key has no account", hint="Log in as a member.")


@dataclass(frozen=True)
class OpenToAnybody:
    """A guard for what comes before a log-in: only pages of our own may ask."""

    def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        """Refuse requests that another site's page sends by somebody's browser.

        Raises:
            ForbiddenError: it is one.
        """
        del handler
        check_own_origin(connection)


def requires(scope: str) -> Guard:
    """Return a guard that lets principals with the scope pass."""
    return Requires(scope)


def requires_member() -> Guard:
    """Return a guard that lets logged-in members pass, for their own account."""
    return RequiresMember()


def requires_anybody() -> Guard:
    """Return a guard that lets every key and every member pass."""
    return RequiresMember(allows_keys=True)


def open_to_anybody() -> Guard:
    """Return a guard that lets everybody pass but other sites."""
    return OpenToAnybody()


def session_of(connection: Connection) -> MemberSession:
    """Return the session of a request that a guard let pass as a member's.

    Raises:
        UnauthorizedError: there is none.
    """
    principal: Principal | None = connection.user
    if principal is None or principal.session is None:
        raise UnauthorizedError("this needs a log-in", hint="POST /api/session")
    return principal.session


def actor_of(connection: Connection) -> Actor:
    """Return who makes a request, for the audit log."""
    principal: Principal | None = connection.user
    return Actor(
        principal.name if principal else "",
        connection.client.host if connection.client else "",
        connection.headers.get("user-agent", ""),
    )


def check_own_origin(connection: Connection) -> None:
    """Refuse a request that says it comes from a page of another origin.

    Browsers say so in headers that pages cannot set; programs send neither and pass.

    Raises:
        ForbiddenError: it comes from elsewhere.
    """
    origin = connection.headers.get("origin")
    site = connection.headers.get("sec-fetch-site", "none")
    is_ours = origin is None or urlsplit(origin).netloc in {
        connection.headers.get("host", ""),
        urlsplit(connection.app.state.services.settings.base_url).netloc,
    }
    if not is_ours or site not in {"same-origin", "none"}:
        raise ForbiddenError("this comes from another site", hint="Open the console itself.")


def _check_csrf(connection: Connection, principal: Principal) -> None:
    """Refuse an unsafe request of a browser that does not prove it comes from our own page."""
    if connection.scope["method"] in SAFE_METHODS:  # type: ignore[typeddict-item]  # http only
        return
    check_own_origin(connection)
    check_csrf_token(principal, connection.headers.get(CSRF_HEADER, ""))


def check_csrf_token(principal: Principal, presented: str) -> None:
    """Compare a presented token with the session's.

    Raises:
        ForbiddenError: they differ.
    """
    expected = principal.csrf_token or ""
    given = presented.encode("utf-8", "replace")
    if not expected or not hmac.compare_digest(given, expected.encode()):
        raise ForbiddenError("the form has expired", hint="Reload the page and try again.")
