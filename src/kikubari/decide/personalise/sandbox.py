"""Worker processes with limits, for work that runs what others wrote.

A pool runs one module-level function ``(shared, item) -> result`` on batches. Workers are fresh
interpreters (no fork, no inheritance of our memory, environment or files) under a memory limit;
the pool watches the clock per item. A worker over a limit is killed and replaced, the item it was
at fails with a reason, and the rest of the batch goes on. Types travel as msgpack, decoded against
the function's own annotations, so a worker that was taken over can send nothing but results.
"""

import asyncio
import importlib
import os
import queue
import select
import struct
import subprocess
import sys
import time
import typing
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import msgspec

from kikubari.decide.personalise._pipes import widen, write_all
from kikubari.decide.personalise.sandbox_replies import (
    Done,
    Failed,
    FailureReason,
    InPieces,
    KnownPieces,
    Reply,
    lost,
)
from kikubari.spec.errors import KikubariError

Shared = TypeVar("Shared")
In = TypeVar("In")
Out = TypeVar("Out")

# Nothing of the parent's environment but what an interpreter needs to find its files and speak
# UTF-8: secrets stay here.
_PASSED_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT")
_START_SECONDS = 60.0
_PATIENCE = 10
_BUSY_SHARE = 0.8  # of an item's time: it has had its turn even if others had some of it
_PROCESS_CLOCK = 2  # CPUCLOCK_SCHED
_FRAME = struct.Struct("<I")


class SandboxError(KikubariError):
    """The pool itself cannot work: the function does not import, or the pool is closed."""

    code = "sandbox_failed"


class SandboxLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one worker: address space above what it starts with, and time an item.

    The time is the wall's when the worker has the processor; on a busy machine it may take longer.
    """

    memory_mb: int = 256
    item_seconds: float = 1.0


class Signature(msgspec.Struct, frozen=True):
    """The types a sandboxed function takes and gives, for decoding at both ends."""

    shared: Any
    item: Any
    result: Any


def signature_of(function: Callable[..., Any]) -> Signature:
    """Read the types from the annotations of ``function(shared, item) -> result``.

    Raises:
        SandboxError: not two annotated parameters and a return type.
    """
    hints = typing.get_type_hints(function)
    result = hints.pop("return", None)
    if len(hints) != 2 or result is None:  # noqa: PLR2004 - shared and item
        raise SandboxError(f"{function!r} needs the annotations (shared, item) -> result")
    shared, item = hints.values()
    return Signature(shared, item, result)


def import_function(path: str) -> Callable[..., Any]:
    """Return the function at ``package.module:name``.

    Raises:
        SandboxError: there is none.
    """
    module, _, name = path.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise SandboxError(f"no function at {path}: {error}") from error
    return typing.cast("Callable[..., Any]", found)


class SandboxPool(Generic[Shared, In, Out]):
    """Runs ``function(shared, item)`` for batches of items in limited processes.

    Args:
        function: a module-level function, or its ``package.module:name``. Its module and what
            that imports is what a worker loads: keep it small.
        workers: how many processes; each `run` uses as many as are free.
        limits: memory and time.

    Thread-safe; use it as a context manager or `close` it.
    """

    def __init__(
        self,
        function: Callable[[Shared, In], Out] | str,
        *,
        workers: int = 1,
        limits: SandboxLimits = SandboxLimits(),  # noqa: B008 - frozen
    ) -> None:
        if isinstance(function, str):
            self._path = function
            self._signature = signature_of(import_function(function))
        else:
            self._path = f"{function.__module__}:{function.__qualname__}"
            self._signature = signature_of(function)
        self._limits = limits
        result = self._signature.result
        self._is_in_pieces = typing.get_origin(result) is InPieces
        self._decode = msgspec.msgpack.Decoder(
            typing.get_args(result)[0] if self._is_in_pieces else result
        ).decode
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._workers = [_Worker(self._path, limits) for _ in range(workers)]
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="sandbox")
        self._is_closed = False

    def run(self, shared: Shared, items: Sequence[In]) -> list[Done[Out] | Failed]:
        """Return one outcome per item, in order; blocks.

        Raises:
            SandboxError: the pool is closed or a worker cannot start.
        """
        futures = self._submit(shared, items)
        return [outcome for future in futures for outcome in future.result()]

    async def run_async(self, shared: Shared, items: Sequence[In]) -> list[Done[Out] | Failed]:
        """Do what `run` does without blocking the event loop."""
        futures = map(asyncio.wrap_future, self._submit(shared, items))
        return [outcome for outcomes in await asyncio.gather(*futures) for outcome in outcomes]

    def _submit(
        self, shared: Shared, items: Sequence[In]
    ) -> list[Future[list[Done[Out] | Failed]]]:
        if self._is_closed:
            raise SandboxError("the sandbox pool is closed")
        encoded = msgspec.msgpack.encode(shared)
        size = -(-len(items) // len(self._workers)) or 1
        return [
            self._threads.submit(self._run_chunk, encoded, items[start : start + size])
            for start in range(0, len(items), size)
        ]

    def _run_chunk(self, shared: bytes, items: Sequence[In]) -> list[Done[Out] | Failed]:
        encoded = [msgspec.msgpack.encode(item) for item in items]
        worker = self._idle.get()
        try:
            replies = worker.run(shared, encoded)
        finally:
            self._idle.put(worker)
        return [self._outcome(reply) for reply in replies]

    def _outcome(self, reply: Reply) -> Done[Out] | Failed:
        if reply.failed is not None:
            return reply.failed
        try:
            value = self._decode(reply.value)
            if self._is_in_pieces:
                pieces = typing.cast("Sequence[bytes]", reply.pieces)  # places are filled in
                return Done(typing.cast("Out", InPieces(value, pieces)))
            return Done(value)
        except msgspec.DecodeError as error:
            return Failed(
                reason=FailureReason.CRASHED, code="sandbox_crashed", message=f"bad reply: {error}"
            )

    def process_ids(self) -> list[int]:
        """Return the ids of the worker processes now running."""
        return [w.process.pid for w in self._workers if w.process is not None]

    def close(self) -> None:
        """End all workers, waiting for batches under way; closing twice does no harm."""
        self._is_closed = True
        self._threads.shutdown(wait=True)
        for worker in self._workers:
            worker.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class _Worker:
    """One process and the pipes to it; started on first use and again after each kill."""

    def __init__(self, function_path: str, limits: SandboxLimits) -> None:
        self._command = [
            sys.executable,
            "-m",
            "kikubari.decide.personalise.sandbox_worker",
            function_path,
            str(limits.memory_mb),
        ]
        self._item_seconds = limits.item_seconds
        self._decode = msgspec.msgpack.Decoder(Reply).decode
        self._shared: bytes | None = None
        self._known = KnownPieces()
        self._received = bytearray()
        self._taken = 0  # octets of those that were frames already handed out
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, shared: bytes, items: list[bytes]) -> list[Reply]:
        """Return one reply per item, replacing the process as often as items break it."""
        replies: list[Reply] = []
        while len(replies) < len(items):
            self._start()
            if not self._send(shared, items[len(replies) :]):
                self.stop()
                replies.append(lost(FailureReason.CRASHED, "the worker went away"))
                continue
            replies += self._collect(len(items) - len(replies))
        return replies

    def _collect(self, expected: int) -> list[Reply]:
        """Read replies until all are there or the process had to be given up."""
        replies: list[Reply] = []
        while len(replies) < expected:
            frame = self._read_item()
            if frame is None:
                is_late = self.process is not None and self.process.poll() is None
                self.stop()
                reason = FailureReason.TIMEOUT if is_late else FailureReason.CRASHED
                replies.append(lost(reason, _SENTENCES[reason].format(self._item_seconds)))
                break
            replies.append(self._known.complete(self._decode(frame)))
            failed = replies[-1].failed
            if failed is not None and failed.reason is FailureReason.MEMORY:
                self.stop()  # its heap is in pieces
                break
        return replies

    def _read_item(self) -> bytes | None:
        """Return an item's reply, None when its time is up or the process is gone.

        Time in which a busy machine did not let the worker run is no fault of the item's: as long
        as the worker has not had its seconds of processor time, it gets more, ten times at most.
        """
        assert self.process is not None  # noqa: S101 - `run` started it
        used = _cpu_seconds(self.process.pid)
        for _ in range(_PATIENCE):
            frame = self._read_frame(self._item_seconds)
            if frame is not None or self.process.poll() is not None:
                return frame
            if _cpu_seconds(self.process.pid) - used >= _BUSY_SHARE * self._item_seconds:
                return None
        return None

    def _start(self) -> None:
        if self.process is not None:
            return
        self._shared = None
        self._known = KnownPieces()
        self._received.clear()
        self._taken = 0
        environment = {k: os.environ[k] for k in _PASSED_ENVIRONMENT if k in os.environ}
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, bufsize=0
        )
        widen(self.process.stdout)
        if self._read_frame(_START_SECONDS) is None:
            self.stop()
            raise SandboxError(f"a sandbox worker did not start: {' '.join(self._command)}")

    def _send(self, shared: bytes, items: list[bytes]) -> bool:
        """Send a batch; the shared value only when it is not the one the worker has."""
        assert self.process is not None  # noqa: S101 - `run` started it
        assert self.process.stdin is not None  # noqa: S101 - opened as a pipe
        news = None if shared == self._shared else shared
        if news is not None:
            self._known = KnownPieces()
        frame = msgspec.msgpack.encode((news, items))
        try:
            write_all(self.process.stdin.fileno(), _FRAME.pack(len(frame)) + frame)
        except BrokenPipeError:
            return False
        self._shared = shared
        return True

    def _read_frame(self, seconds: float) -> bytes | None:
        """Return the next frame, or None when time is up or the process is gone."""
        assert self.process is not None  # noqa: S101 - called between start and stop
        assert self.process.stdout is not None  # noqa: S101 - opened as a pipe
        pipe = self.process.stdout.fileno()
        deadline = time.monotonic() + seconds
        poller = select.poll()
        poller.register(pipe, select.POLLIN)
        while (frame := self._take_frame()) is None:
            left = deadline - time.monotonic()
            if left <= 0 or not poller.poll(left * 1000):
                return None
            received = os.read(pipe, 1 << 18)
            if not received:
                self.process.wait()
                return None
            if self._taken:
                del self._received[: self._taken]
                self._taken = 0
            self._received += received
        return frame

    def _take_frame(self) -> bytes | None:
        """Return the next whole frame; what is left moves up once a read, not once a frame."""
        begin = self._taken + _FRAME.size
        if len(self._received) < begin:
            return None
        end = begin + _FRAME.unpack_from(self._received, self._taken)[0]
        if len(self._received) < end:
            return None
        with memoryview(self._received) as received:
            frame = bytes(received[begin:end])
        self._taken = end
        return frame

    def stop(self) -> None:
        """Kill and reap the process: it holds nothing worth saving."""
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _cpu_seconds(process_id: int) -> float:
    """Return the processor time a process has used; 0 when it is gone.

    Asks the kernel's clock of that process, whose number Linux makes of the id like this
    (`clock_getcpuclockid` of the C library, which Python does not offer).
    """
    try:
        return time.clock_gettime(~process_id << 3 | _PROCESS_CLOCK)
    except OSError:
        return 0.0


_SENTENCES = {
    FailureReason.TIMEOUT: "took longer than {0:g} s",
    FailureReason.CRASHED: "the worker process ended",
}
