"""A process that turns the log into rows of the copy, beside the server's interpreter.

Building rows costs as much as sequencing their events. In threads of one interpreter the two take
turns, and each waits for the other at every row that the database's driver reads or writes.
"""

import multiprocessing
import signal
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection

from kikubari.app.engines import open_state
from kikubari.app.interpreter import tune_interpreter
from kikubari.app.secrets import load_instance_key
from kikubari.app.settings import Settings
from kikubari.events import EventLog, RangeEncoder, RangeEncoding
from kikubari.profiles import PersonKeys
from kikubari.spec.errors import UnavailableError

# Below this, waking another process takes longer than the work.
_MIN_EVENTS = 2_000
_STOP_SECONDS = 10.0
_Range = tuple[int, int]
_Answer = Mapping[str, bytes] | Exception


class EncodingProcess:
    """Implements `events.RangeEncoding`: long ranges in a process of its own, short ones here.

    The process starts with the first long range, and again if it died. It ends with this one,
    whatever way this one ends: its pipe is closed then.
    """

    def __init__(self, settings: Settings, here: RangeEncoding) -> None:
        self._settings = settings
        self._here = here
        self._lock = threading.Lock()
        self._pipe: Connection | None = None
        self._begun: _Range | None = None

    def encode(self, first: int, last: int, *, then: int | None = None) -> Mapping[str, bytes]:
        """Return the encoded rows of each table that has any for the range first..last.

        With `then`, the process goes on with the range from there up to `then` by itself, and has
        it ready, or nearly so, when that is asked for.

        Raises:
            UnavailableError: the process died; the next call starts another.
        """
        if last - first + 1 < _MIN_EVENTS:
            return self._here.encode(first, last)
        with self._lock:
            try:
                answer = self._ask((first, last))
                if then is not None:
                    self._begin((last + 1, then))
            except (EOFError, OSError) as error:
                self._hang_up()
                raise UnavailableError("the process that encodes the copy's rows died") from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._hang_up()

    def _ask(self, wanted: _Range) -> _Answer:
        if self._pipe is None:
            self._pipe = self._start()
        if self._begun not in {None, wanted}:
            self._receive(self._pipe)  # asked for by nobody after all
        if self._begun is None:
            self._begin(wanted)
        return self._receive(self._pipe)

    def _begin(self, wanted: _Range) -> None:
        assert self._pipe is not None  # noqa: S101 - `_ask` opened it
        self._pipe.send(wanted)
        self._begun = wanted

    def _receive(self, pipe: Connection) -> _Answer:
        answer: _Answer = pipe.recv()
        self._begun = None
        return answer

    def _start(self) -> Connection:
        # Never fork: a forked child of a process that holds the embedded engine hangs.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._settings), name="copy-encoder", daemon=True
        )
        self._process.start()
        theirs.close()
        return ours

    def _hang_up(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe, self._begun = None, None
            self._process.join(_STOP_SECONDS)
            self._process.close()


def _serve(pipe: Connection, settings: Settings) -> None:
    """Answer ranges until the other side hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for the server, which ends this in order
    tune_interpreter()
    state = open_state(settings)
    log = EventLog(state, PersonKeys(load_instance_key(settings.keys_folder)))
    encoder = RangeEncoder(log, currency=settings.currency)
    while True:
        try:
            first, last = pipe.recv()
        except EOFError:
            break
        try:
            answer: _Answer = encoder.encode(first, last)
        except Exception as error:  # noqa: BLE001 - raised again by who asked
            answer = error
        pipe.send(answer)
    state.close()
