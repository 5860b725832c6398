"""Processes that learn beside the server's interpreter.

Learning takes a minute or more of computing; in a thread of the server every request would wait
for it, and the server's end for its end.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar, cast

from kikubari.decide.predict import Conclusions, Evidence, conclude
from kikubari.decide.recommend import Lesson, ModelCard, learn_to_file
from kikubari.spec.errors import UnavailableError

_LOWEST_PRIORITY = 19
# Of all that is learned: each takes what memory it needs, so never two at a time.
_turn = threading.Lock()

Answer = TypeVar("Answer")


class _Processes:
    """Does work in processes of their own, which end with it.

    Args:
        subject: what is learned, as it is named in the list of processes and in errors.
    """

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._lock = threading.Lock()
        self._under_way: set[BaseProcess] = set()
        self._is_closed = False

    def close(self) -> None:
        """End what is under way; whoever waits for it is told."""
        with self._lock:
            self._is_closed = True
            for process in self._under_way:
                process.kill()

    def _ask(self, work: Callable[..., Answer], *given: Any) -> Answer:
        """Return what a function returns, when nothing else is being learned.

        Raises:
            UnavailableError: the process died or was ended; what is wanted is still wanted.
        """
        with _turn:
            return self._run(work, given)

    def _run(self, work: Callable[..., Answer], given: tuple[Any, ...]) -> Answer:
        # Never fork: a forked child of a process that holds the embedded engine hangs.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        with self._lock:
            if self._is_closed:
                raise UnavailableError(f"{self._subject} are learned when the server runs again")
            process = context.Process(target=_work, args=(theirs,), name=self._subject, daemon=True)
            process.start()
            self._under_way.add(process)
        theirs.close()
        try:
            ours.send((work, given))
            answer = ours.recv()
        except (EOFError, OSError) as error:
            raise UnavailableError(f"the process that learns {self._subject} died") from error
        finally:
            ours.close()
            process.join()
            with self._lock:
                self._under_way.discard(process)
        if isinstance(answer, Exception):
            raise answer
        return cast("Answer", answer)


class LearningProcess(_Processes):
    """Implements `recommend.Learning`."""

    def __init__(self) -> None:
        super().__init__("recommendations")

    def __call__(self, lesson: Lesson, path: Path) -> ModelCard:
        """Learn, write the file, return the card.

        Raises:
            UnavailableError: the process died or was ended; what is wanted is still wanted.
        """
        return self._ask(learn_to_file, lesson, path)


class ConcludingProcess(_Processes):
    """Implements `predict.Concluding`."""

    def __init__(self) -> None:
        super().__init__("predictions")

    def __call__(self, evidence: Evidence) -> Conclusions:
        """Return what the evidence says.

        Raises:
            UnavailableError: likewise.
        """
        return self._ask(conclude, evidence)


def _work(pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the server, which ends this in order
    os.nice(_LOWEST_PRIORITY)
    try:
        work, given = pipe.recv()
        threading.Thread(target=_end_with, args=(pipe,), daemon=True).start()
        answer: Any = work(*given)
    except Exception as error:  # noqa: BLE001 - raised again by who asked
        answer = error
    pipe.send(answer)


def _end_with(pipe: Connection) -> None:
    """End this process when nobody waits for its answer any more, in whatever way the server ended.

    The server sends nothing after the work itself, so all that can come is the end of the pipe.
    """
    pipe.poll(None)
    os._exit(1)
