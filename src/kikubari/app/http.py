"""How the HTTP server treats strangers: bounds on what comes before a request is complete."""

import asyncio
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Browsers and proxies keep to 8-16 KiB; what a head holds is kept in memory until it ends.
MAX_HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 15.0
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with an end to request heads, in time and in size.

    Without one, senders that begin a request and never end its head hold a connection each for
    ever, and one that never stops sending headers fills the memory.
    """

    _head_seconds = HEAD_SECONDS
    _head_bytes = 0
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn declares it
        """Expect a request's head."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self._head_is_over()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in bytes; a head that does not end in time or in size ends the connection."""
        super().data_received(data)
        if self._head_timer is not None:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
                self.transport.write(_TOO_LARGE)
                self._give_up()

    def on_message_begin(self) -> None:
        """Expect the rest of a head."""
        super().on_message_begin()
        if self._head_timer is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        """Hand the request over; its body is the application's to bound."""
        self._head_is_over()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(self._head_seconds, self._give_up)

    def _head_is_over(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_is_over()
        self.transport.close()


def http_config(application: Any, *, trusted_proxies: str = "") -> uvicorn.Config:
    """Return how an application is served.

    Args:
        application: ASGI.
        trusted_proxies: addresses and networks, with commas between, of proxies whose word on who
            asks is taken: the last address of `X-Forwarded-For` that is none of theirs, and
            `X-Forwarded-Proto`. Of others, and of all as it comes, neither is.
    """
    return uvicorn.Config(
        application,
        loop="uvloop",
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies or [],
        timeout_graceful_shutdown=10,
    )
