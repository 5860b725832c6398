"""The little HTTP that the tracking API needs, straight on ASGI."""

import asyncio
import base64
import binascii
import re
import zlib
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec

from kikubari.spec.errors import InvalidInputError, KikubariError, TooLargeError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# What is read of a body that is too large before the connection is closed: enough that an
# honest sender gets to see the answer.
_DRAINED_BYTES = 8 * 1024 * 1024
_GZIP = 31  # zlib's code for "a gzip header, the largest window"
_HEADER_NAMES = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~, -]{1,1000}")

Header = tuple[bytes, bytes]
ANY_ORIGIN: Header = (b"access-control-allow-origin", b"*")
JSON_TYPE: Header = (b"content-type", b"application/json")
CLOSE: Header = (b"connection", b"close")


class DisconnectedError(Exception):
    """The sender went away before its request was complete; nobody waits for an answer."""


class SlowBodyError(InvalidInputError):
    """The body did not arrive in time."""

    code = "timeout"
    status = 408


class UnsupportedEncodingError(InvalidInputError):
    """A Content-Encoding that is neither gzip nor identity."""

    code = "unsupported_encoding"
    status = 415


class InvalidGzipError(InvalidInputError):
    """The body says it is gzip and is not, or ends too early."""

    code = "invalid_gzip"


def header(scope: Scope, name: bytes) -> bytes:
    """Return a request header, empty when absent. `name` is in lower case."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return b""


def declared_length(scope: Scope) -> int:
    """Return Content-Length, 0 when it is not given."""
    text = header(scope, b"content-length")
    return int(text) if text.isdigit() else 0


def basic_user(scope: Scope) -> str | None:
    """Return the user name of Basic authorization, which is where SDKs put the write key."""
    scheme, _, credentials = header(scope, b"authorization").partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        user = base64.b64decode(credentials.strip(), validate=True).partition(b":")[0]
    except binascii.Error:
        return None
    return user.decode("utf-8", "replace") or None


async def read_body(
    scope: Scope, receive: Receive, *, max_bytes: int, seconds: float, hold: Callable[[int], None]
) -> bytes:
    """Read a request's body, decompressed, and never more than `max_bytes` of it.

    Args:
        scope: the request.
        receive: ASGI receive.
        max_bytes: bound on the body, on the wire and decompressed alike.
        seconds: how long the whole body may take.
        hold: told how many bytes are held, as they arrive.

    Raises:
        TooLargeError: the body is larger.
        SlowBodyError: it did not arrive in time.
        InvalidInputError: it is not what its Content-Encoding says.
        DisconnectedError: the sender went away.
    """
    try:
        async with asyncio.timeout(seconds):
            body = await _read(scope, receive, max_bytes, hold)
    except TimeoutError as error:
        raise SlowBodyError("the body did not arrive in time") from error
    encoding = header(scope, b"content-encoding").strip().lower()
    if encoding in (b"", b"identity"):
        return body
    if encoding not in (b"gzip", b"x-gzip"):
        raise UnsupportedEncodingError("Content-Encoding is gzip or absent")
    return _gunzip(body, max_bytes)


async def _read(
    scope: Scope, receive: Receive, max_bytes: int, hold: Callable[[int], None]
) -> bytes:
    too_large = TooLargeError(f"a request here has at most {max_bytes} bytes")
    if declared_length(scope) > _DRAINED_BYTES:
        raise too_large
    parts: list[bytes] = []
    n_bytes = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        part = message.get("body", b"")
        n_bytes += len(part)
        if n_bytes <= max_bytes:
            hold(len(part))
            parts.append(part)
        elif n_bytes > _DRAINED_BYTES:
            raise too_large
        if not message.get("more_body", False):
            break
    if n_bytes > max_bytes:
        raise too_large
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _gunzip(body: bytes, max_bytes: int) -> bytes:
    """Decompress, stopping at the limit: a bomb is never unpacked."""
    inflater = zlib.decompressobj(_GZIP)
    try:
        text = inflater.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise InvalidGzipError("the body is not gzip") from error
    if len(text) > max_bytes:
        raise TooLargeError(f"a request here has at most {max_bytes} bytes, decompressed")
    if not inflater.eof:
        raise InvalidGzipError("the gzip body ends too early")
    return text


async def respond(
    send: Send, status: int, body: bytes, headers: Iterable[Header] = (JSON_TYPE,)
) -> None:
    """Send a whole response that pages of any origin may read."""
    length = (b"content-length", str(len(body)).encode())
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [length, ANY_ORIGIN, *headers],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def respond_error(send: Send, error: KikubariError) -> None:
    """Send an error with its code, in the form SDKs log: ``code`` and ``message``."""
    body: dict[str, Any] = {"success": False, "code": error.code, "message": error.message}
    if error.hint:
        body["hint"] = error.hint
    headers = [JSON_TYPE]
    retry_after = getattr(error, "retry_after_seconds", None)
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    if isinstance(error, TooLargeError | SlowBodyError):
        headers.append(CLOSE)  # the rest of the body may still be on its way
    await respond(send, error.status, msgspec.json.encode(body), headers)


async def respond_preflight(scope: Scope, send: Send) -> None:
    """Answer a browser that asks before it sends.

    Every origin may ask: which pages may send is decided when the key is known. Nothing here
    reads a cookie, so no page gains anything by it.
    """
    asked = header(scope, b"access-control-request-headers")
    allowed = asked if _HEADER_NAMES.fullmatch(asked) else b"authorization, content-type"
    headers = [
        (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
        (b"access-control-allow-headers", allowed),
        (b"access-control-max-age", b"86400"),
        (b"vary", b"access-control-request-headers"),
    ]
    await respond(send, 204, b"", headers)
