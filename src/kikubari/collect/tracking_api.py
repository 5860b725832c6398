"""The Segment-compatible tracking API as a bare ASGI application.

It answers 200 only after what it was sent is durable. It stands in front of the web framework,
because it is the one surface whose cost per request matters.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from kikubari.collect import _http as http
from kikubari.collect.contracts import Gate, Inspection, RejectedMessage, Rejection, Source
from kikubari.collect.judges import Judge, list_judges
from kikubari.collect.normalise import Arrival, find_clock_error, normalise
from kikubari.collect.rejected import RejectedEvents, describe_rejected
from kikubari.collect.sources import Sources
from kikubari.collect.wire import (
    MAX_EVENT_BYTES,
    MAX_IMPORTED_BYTES,
    Batch,
    read_batch,
    read_message,
    read_single,
)
from kikubari.events import Intake
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory, TimeOrderedIds
from kikubari.kit.rates import Buckets
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.errors import (
    ForbiddenError,
    InvalidInputError,
    KikubariError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
    UnavailableError,
)

TRACKING_PREFIX = "/v1/"

_BATCH = {"batch", "b", "import"}
_SINGLE = {
    "identify": EventKind.IDENTIFY,
    "i": EventKind.IDENTIFY,
    "track": EventKind.TRACK,
    "t": EventKind.TRACK,
    "page": EventKind.PAGE,
    "p": EventKind.PAGE,
    "screen": EventKind.SCREEN,
    "s": EventKind.SCREEN,
    "group": EventKind.GROUP,
    "g": EventKind.GROUP,
    "alias": EventKind.ALIAS,
    "a": EventKind.ALIAS,
}
# analytics.js reports on itself here; the answer keeps it content.
_METRICS = "m"
_SETTINGS = re.compile(r"projects/([^/]{1,200})/settings")
_HOST = re.compile(rb"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_OK = b'{"success":true}'


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one process takes in before it asks senders to wait or to send less."""

    event_bytes: int = MAX_EVENT_BYTES
    batch_bytes: int = 500 * 1024
    body_seconds: float = 20.0
    held_bytes: int = 64 * 1024 * 1024  # of all requests that have no answer yet
    waiting_requests: int = 1_024  # that wait for their durable commit


class MethodNotAllowedError(InvalidInputError):
    """The path is right and the method is not."""

    code = "method_not_allowed"
    status = 405


class TrackingApi:
    """ASGI application for everything under ``/v1/``.

    Args:
        intake: where accepted events become durable.
        sources: knows write keys.
        rejected: keeps what was refused.
        clock: says when a request was received.
        gate: holds the tracking plan; None: there is none.
        judges: who else judges each event.
        ids: makes a messageId for a message without one.
        limits: bounds.
        public_url: address under which browsers reach this server, such as
            ``https://data.shop.example``; empty: the address each request was sent to.
    """

    def __init__(
        self,
        intake: Intake,
        sources: Sources,
        rejected: RejectedEvents,
        clock: Clock,
        *,
        gate: Gate | None = None,
        judges: Sequence[Judge] = (),
        ids: IdFactory | None = None,
        limits: Limits | None = None,
        public_url: str = "",
    ) -> None:
        self._intake = intake
        self._sources = sources
        self._rejected = rejected
        self._clock = clock
        self._gate = gate
        self._judges = judges
        self._ids = ids or TimeOrderedIds()
        self._limits = limits or Limits()
        self._public_url = public_url
        self._rates = Buckets(clock)
        self._held_bytes = 0
        self._waiting = 0
        self._refresh_lock = asyncio.Lock()
        self._refresh_began = 0.0

    async def __call__(self, scope: http.Scope, receive: http.Receive, send: http.Send) -> None:
        """Answer one HTTP request."""
        held = 0

        def hold(n_bytes: int) -> None:
            nonlocal held
            held += n_bytes
            self._held_bytes += n_bytes
            if self._held_bytes > self._limits.held_bytes:
                raise RateLimitedError("too much is being taken in at once")

        try:
            await self._dispatch(scope, receive, send, hold)
        except KikubariError as error:
            scope["refusal"] = error.code  # for the server's log
            await http.respond_error(send, error)
        except http.DisconnectedError:
            pass
        finally:
            self._held_bytes -= held

    async def _dispatch(
        self,
        scope: http.Scope,
        receive: http.Receive,
        send: http.Send,
        hold: Callable[[int], None],
    ) -> None:
        method = scope["method"]
        call = scope["path"].removeprefix(TRACKING_PREFIX).rstrip("/")
        settings = _SETTINGS.fullmatch(call)
        if not (call in _SINGLE or call in _BATCH or call == _METRICS or settings):
            raise NotFoundError(
                f"no such call: {TRACKING_PREFIX}{call[:100]}",
                hint="See docs/collecting.md for the calls.",
            )
        if method == "OPTIONS":
            await http.respond_preflight(scope, send)
        elif method not in (("GET", "HEAD") if settings else ("POST",)):
            raise MethodNotAllowedError(f"{method} is not for this path")
        elif settings:
            await self._send_settings(scope, send, settings[1])
        else:
            limits = self._limits
            body = await http.read_body(
                scope,
                receive,
                max_bytes=limits.event_bytes if call in _SINGLE else limits.batch_bytes,
                seconds=limits.body_seconds,
                hold=hold,
            )
            if call == _METRICS:
                await http.respond(send, 200, _OK)
            else:
                await self._take(scope, send, call, body)

    async def _take(self, scope: http.Scope, send: http.Send, call: str, body: bytes) -> None:
        received_at = self._clock.now()
        batch = read_batch(body) if call in _BATCH else read_single(body)
        write_key = http.basic_user(scope)
        if isinstance(batch, Rejection):
            refused = [describe_rejected(body, 0, batch)]
            if write_key is not None:
                source = await self._identify(scope, write_key)
                await self._keep([], refused, source, received_at)
            await http.respond(send, 400, _describe(0, refused))
            return
        source = await self._identify(scope, write_key or batch.write_key)
        self._count(source, len(batch.batch or ()))
        self._intake.refuse_if_full()
        arrival = Arrival(
            source_id=source.id,
            trust=source.trust,
            received_at=received_at,
            clock_error=find_clock_error(batch.sent_at, received_at),
            kind=_SINGLE.get(call),
            context=batch.context,
            # History keeps the times it is given.
            is_skew_corrected=call != "import",
        )
        max_bytes = MAX_IMPORTED_BYTES if call == "import" else self._limits.event_bytes
        inspection = self._gate.begin(source, received_at) if self._gate else None
        judges = list_judges(source, inspection, self._judges)
        events, refused = self._read_messages(batch, arrival, max_bytes, judges)
        await self._keep(events, refused, source, received_at, inspection)
        if refused:
            status = 200 if events else 400
            await http.respond(send, status, _describe(len(events), refused))
        else:
            await http.respond(send, 200, _OK)

    def _read_messages(
        self, batch: Batch, arrival: Arrival, max_bytes: int, judges: Sequence[Judge]
    ) -> tuple[list[Event], list[RejectedMessage]]:
        events: list[Event] = []
        refused: list[RejectedMessage] = []
        for index, raw in enumerate(batch.batch or ()):
            read = read_message(raw, max_bytes=max_bytes)
            if not isinstance(read, Rejection):
                outcome = normalise(read, arrival, self._new_message_id)
                if isinstance(outcome, Event):
                    objection = next(filter(None, (judge(outcome) for judge in judges)), None)
                    if objection is None:
                        events.append(outcome)
                        continue
                    outcome = objection
                read = outcome
            refused.append(describe_rejected(bytes(raw), index, read))
        return events, refused

    def _count(self, source: Source, n_messages: int) -> None:
        """Hold a source to its rate.

        Raises:
            RateLimitedError: it has sent more than it may.
        """
        rate = source.events_per_minute
        if rate is None:
            return
        wait_seconds = self._rates.take(str(source.id), per_minute=rate, n=n_messages)
        if wait_seconds:
            raise RateLimitedError(
                f"this write key may send {rate} events a minute", retry_after_seconds=wait_seconds
            )

    def _new_message_id(self) -> str:
        return self._ids.new_id("msg")

    async def _keep(
        self,
        events: list[Event],
        refused: list[RejectedMessage],
        source: Source,
        received_at: datetime,
        inspection: Inspection | None = None,
    ) -> None:
        """Wait until what was taken, what was refused and what was noticed is durable."""
        if self._waiting >= self._limits.waiting_requests:
            raise RateLimitedError("too many requests wait to be stored")
        self._waiting += 1
        try:
            commits = []
            if events:
                commits.append(self._intake.append(events))
            if refused:
                commits.append(self._rejected.record(refused, source_id=source.id, at=received_at))
            noticed = inspection.store() if inspection else None
            if noticed:
                commits.append(noticed)
            for commit in commits:
                await asyncio.wrap_future(commit)
        finally:
            self._waiting -= 1

    async def _identify(self, scope: http.Scope, write_key: Any) -> Source:
        """Return the source whose write key came with the request.

        Raises:
            UnauthorizedError: there is no key, or nobody has it.
            ForbiddenError: the key is for pages of other origins.
        """
        if not isinstance(write_key, str) or not write_key:
            raise UnauthorizedError(
                "the request carries no write key",
                hint="Send it as the user name of Basic authorization, or as writeKey in the body.",
            )
        source = await self._find_source(write_key)
        origin = http.header(scope, b"origin")
        allowed = source.allowed_origins
        if allowed and origin and origin.decode("latin-1").lower() not in allowed:
            raise ForbiddenError(
                "this write key is for pages of other origins",
                hint="Add the page's origin to the source.",
            )
        return source

    async def _find_source(self, write_key: str) -> Source:
        source = self._sources.find_cached(write_key)
        if source is None or self._sources.is_stale():
            await self._refresh_sources(is_needed=source is None)
            source = self._sources.find_cached(write_key)
        if source is None:
            raise UnauthorizedError("no source has this write key")
        return source

    async def _refresh_sources(self, *, is_needed: bool) -> None:
        """Read the sources anew, once for all requests that wait for it."""
        asked = asyncio.get_running_loop().time()
        async with self._refresh_lock:
            if self._refresh_began >= asked:
                return
            self._refresh_began = asyncio.get_running_loop().time()
            try:
                await asyncio.to_thread(self._sources.refresh)
            except UnavailableError:
                # A key known a moment ago is good enough to get as far as the intake.
                if is_needed:
                    raise

    async def _send_settings(self, scope: http.Scope, send: http.Send, write_key: str) -> None:
        await self._find_source(write_key)
        scheme, host = self._public_address(scope)
        settings = _browser_settings(write_key, scheme, host)
        cache = (b"cache-control", b"no-store")
        await http.respond(send, 200, msgspec.json.encode(settings), [http.JSON_TYPE, cache])

    def _public_address(self, scope: http.Scope) -> tuple[str, str]:
        if self._public_url:
            scheme, _, host = self._public_url.rstrip("/").partition("://")
            return scheme, host
        host_header = http.header(scope, b"host")
        if not _HOST.fullmatch(host_header):
            raise InvalidInputError("the Host header names no host")
        return scope.get("scheme", "http"), host_header.decode()


def _describe(n_accepted: int, refused: list[RejectedMessage]) -> bytes:
    """Return the answer that lists what was refused; an error's form when all of it was."""
    body: dict[str, Any] = {"success": n_accepted > 0}
    if not n_accepted:
        first = refused[0].rejection
        body |= {"code": first.code, "message": first.reason}
    body |= {
        "accepted": n_accepted,
        "rejected": len(refused),
        "errors": [
            {
                "index": message.index,
                "messageId": message.message_id,
                "code": message.rejection.code,
                "reason": message.rejection.reason,
                "path": message.rejection.path,
            }
            for message in refused
        ],
    }
    return msgspec.json.encode(body)


def _browser_settings(write_key: str, scheme: str, host: str) -> dict[str, Any]:
    """Return what analytics.js needs to start: where to send, and that nothing else is on."""
    everything = {"enabled": True, "integrations": {}}
    return {
        "integrations": {
            "Segment.io": {
                "apiKey": write_key,
                "apiHost": f"{host}/v1",
                "protocol": scheme,
                "unbundledIntegrations": [],
                "addBundledMetadata": True,
                "maybeBundledConfigIds": {},
                "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
            }
        },
        "plan": {
            "track": {"__default": everything},
            "identify": {"__default": everything},
            "group": {"__default": everything},
        },
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": {"sampleRate": 0},
        "legacyVideoPluginsEnabled": False,
        "remotePlugins": [],
    }
