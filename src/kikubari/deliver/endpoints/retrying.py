"""When a call that was not taken is made again, and when that ends."""

from datetime import timedelta

from kikubari.deliver.retry import JITTER, Jitter

# The example of Standard Webhooks: 75 hours and a half, more than three days.
SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# An endpoint that took nothing for as long is disabled.
PATIENCE = sum(SCHEDULE, timedelta())
_LONGEST_WISH = timedelta(hours=24)


def find_delay(attempts: int, jitter: Jitter, *, wish: timedelta) -> timedelta | None:
    """Return how long to wait after the given number of failed attempts, None to give up.

    Args:
        attempts: how often it was tried so far, at least 1.
        jitter: source of randomness.
        wish: what the endpoint asked for by Retry-After; followed where it is longer.
    """
    if attempts > len(SCHEDULE):
        return None
    return max(SCHEDULE[attempts - 1] * (1 + JITTER * jitter()), min(wish, _LONGEST_WISH))
