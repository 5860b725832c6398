"""What journeys run in. A simulation hands over another clock, another log, other people."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from kikubari.deliver import withdraw
from kikubari.events import append_in
from kikubari.journeys.contracts import Audience
from kikubari.journeys.running.contracts import BestHours, LogReader, People
from kikubari.journeys.running.matching import Tests
from kikubari.journeys.running.withdrawing import Withdraw
from kikubari.kit.clock import Clock
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event
from kikubari.storage import StateStore


class Append(Protocol):
    """Appends events to the log in a transaction, as `events.append_in` does."""

    def __call__(
        self, connection: Connection, events: Sequence[Event], *, workspace_id: int
    ) -> None:
        """Append the events."""
        ...


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """All that running journeys read and write.

    Attributes:
        store: of journeys, enrolments and the outbox.
        audience: says who is what a condition asks.
        log: is followed, and looked into.
        people: says who is who.
        tests: reads events as segments do.
        clock: gives the instants.
        zone: the shop's.
        hours: when people are likely to look; none: nobody's habit is known.
        append: writes to the log that is followed.
        withdraw: takes back messages that still wait.
        workspace_id: whose journeys.
    """

    store: StateStore
    audience: Audience
    log: LogReader
    people: People
    tests: Tests
    clock: Clock
    zone: ZoneInfo
    hours: BestHours | None = None
    append: Append = append_in
    withdraw: Withdraw = withdraw
    workspace_id: int = DEFAULT_WORKSPACE
