"""Pipes between a pool and its worker processes."""

import fcntl
import os
from contextlib import suppress
from typing import IO

# A whole batch of messages fits, so that a worker goes on while the parent is busy.
_PIPE_BYTES = 1 << 20


def widen(pipe: IO[bytes] | None) -> None:
    """Enlarge a pipe's buffer where the system lets us; a small one works too."""
    assert pipe is not None  # noqa: S101 - opened as a pipe
    with suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def write_all(descriptor: int, payload: bytes) -> None:
    """Write all of it, however little the pipe takes at a time."""
    view = memoryview(payload)
    while view:
        view = view[os.write(descriptor, view) :]
