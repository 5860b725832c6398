"""What journeys run in. A simulation hands over another clock, another log, other people."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kikubari.journeys.contracts import Audience
from kikubari.journeys.running.contracts import BestHours, LogReader, People
from kikubari.journeys.running.matching import Tests
from kikubari.kit.clock import Clock
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore


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
    workspace_id: int = DEFAULT_WORKSPACE
