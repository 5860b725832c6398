"""How much is written at once, so that whoever else writes does not wait long."""

# The more events share a transaction, the fewer pages are written; beyond this it gains little.
MOST_EVENTS = 4_000
_FEWEST_EVENTS = 250
# What waits for its turn at the same store is a letter's next state, or somebody at a screen.
_TARGET_SECONDS = 0.25
_WEIGHT_OF_LATEST = 0.3


class TransactionSize:
    """Events of one transaction, by how fast the last ones were written.

    A machine with nothing else to do writes full ones within the time. One that is pressed, by too
    many events or by other work, writes smaller ones instead of making all others wait longer.
    """

    def __init__(self) -> None:
        self._seconds_each = 0.0

    @property
    def events(self) -> int:
        """How many to write at once now."""
        if not self._seconds_each:
            return MOST_EVENTS
        return int(min(MOST_EVENTS, max(_FEWEST_EVENTS, _TARGET_SECONDS / self._seconds_each)))

    def note(self, n_events: int, seconds: float) -> None:
        """Take in how long the writing of some events took; a handful tells little."""
        if n_events >= _FEWEST_EVENTS:
            latest = seconds / n_events
            before = self._seconds_each or latest
            self._seconds_each = before + _WEIGHT_OF_LATEST * (latest - before)
