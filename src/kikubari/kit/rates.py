"""How often somebody may call: a bucket of tokens each, in the memory of one process."""

import math
import threading
from collections import OrderedDict
from datetime import datetime

from kikubari.kit.clock import Clock

_CALLERS_KEPT = 10_000


class Buckets:
    """Buckets that hold a minute's worth of calls and refill evenly.

    Args:
        clock: tells how much has refilled.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def take(self, caller: str, *, per_minute: int, n: int = 1) -> int:
        """Count `n` calls at once; they go through together as long as one would.

        Returns:
            0, or the whole seconds after which to try again: nothing was counted then.
        """
        now = self._clock.now()
        with self._lock:
            tokens, filled_at = self._buckets.get(caller, (float(per_minute), now))
            elapsed = max(0.0, (now - filled_at).total_seconds())
            tokens = min(float(per_minute), tokens + elapsed * per_minute / 60)
            is_empty = tokens < 1
            self._buckets[caller] = (tokens if is_empty else tokens - n, now)
            self._buckets.move_to_end(caller)
            while len(self._buckets) > _CALLERS_KEPT:
                self._buckets.popitem(last=False)
        return max(1, math.ceil((1 - tokens) * 60 / per_minute)) if is_empty else 0
