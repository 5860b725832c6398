"""Who edits what: a newer edit takes the place of an older one that is still being answered."""

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from kikubari.spec.errors import ConflictError

_MAX_SESSIONS = 1_000


class SupersededError(ConflictError):
    """A newer edit of the same session came meanwhile; nobody waits for this answer."""

    code = "superseded"


class Ticket:
    """The right of one edit to be answered; ends when a newer one comes."""

    def __init__(self) -> None:
        self.label = f"edit:{uuid.uuid4().hex}"
        self._is_void = threading.Event()

    def check(self) -> None:
        """Go on only if somebody still waits.

        Raises:
            SupersededError: a newer edit came.
        """
        if self._is_void.is_set():
            raise SupersededError("a newer edit took this one's place")

    def make_void(self) -> None:
        """End the right."""
        self._is_void.set()


class EditSessions:
    """The latest edit of each session.

    Args:
        cancel: ends the queries under a label; called from a thread of its own.
    """

    def __init__(self, cancel: Callable[[str], None]) -> None:
        self._cancel = cancel
        self._latest: OrderedDict[str, tuple[int, Ticket]] = OrderedDict()
        self._lock = threading.Lock()
        self._cancelling = ThreadPoolExecutor(1, thread_name_prefix="cancel-edits")

    def begin(self, session: str, sequence: int) -> Ticket:
        """Return the ticket of an edit; the one before it is void from now on.

        Args:
            session: names the editor, chosen by it.
            sequence: grows with every edit; questions about one edit share it.

        Raises:
            SupersededError: a newer edit was seen already.
        """
        ticket = Ticket()
        with self._lock:
            known = self._latest.get(session)
            if known is not None and known[0] > sequence:
                raise SupersededError("a newer edit took this one's place")
            if known is not None and known[0] == sequence:
                return known[1]
            self._latest[session] = (sequence, ticket)
            self._latest.move_to_end(session)
            while len(self._latest) > _MAX_SESSIONS:
                self._latest.popitem(last=False)
        if known is not None:
            known[1].make_void()
            self._cancelling.submit(self._cancel, known[1].label)
        return ticket

    def close(self) -> None:
        """End the thread that cancels."""
        self._cancelling.shutdown(wait=True, cancel_futures=True)
