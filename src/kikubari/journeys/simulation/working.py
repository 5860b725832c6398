"""The parts of the engine at one instant after the other, each only when there is work for it."""

from datetime import datetime

from kikubari.deliver import Rehearsal
from kikubari.journeys.running import Follower, Stepper
from kikubari.journeys.simulation.past import PastLog


class Works:
    """Reads the log, takes people on and lets messages go, until nothing is left to do.

    Live, each part looks for work by itself, many times a second. Here nothing happens between
    two instants of the clock, so that what did not change need not be looked at.

    Args:
        log: grows with the clock.
        follower: lets people in.
        stepper: takes them on.
        rehearsal: lets their messages go.
    """

    def __init__(
        self, log: PastLog, follower: Follower, stepper: Stepper, rehearsal: Rehearsal
    ) -> None:
        self._log = log
        self._follower = follower
        self._stepper = stepper
        self._rehearsal = rehearsal
        self._followed = -1
        # When a message that had to wait is looked at again; None: none waits.
        self.mail_at: datetime | None = None

    def run(self, now: datetime) -> None:
        """Do what there is to do at an instant."""
        has_mail = self.mail_at is not None and self.mail_at <= now
        is_busy = True
        while is_busy:
            has_moved = not (has_read := self._follow()) and self._stepper.step()
            has_mail = has_mail or has_moved
            is_busy = has_read or has_moved
        if has_mail:
            while self._rehearsal.step():
                pass
            self.mail_at = self._rehearsal.find_next()

    def _follow(self) -> bool:
        """Read on in the log; say whether there may be more."""
        position = self._log.position()
        if position == self._followed:
            return False
        has_more = self._follower.step()
        if not has_more:
            self._followed = position
        return has_more
