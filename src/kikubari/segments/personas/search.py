"""One search for personas at a time, beside the requests that ask how far it has come."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Literal

import msgspec
import structlog

from kikubari.kit.clock import Clock
from kikubari.spec.errors import KikubariError

logger = structlog.get_logger(__name__)

# Told again and again while work goes on: the share that is done, 0..1. May raise to end the work.
Report = Callable[[float], None]
Find = Callable[[datetime | None, Report], object]
SearchState = Literal["idle", "running", "done", "cancelled", "failed"]


class SearchProgress(msgspec.Struct, frozen=True):
    """How far the last search since the start of the server has come.

    Attributes:
        state: idle before the first; what was found is read where personas are.
        share: how much of it is done, 0..1; an estimate.
        started_at: None before the first.
        error: why it failed.
    """

    state: SearchState
    share: float = 0.0
    started_at: datetime | None = None
    error: str = ""


class _CancelledError(Exception):
    """The search was asked to end."""


class PersonaSearch:
    """Runs a search in a thread of its own.

    Args:
        find: the search; a report that raises ends it.
        clock: says when one began.
    """

    def __init__(self, find: Find, clock: Clock) -> None:
        self._find = find
        self._clock = clock
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._thread: threading.Thread | None = None
        self._progress = SearchProgress("idle")

    def start(self, as_of: datetime | None = None) -> SearchProgress:
        """Begin to look at the year before an instant, unless a search is under way."""
        with self._lock:
            if self._progress.state != "running":
                self._cancelled.clear()
                self._progress = SearchProgress("running", started_at=self._clock.now())
                self._thread = threading.Thread(
                    target=self._run, args=(as_of,), name="personas", daemon=True
                )
                self._thread.start()
            return self._progress

    def progress(self) -> SearchProgress:
        """Say how far it has come."""
        return self._progress

    def cancel(self) -> SearchProgress:
        """Ask the search to end; it does so at its next report, and nothing is stored."""
        self._cancelled.set()
        return self._progress

    def close(self) -> None:
        """End the search and wait until it has ended."""
        self._cancelled.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, as_of: datetime | None) -> None:
        try:
            self._find(as_of, self._report)
        except _CancelledError:
            self._end("cancelled")
        except KikubariError as error:
            self._end("failed", str(error))
        except Exception:
            logger.exception("persona_search_failed")
            self._end("failed", "an unexpected fault; see the server's log")
        else:
            self._end("done")

    def _report(self, share: float) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        self._progress = msgspec.structs.replace(self._progress, share=share)

    def _end(self, state: SearchState, error: str = "") -> None:
        share = 1.0 if state == "done" else self._progress.share
        self._progress = msgspec.structs.replace(
            self._progress, state=state, share=share, error=error
        )


def report_nothing(_: float) -> None:
    """Take no notice of how far it has come."""
