"""What a simulation is asked, what it finds, and what it needs from elsewhere."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec
from pyroaring import BitMap

from kikubari.deliver import PastContact
from kikubari.events import SequencedEvent
from kikubari.journeys.contracts import Objection
from kikubari.journeys.definition import JourneyDefinition, MessageStep, Who
from kikubari.journeys.running import BestHours, Conversions
from kikubari.kit.clock import Clock


class SimulationRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which stretch of the past a journey is tried on, by default the last 90 days."""

    since: datetime | None = None
    until: datetime | None = None


class SimulatedWay(msgspec.Struct, frozen=True, kw_only=True):
    """How many took one way out of a step."""

    way: str
    people: int


class SimulatedStep(msgspec.Struct, frozen=True, kw_only=True):
    """What happened at one step.

    Attributes:
        arrived: entries that came there.
        waiting: still there at the end.
        ways: taken out of it, exits and goals among them.
        median_wait_seconds: from arriving to leaving; None if nobody left.
        sent: messages that would have left.
        stopped: messages that never would have, by the reason's code.
        delayed: messages that had to wait for a better time first, by the reason's code.
        guard: what the guard has against messages to some of these people.
        guard_sample: how many messages the guard looked at.
        cost_minor: of what was sent.
    """

    step: str
    arrived: int
    waiting: int
    ways: list[SimulatedWay]
    median_wait_seconds: float | None = None
    sent: int = 0
    stopped: dict[str, int] = {}
    delayed: dict[str, int] = {}
    guard: list[Objection] = []
    guard_sample: int = 0
    cost_minor: int = 0


class SimulatedPass(msgspec.Struct, frozen=True, kw_only=True):
    """One step somebody passed: when they left it, and by which way.

    Attributes:
        message: what became of a message step's message: ``sent``, the code of what stopped it,
            or ``queued`` if it still waited for a better time; empty at other steps.
        message_at: when that was decided.
    """

    step: str
    way: str
    at: datetime
    message: str = ""
    message_at: datetime | None = None


class SimulatedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One person's way, step by step. `waiting_at` is empty once it has ended."""

    number: int
    entered_at: datetime
    ended_at: datetime | None
    outcome: str
    waiting_at: str
    path: list[SimulatedPass]


class RealFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What the journey really did in that stretch of the past, in the versions that ran then.

    Attributes:
        entries: that began in it; `people` of them each once.
        held_out: for comparison.
        reached_goal: of the entries.
        messages: queued by these entries, sent or not.
    """

    entries: int
    people: int
    held_out: int
    reached_goal: int
    value_minor: int
    messages: int


class ExpectedEffect(msgspec.Struct, frozen=True, kw_only=True):
    """What the journey may add, by its own past holdout.

    Attributes:
        past: the figures it rests on.
        conversions: that would not have come by themselves, among the simulated entries.
        low, high: between which they lie, as sure as reports are of shares.
        is_known: all of that lies on one side of nothing; else not enough is known yet to say
            whether the journey adds anything.
    """

    past: Conversions
    conversions: float
    low: float = 0.0
    high: float = 0.0
    is_known: bool = False


class SimulationResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a journey would have done.

    Attributes:
        since, until: the stretch of the past.
        entries: of people, the same person as often as they entered.
        people: who entered.
        held_out: for comparison.
        refused: people whom the trigger meant last in vain, by the reason's code.
        reached_goal: entries after which the goal was reached, as things went without the journey.
        value_minor: what those came to.
        outcomes: how entries ended; empty is still on the way.
        sent: messages.
        messages_per_person: how many people would have got so many messages.
        cost_minor: of all messages, in minor units of the shop's currency.
        effect: None where no holdout has told yet.
        real: None if the journey let nobody in at that time.
        sample: some people's ways.
        seconds: that the simulation took.
    """

    since: datetime
    until: datetime
    entries: int
    people: int
    held_out: int
    refused: dict[str, int]
    reached_goal: int
    value_minor: int
    outcomes: dict[str, int]
    steps: list[SimulatedStep]
    sent: int
    messages_per_person: dict[int, int]
    cost_minor: int
    effect: ExpectedEffect | None
    sample: list[SimulatedEntry]
    seconds: float
    real: RealFigures | None = None


class SimulationState(StrEnum):
    """How far a simulation has come."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Simulation(msgspec.Struct, frozen=True, kw_only=True):
    """A simulation as it stands.

    Attributes:
        definition: what is simulated: the draft as it was when it was asked for.
        progress: 0 to 1.
        problem: of one that failed.
    """

    id: str
    journey_id: str
    state: SimulationState
    since: datetime
    until: datetime
    started_at: datetime
    progress: float
    definition: JourneyDefinition
    result: SimulationResult | None = None
    problem: str = ""


class PastEvents(Protocol):
    """Reads the log by when things happened; `app` implements it on events."""

    def read_past(
        self, types: Collection[str] | None, *, since: datetime, until: datetime
    ) -> Sequence[SequencedEvent]:
        """Return the events of some types (None: all) that happened from `since` to `until`."""
        ...


class Memories(Protocol):
    """Knows what people were at any instant; `app` implements it on the log and on segments."""

    def recall(self, people: Collection[int]) -> None:
        """Get ready to be asked about these people (canonical numbers)."""
        ...

    def belongs(self, segment: Who, person: int, *, as_of: datetime) -> bool:
        """Say whether a person was in a segment; whoever was not recalled was in none."""
        ...

    def list_members(self, segment: Who, *, as_of: datetime) -> BitMap:
        """Return everybody who was in a segment, recalled or not."""
        ...


class Habits(Protocol):
    """Knows when people used to look; `app` implements it on what they did."""

    def as_of(self, clock: Clock) -> BestHours:
        """Return the habits that were known at the instant a clock shows."""
        ...


class GuardSample(Protocol):
    """Asks the guard about messages to some people; `app` implements it on previews."""

    def judge(
        self, step: MessageStep, numbers: Sequence[int], chosen_by: Sequence[Who]
    ) -> tuple[int, list[Objection]]:
        """Return how many messages were looked at, and what there is against them.

        Args:
            step: whose message.
            numbers: to whom.
            chosen_by: what chose them.
        """
        ...


class PastMail(Protocol):
    """Knows when people were written to; `app` implements it on what really left."""

    def list_contacts(self, numbers: Collection[int], *, before: datetime) -> list[PastContact]:
        """Return what counts towards caps of these numbers, and left before an instant."""
        ...


class PastHoldouts(Protocol):
    """What earlier holdouts of journeys told; `app` implements it on running journeys."""

    def find(self, journey_id: str) -> Conversions | None:
        """Return a journey's figures, None if there are none."""
        ...

    def find_bounds(self, reached: int, people: int) -> tuple[float, float]:
        """Return between which shares (0 to 1) the true one lies, as reports say it."""
        ...
