"""CPU time by stage, so that a benchmark can say where a message's milliseconds go."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stages:
    """Sums CPU seconds of the threads that work on each stage: claim, load, compose, commit, smtp.

    `smtp` is the event loop's thread as a whole, which does little else.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.cpu_seconds: dict[str, float] = {}

    def add(self, stage: str, seconds: float) -> None:
        """Book CPU time measured elsewhere."""
        with self._lock:
            self.cpu_seconds[stage] = self.cpu_seconds.get(stage, 0.0) + seconds

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Book all CPU time this thread spends until the block ends."""
        started = time.thread_time()
        try:
            yield
        finally:
            self.add(stage, time.thread_time() - started)
