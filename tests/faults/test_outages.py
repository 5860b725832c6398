"""What a process bears on its own: heads that never end, steps that fail for a day."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
from structlog.testing import capture_logs

from kikubari.app.http import BoundedProtocol, http_config
from kikubari.app.loops import Loop
from kikubari.kit.clock import SystemClock

_HEAD_SECONDS = 0.3


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """Answer once the body is complete."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """An application served with the product's settings, but less patience."""
    monkeypatch.setattr(BoundedProtocol, "_head_seconds", _HEAD_SECONDS)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(http_config(answer))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    yield listener.getsockname()
    server.should_exit = True
    thread.join()
    listener.close()


def read_all(connection: socket.socket) -> bytes:
    received = b""
    try:
        while part := connection.recv(65_536):
            received += part
    except ConnectionResetError:
        pass
    return received


@pytest.mark.parametrize("beginning", [b"", b"P", b"POST /v1/batch HTTP/1.1\r\nHost: x\r\n"])
def test_a_head_that_does_not_end_in_time_ends_the_connection(
    address: tuple[str, int], beginning: bytes
):
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(beginning)
        assert read_all(connection) == b""


def test_a_head_that_comes_in_drops_ends_in_time_too(address: tuple[str, int]):
    started = time.monotonic()
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        with suppress(OSError):
            for _ in range(400):
                connection.sendall(b"y")
                time.sleep(0.05)
    assert time.monotonic() - started < 400 * 0.05


def test_a_head_that_ends_in_time_is_answered_and_the_next_one_too(address: tuple[str, int]):
    with socket.create_connection(address, timeout=20) as connection:
        for _ in range(3):
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{")
            time.sleep(2 * _HEAD_SECONDS)  # bodies have bounds of their own
            connection.sendall(b"}")
            assert connection.recv(65_536).startswith(b"HTTP/1.1 204")
        # The second head of a connection has the same time as the first.
        connection.sendall(b"GET / HT")
        assert read_all(connection) == b""


def test_a_head_of_any_size_but_without_end_is_refused(address: tuple[str, int]):
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 30_000)
        assert b" 431 " in read_all(connection)


def test_a_loop_outlives_any_number_of_failures():
    """A store that is away for a day fails thousands of steps; then work goes on within seconds."""

    def step() -> bool:
        raise OSError("away")

    loop = Loop("test", step, SystemClock())
    with capture_logs():
        pauses = [loop._attempt() for _ in range(1_200)]
    assert max(pauses) == pauses[-1] <= 15
