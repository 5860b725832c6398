"""Cuts the line between a sending process and PostgreSQL, again and again.

All connections pass through a small proxy in a process of its own. At random moments it falls
silent: it takes what comes and passes nothing on, in either direction, new connections included.
After a while it either goes on as if nothing had been, as a network does that was slow, or forgets
what it held and resets every connection, as one does that was down. The second may swallow the
answer to a commit.

The receiving mail server is the oracle: nobody got the message twice, nobody is missing, what it
took is recorded as sent or unknown; at most one message per SMTP connection and cut is unknown;
within 30 seconds of the line's return messages leave again, without anybody's help.

Run: ``python tests/faults/cut_line.py --cuts 25 --seconds 10 --beside 8``: eight installations at
once, each with a line of its own, as most of the time nothing happens.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from beside import run_beside
from mail_sink import Behaviour, running_sink
from postgres_restart import NotInstalledError, durable_postgres
from sending_process import (
    CONNECTIONS,
    MailVerdict,
    Role,
    count_settled,
    judge_mail,
    prepare,
    start_broadcast,
    start_sender,
    wait_until_settled,
)

_RESUME_SECONDS = 30.0
_THINK_SECONDS = 0.2
_PEOPLE_PER_CUT = 150
_SILENT, _PASSING, _CUT = b"s", b"p", b"c"


class Findings(msgspec.Struct, kw_only=True):
    """What came of it."""

    n_cuts: int
    cut_seconds: float
    longest_pause_seconds: float  # between the line's return and the next message
    mail: MailVerdict
    seconds: float

    @property
    def is_clean(self) -> bool:
        return (
            self.mail.is_clean
            and self.mail.states.get("unknown", 0) <= CONNECTIONS * self.n_cuts
            and self.longest_pause_seconds <= _RESUME_SECONDS
        )


class Proxy:
    """Passes bytes on to a port of this machine, until told otherwise."""

    def __init__(self, port: int, orders: int) -> None:
        self._port = port
        self._orders = orders
        self._passing = asyncio.Event()
        self._passing.set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def serve(self, listening: socket.socket) -> None:
        asyncio.get_running_loop().add_reader(self._orders, self._obey)
        server = await asyncio.start_server(self._join, sock=listening)
        async with server:
            await server.serve_forever()

    def _obey(self) -> None:
        order = os.read(self._orders, 1)
        if order == _CUT:
            for writer in list(self._writers):
                writer.transport.abort()
        if order == _SILENT:
            self._passing.clear()
        else:
            self._passing.set()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(OSError):
            await self._passing.wait()
            there, back = await asyncio.open_connection("127.0.0.1", self._port)
            self._writers.add(back)
            await asyncio.gather(self._pass_on(reader, back), self._pass_on(there, writer))
            self._writers.discard(back)
        self._writers.discard(writer)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                await self._passing.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


class Line:
    """The proxy as the test holds it in its hands."""

    def __init__(self, url: str, orders: int) -> None:
        self.url = url
        self._orders = orders

    def cut(self, seconds: float, *, forgets: bool) -> None:
        """Fall silent for a while; then go on, or reset everything."""
        os.write(self._orders, _SILENT)
        time.sleep(seconds)
        os.write(self._orders, _CUT if forgets else _PASSING)


@contextmanager
def line_to(database_url: str) -> Iterator[Line]:
    """Fork a proxy in front of a data base."""
    place = urlsplit(database_url)
    assert place.port
    listening = socket.create_server(("127.0.0.1", 0), backlog=100)
    port = listening.getsockname()[1]
    orders, giving = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(KeyboardInterrupt):
            asyncio.run(Proxy(place.port, orders).serve(listening))
        os._exit(0)
    listening.close()
    os.close(orders)
    try:
        yield Line(database_url.replace(f":{place.port}/", f":{port}/"), giving)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(giving)


def check(folder: Path, *, n_cuts: int, seconds: float, seed: int = 1) -> Findings:
    """Cut the line under a broadcast, in an empty folder."""
    started = time.monotonic()
    randomness = random.Random(seed)
    n_people = _PEOPLE_PER_CUT * n_cuts
    sunk = folder / "sink"
    pauses = []
    with (
        durable_postgres(folder) as server,
        running_sink(sunk, seed, Behaviour(think_seconds=_THINK_SECONDS)) as port,
        line_to(server.url) as line,
    ):
        prepare(server.url)
        start_broadcast(server.url, n_people)
        role = Role(database_url=line.url, n_people=n_people, name="a", smtp_port=port, queues=True)
        sender = start_sender(role)
        for number in range(n_cuts):
            time.sleep(0.5 + randomness.random())
            line.cut(seconds, forgets=number % 2 == 0)
            pauses.append(_wait_for_progress(server.url, n_people))
        wait_until_settled(server.url, patience=2 * _RESUME_SECONDS)
        assert sender.is_alive()
        sender.kill()
        sender.reap()
        mail = judge_mail(server.url, sunk, n_people)
    return Findings(
        n_cuts=n_cuts,
        cut_seconds=seconds,
        longest_pause_seconds=round(max(pauses), 2),
        mail=mail,
        seconds=round(time.monotonic() - started, 1),
    )


def _wait_for_progress(database_url: str, n_people: int) -> float:
    """Return how long it took until another message reached its end."""
    since, settled = time.monotonic(), count_settled(database_url)
    while settled < n_people and time.monotonic() - since < 2 * _RESUME_SECONDS:
        if count_settled(database_url) > settled:
            break
        time.sleep(0.05)
    return time.monotonic() - since


def main() -> None:
    """Run from the command line and print the findings as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cuts", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each cut lasts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--beside", type=int, default=1, help="so many installations at once")
    options = parser.parse_args()
    if options.beside > 1:
        each = ["--cuts", str(options.cuts), "--seconds", str(options.seconds)]
        found, is_clean = run_beside(__file__, each, options.beside)
        print(json.dumps(found, indent=2))
        sys.exit(not is_clean)
    with tempfile.TemporaryDirectory() as folder:
        try:
            found = check(
                Path(folder), n_cuts=options.cuts, seconds=options.seconds, seed=options.seed
            )
        except NotInstalledError as error:
            sys.exit(str(error))
    print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    sys.exit(not found.is_clean)


if __name__ == "__main__":
    main()
