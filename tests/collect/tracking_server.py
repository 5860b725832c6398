"""The tracking API on a real HTTP server and a real store, and what it stored."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from sqlalchemy import select

from empty_stores import open_empty_sqlite
from kikubari.collect import (
    Limits,
    PlanGate,
    RejectedEvents,
    Source,
    SourceKind,
    Sources,
    TrackingApi,
)
from kikubari.collect import _repository as repository
from kikubari.events import Intake
from kikubari.events._tables import inbox
from kikubari.events.codec import decode_batch
from kikubari.kit.clock import Clock, SystemClock
from kikubari.kit.hashing import hash_secret
from kikubari.kit.sealing import Seal
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event
from kikubari.storage import SqliteStateStore, StateStore

# The key that the recorded requests carry.
RECORDED_KEY = "wk_test"


def track(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {
        "type": "track",
        "event": "Product Viewed",
        "userId": f"u{number}",
        "messageId": f"m{number}",
        **fields,
    }


def batch(*messages: Any, **fields: Any) -> dict[str, Any]:
    return {"batch": list(messages), **fields}


class Tracking:
    """One tracking API with its stores; `url` once it is served."""

    def __init__(
        self,
        store: StateStore,
        *,
        limits: Limits | None = None,
        clock: Clock | None = None,
        gate: PlanGate | None = None,
    ) -> None:
        self.store = store
        self.clock = clock or SystemClock()
        self.sources = Sources(store, self.clock, Seal(bytes(32)))
        self.rejected = RejectedEvents(store)
        self.intake = Intake(store)
        self.api = TrackingApi(
            self.intake, self.sources, self.rejected, self.clock, limits=limits, gate=gate
        )
        self.server = self.sources.create("shop server", SourceKind.SERVER)
        self.browser = self.sources.create("shop pages", SourceKind.BROWSER)
        self.url = ""
        self.client: httpx.Client

    def add_recorded_keys(self) -> None:
        for number, key in enumerate((RECORDED_KEY, "k"), start=100):
            source = Source(
                id=number,
                name=key,
                kind=SourceKind.SERVER,
                write_key=key,
                key_end=key,
                created_at=self.clock.now(),
            )
            stored = repository.StoredSource(source, hash_secret(key), None)
            self.store.write(
                lambda connection, stored=stored: repository.insert_source(
                    connection, DEFAULT_WORKSPACE, stored
                )
            )

    def events(self) -> list[Event]:
        """Return what the inbox holds."""
        with self.store.read() as connection:
            rows = connection.execute(select(inbox.c.body).order_by(inbox.c.id)).all()
        return [event for row in rows for event in decode_batch(row.body)]

    def newest_batch(self) -> list[Event]:
        """Return the batch that was stored last."""
        with self.store.read() as connection:
            newest = select(inbox.c.body).order_by(inbox.c.id.desc()).limit(1)
            return decode_batch(connection.execute(newest).scalar_one())


def open_store(path: Path) -> SqliteStateStore:
    return open_empty_sqlite(path)


class LoopbackServer:
    """One HTTP server for the whole session; which application answers changes."""

    def __init__(self) -> None:
        self.app: TrackingApi | None = None
        self.client = httpx.Client()  # without a key
        config = uvicorn.Config(
            self._answer,
            port=0,
            log_level="error",
            lifespan="off",
            ws="none",
            interface="asgi3",
            loop="uvloop",
            http="httptools",
            access_log=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            assert time.monotonic() < deadline, "the server did not start in time"
            time.sleep(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)

    @contextmanager
    def serve(self, tracking: Tracking) -> Iterator[Tracking]:
        """Let one tracking API answer."""
        tracking.url, tracking.client = self.url, self.client
        self.app = tracking.api
        try:
            yield tracking
        finally:
            self.app = None

    def close(self) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join(10)
