"""`Idempotency-Key`: a request that comes again is answered as before, and done once."""

import asyncio
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPRequestEvent, Message, Receive, Scope, Send

from kikubari.access import KeptAnswer, RequestUnderWayError
from kikubari.api.guarding import is_change
from kikubari.spec.errors import InvalidInputError

_HEADER = "idempotency-key"
_LONGEST_KEY = 255
# How long the second of two requests waits for the first one's answer.
_PATIENCE_SECONDS = 20.0
_LOOKS_EVERY_SECONDS = 0.2
# Larger bodies are refused behind this, larger answers are given once.
_MOST_BYTES = 2 * 1024 * 1024
_NOT_KEPT = frozenset({"set-cookie", "content-length", "date"})


def repeatable(app: ASGIApp) -> ASGIApp:
    """Return the application in which requests that change something may carry a key."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        if (
            scope["type"] != ScopeType.HTTP
            or _HEADER not in request.headers
            or request.user is None
            or not is_change(request.route_handler)
        ):
            await app(scope, receive, send)
            return
        for guard in request.route_handler.guards or ():
            guard(request, request.route_handler)
        await _Repeated(request).run(app, send)

    return wrapped


class _Repeated:
    """One request with a key."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        self._request = request
        self._key = request.headers[_HEADER]
        if not self._key or len(self._key) > _LONGEST_KEY:
            raise InvalidInputError(f"an Idempotency-Key has 1 to {_LONGEST_KEY} characters")
        self._repeats = request.app.state.services.access.repeats
        self._messages: list[Message] = []

    async def run(self, app: ASGIApp, send: Send) -> None:
        """Do it, or answer as before.

        Raises:
            RequestDiffersError: the key came with another request.
            RequestUnderWayError: the first request has no answer.
        """
        body, is_whole = await self._read()
        if is_whole:
            kept = await self._claim(body)
            if kept is not None:
                await _answer(kept, send)
                return
        await app(self._request.scope, self._again(body, is_whole=is_whole), self._hold)
        if is_whole:
            await self._settle()
        for message in self._messages:
            await send(message)

    async def _read(self) -> tuple[bytes, bool]:
        body = bytearray()
        while len(body) <= _MOST_BYTES:
            message = await self._request.receive()
            if message["type"] != "http.request":
                return bytes(body), False
            body += message["body"]
            if not message.get("more_body"):
                return bytes(body), True
        return bytes(body), False

    async def _claim(self, body: bytes) -> KeptAnswer | None:
        request = self._request
        line = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
        waited = 0.0
        while True:
            try:
                return await asyncio.to_thread(
                    self._repeats.claim, request.user, self._key, line + body
                )
            except RequestUnderWayError:
                if waited >= _PATIENCE_SECONDS:
                    raise
            await asyncio.sleep(_LOOKS_EVERY_SECONDS)
            waited += _LOOKS_EVERY_SECONDS

    def _again(self, body: bytes, *, is_whole: bool) -> Receive:
        """Return what gives the body that was read, then what else comes."""
        given = False

        async def receive() -> Any:
            nonlocal given
            if given:
                return await self._request.receive()
            given = True
            return HTTPRequestEvent(type="http.request", body=body, more_body=not is_whole)

        return receive

    async def _hold(self, message: Message) -> None:
        self._messages.append(message)

    async def _settle(self) -> None:
        """Keep what was done; let go what was refused. A fault of ours may have done something."""
        start = self._messages[0]
        status = start["status"]  # type: ignore[typeddict-item]  # an answer begins with its start
        if status >= 500 and status != 503:  # noqa: PLR2004 - 503 says that nothing was changed
            return
        if status >= 400:  # noqa: PLR2004 - a refusal
            await asyncio.to_thread(self._repeats.release, self._request.user, self._key)
            return
        body = b"".join(one.get("body", b"") for one in self._messages[1:])  # type: ignore[misc]  # bodies
        if len(body) > _MOST_BYTES:
            return
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in start["headers"]  # type: ignore[typeddict-item]  # likewise
            if name.decode("latin-1").lower() not in _NOT_KEPT
        )
        kept = KeptAnswer(status, headers, body)
        await asyncio.to_thread(self._repeats.keep, self._request.user, self._key, kept)


async def _answer(kept: KeptAnswer, send: Send) -> None:
    headers = [
        *kept.headers,
        ("idempotent-replayed", "true"),
        ("content-length", str(len(kept.body))),
    ]
    await send(
        {
            "type": "http.response.start",
            "status": kept.status,
            "headers": [(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers],
        }
    )
    await send({"type": "http.response.body", "body": kept.body, "more_body": False})
