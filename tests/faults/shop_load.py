"""Clients that send events without pause, and write down what was acknowledged.

What they write is the oracle: a messageId stands there, fsynced, because its 200 arrived.
"""

import asyncio
import base64
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shop_process import Child

PEOPLE = 60
_PATIENCE_SECONDS = 30.0
Message = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What became of a request: `status` 0 when the connection broke."""

    at: float  # seconds of the monotonic clock
    status: int
    retry_after: str
    ids: list[str]
    seconds: float  # from request to answer


@dataclass
class Told:
    """What the clients were told."""

    acknowledged: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    answers: list[Answer] = field(default_factory=list)

    @property
    def statuses(self) -> Counter[int]:
        return Counter(answer.status for answer in self.answers)


def read_told(path: Path) -> Told:
    """Read the oracle."""
    told = Told()
    for line in path.read_text().splitlines(keepends=True):
        if not line.endswith("\n"):
            break  # still being written
        answer = Answer(*json.loads(line))
        told.answers.append(answer)
        told.sent.update(answer.ids)
        if answer.status == 200:
            told.acknowledged.update(answer.ids)
    return told


class Load:
    """A process with a few clients that send until they are told to `settle`.

    With so many batches unanswered (`patience`), a client sends nothing new before these are taken.
    """

    def __init__(
        self,
        address: tuple[str, int],
        write_key: str,
        oracle: Path,
        *,
        clients: int = 4,
        batch: int = 4,
        pause: float = 0.004,
        padding: int = 0,
        patience: int = 1_000_000,
        name: str = "client",
    ) -> None:
        def work(report: Any) -> None:
            descriptor = os.open(oracle, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
            line = _Line(address, write_key)
            crowd = _Crowd(
                line, descriptor, batch=batch, pause=pause, padding=padding, patience=patience,
                name=name,
            )  # fmt: skip
            asyncio.run(crowd.run(clients, report))

        self._child = Child(work)
        assert self._child.wait_ready() == b"sending"

    def settle(self) -> None:
        """Send nothing new, and wait until everything that was sent is acknowledged."""
        self._child.kill(signal.SIGUSR1)
        assert self._child.wait_ready() == b"settled"

    def repeat(self) -> None:
        """Send everything once more, as if nothing had ever been acknowledged, and end."""
        self._child.kill(signal.SIGUSR1)
        assert not self._child.reap()

    def end(self) -> None:
        """Stop where they are."""
        self._child.kill()
        self._child.reap()


class _Crowd:
    def __init__(
        self,
        line: "_Line",
        oracle: int,
        *,
        batch: int,
        pause: float,
        padding: int,
        patience: int,
        name: str,
    ) -> None:
        self._line = line
        self._oracle = oracle
        self._batch = batch
        self._pause = pause
        self._padding = "x" * padding
        self._patience = patience
        self._name = name
        self._told = asyncio.Event()
        self._everything: list[list[Message]] = []

    async def run(self, clients: int, report: Any) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, self._told.set)
        report(b"sending")
        await asyncio.gather(*(self._send(number) for number in range(clients)))
        self._told.clear()
        report(b"settled")
        await self._told.wait()
        again = iter(self._everything)
        await asyncio.gather(*(self._repeat(again) for _ in range(clients)))

    async def _send(self, number: int) -> None:
        """Send new batches, and those without an answer again and again, as SDKs do."""
        line = self._line.another()
        randomness = random.Random(number)
        unanswered: list[list[Message]] = []
        made = _messages(f"{self._name}-{number}", randomness, self._padding)
        while unanswered or not self._told.is_set():
            is_enough = self._told.is_set() or len(unanswered) >= self._patience
            if unanswered and (is_enough or randomness.random() < 0.5):
                batch = unanswered.pop(0)
            else:
                batch = [next(made) for _ in range(self._batch)]
                self._everything.append(batch)
                if randomness.random() < 0.1:
                    # A careless sender repeats itself within a batch and across batches.
                    batch = [*batch, batch[0], randomness.choice(self._everything)[0]]
            if await self._post(line, batch) != 200:
                unanswered.append(batch)
                await asyncio.sleep(0.02)
            await asyncio.sleep(randomness.random() * 2 * self._pause)
        line.close()

    async def _repeat(self, batches: Iterator[list[Message]]) -> None:
        line = self._line.another()
        for batch in batches:
            status = 0
            while status != 200:
                status = await self._post(line, batch)
        line.close()

    async def _post(self, line: "_Line", batch: list[Message]) -> int:
        status, retry_after = 0, ""
        asked = time.monotonic()
        with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                status, retry_after = await line.post(json.dumps({"batch": batch}).encode())
        if status == 0:
            line.close()
        ids = [message["messageId"] for message in batch]
        now = time.monotonic()
        text = json.dumps([now, status, retry_after, ids, round(now - asked, 4)])
        os.write(self._oracle, text.encode() + b"\n")
        os.fsync(self._oracle)
        return status


class _Line:
    """One keep-alive connection."""

    def __init__(self, address: tuple[str, int], write_key: str) -> None:
        self._address = address
        self._write_key = write_key
        credentials = base64.b64encode(f"{write_key}:".encode()).decode()
        self._head = f"POST /v1/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {credentials}\r\n"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def another(self) -> "_Line":
        return _Line(self._address, self._write_key)

    async def post(self, body: bytes) -> tuple[int, str]:
        """Return status and Retry-After."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address)
        reader, writer = self._streams
        writer.write(f"{self._head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        await reader.readexactly(int(fields["content-length"]))
        if fields.get("connection") == "close":
            self.close()
        return int(head.split(" ", 2)[1]), fields.get("retry-after", "")

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _messages(client: str, randomness: random.Random, padding: str) -> Iterator[Message]:
    """Make messages about a few people: traits, consents, orders, devices."""
    number = 0
    while True:
        number += 1
        person = randomness.randrange(PEOPLE)
        message: Message = {
            "messageId": f"{client}-{number}",
            "timestamp": f"2026-01-{1 + number % 28:02}T12:00:{number % 60:02}Z",
            "context": {"padding": padding} if padding else {},
        }
        match number % 4:
            case 0:
                message |= {
                    "type": "identify",
                    "userId": f"user-{person}",
                    "anonymousId": f"device-{person}-{number % 3}",
                    "traits": {"email": f"user-{person}@shop.example", "plan": f"p{number % 5}"},
                }
            case 1:
                message |= {
                    "type": "track",
                    "event": "Order Completed",
                    "userId": f"user-{person}",
                    "properties": {"order_id": f"{client}-{number}", "total": 12.5},
                }
            case _:
                message |= {
                    "type": "track",
                    "event": "Product Viewed",
                    "anonymousId": f"device-{person}-{number % 3}",
                    "properties": {"product_id": f"product-{number % 40}", "name": "Lamp"},
                }
        yield message
