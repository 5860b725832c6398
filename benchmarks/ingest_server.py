"""The tracking API in a process, for the ingestion benchmark: alone, or in front of a log.

Prints its port and a write key, serves until its standard input ends.
"""

import argparse
import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from generated_events import CURRENCY
from kikubari.app.interpreter import tune_interpreter
from kikubari.app.wings.log import list_projections
from kikubari.collect import RejectedEvents, SourceKind, Sources, TrackingApi
from kikubari.deliver import AddressHasher
from kikubari.events import Intake, Sequencer
from kikubari.kit.clock import SystemClock
from kikubari.kit.sealing import Seal
from kikubari.profiles import IdentityNumbering, InstanceKey, PersonKeys
from kikubari.storage import SqliteStateStore, migrate


async def answer_without_storing(_scope: Any, receive: Any, send: Any) -> None:
    """Read the request and answer as the tracking API does, for comparison."""
    while (await receive()).get("more_body", False):
        pass
    headers = [(b"content-length", b"16"), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"success":true}'})


@contextmanager
def sequencing(home: Path, intake: SqliteStateStore) -> Iterator[None]:
    """Let a sequencer take what comes in into the home's log meanwhile, as in the server."""
    state = SqliteStateStore(home / "state.db")
    instance = InstanceKey.load_or_create(home / "keys" / "instance.key")
    keys = PersonKeys(instance)
    sequencer = Sequencer(
        state,
        [intake, state],
        IdentityNumbering(),
        keys,
        projections=list_projections(keys, instance, AddressHasher(bytes(32)), currency=CURRENCY),
    )
    stopping = threading.Event()

    def work() -> None:
        while not stopping.is_set():
            if not sequencer.run_once().n_new:
                stopping.wait(0.2)

    thread = threading.Thread(target=work, name="sequencer")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
        state.close()


async def serve(intake_path: Path, *, is_storing: bool, home: Path | None) -> None:
    """Serve until standard input ends."""
    store = SqliteStateStore(intake_path, overwrites=False)
    migrate(store)
    tune_interpreter()  # as the server does
    with sequencing(home, store) if home else nullcontext():
        await _serve(store, is_storing=is_storing)
    store.close()


async def _serve(store: SqliteStateStore, *, is_storing: bool) -> None:
    clock = SystemClock()
    sources = Sources(store, clock, Seal(bytes(32)))
    key = sources.create("benchmark", SourceKind.SERVER).write_key
    tracking = TrackingApi(Intake(store), sources, RejectedEvents(store), clock)
    config = uvicorn.Config(
        tracking if is_storing else answer_without_storing,
        port=0,
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        interface="asgi3",
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers nothing to wait on
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], key, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serving


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("intake", type=Path)
    parser.add_argument("--without-storing", action="store_true")
    parser.add_argument("--home", type=Path, help="data folder whose log takes it in meanwhile")
    arguments = parser.parse_args()
    uvloop.run(
        serve(arguments.intake, is_storing=not arguments.without_storing, home=arguments.home)
    )
