"""The server process: HTTP in front, background loops behind."""

import os
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, cast

import msgspec
import uvicorn

from kikubari.api import create_api, shielded
from kikubari.app.house import House, ProductPicture
from kikubari.app.http import http_config
from kikubari.app.interpreter import tune_interpreter
from kikubari.app.logs import configure_logs
from kikubari.app.presence import Presence, ServerAddress
from kikubari.app.refused_requests import recorded
from kikubari.app.settings import Settings
from kikubari.collect import TRACKING_PREFIX
from kikubari.kit.ids import random_token
from kikubari.spec.errors import ConflictError, UnavailableError
from kikubari.storage import refuse_if_outdated

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_START_SECONDS = 60.0


def build_application(house: House) -> Application:
    """Return the ASGI application: the tracking API stands in front of the framework."""
    api = create_api(house.services)

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(TRACKING_PREFIX):
            await house.tracking(scope, receive, send)
        else:
            await api(cast("Any", scope), cast("Any", receive), cast("Any", send))

    return shielded(
        recorded(application, house.services.clock),
        house.settings.base_url,
        binds_hosts_below=house.settings.hsts_subdomains,
    )


def serve(
    settings: Settings,
    *,
    on_ready: Callable[[ServerAddress], None],
    draw_product: ProductPicture | None = None,
) -> None:
    """Serve until told to stop.

    Args:
        settings: of this installation.
        draw_product: draws pictures of products that have none.
        on_ready: called in a thread of its own once requests are answered; what it raises ends
            the server and is raised here.

    Raises:
        ConflictError: another process has the data folder, or the port, open.
        SchemaChangedError: another version upgraded the data, which this process cannot work with.
    """
    failures: list[Exception] = []
    with _running(settings, settings.port, draw_product) as (house, server, address, thread):
        stopped = threading.Event()

        def stop(*_: object) -> None:
            server.should_exit = True
            stopped.set()

        def tell() -> None:
            try:
                on_ready(address)
            except Exception as error:  # noqa: BLE001 - raised below
                failures.append(error)
                stop()

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        threading.Thread(target=tell, daemon=True).start()
        while thread.is_alive() and not stopped.wait(1.0):
            refuse_if_outdated(house.services.store)
    for failure in failures:
        raise failure


@contextmanager
def private_server(settings: Settings) -> Iterator[ServerAddress]:
    """Run a server on a free loopback port for the time of one command."""
    with _running(settings, 0) as (_, _server, address, _thread):
        yield address


@contextmanager
def _running(
    settings: Settings, port: int, draw_product: ProductPicture | None = None
) -> Iterator[tuple[House, uvicorn.Server, ServerAddress, threading.Thread]]:
    configure_logs()
    presence = Presence(settings.folder)
    presence.take()
    try:
        listener = _listen(settings.host, port)
        host, bound_port = listener.getsockname()[:2]
        if not settings.port:  # links in messages need the port that was found
            settings = msgspec.structs.replace(settings, port=bound_port)
        token = random_token(32)
        house = House(settings, local_token=token, draw_product=draw_product)
        try:
            with _serving(house, listener) as (server, thread):
                address = ServerAddress(f"http://{host}:{bound_port}", token, os.getpid())
                house.start()
                tune_interpreter()
                presence.announce(address)
                yield house, server, address, thread
        finally:
            house.close()
    finally:
        presence.release()


@contextmanager
def _serving(
    house: House, listener: socket.socket
) -> Iterator[tuple[uvicorn.Server, threading.Thread]]:
    """Run uvicorn in a thread; leaving finishes the requests under way."""
    server = uvicorn.Server(
        http_config(build_application(house), trusted_proxies=house.settings.trusted_proxies)
    )
    thread = threading.Thread(target=server.run, args=([listener],), name="http", daemon=True)
    thread.start()
    waited = threading.Event()
    for _ in range(int(_START_SECONDS * 50)):
        if server.started or not thread.is_alive():
            break
        waited.wait(0.02)
    if not server.started:
        raise UnavailableError("the HTTP server did not start")
    try:
        yield server, thread
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConflictError(
            f"cannot listen on {host}:{port}: {error.strerror}",
            hint="Stop what listens there, or set KIKUBARI_PORT.",
        ) from error
    listener.listen(2048)
    return listener
