"""Makes the calls: signed, bounded in bytes and time, each endpoint apart from every other."""

import asyncio
import random
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection, Row

from kikubari.deliver.endpoints import _repository as rows
from kikubari.deliver.endpoints.pacing import Share, Way, share_out
from kikubari.deliver.endpoints.reach import reach_of
from kikubari.deliver.endpoints.settling import Settling, Told
from kikubari.deliver.endpoints.signing import sign
from kikubari.deliver.holding import is_sending_held
from kikubari.deliver.providers.http.client import GuardedClient, HttpAnswer, HttpLost, Reach
from kikubari.events import Sealing
from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.kit.sealing import Seal
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore

logger = structlog.get_logger(__name__)

_LEASE_BEYOND = 45.0  # seconds that a call belongs to its caller after it must have ended
_BETWEEN_ROUNDS = 0.02
_IDLE_ROUND = 0.25
_IDLE_CONNECTIONS = 30.0


class WebhookSettings(msgspec.Struct, frozen=True):
    """Sizes and times. `seconds`: how long an endpoint may take for its answer, all in all."""

    share: Share = Share()
    seconds: float = 15.0


class _Call(msgspec.Struct, frozen=True):
    """A call ready to be made."""

    claim: rows.Claim
    url: str
    keys: tuple[str, ...]
    body: bytes


class WebhookSender:
    """Calls endpoints until it is stopped. Several may work on one store.

    Run it on asyncio's own event loop, whose look-ups of names use the loop's executor: give it
    one with as many threads as there are slots, or names that do not resolve hold up others.
    """

    def __init__(
        self,
        store: StateStore,
        sealing: Sealing,
        seal: Seal,
        *,
        clock: Clock,
        reach: Reach,
        settings: WebhookSettings | None = None,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._sealing = sealing
        self._seal = seal
        self._clock = clock
        self._reach = reach
        self._settings = settings or WebhookSettings()
        self._workspace_id = workspace_id
        self._settling = Settling(workspace_id=workspace_id, jitter=random.random)
        self._tls = ssl.create_default_context()
        self._ways: dict[str, Way] = {}
        self._clients: dict[str, tuple[str, GuardedClient]] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self._told: list[Told] = []
        self._wake = asyncio.Event()
        self._stopping = False

    def stop(self) -> None:
        """Begin no more calls; `run` returns when those under way have ended."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Make calls as they come due."""
        try:
            while not self._stopping:
                has_begun = await self._begin_round()
                await asyncio.sleep(_BETWEEN_ROUNDS)
                if not has_begun and not self._told:
                    await self._pause()
            if self._calls:
                await asyncio.wait(self._calls)
            await self._settle()
        finally:
            for task in self._calls:
                task.cancel()
            for _, client in self._clients.values():
                await client.close()

    async def _pause(self) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(_IDLE_ROUND):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _begin_round(self) -> bool:
        """Record what was told, and begin calls that are due and have room."""
        await self._settle()
        await self._close_idle()
        now_us = to_micros(self._clock.now())
        with self._store.read() as connection:
            if is_sending_held(connection):
                return False
            due = rows.list_callable(connection, self._workspace_id, now_us=now_us)
        random.shuffle(due)  # no endpoint is always the last to find room
        now = asyncio.get_running_loop().time()
        granted = share_out(self._settings.share, self._ways, [row.id for row in due], now)
        if not granted:
            return False
        called = [row for row in due if row.id in granted]
        ready = await asyncio.wrap_future(
            self._store.submit(lambda connection: self._claim(connection, called, granted, now_us))
        )
        for call in ready:
            way = self._ways.setdefault(call.claim.endpoint_id, Way())
            way.begin(now)
            task = asyncio.create_task(self._make(call, way, now))
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
        return bool(ready)

    def _claim(
        self,
        connection: Connection,
        called: Sequence[Row[*tuple[Any, ...]]],
        granted: Mapping[str, int],
        now_us: int,
    ) -> list[_Call]:
        lease_us = round((self._settings.seconds + _LEASE_BEYOND) * 1e6)
        ready: list[_Call] = []
        for row in called:
            claims = rows.claim(
                connection,
                self._workspace_id,
                row.id,
                now_us=now_us,
                lease_us=lease_us,
                limit=granted[row.id],
            )
            bodies = self._sealing.open(
                connection, [one.number for one in claims], [one.body for one in claims]
            )
            keys = self._open_keys(row, now_us)
            ready += [
                _Call(claim, row.url, keys, body)
                for claim, body in zip(claims, bodies, strict=True)
                if body is not None  # erased between
            ]
        return ready

    def _open_keys(self, row: Row[*tuple[Any, ...]], now_us: int) -> tuple[str, ...]:
        """Return the secrets in force, the newest first."""
        sealed = [row.secret]
        if row.old_secret is not None and now_us < row.old_secret_us:
            sealed.append(row.old_secret)
        return tuple(key for one in sealed if (key := self._seal.open(one, of=row.id)) is not None)

    async def _make(self, call: _Call, way: Way, began: float) -> None:
        answer = await self._request(call, self._clock.now())
        told = _read(call.claim, answer)
        now = asyncio.get_running_loop().time()
        way.end(began, now, is_taken=told.is_taken, wish=told.wish.total_seconds())
        self._told.append(told)
        self._wake.set()

    async def _request(self, call: _Call, at: datetime) -> HttpAnswer | HttpLost:
        headers = {
            "content-type": "application/json",
            "user-agent": "Kikubari-Webhooks/1",
            **sign(call.keys, call.claim.id, at, call.body),
        }
        client = self._client_of(call)
        seconds = self._settings.seconds
        try:
            async with asyncio.timeout(seconds):
                return await client.request("POST", call.url, headers, call.body)
        except TimeoutError:
            return HttpLost(is_written=True, text=f"no whole answer within {seconds:g} s")

    def _client_of(self, call: _Call) -> GuardedClient:
        endpoint_id = call.claim.endpoint_id
        url, client = self._clients.get(endpoint_id, ("", None))
        if client is None or url != call.url:
            # One that was moved is closed with the calls that are still under way.
            if client is not None:
                self._clients[f"{endpoint_id} {url}"] = (url, client)
            client = GuardedClient(
                size=self._settings.share.per_endpoint,
                reach=reach_of(call.url, self._reach),
                tls=self._tls,
                seconds=self._settings.seconds,
            )
            self._clients[endpoint_id] = (call.url, client)
        return client

    async def _close_idle(self) -> None:
        """Close connections to whom nothing was said for a while."""
        now = asyncio.get_running_loop().time()
        for key in list(self._clients):
            way = self._ways.get(key.partition(" ")[0])
            if way is None or (not way.started and now - way.idle_since > _IDLE_CONNECTIONS):
                await self._clients.pop(key)[1].close()

    async def _settle(self) -> None:
        told, self._told = self._told, []
        if not told:
            return
        now = self._clock.now()
        disabled = await asyncio.wrap_future(
            self._store.submit(lambda connection: self._settling.settle(connection, told, now))
        )
        for one in disabled:
            logger.warning("webhooks.disabled", endpoint=one.endpoint_id, because=one.because)


def _read(claim: rows.Claim, answer: HttpAnswer | HttpLost) -> Told:
    if isinstance(answer, HttpLost):
        return Told(claim, None, answer.text)
    after = answer.headers.get("retry-after", "")
    wish = timedelta(seconds=int(after)) if after.isdecimal() and len(after) <= 6 else timedelta()  # noqa: PLR2004 - beyond eleven days nobody means it
    return Told(claim, answer.status, f"HTTP {answer.status}", wish)
