"""Headers that every answer carries, whoever gives it: API, pages, tracking API, errors."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# What a page or the API says of its own is stricter, or allows what that page needs; this is for
# all that says nothing.
_DEFAULTS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"content-security-policy",
        # Styles, as a picture may have them inside.
        b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    ),
)
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
_STRICT_BELOW = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


def shielded(
    application: Application, base_url: str, *, binds_hosts_below: bool = False
) -> Application:
    """Return an application whose answers all carry protective headers.

    Browsers are told to come by TLS alone where that is how they came: to this process, or to a
    proxy at the public address. By plain HTTP they are not: there the header means nothing.

    Args:
        application: ASGI.
        base_url: the public address.
        binds_hosts_below: also for hosts below it. They are the shop's, and may not all speak TLS.
    """
    strict = _STRICT_BELOW if binds_hosts_below else _STRICT_TRANSPORT
    public = urlsplit(base_url)
    tls_host = public.netloc.encode("ascii", "replace") if public.scheme == "https" else None

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        is_tls = scope["scheme"] == "https" or _host(scope) == tls_host

        async def send_shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                present = {name.lower() for name, _ in headers}
                wanted = (*_DEFAULTS, strict) if is_tls else _DEFAULTS
                headers += [one for one in wanted if one[0] not in present]
                message = {**message, "headers": headers}
            await send(message)

        await application(scope, receive, send_shielded)

    return wrapped


def _host(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"host"), b"")
