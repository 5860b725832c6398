"""Calls a thousand endpoints of which many misbehave, and looks at what the others notice.

First all answer at once: that gives the time a call takes from being queued to being recorded as
taken. Then, on a fresh store, a tenth hang for 30 seconds, a tenth answer 5xx, and one sends a
gigabyte for an answer.

Checked: the 95th percentile of the healthy ones is at most twice what it was; all their calls
arrived; the memory of the process that calls is bounded, and so is what it reads of the gigabyte;
nothing that was not taken is lost.

Run: ``python tests/faults/bad_endpoints.py --endpoints 1000 --seconds 60``.
"""

import argparse
import asyncio
import multiprocessing
import resource
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles

import msgspec
from sqlalchemy import select

from empty_stores import open_empty_sqlite
from kikubari.deliver import (
    EndpointDefinition,
    Endpoints,
    WebhookCall,
    WebhookQueue,
    WebhookSender,
    parse_networks,
)
from kikubari.deliver.endpoints._tables import webhook_calls
from kikubari.kit.clock import SystemClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.kit.sealing import Seal
from kikubari.storage import SqliteStateStore
from kikubari.testing.events import PlainSealing

_HANG_SECONDS = 30.0
_GIGABYTE = 1 << 30
_PIECE = b"x" * 65_536
_CALLS_A_SECOND = 100
_WAIT_SECONDS = 30.0
# Twice as long, or so short that nobody could tell.
_AS_BEFORE = 2.0
_UNNOTICED_MS = 100.0
_MEMORY_MB = 64.0
_READ_MB = 16.0  # what kernels buffer of an answer before it is hung up on, a few times over
_OK = b"HTTP/1.1 204 No Content\r\n\r\n"
_FAULT = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
_FLOOD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % _GIGABYTE


class Findings(msgspec.Struct, kw_only=True):
    """What came of it; times are 95th percentiles of healthy endpoints, in milliseconds."""

    n_endpoints: int
    n_calls: int
    p95_before_ms: float
    p95_during_ms: float
    healthy_not_delivered: int
    by_kind: dict[str, dict[str, int]]
    n_lost: int
    memory_growth_mb: float
    flood_written_mb: float

    @property
    def is_clean(self) -> bool:
        return (
            self.p95_during_ms <= max(_AS_BEFORE * self.p95_before_ms, _UNNOTICED_MS)
            and self.healthy_not_delivered == 0
            and self.n_lost == 0
            and self.memory_growth_mb <= _MEMORY_MB
            and self.flood_written_mb <= _READ_MB
        )


def kind_of(index: int) -> str:
    """Return how an endpoint behaves: of ten, one hangs and one fails; the seventh floods."""
    if index == 7:
        return "flood"
    return {3: "hang", 8: "fail"}.get(index % 10, "ok")


async def _receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
    """Answer requests on one connection as their path says; returns what a flood wrote."""
    written = 0
    with suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            kind = head.split(b" ", 2)[1].split(b"/")[1].decode()
            if kind == "hang":
                await asyncio.sleep(_HANG_SECONDS)
            writer.write({"fail": _FAULT, "flood": _FLOOD}.get(kind, _OK))
            while kind == "flood" and written < _GIGABYTE:
                writer.write(_PIECE)
                await writer.drain()
                written += len(_PIECE)
            await writer.drain()
    writer.close()
    return written


def serve(pipe: Connection) -> None:
    """Be all the endpoints, in a process of its own; tells the port, then what floods wrote."""
    written = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        written += await _receive(reader, writer)

    async def run() -> None:
        server = await asyncio.start_server(handle, "127.0.0.1", 0, backlog=1024)
        pipe.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(pipe.recv)
        await asyncio.sleep(0.5)  # floods notice that they were hung up on
        pipe.send(written)

    with suppress(asyncio.CancelledError):
        asyncio.run(run())


class Shop:
    """A store with endpoints at a port, all healthy or as `kind_of` says."""

    def __init__(self, folder: Path, port: int, n_endpoints: int, *, is_bad: bool) -> None:
        self.store: SqliteStateStore = open_empty_sqlite(folder / f"{is_bad}.db")
        self.queue = WebhookQueue(PlainSealing())
        self._seal = Seal(b"s" * 32)
        self._reach = parse_networks("127.0.0.0/8")
        endpoints = Endpoints(
            self.store,
            self._seal,
            self.queue,
            clock=SystemClock(),
            ids=TimeOrderedIds(),
            reach=self._reach,
            lookup=lambda host, _: [host],
        )
        self.ids: list[str] = []
        self.kinds: dict[str, str] = {}
        for index in range(n_endpoints):
            kind = kind_of(index) if is_bad else "ok"
            url = f"http://127.0.0.1:{port}/{kind}/{index}"
            made = endpoints.create(EndpointDefinition(name=str(index), url=url)).endpoint
            self.ids.append(made.id)
            self.kinds[made.id] = kind

    def offer(self, seconds: float) -> int:
        """Queue calls to each in turn at a steady rate; returns how many."""
        n_calls = round(seconds * _CALLS_A_SECOND)
        started = time.monotonic()
        for index in range(n_calls):
            call = WebhookCall(
                endpoint_id=self.ids[index % len(self.ids)],
                type="test",
                data={"text": "x" * 500},
                idempotency_key=str(index),
            )
            at = SystemClock().now()
            self.store.write(lambda c, call=call, at=at: self.queue.queue_in(c, call, at=at))
            time.sleep(max(0.0, started + (index + 1) / _CALLS_A_SECOND - time.monotonic()))
        return n_calls

    def healthy_waiting(self) -> int:
        """Return how many calls to healthy endpoints were not taken yet."""
        return sum(n for (kind, state), n in self.states().items() if kind == "ok" and state != "2")

    def states(self) -> Counter[tuple[str, str]]:
        """Return how many calls there are by kind of endpoint and state."""
        c = webhook_calls.c
        with self.store.read() as connection:
            rows = connection.execute(select(c.endpoint_id, c.state)).all()
        return Counter((self.kinds[row.endpoint_id], str(row.state)) for row in rows)

    def p95_ms(self) -> float:
        """Return the 95th percentile of the time from queueing to record, of healthy ones."""
        c = webhook_calls.c
        with self.store.read() as connection:
            rows = connection.execute(
                select(c.endpoint_id, c.queued_us, c.ended_us).where(c.ended_us.is_not(None))
            ).all()
        times = [
            (row.ended_us - row.queued_us) / 1e3
            for row in rows
            if self.kinds[row.endpoint_id] == "ok"
        ]
        return quantiles(times, n=20)[-1]

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Call endpoints in a thread, as the product does."""
        sender = WebhookSender(
            self.store, PlainSealing(), self._seal, clock=SystemClock(), reach=self._reach
        )
        loop = asyncio.new_event_loop()
        loop.set_default_executor(ThreadPoolExecutor(512))
        thread = threading.Thread(target=lambda: loop.run_until_complete(sender.run()))
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(sender.stop)
            thread.join()
            loop.close()


def run(shop: Shop, seconds: float) -> int:
    """Offer calls until they were made, or could have been."""
    with shop.sending():
        n_calls = shop.offer(seconds)
        until = time.monotonic() + _WAIT_SECONDS
        while shop.healthy_waiting() and time.monotonic() < until:
            time.sleep(0.1)
    return n_calls


def check(folder: Path, *, n_endpoints: int, seconds: float) -> Findings:
    """Measure with healthy endpoints, then with bad ones among them."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    peer = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    peer.start()
    port = ours.recv()
    healthy = Shop(folder, port, n_endpoints, is_bad=False)
    run(healthy, seconds)
    before, memory_kb = healthy.p95_ms(), _memory_kb()
    mixed = Shop(folder, port, n_endpoints, is_bad=True)
    n_calls = run(mixed, seconds)
    ours.send("done")
    written = ours.recv()
    peer.terminate()
    peer.join()
    states = mixed.states()
    by_kind: dict[str, dict[str, int]] = {}
    for (kind, state), n in sorted(states.items()):
        by_kind.setdefault(kind, {})[state] = n
    return Findings(
        n_endpoints=n_endpoints,
        n_calls=n_calls,
        p95_before_ms=round(before, 1),
        p95_during_ms=round(mixed.p95_ms(), 1),
        healthy_not_delivered=mixed.healthy_waiting(),
        by_kind=by_kind,
        n_lost=n_calls - states.total(),
        memory_growth_mb=round((_memory_kb() - memory_kb) / 1024, 1),
        flood_written_mb=round(written / 1e6, 1),
    )


def _memory_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Check, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoints", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kikubari-endpoints-") as folder:
        found = check(Path(folder), n_endpoints=options.endpoints, seconds=options.seconds)
    print(msgspec.json.format(msgspec.json.encode(found), indent=1).decode())
    sys.exit(0 if found.is_clean else 1)


if __name__ == "__main__":
    main()
