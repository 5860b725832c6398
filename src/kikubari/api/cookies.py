"""The cookie of a session: out of reach of scripts, of other sites and of neighbouring hosts."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from kikubari.access import NewSession

# A browser takes the prefix only over TLS, for exactly this host and all of it: no other host
# below the same domain can plant a session.
_SECURE_NAME = "__Host-kikubari_session"
_PLAIN_NAME = "kikubari_session"  # without TLS, which is for the machine itself
Connection = ASGIConnection[Any, Any, Any, Any]


def find_session_token(connection: Connection) -> str | None:
    """Return the token of a request's session cookie."""
    return connection.cookies.get(_name(connection))


def set_session(connection: Connection, response: Response[Any], session: NewSession) -> None:
    """Put a session into the browser, in the place of any other."""
    response.set_cookie(_cookie(connection, session.token))


def clear_session(connection: Connection, response: Response[Any]) -> None:
    """Take the session out of the browser."""
    response.set_cookie(_cookie(connection, "", max_age=0))


def is_secure(connection: Connection) -> bool:
    """Say whether the browser speaks TLS: to this process, or to a proxy at the public address."""
    if connection.url.scheme == "https":
        return True
    public = urlsplit(connection.app.state.services.settings.base_url)
    host = connection.headers.get("host", "")
    return bool(public.scheme == "https" and public.netloc == host)


def _name(connection: Connection) -> str:
    return _SECURE_NAME if is_secure(connection) else _PLAIN_NAME


def _cookie(connection: Connection, value: str, *, max_age: int | None = None) -> Cookie:
    return Cookie(
        _name(connection),
        value=value,
        path="/",
        max_age=max_age,
        httponly=True,
        samesite="strict",
        secure=is_secure(connection),
    )
