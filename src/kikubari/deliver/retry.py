"""When a message that was refused for now is tried again, and when that ends.

RFC 5321 4.5.4.1 asks senders to go on for at least four to five days.
"""

from collections.abc import Callable
from datetime import timedelta

FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=4)
SHORTEST_TOTAL = timedelta(days=4)
# Up to a fifth longer, so that what was refused together does not come back together.
JITTER = 0.2

Jitter = Callable[[], float]  # a number in [0, 1)


def _schedule() -> tuple[timedelta, ...]:
    delays: list[timedelta] = []
    while sum(delays, timedelta()) < SHORTEST_TOTAL:
        delays.append(min(FIRST_DELAY * 2 ** len(delays), LONGEST_DELAY))
    return tuple(delays)


# Without jitter, which only ever lengthens: 1, 2, 4 … 128 minutes, then every four hours.
SCHEDULE = _schedule()


def find_delay(attempts: int, jitter: Jitter) -> timedelta | None:
    """Return how long to wait after the given number of failed attempts, None to give up.

    Args:
        attempts: how often it was tried so far, at least 1.
        jitter: source of randomness.
    """
    if attempts > len(SCHEDULE):
        return None
    return SCHEDULE[attempts - 1] * (1 + JITTER * jitter())
