"""How often somebody may call: a bucket of tokens each, in the memory of one process."""

import math
import threading
from collections import OrderedDict
from datetime import datetime

from kikubari.kit.clock import Clock
from kikubari.spec.errors import RateLimitedError

_CALLERS_KEPT = 10_000


class Rates:
    """Buckets that hold a minute's worth of calls and refill evenly.

    Args:
        clock: tells how much has refilled.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, caller: str, *, per_minute: int) -> None:
        """Count a call.

        Raises:
            RateLimitedError: the bucket is empty; says when it has a token again.
        """
        now = self._clock.now()
        with self._lock:
            tokens, filled_at = self._buckets.get(caller, (float(per_minute), now))
            elapsed = max(0.0, (now - filled_at).total_seconds())
            tokens = min(float(per_minute), tokens + elapsed * per_minute / 60)
            is_empty = tokens < 1
            self._buckets[caller] = (tokens if is_empty else tokens - 1, now)
            self._buckets.move_to_end(caller)
            while len(self._buckets) > _CALLERS_KEPT:
                self._buckets.popitem(last=False)
        if is_empty:
            raise RateLimitedError(
                f"more than {per_minute} requests a minute",
                retry_after_seconds=max(1, math.ceil((1 - tokens) * 60 / per_minute)),
                hint="Wait for Retry-After seconds, or ask for less at once.",
            )
