"""The delivery thread: an event loop of its own with the worker and the sandbox inbox."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AsyncExitStack
from datetime import timedelta

import structlog
import uvloop

from kikubari.deliver import (
    Delivering,
    DeliveryWorker,
    InboxStore,
    Transport,
    WorkerSettings,
)
from kikubari.deliver.providers.http import HttpTransport, open_provider
from kikubari.deliver.providers.inbox import InboxServer
from kikubari.deliver.providers.smtp import SmtpOutcome, SmtpPool, parse_smtp_url
from kikubari.kit.clock import Clock
from kikubari.spec.errors import UnavailableError

logger = structlog.get_logger(__name__)

_RESTART_SECONDS = 5.0
# A claim outlasts the pool's pause after an unreachable server and the ten minutes that a server
# may take to answer the final dot; a living worker renews it.
LEASE = timedelta(minutes=12)


class DeliveryThread:
    """Runs the sandbox inbox, and a worker that is started again if it fails.

    Args:
        build: makes what the worker works with, given a transport.
        inbox: sink of the sandbox inbox, None when mail goes to a real server.
        clock: of the inbox.
        smtp_url: empty for the sandbox inbox.
        mail_url: of a provider's API, instead of SMTP.
        inbox_port: where the inbox listens, 0 for a free port.
        settings: sizes and times; `LEASE` is one that suits real servers.
        name: of the worker.
        is_alone: no other process delivers from this store.
    """

    def __init__(
        self,
        build: Callable[[Transport], Delivering],
        inbox: InboxStore,
        clock: Clock,
        *,
        smtp_url: str,
        mail_url: str,
        inbox_port: int,
        settings: WorkerSettings,
        name: str,
        is_alone: bool,
    ) -> None:
        self._build = build
        self._inbox = inbox
        self._clock = clock
        self._smtp_url = smtp_url
        self._mail_url = mail_url
        self._inbox_port = inbox_port
        self._settings = settings
        self._name = name
        self._is_alone = is_alone
        self._loop = uvloop.new_event_loop()
        self._worker: DeliveryWorker | None = None
        self._transport: Transport | None = None
        self._stopping = False
        self.last_error = ""
        self._thread = threading.Thread(target=self._run, name="deliver", daemon=True)

    @property
    def is_alive(self) -> bool:
        """Say whether the thread works."""
        return self._thread.is_alive() and not self.last_error

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> Future[SmtpOutcome]:
        """Send one message that is not in the outbox, over the sessions of those that are.

        Raises:
            UnavailableError: nothing is sent just now.
        """
        transport = self._transport
        if transport is None or not self.is_alive:
            raise UnavailableError("sending is not running", hint="kikubari doctor says why.")

        async def send() -> SmtpOutcome:
            return await transport.send(mail_from, rcpt_to, data, before_final_dot=_go_on)

        return asyncio.run_coroutine_threadsafe(send(), self._loop)

    def stop(self) -> None:
        """Claim no more, let what is under way end, stop."""
        self._stopping = True
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop_worker)
            self._thread.join()

    def _stop_worker(self) -> None:
        if self._worker is not None:
            self._worker.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        async with AsyncExitStack() as stack:
            is_sandbox = not (self._smtp_url or self._mail_url)
            url = await self._start_inbox(stack) if is_sandbox else self._smtp_url
            while not self._stopping:
                try:
                    await self._work(url)
                except Exception as error:  # sending must go on when the store comes back
                    self.last_error = f"{type(error).__name__}: {error}"
                    logger.exception("deliver.failed")
                    await asyncio.sleep(_RESTART_SECONDS)

    async def _start_inbox(self, stack: AsyncExitStack) -> str:
        server = InboxServer(self._inbox, self._clock, port=self._inbox_port)
        await server.start()
        stack.push_async_callback(server.stop)
        return f"smtp://127.0.0.1:{server.port}"

    def _open_transport(self, url: str) -> SmtpPool | HttpTransport:
        if self._mail_url:
            return open_provider(self._mail_url, size=self._settings.connections, clock=self._clock)
        return SmtpPool(parse_smtp_url(url), size=self._settings.connections)

    async def _work(self, url: str) -> None:
        transport = self._open_transport(url)
        self._worker = DeliveryWorker(
            self._build(transport),
            name=self._name,
            is_alone=self._is_alone,
            settings=self._settings,
        )
        self.last_error = ""
        self._transport = transport
        try:
            if not self._stopping:
                await self._worker.run()
        finally:
            self._transport = None
            await transport.close()


async def _go_on() -> bool:
    return True
