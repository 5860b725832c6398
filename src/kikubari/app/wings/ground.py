"""What every wing stands on."""

import os
import socket
from collections.abc import Callable
from datetime import timedelta

from kikubari.app.engines import Engines
from kikubari.app.loops import Loop
from kikubari.app.secrets import load_secrets
from kikubari.app.settings import Settings
from kikubari.app.turns import Turns
from kikubari.kit.clock import SystemClock
from kikubari.kit.ids import TimeOrderedIds

_IDLE = timedelta(seconds=0.2)
_WOKEN = timedelta(seconds=1)


class Ground:
    """Settings, stores, secrets, time and identity of this process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = SystemClock()
        self.ids = TimeOrderedIds()
        self.engines = Engines(settings)
        self.state = self.engines.state
        self.columnar = self.engines.columnar
        # Containers share host names and process ids.
        self.process_name = f"{socket.gethostname()}:{os.getpid()}:{self.ids.new_id('prc')}"
        self.secrets = load_secrets(settings.keys_folder, dkim_selector=settings.dkim_selector)
        self._turns = Turns(
            self.state, self.clock, holder=self.process_name, is_alone=settings.is_embedded
        )

    @property
    def woken(self) -> timedelta:
        """How long a loop may pause that is woken when there is work, if this process made it."""
        return _WOKEN if self.settings.is_embedded else _IDLE

    def loop(
        self, name: str, step: Callable[[], bool], *, idle: timedelta = _IDLE, rest: float = 0.0
    ) -> Loop:
        """Return a loop that every process runs."""
        return Loop(name, step, self.clock, idle_seconds=idle.total_seconds(), rest=rest)

    def lone_loop(
        self, name: str, step: Callable[[], bool], *, idle: timedelta = _IDLE, rest: float = 0.0
    ) -> Loop:
        """Return a loop that does its work in one process at a time."""

        def step_in_turn() -> bool:
            return self._turns.is_mine(name) and step()

        return self.loop(name, step_in_turn, idle=idle, rest=rest)
