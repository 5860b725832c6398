"""How many calls may be under way to whom, so that no endpoint stands in another's way."""

from collections.abc import Iterable

import msgspec

# One that takes longer is not waited for with more than one call at a time.
_PROMPT_SECONDS = 2.0
_FAILURES_BEFORE_REST = 3
_FIRST_REST = 5.0
_LONGEST_REST = 300.0
_MAX_DOUBLINGS = 10


class Share(msgspec.Struct, frozen=True):
    """How calls share what this process has.

    Attributes:
        slots: calls under way at once. Half of them are closed to doubtful endpoints: those that
            did not answer promptly the last time, or were never called.
        per_endpoint: at most so many of them to one; one, while it is doubtful.
    """

    slots: int = 512
    per_endpoint: int = 4


class Way:
    """How calls to one endpoint fare. Times are those of the event loop."""

    def __init__(self) -> None:
        self.started: list[float] = []
        self.idle_since = 0.0
        self._is_prompt = False
        self._n_failures = 0
        self._rests_until = 0.0

    def is_doubtful(self, now: float) -> bool:
        """Say whether it may keep callers waiting."""
        return not self._is_prompt or (
            bool(self.started) and now - self.started[0] > _PROMPT_SECONDS
        )

    def is_resting(self, now: float) -> bool:
        """Say whether it is left alone after failures one upon another."""
        return now < self._rests_until

    def begin(self, now: float) -> None:
        """Note a call."""
        self.started.append(now)

    def end(self, began: float, now: float, *, is_taken: bool, wish: float) -> None:
        """Note how a call ended; `wish`: seconds that it asked to be left alone."""
        self.started.remove(began)
        self.idle_since = now
        self._is_prompt = is_taken and now - began <= _PROMPT_SECONDS
        self._n_failures = 0 if is_taken else self._n_failures + 1
        rest = min(wish, _LONGEST_REST)
        beyond = self._n_failures - _FAILURES_BEFORE_REST
        if beyond >= 0:
            rest = max(rest, min(_FIRST_REST * 2.0 ** min(beyond, _MAX_DOUBLINGS), _LONGEST_REST))
        self._rests_until = now + rest


def share_out(
    share: Share, ways: dict[str, Way], waiting: Iterable[str], now: float
) -> dict[str, int]:
    """Return how many calls may begin to each endpoint that has some waiting."""
    free = share.slots - sum(len(way.started) for way in ways.values())
    free_for_doubtful = share.slots // 2 - sum(
        len(way.started) for way in ways.values() if way.is_doubtful(now)
    )
    granted: dict[str, int] = {}
    for endpoint_id in waiting:
        way = ways.get(endpoint_id) or Way()
        if way.is_resting(now):
            continue
        if way.is_doubtful(now):
            n = min(1 - len(way.started), free, free_for_doubtful)
            free_for_doubtful -= max(n, 0)
        else:
            n = min(share.per_endpoint - len(way.started), free)
        if n > 0:
            granted[endpoint_id] = n
            free -= n
    return granted
