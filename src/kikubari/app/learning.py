"""A process that learns recommendations, beside the server's interpreter.

Learning takes a minute of computing; in a thread of the server every request would wait for it.
"""

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from kikubari.decide.recommend import Lesson, ModelCard, learn_to_file
from kikubari.spec.errors import UnavailableError

_LOWEST_PRIORITY = 19


class LearningProcess:
    """Implements `recommend.Learning` in processes of their own, which end with their work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: set[BaseProcess] = set()
        self._is_closed = False

    def __call__(self, lesson: Lesson, path: Path) -> ModelCard:
        """Learn, write the file, return the card.

        Raises:
            UnavailableError: the process died or was ended; what is wanted is still wanted.
        """
        # Never fork: a forked child of a process that holds the embedded engine hangs.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        with self._lock:
            if self._is_closed:
                raise UnavailableError("recommendations are learned when the server runs again")
            process = context.Process(
                target=_learn, args=(theirs,), name="recommendations", daemon=True
            )
            process.start()
            self._under_way.add(process)
        theirs.close()
        try:
            ours.send((lesson, path))
            answer: ModelCard | Exception = ours.recv()
        except (EOFError, OSError) as error:
            raise UnavailableError("the process that learns recommendations died") from error
        finally:
            ours.close()
            process.join()
            with self._lock:
                self._under_way.discard(process)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """End what is under way; whoever waits for it is told."""
        with self._lock:
            self._is_closed = True
            for process in self._under_way:
                process.kill()


def _learn(pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the server, which ends this in order
    os.nice(_LOWEST_PRIORITY)
    try:
        lesson, path = pipe.recv()
        answer: ModelCard | Exception = learn_to_file(lesson, path)
    except Exception as error:  # noqa: BLE001 - raised again by who asked
        answer = error
    pipe.send(answer)
