"""An outbound HTTP client that goes nowhere but where it was sent.

A name is resolved once and the connection made to that very address, so nothing can change in
between; addresses that are not public are refused; redirects are answers like any other.
"""

import asyncio
import ssl
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore
import msgspec

MAX_ANSWER = 64 * 1024
_NAT64 = IPv6Network("64:ff9b::/96")
_WRITING = ("http11.send_request_headers.started", "http2.send_request_headers.started")


class HttpAnswer(msgspec.Struct, frozen=True):
    """An answer; header names in lower case; the body cut off at `MAX_ANSWER`."""

    status: int
    headers: dict[str, str]
    body: bytes


class HttpLost(msgspec.Struct, frozen=True):
    """No answer. `is_written`: the request may have arrived; when false it certainly did not."""

    is_written: bool
    text: str


class RefusedAddressError(Exception):
    """The name leads to an address that is not to be reached."""


class Reach(msgspec.Struct, frozen=True):
    """Which addresses requests may go to.

    Attributes:
        is_public: those of the public Internet.
        networks: others that the operator named.
    """

    is_public: bool = True
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def allows(self, address: str) -> bool:
        """Say whether an address may be reached."""
        if self.is_public and is_public(address):
            return True
        found = ip_address(address.partition("%")[0])
        return any(found in one for one in self.networks if found.version == one.version)


_ANYWHERE = Reach(networks=(IPv4Network("0.0.0.0/0"), IPv6Network("::/0")))


class GuardedClient:
    """Sends requests. Close it when done.

    Args:
        size: connections at most.
        allows_private: the operator named the address explicitly, on this machine or network.
        reach: which addresses are allowed, if not just all public ones.
        tls: context to use instead of the system's.
        seconds: how long to wait for an answer; connecting gets a third of it at the most.
    """

    def __init__(
        self,
        *,
        size: int,
        allows_private: bool = False,
        reach: Reach | None = None,
        tls: ssl.SSLContext | None = None,
        seconds: float = 60.0,
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=size,
            max_keepalive_connections=size,
            keepalive_expiry=30.0,
            network_backend=_PinnedBackend(reach or (_ANYWHERE if allows_private else Reach())),
        )
        self._timeout = {
            "connect": seconds / 3, "read": seconds, "write": seconds / 2, "pool": seconds
        }  # fmt: skip

    async def request(
        self, method: str, url: str, headers: dict[str, str], body: bytes = b""
    ) -> HttpAnswer | HttpLost:
        """Send one request and return its answer; never raises for what the network does."""
        is_written = False

        async def trace(event: str, info: dict[str, Any]) -> None:  # noqa: ARG001 - httpcore's signature
            nonlocal is_written
            is_written = is_written or event in _WRITING

        try:
            async with self._pool.stream(
                method,
                url,
                headers=list(headers.items()),
                content=body,
                extensions={"timeout": self._timeout, "trace": trace},
            ) as response:
                return HttpAnswer(
                    response.status,
                    {name.decode("latin-1").lower(): value.decode("latin-1")
                     for name, value in response.headers},
                    await _read(response),
                )  # fmt: skip
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            return HttpLost(is_written, f"{type(error).__name__}: {error}")
        except (OSError, RefusedAddressError) as error:
            return HttpLost(is_written, f"{type(error).__name__}: {error}")

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.aclose()


async def _read(response: httpcore.Response) -> bytes:
    body = b""
    async for piece in response.aiter_stream():
        body += piece
        if len(body) > MAX_ANSWER:
            break
    return body[:MAX_ANSWER]


class _PinnedBackend(httpcore.AsyncNetworkBackend):
    """Resolves, checks, and connects to what it checked."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=1)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not all(self._reach.allows(one) for one in addresses):
            raise RefusedAddressError(f"{host} leads to an address that is not public")
        return await self._inner.connect_tcp(
            addresses[0], port, timeout, local_address, socket_options
        )

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise RefusedAddressError("no sockets of this machine")

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


def is_public(address: str) -> bool:
    """Say whether an address is one of the public Internet, also inside of IPv6 disguises."""
    found = ip_address(address.partition("%")[0])
    return all(
        one.is_global and not one.is_multicast and not one.is_reserved for one in _faces(found)
    )


def _faces(found: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """Return an address and the IPv4 addresses that lie within it."""
    if isinstance(found, IPv4Address):
        return [found]
    if found.ipv4_mapped:
        return [found.ipv4_mapped]
    inner: list[IPv4Address | IPv6Address] = [found]
    if found in _NAT64:
        inner = [IPv4Address(int(found) & 0xFFFFFFFF)]
    elif found.sixtofour:
        inner.append(found.sixtofour)
    elif found.teredo:
        inner.extend(found.teredo)
    return inner
