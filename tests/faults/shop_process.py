"""The process that the ingestion suites kill: all of the product on an event's way to the log.

It serves the tracking API with the product's own HTTP settings, and runs the sequencer with real
identities, keys and projections on real stores. What it leaves out is what takes a second to
load and has suites of its own: the columnar engine, delivery, the console.

It runs in a forked child, so that a kill and a restart take a tenth of a second.
"""

import asyncio
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import msgspec
import uvicorn

from kikubari.app.http import http_config
from kikubari.app.interpreter import tune_interpreter
from kikubari.app.logs import configure_logs
from kikubari.app.loops import Loop
from kikubari.catalog import CatalogProjection
from kikubari.collect import RejectedEvents, SourceKind, Sources, TrackingApi
from kikubari.deliver import AddressHasher, SuppressionProjection
from kikubari.events import EventLog, Intake, Sequencer
from kikubari.events.intake import MAX_WAITING_EVENTS
from kikubari.kit.clock import SystemClock
from kikubari.kit.sealing import Seal
from kikubari.profiles import (
    ConsentProjection,
    IdentityNumbering,
    InstanceKey,
    PersonKeys,
    TraitProjection,
)
from kikubari.storage import PostgresStateStore, SqliteStateStore, StateStore, migrate


class Place(msgspec.Struct, frozen=True):
    """Where an installation keeps its data: two folders, or one database."""

    keys: Path
    state: Path = Path()
    intake: Path = Path()
    database_url: str = ""
    max_waiting: int = MAX_WAITING_EVENTS

    @classmethod
    def in_folder(cls, folder: Path) -> "Place":
        return cls(folder / "instance.key", folder / "state.db", folder / "intake.db")


class Shop:
    """The rooms on an event's way, wired as the product wires them."""

    def __init__(self, place: Place) -> None:
        self.state = _open(place, place.state)
        self.intake = self.state if place.database_url else _open(place, place.intake)
        key = InstanceKey.load_or_create(place.keys)
        self.keys = PersonKeys(key)
        self.clock = SystemClock()
        self.sources = Sources(self.state, self.clock, Seal(key.derive("write keys")))
        self.sequencer = self.sequencer_on(self.state, key)
        self.log = EventLog(self.state, self.keys)
        self.tracking = TrackingApi(
            Intake(self.intake, max_waiting=place.max_waiting),
            self.sources,
            RejectedEvents(self.intake),
            self.clock,
        )

    def sequencer_on(self, state: StateStore, key: InstanceKey) -> Sequencer:
        hasher = AddressHasher(key.derive("suppressed addresses"))
        return Sequencer(
            state,
            list(dict.fromkeys([self.intake, state])),
            IdentityNumbering(),
            self.keys,
            projections=[
                TraitProjection(self.keys),
                ConsentProjection(self.keys),
                CatalogProjection(),
                SuppressionProjection(hasher),
            ],
        )

    def sequence(self) -> bool:
        done = self.sequencer.run_once()
        return bool(done.n_new or done.n_duplicates)

    def drain(self) -> None:
        """Sequence all that waits."""
        while self.sequence():
            pass

    def close(self) -> None:
        self.intake.close()
        self.state.close()


def _open(place: Place, path: Path) -> StateStore:
    store: StateStore = (
        PostgresStateStore(place.database_url) if place.database_url else SqliteStateStore(path)
    )
    migrate(store)
    return store


def set_up(place: Place) -> str:
    """Make an installation with one source; return its write key."""
    shop = Shop(place)
    key = shop.sources.create("shop server", SourceKind.SERVER).write_key
    assert key
    shop.close()
    return key


def serve(
    place: Place,
    listener: socket.socket,
    on_ready: Callable[[], None],
    beside: Callable[[Shop], None] | None = None,
) -> None:
    """Serve until killed, or cleanly until SIGTERM; `beside` starts what else the process does."""
    configure_logs()
    shop = Shop(place)
    if beside is not None:
        beside(shop)
    loop = Loop("sequencer", shop.sequence, shop.clock, idle_seconds=0.01)
    server = uvicorn.Server(http_config(shop.tracking))
    signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))

    tune_interpreter()  # as the product does

    async def run() -> None:
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110 - uvicorn offers nothing to wait on
            await asyncio.sleep(0.001)
        loop.start()
        on_ready()
        await serving

    asyncio.run(run())
    loop.stop()
    shop.close()


class Child:
    """A forked child; `ready` is a pipe it writes to when it serves."""

    def __init__(self, work: Callable[["Report"], None]) -> None:
        # A fork copies only the thread that forks: there must be no other that holds a lock.
        assert threading.active_count() == 1
        self.reports, writing = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(writing)
            return
        os.close(self.reports)
        try:
            work(lambda text: os.write(writing, text))
        except BaseException:  # noqa: BLE001 - the child must end here, whatever it was
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)

    def wait_ready(self) -> bytes:
        """Wait for a report; empty when the child died before it made one."""
        return os.read(self.reports, 200)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        os.kill(self.pid, how)

    def is_alive(self) -> bool:
        return os.waitpid(self.pid, os.WNOHANG) == (0, 0)

    def reap(self) -> bool:
        """Wait for the end; return whether it was killed.

        Raises:
            AssertionError: it failed by itself.
        """
        _, status = os.waitpid(self.pid, 0)
        os.close(self.reports)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            raise AssertionError("a server failed by itself")
        return os.WIFSIGNALED(status)


Report = Callable[[bytes], None]


def start_shop(
    place: Place,
    listener: socket.socket,
    prepare: Callable[[Report], None] | None = None,
    beside: Callable[[Shop], None] | None = None,
) -> Child:
    """Start a server in a child; `prepare` runs in it first, with a way to report."""

    def work(report: Report) -> None:
        if prepare is not None:
            prepare(report)
        serve(place, listener, lambda: report(b"ready"), beside)

    return Child(work)


def listen() -> socket.socket:
    """Listen on a free port in this process, so that it outlives the servers."""
    return socket.create_server(("127.0.0.1", 0), backlog=200)
