"""An SMTP server that does as it is told: refuse, stall, hang up or babble at any phase."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

STALL = "stall"
DROP = "drop"

DEFAULT_REPLIES = {
    "greeting": "220 peer ready",
    "ehlo": "250-peer\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250 8BITMIME",
    "helo": "250 peer",
    "starttls": "220 go ahead",
    "auth": "235 2.7.0 welcome",
    "mail": "250 2.1.0 Ok",
    "rcpt": "250 2.1.5 Ok",
    "data": "354 go on",
    "final_dot": "250 2.0.0 Ok: queued as Q1",
    "rset": "250 2.0.0 Ok",
    "quit": "221 bye",
}


class Stored(msgspec.Struct):
    """One message the peer answered 250 to, exactly as it came over the line, dots unstuffed."""

    mail: str
    rcpt: str
    data: bytes


class Peer:
    """What the peer does (``script``) and what it saw.

    ``script`` maps a phase to one action or to a list of them, used up one a time and then
    followed by the default: a reply, `STALL`, `DROP`, or a reply followed by ``DROP``.
    The extra phase ``in_body`` acts once the first line of data has come.
    """

    def __init__(self, script: dict[str, Any] | None = None) -> None:
        self.script = {
            k: v if isinstance(v, list) else [v] * 1000 for k, v in (script or {}).items()
        }
        self.commands: list[str] = []
        self.stored: list[Stored] = []
        self.unfinished: list[bytes] = []
        self.has_unfinished = asyncio.Event()
        self.connections = 0
        self.port = 0
        self.tls: ssl.SSLContext | None = None

    def action(self, phase: str) -> str:
        queue = self.script.get(phase)
        return queue.pop(0) if queue else DEFAULT_REPLIES.get(phase, "500 what?")


class _Session:
    def __init__(
        self, peer: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.peer, self.reader, self.writer = peer, reader, writer

    async def run(self) -> None:
        peer = self.peer
        peer.connections += 1
        await self.act("greeting")
        mail = rcpt = ""
        while line := (await self.reader.readline()).decode().strip():
            peer.commands.append(line)
            verb = line.split()[0].split(":")[0].lower()
            reply = await self.act(verb)
            if verb == "mail":
                mail = line
            elif verb == "rcpt":
                rcpt = line
            elif verb == "starttls" and reply.startswith("220") and peer.tls:
                await self.writer.start_tls(peer.tls)
            elif verb == "auth":
                while reply.startswith("334"):
                    peer.commands.append((await self.reader.readline()).decode().strip())
                    reply = await self.act("auth")
            elif verb == "data" and reply.startswith("354"):
                await self.take_data(mail, rcpt)
            elif verb == "quit":
                return

    async def take_data(self, mail: str, rcpt: str) -> None:
        octets = b""
        try:
            while not (octets == b".\r\n" or octets.endswith(b"\r\n.\r\n")):
                chunk = await self.reader.read(65536)
                if not chunk:
                    raise ConnectionResetError
                octets += chunk
                if self.peer.script.get("in_body"):
                    await self.act("in_body")
        except (ConnectionError, asyncio.CancelledError):
            self.peer.unfinished.append(octets)
            self.peer.has_unfinished.set()
            raise
        reply = self.peer.action("final_dot")
        if reply.startswith("2"):
            data = octets.removesuffix(b".\r\n")
            data = data.removeprefix(b".") if data.startswith(b"..") else data
            self.peer.stored.append(Stored(mail, rcpt, data.replace(b"\r\n..", b"\r\n.")))
        await self.perform(reply)

    async def act(self, phase: str) -> str:
        action = self.peer.action(phase)
        await self.perform(action)
        return action

    async def perform(self, action: str) -> None:
        if action == STALL:
            await asyncio.Event().wait()
        text, drop, _ = action.partition(DROP)
        if text:
            self.writer.write(text.encode("latin-1") + b"\r\n")
            await self.writer.drain()
        if drop:
            raise ConnectionResetError


@asynccontextmanager
async def smtp_peer(
    script: dict[str, Any] | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    is_implicit_tls: bool = False,
) -> AsyncIterator[Peer]:
    """Run a peer on a free loopback port."""
    peer = Peer(script)
    peer.tls = tls
    tasks: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            await _Session(peer, reader, writer).run()
        except (OSError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            writer.transport.abort()
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls if is_implicit_tls else None)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


async def yes() -> bool:
    """Agree to the final dot."""
    return True


def run(coroutine: Callable[[], Awaitable[Any]]) -> Any:
    """Run a test's coroutine with a limit, so that a hang is a failure."""

    async def limited() -> Any:
        async with asyncio.timeout(20):
            return await coroutine()

    return asyncio.run(limited())
