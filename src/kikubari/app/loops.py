"""Background work of one process: each loop a thread that works while there is work."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
import structlog

from kikubari.kit.clock import Clock
from kikubari.spec.errors import UnavailableError

logger = structlog.get_logger(__name__)

_LONGEST_PAUSE_SECONDS = 15.0
_MAX_DOUBLINGS = 10


class LoopHealth(msgspec.Struct, frozen=True):
    """How a loop fares."""

    name: str
    is_alive: bool
    last_error: str
    last_error_at: datetime | None


class Loop:
    """Calls `step` again and again; pauses when it says there was nothing to do.

    A step that raises is logged and tried again after a pause that grows up to 15 seconds: a full
    disk or an absent database must not end the process.

    Args:
        name: of the thread, in logs and in health.
        step: does a bounded piece of work, returns whether there may be more.
        clock: dates errors.
        idle_seconds: pause after a step that found nothing, unless woken.
        rest: a pause is at least this many times as long as the step before it took, so that a
            slow step leaves time to others.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], bool],
        clock: Clock,
        *,
        idle_seconds: float = 0.2,
        rest: float = 0.0,
    ) -> None:
        self._name = name
        self._step = step
        self._clock = clock
        self._idle_seconds = idle_seconds
        self._rest = rest
        self._wake = threading.Event()
        self._stopping = False
        self._failures = 0
        self._last_error = ""
        self._last_error_at: datetime | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Cut a pause short: there is work."""
        self._wake.set()

    @property
    def is_stopping(self) -> bool:
        """Say whether no step begins any more."""
        return self._stopping

    def ask_to_stop(self) -> None:
        """Begin no more steps; returns while the current one goes on."""
        self._stopping = True
        self._wake.set()

    def stop(self) -> None:
        """Let the current step end, then stop; a loop that never began is no trouble."""
        self.ask_to_stop()
        if self._thread.ident is not None:
            self._thread.join()

    def health(self) -> LoopHealth:
        """Say how the loop fares."""
        return LoopHealth(
            self._name,
            self._thread.is_alive() and not self._failures,
            self._last_error,
            self._last_error_at,
        )

    def _run(self) -> None:
        while not self._stopping:
            pause = self._attempt()
            if pause:
                self._wake.wait(pause)
                self._wake.clear()

    def _attempt(self) -> float:
        """Do one step; return how long to pause after it."""
        started = time.monotonic()
        try:
            has_more = self._step()
        except Exception as error:  # noqa: BLE001 - a loop outlives any fault; health shows it
            if self._stopping:
                # What it works with is being closed: the next server takes the work up again.
                logger.info(
                    "loop.cut_short", loop=self._name, error=f"{type(error).__name__}: {error}"
                )
                return 0.0
            self._failures += 1
            self._last_error = f"{type(error).__name__}: {error}"
            self._last_error_at = self._clock.now()
            self._report(error)
            return min(_LONGEST_PAUSE_SECONDS, 0.5 * 2.0 ** min(self._failures, _MAX_DOUBLINGS))
        self._failures = 0
        if has_more:
            return 0.0
        return max(self._idle_seconds, self._rest * (time.monotonic() - started))

    def _report(self, error: Exception) -> None:
        about = {"loop": self._name, "failures": self._failures}
        if isinstance(error, UnavailableError):
            # A full disk, a database that is away, an engine with too much to do: where in the code
            # that was noticed helps nobody.
            logger.warning("loop.waiting", **about, error=self._last_error, hint=error.hint)
        else:
            logger.error("loop.failed", **about, exc_info=error)


def stop_all(loops: Sequence[Loop]) -> None:
    """Stop loops; none begins another step while one is waited for."""
    for loop in loops:
        loop.ask_to_stop()
    for loop in loops:
        loop.stop()
