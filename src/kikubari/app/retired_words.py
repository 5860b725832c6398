"""Refuses consents that say they were given under words retired before: nobody saw those."""

from datetime import datetime
from threading import Lock

from kikubari.collect import Rejection
from kikubari.events import find_consent_assertion
from kikubari.kit.clock import Clock
from kikubari.profiles import Wordings
from kikubari.spec.envelope import Event
from kikubari.spec.errors import UnavailableError
from kikubari.spec.topics import CONSENT_CHANGED

# What is retired holds in every process by then.
_FRESH_SECONDS = 1.0


class RetiredWords:
    """Judges events as they arrive. What was agreed before the words were retired is taken.

    Args:
        wordings: read when an event names words, and not again for a second.
        clock: says when that second is over.
    """

    def __init__(self, wordings: Wordings, clock: Clock) -> None:
        self._wordings = wordings
        self._clock = clock
        self._lock = Lock()
        self._read_at: datetime | None = None
        self._retired: dict[str, datetime] = {}

    def judge(self, event: Event) -> Rejection | None:
        """Return why a consent cannot be taken, None for everything else."""
        if event.type != CONSENT_CHANGED:
            return None
        said = find_consent_assertion(event)
        if said is None or said.status != "granted" or not said.wording_version:
            return None
        retired_at = self._list().get(said.wording_version)
        if retired_at is None or event.occurred_at < retired_at:
            return None
        return Rejection(
            "wording_retired",
            "nobody can agree under these words any more",
            "$.properties.wording_version",
        )

    def _list(self) -> dict[str, datetime]:
        now = self._clock.now()
        with self._lock:
            read_at = self._read_at
            if read_at is None or not 0 <= (now - read_at).total_seconds() < _FRESH_SECONDS:
                try:
                    found = self._wordings.list_all()
                except UnavailableError:
                    # What was known a moment ago is good enough to get as far as the intake.
                    return self._retired
                self._retired = {
                    one.version: one.retired_at for one in found if one.retired_at is not None
                }
                self._read_at = now
            return self._retired
