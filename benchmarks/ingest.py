"""Durable ingestion: acknowledged events a second through POST /v1/batch, and how long it takes.

One server process, one client process that keeps a fixed number of connections busy with batches
of 100 events. An event counts when its 200 has arrived.
"""

import argparse
import asyncio
import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from generate import FULL_SIZE, generate
from harness import Figure, Options, Report, main

BATCH_EVENTS = 100
FULL_BATCHES = 6_000
_WARM_UP_BATCHES = 200
_CONNECTIONS = 16
_SERVER = Path(__file__).parent / "ingest_server.py"


class Outcome(msgspec.Struct, frozen=True):
    """What the client saw."""

    events_per_second: float
    p50_ms: float
    p99_ms: float
    server_cpu_ms: float  # per batch


def run(options: Options, *, is_preloaded: bool = False) -> Report:
    """Measure durable ingestion, and the same HTTP stack answering without storing.

    Preloaded, once more with a log of 20 million events behind it, which takes the new ones in
    meanwhile, in the same process.
    """
    n_batches = options.sized(FULL_BATCHES, at_least=50)
    stored = _measure(options.folder / "intake.db", n_batches)
    answered = _measure(options.folder / "unused.db", n_batches, "--without-storing")
    figures = _figures("acknowledged", stored, answered)
    if is_preloaded:
        home = generate(options.shared, FULL_SIZE.scaled(options.scale))
        behind = _measure(options.folder / "preloaded.db", n_batches, "--home", str(home.folder))
        figures += _figures("acknowledged while the log takes in", behind, answered)
    return Report(
        benchmark="ingest",
        figures=figures,
        notes=[
            f"{n_batches:,} batches, {_CONNECTIONS} connections, p50 {stored.p50_ms:.1f} ms",
            f"server processor time {stored.server_cpu_ms:.2f} ms a batch",
        ],
    )


def _figures(name: str, found: Outcome, answered: Outcome) -> list[Figure]:
    return [
        Figure(
            name=name,
            value=found.events_per_second,
            unit="events/s",
            baseline=answered.events_per_second,
            baseline_name="answering without storing",
            target=30_000,
        ),
        Figure(
            name=f"{name}, time to it, p99",
            value=found.p99_ms,
            unit="ms",
            baseline=answered.p99_ms,
            baseline_name="answering without storing",
            target=100,
            at_most=True,
        ),
    ]


def _measure(intake: Path, n_batches: int, *options: str) -> Outcome:
    with _server(intake, options) as (port, key, pid):
        warm_up = [_request(key, number) for number in range(-min(_WARM_UP_BATCHES, n_batches), 0)]
        asyncio.run(_send_all(port, warm_up))
        requests = [_request(key, number) for number in range(n_batches)]
        cpu_before, started = cpu_seconds(pid), time.perf_counter()
        seconds = asyncio.run(_send_all(port, requests))
        elapsed = time.perf_counter() - started
        cpu = cpu_seconds(pid) - cpu_before
    return Outcome(
        n_batches * BATCH_EVENTS / elapsed,
        float(np.percentile(seconds, 50)) * 1000,
        float(np.percentile(seconds, 99)) * 1000,
        cpu / n_batches * 1000,
    )


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process has used, in user code and in the kernel."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _server(intake: Path, options: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    command = [sys.executable, str(_SERVER), str(intake), *options]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port, key = process.stdout.readline().split()
        yield int(port), key, process.pid
        process.communicate("")


def _request(key: str, number: int) -> bytes:
    """Return a whole HTTP request whose 100 events have messageIds of their own."""
    messages = [
        {
            "type": "track",
            "event": "Product Viewed",
            "messageId": f"{number:08x}-7a3e-4a30-912f-{index:012x}",
            "userId": f"customer-{number * BATCH_EVENTS + index}",
            "anonymousId": None,
            "timestamp": "2026-11-22T02:55:23.288+00:00",
            "integrations": {},
            "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
            "properties": {
                "product_id": f"product-{index}",
                "category": "Home",
                "price": 1980.0,
                "currency": "JPY",
                "quantity": 1,
                "url": "https://shop.example.jp/products/1",
            },
        }
        for index in range(BATCH_EVENTS)
    ]
    body = json.dumps({"batch": messages, "sentAt": "2026-11-22T02:55:23.788+00:00"}).encode()
    credentials = base64.b64encode(f"{key}:".encode()).decode()
    head = (
        "POST /v1/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Basic {credentials}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _send_all(port: int, requests: Sequence[bytes]) -> list[float]:
    """Send every request over a fixed number of connections; return each one's seconds."""
    waiting = iter(requests)
    seconds: list[float] = []

    async def keep_busy() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            await reader.readexactly(len(b'{"success":true}'))
            seconds.append(time.perf_counter() - started)
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(keep_busy() for _ in range(_CONNECTIONS)))
    return seconds


if __name__ == "__main__":
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--preload", action="store_true")
    arguments, sys.argv[1:] = parser.parse_known_args()
    main(partial(run, is_preloaded=arguments.preload))
