"""Where the console is open, as passkeys see it."""

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection

from kikubari.access import PasskeyRefusedError, RelyingParty

_THIS_MACHINE = "localhost"  # which browsers trust without TLS


def relying_party(connection: ASGIConnection[Any, Any, Any, Any]) -> RelyingParty:
    """Return the host and origin that a passkey of this page belongs to.

    A page says its origin itself, so only the public address and this machine's name are taken.

    Raises:
        PasskeyRefusedError: passkeys belong to names: there are none for numeric addresses.
    """
    public = connection.app.state.services.settings.base_url
    origin = connection.headers.get("origin", "").rstrip("/")
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if host == _THIS_MACHINE and parts.scheme in {"http", "https"}:
        return RelyingParty(host, origin)
    if origin == public and parts.scheme == "https" and not _is_numeric(host):
        return RelyingParty(host, origin)
    own = urlsplit(public)
    hint = f"Open the console at {public}"
    if own.scheme != "https" or _is_numeric(own.hostname or ""):
        hint = f"Open the console at http://{_THIS_MACHINE}:{own.port or 80}"
    raise PasskeyRefusedError("passkeys do not work at this address", hint=f"{hint}.")


def _is_numeric(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdecimal()
