"""Endpoints for tests: a queue, a sender, and receivers that behave or do not."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from kikubari.deliver import (
    EndpointDefinition,
    Endpoints,
    WebhookCall,
    WebhookQueue,
    WebhookSender,
    WebhookSettings,
    parse_networks,
)
from kikubari.events import Sealing
from kikubari.kit.clock import Clock, ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.kit.sealing import Seal
from kikubari.storage import StateStore
from kikubari.testing.events import PlainSealing

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HERE = "127.0.0.0/8"


class WebhookWorld:
    """One installation's endpoints; `networks` may be called though they are not public."""

    def __init__(
        self,
        store: StateStore,
        *,
        networks: str = HERE,
        clock: Clock | None = None,
        sealing: Sealing | None = None,
        settings: WebhookSettings | None = None,
    ) -> None:
        self.store = store
        self.clock = clock or ManualClock(NOW)
        self.sealing = sealing or PlainSealing()
        self.seal = Seal(b"s" * 32)
        self.reach = parse_networks(networks)
        self.settings = settings or WebhookSettings(seconds=1.0)
        self.queue = WebhookQueue(self.sealing)
        self.endpoints = Endpoints(
            store,
            self.seal,
            self.queue,
            clock=self.clock,
            ids=TimeOrderedIds(),
            reach=self.reach,
        )

    def add(self, url: str, *types: str) -> str:
        return self.endpoints.create(
            EndpointDefinition(name="CRM", url=url, types=types)
        ).endpoint.id

    def call(self, endpoint_id: str, key: str, **data: object) -> None:
        call = WebhookCall(
            endpoint_id=endpoint_id, type="journey.step", data=data, idempotency_key=key
        )
        self.store.write(lambda c: self.queue.queue_in(c, call, at=self.clock.now()))

    def sender(self) -> WebhookSender:
        return WebhookSender(
            self.store,
            self.sealing,
            self.seal,
            clock=self.clock,
            reach=self.reach,
            settings=self.settings,
        )

    def send_until(self, is_done: Callable[[], bool], *, seconds: float = 20.0) -> None:
        """Send until something is so; fails when it does not become so in time."""

        async def go() -> None:
            asyncio.get_running_loop().set_default_executor(
                ThreadPoolExecutor(self.settings.share.slots)
            )
            sender = self.sender()
            running = asyncio.create_task(sender.run())
            try:
                async with asyncio.timeout(seconds):
                    while not (is_done() or running.done()):  # noqa: ASYNC110 - the state is in the store
                        await asyncio.sleep(0.02)
            finally:
                sender.stop()
                await running

        asyncio.run(go())

    def states(self, endpoint_id: str) -> list[str]:
        calls = self.endpoints.list_calls(endpoint_id, limit=1_000)
        return [one.state for one in reversed(calls)]

    def is_settled(self, endpoint_id: str) -> bool:
        """Say whether nothing is to be sent just now: all ended, or waits for another attempt."""
        calls = self.endpoints.list_calls(endpoint_id, limit=1_000)
        now = self.clock.now()
        return all(
            one.state in {"delivered", "dead"} or (one.next_at is not None and one.next_at > now)
            for one in calls
        )

    def settle(self, endpoint_id: str) -> None:
        """Send what is due to an endpoint."""
        self.send_until(lambda: self.is_settled(endpoint_id))
