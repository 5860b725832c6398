"""Fixtures of the collect suite."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from tracking_server import LoopbackServer, Tracking, open_store

from kikubari.kit.clock import ManualClock


@pytest.fixture(scope="session")
def server() -> Iterator[LoopbackServer]:
    """A real HTTP server on a free loopback port."""
    started = LoopbackServer()
    yield started
    started.close()


@pytest.fixture
def tracking(server: LoopbackServer, tmp_path: Path) -> Iterator[Tracking]:
    """A served tracking API on a store of its own."""
    store = open_store(tmp_path / "intake.db")
    with server.serve(Tracking(store)) as served:
        yield served
    store.close()


@pytest.fixture
def http(tracking: Tracking) -> Iterator[httpx.Client]:
    """A client of the tracking API that authorizes as the server source."""
    with httpx.Client(base_url=tracking.url, auth=(tracking.server.write_key, "")) as client:
        yield client


@pytest.fixture
def at_noon(server: LoopbackServer, tmp_path: Path) -> Iterator[Tracking]:
    """A served tracking API for which it is noon."""
    store = open_store(tmp_path / "noon.db")
    clock = ManualClock(datetime(2026, 11, 22, 12, tzinfo=UTC))
    with server.serve(Tracking(store, clock=clock)) as served:
        yield served
    store.close()
