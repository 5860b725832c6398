"""A receiving mail server that is the oracle: what it took is on its disk before it says so.

It runs in a process of its own, so that nothing that is killed, frozen or cut off takes it along.
"""

import asyncio
import json
import os
import random
import signal
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

# Receivers say "later" to one message in this many, the first time they are asked.
_GREYLISTED = 25
_OFFERS = b"250-sink\r\n250 PIPELINING\r\n"
_OK = b"250 ok\r\n"
# What a server may do instead of what it should; `taken_` is after the message is on its disk.
STALL, DROP, TAKEN_STALL, TAKEN_DROP = "stall", "drop", "taken_stall", "taken_drop"


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """How the server behaves.

    Attributes:
        think_seconds: most time between the final dot and the answer.
        is_greylisting: says "later" to some, once.
        share_of_sessions: of ``greeting``, ``ehlo`` and ``mail``, how often something goes wrong.
        session_faults: what then: an SMTP reply, `STALL` or `DROP`, by phase.
        fates: by recipient's number and phase (``rcpt``, ``data``, ``final_dot``): what happens
            there at the first try, the second, and so on; afterwards all goes well.
    """

    think_seconds: float = 0.02
    is_greylisting: bool = False
    share_of_sessions: float = 0.0
    session_faults: Mapping[str, list[str]] = {}
    fates: Mapping[int, tuple[str, list[str]]] = {}


class Sink:
    """The server.

    In its folder are one file for each message it took, and ``faults``: a line of JSON for each
    time it did something else than it should.
    """

    def __init__(self, folder: Path, seed: int, behaviour: Behaviour) -> None:
        self._folder = folder
        self._behaviour = behaviour
        self._fates = {n: (phase, list(script)) for n, (phase, script) in behaviour.fates.items()}
        self._random = random.Random(seed)
        self._count = 0
        self._greylisted: set[bytes] = set()
        self._never = asyncio.Event()
        self._faults = os.open(folder / "faults", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    async def serve(self, listening: socket.socket) -> None:
        server = await asyncio.start_server(self._talk, sock=listening, limit=1 << 20)
        async with server:
            await server.serve_forever()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._session(reader, writer)
        writer.transport.abort()

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await self._at_session("greeting") or b"220 sink\r\n")
        number = 0
        is_named = is_refused = False
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(await self._at_session("ehlo") or _OFFERS)
            elif verb == b"MAIL":
                is_named = False
                refusal = await self._at_session("mail")
                is_refused = bool(refusal)
                writer.write(refusal or _OK)
            elif verb == b"RCPT" and is_refused:
                writer.write(b"503 5.5.1 no sender\r\n")
            elif verb == b"RCPT":
                number = _number_of(line)
                reply = await self._at_recipient("rcpt", number) or self._judge(line)
                is_named = reply.startswith(b"2")
                writer.write(reply)
            elif verb == b"DATA" and not is_named:
                writer.write(b"503 5.5.1 no recipient\r\n")
            elif verb == b"DATA":
                refusal = await self._at_recipient("data", number)
                if refusal:
                    writer.write(refusal)
                else:
                    await self._take(reader, writer, number)
            elif verb == b"QUIT":
                return
            else:
                writer.write(_OK)
            await writer.drain()

    async def _at_session(self, phase: str) -> bytes:
        scripts = self._behaviour.session_faults.get(phase)
        if not scripts or self._random.random() >= self._behaviour.share_of_sessions:
            return b""
        return await self._misbehave(phase, 0, self._random.choice(scripts))

    async def _at_recipient(self, phase: str, number: int) -> bytes:
        where, script = self._fates.get(number, ("", []))
        if where != phase or not script:
            return b""
        return await self._misbehave(phase, number, script.pop(0))

    async def _misbehave(self, phase: str, number: int, action: str) -> bytes:
        """Do what is not expected; returns the reply, if it is one."""
        os.write(self._faults, json.dumps([phase, number, action]).encode() + b"\n")
        os.fsync(self._faults)
        if action == STALL:
            await self._never.wait()
        if action == DROP:
            raise ConnectionResetError
        return action.encode() + b"\r\n"

    def _judge(self, line: bytes) -> bytes:
        if (
            self._behaviour.is_greylisting
            and line not in self._greylisted
            and self._random.randrange(_GREYLISTED) == 0
        ):
            self._greylisted.add(line)
            return b"451 4.7.1 later\r\n"
        return _OK

    async def _take(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        writer.write(b"354 go\r\n")
        await writer.drain()
        data = await reader.readuntil(b"\r\n.\r\n")
        where, script = self._fates.get(number, ("", []))
        action = script[0] if where == "final_dot" and script else ""
        if action and not action.startswith("taken_"):
            writer.write(await self._at_recipient("final_dot", number))
            return
        await asyncio.sleep(self._random.random() * self._behaviour.think_seconds / 2)
        self._count += 1
        self._write(self._folder / f"{self._count:08}.eml", data)
        await asyncio.sleep(self._random.random() * self._behaviour.think_seconds / 2)
        if action:
            script[0] = action.removeprefix("taken_")
            await self._at_recipient("final_dot", number)
        writer.write(b"250 2.0.0 queued\r\n")

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        # Under its name only when it is whole: others count the files meanwhile.
        part = path.with_suffix(".part")
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        os.write(descriptor, data)
        os.fsync(descriptor)
        os.close(descriptor)
        part.rename(path)


def _number_of(line: bytes) -> int:
    """Return the person of ``RCPT TO:<p12@…>``."""
    return int(line.partition(b"<p")[2].partition(b"@")[0])


@contextmanager
def running_sink(folder: Path, seed: int, behaviour: Behaviour) -> Iterator[int]:
    """Fork the server into an empty folder; yields its port."""
    folder.mkdir(exist_ok=True)
    listening = socket.create_server(("127.0.0.1", 0), backlog=200)
    port = int(listening.getsockname()[1])
    child = os.fork()
    if child == 0:
        with suppress(KeyboardInterrupt):
            asyncio.run(Sink(folder, seed, behaviour).serve(listening))
        os._exit(0)
    listening.close()
    try:
        yield port
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def count_taken(folder: Path) -> Counter[int]:
    """Return how often the server took each message, by the message's id."""
    return Counter(message_id_of(path) for path in folder.glob("*.eml"))


class Taken:
    """What the server took, looked at again and again: each file is read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._n_read = 0
        self.counts: Counter[int] = Counter()

    def count(self) -> Counter[int]:
        """Return how often the server took each message by now, by the message's id."""
        # The server numbers its files without a gap, in the order in which they appear.
        while (path := self._folder / f"{self._n_read + 1:08}.eml").exists():
            self.counts[message_id_of(path)] += 1
            self._n_read += 1
        return self.counts


def list_faults(folder: Path) -> list[tuple[str, int, str]]:
    """Return (phase, recipient's number or 0, action) of all that it did wrong."""
    lines = (folder / "faults").read_text().splitlines()
    return [tuple[Any, ...](json.loads(line)) for line in lines]


def message_id_of(path: Path) -> int:
    """Return the id that a message carries."""
    head = path.read_bytes().partition(b"\r\n\r\n")[0]
    [line] = [line for line in head.split(b"\r\n") if line.startswith(b"X-Id: ")]
    return int(line.removeprefix(b"X-Id: "))
