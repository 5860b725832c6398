"""Time as a dependency: everything that asks for "now" is handed a Clock."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Source of the current instant."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the machine's current instant in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that moves only when told to, for simulation and tests."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware instant")
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the instant this clock was last set to."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move forward (or back, with a negative step)."""
        self._now += by

    def set(self, instant: datetime) -> None:
        """Jump to an aware instant."""
        self._now = instant.astimezone(UTC)
