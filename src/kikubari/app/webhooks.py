"""The thread that calls endpoints: an event loop of its own."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from kikubari.deliver import WebhookSender

logger = structlog.get_logger(__name__)

_RESTART_SECONDS = 5.0


class WebhookThread:
    """Runs a sender, which is made again if it fails.

    asyncio's own loop: uvloop looks names up on four threads, where a few that do not resolve
    would hold up all others.

    Args:
        build: makes a sender.
        slots: calls under way at once, so many threads look up names at the most.
    """

    def __init__(self, build: Callable[[], WebhookSender], *, slots: int) -> None:
        self._build = build
        self._loop = asyncio.SelectorEventLoop()
        self._lookups = ThreadPoolExecutor(slots, thread_name_prefix="webhook-names")
        self._loop.set_default_executor(self._lookups)
        self._sender: WebhookSender | None = None
        self._stopping = False
        self.last_error = ""
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    @property
    def is_alive(self) -> bool:
        """Say whether the thread works."""
        return self._thread.is_alive() and not self.last_error

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no more calls, let those under way end, stop."""
        self._stopping = True
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop_sender)
            self._thread.join()

    def _stop_sender(self) -> None:
        if self._sender is not None:
            self._sender.stop()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()
        self._lookups.shutdown(wait=False)

    async def _serve(self) -> None:
        while not self._stopping:
            self._sender = self._build()
            self.last_error = ""
            try:
                await self._sender.run()
            except Exception as error:  # calls must go on when the store comes back
                self.last_error = f"{type(error).__name__}: {error}"
                logger.exception("webhooks.failed")
                await asyncio.sleep(_RESTART_SECONDS)
