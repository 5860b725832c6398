"""How often a key may be used."""

from kikubari.kit.clock import Clock
from kikubari.kit.rates import Buckets
from kikubari.spec.errors import RateLimitedError


class Rates:
    """Counts the requests of each caller.

    Args:
        clock: tells how much time has passed.
    """

    def __init__(self, clock: Clock) -> None:
        self._buckets = Buckets(clock)

    def take(self, caller: str, *, per_minute: int) -> None:
        """Count a call.

        Raises:
            RateLimitedError: there were too many; says when there is room again.
        """
        wait_seconds = self._buckets.take(caller, per_minute=per_minute)
        if wait_seconds:
            raise RateLimitedError(
                f"more than {per_minute} requests a minute",
                retry_after_seconds=wait_seconds,
                hint="Wait for Retry-After seconds, or ask for less at once.",
            )
