"""Journeys that run: what they are, who stands where, and what they need from elsewhere."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any, Literal, Protocol

import msgspec

from kikubari.events import SequencedEvent
from kikubari.journeys.definition import Fault, JourneyDefinition, Stage


class JourneyState(StrEnum):
    """Whether people enter and go on."""

    DRAFT = "draft"  # never published
    RUNNING = "running"
    PAUSED = "paused"  # nobody enters, nobody goes on, no message leaves
    DRAINING = "draining"  # nobody enters; who is in it goes on
    CANCELLED = "cancelled"  # for good; messages that have not left never will


class EnrolmentState(IntEnum):
    """Whether a person is still on the way."""

    ACTIVE = 1
    ENDED = 2
    HELD_OUT = 3  # goes no step, is counted for comparison


class Refusal(StrEnum):
    """Why somebody whom the trigger meant did not enter."""

    TOO_OLD = "too_old"  # what happened was over a day old when it arrived
    RESTRICTED = "restricted"  # their data must not be used
    NOT_IN_SEGMENT = "not_in_segment"
    STILL_IN = "still_in"
    WAS_IN = "was_in"  # the journey takes people once
    TOO_SOON = "too_soon"  # after an earlier entry
    ENTRY_LIMIT = "entry_limit"  # as often as the journey allows
    DAY_FULL = "day_full"  # as many today as the journey allows
    NOT_RUNNING = "not_running"
    MISSED = "missed"  # their day ended while nothing ran


class Untold(StrEnum):
    """Why a step that tells staff or another system about a person did not."""

    TOO_MANY = "too_many"  # its addresses got as many this hour as they may
    NO_ENDPOINT = "no_endpoint"  # it was removed
    SET_ASIDE = "set_aside"  # the endpoint is disabled: the call can be sent again by hand
    TOO_LARGE = "too_large"


class Conversions(msgspec.Struct, frozen=True, kw_only=True):
    """How those who entered and those held out reached the goal."""

    entered: int = 0
    converted: int = 0
    value_minor: int = 0
    held_out: int = 0
    held_out_converted: int = 0
    held_out_value_minor: int = 0


class Journey(msgspec.Struct, frozen=True, kw_only=True):
    """A journey as it stands.

    Attributes:
        version: the live one; 0 before the first publication.
        draft_no: of the draft, for `based_on`.
        has_changes: whether the draft is not the live version.
        active: people on the way.
    """

    id: str
    name: str
    state: JourneyState
    stage: Stage
    trigger: str
    version: int
    draft_no: int
    has_changes: bool
    created_at: datetime
    drafted_at: datetime
    published_at: datetime | None
    active: int
    entered: int


class JourneyDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What the author is at work on, and all that is wrong with it."""

    journey_id: str
    draft_no: int
    definition: JourneyDefinition
    faults: list[Fault]


class JourneyVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One publication."""

    journey_id: str
    version: int
    definition: JourneyDefinition
    published_at: datetime
    published_by: str


class PublishOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What becomes of people in flight when a version is published.

    Attributes:
        people: they finish on the version they entered, or are moved to the new one.
        moves: for steps that are no more: the step people there go to; ``""`` ends their way.
        based_on: `draft_no` that was looked at; None takes the risk.
    """

    people: Literal["stay", "move"] = "stay"
    moves: dict[str, str] = {}
    based_on: int | None = None


class StepMove(msgspec.Struct, frozen=True, kw_only=True):
    """People at one step of one version, and where publishing with `move` would put them.

    `to` is None where the step is no more and nothing was said of it.
    """

    version: int
    step: str
    to: str | None
    people: int


class MovePreview(msgspec.Struct, frozen=True, kw_only=True):
    """Who would be moved, and whether it can be done as asked."""

    people: int
    steps: list[StepMove]
    unmapped: list[str]


class StepChange(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between the live version and the draft; `path` as in faults."""

    path: str
    kind: Literal["added", "removed", "changed"]
    before: Any = None
    after: Any = None


class JourneyDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What publishing the draft would change."""

    version: int
    draft_no: int
    changes: list[StepChange]


class WayCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many took one way out of a step, and of these reached the goal after that.

    `to` is None where the journey ends.
    """

    way: str
    to: str | None
    passed: int
    converted: int = 0


class StepCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many stand at a step, and which ways others took from it.

    Attributes:
        waiting: stand there now.
        arrived: ever came there.
        left: went no further from there: by goal, exit or cancelling, by its code.
    """

    step: str
    waiting: int
    arrived: int
    ways: list[WayCount]
    left: dict[str, int]


class JourneyCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a journey, over all versions or of one."""

    journey_id: str
    version: int | None
    conversions: Conversions
    active: int
    refused: dict[str, int]
    outcomes: dict[str, int]
    steps: list[StepCounts]


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One person at a step: why they wait, and until when at the latest.

    `why` is a stable code: ``duration``, ``clock``, ``event``, ``best_time``, ``paused``, ``due``.
    """

    enrolment: int
    number: int
    version: int
    reached_at: datetime
    until: datetime | None
    why: str
    event: str = ""


class Overlap(msgspec.Struct, frozen=True, kw_only=True):
    """Two journeys that hold the same people now, and whether both write to them.

    Attributes:
        people: on the way in both.
        one_messages, other_messages: message steps that the live version of each has.
        wins: the journey with the higher priority; empty: neither.
    """

    one: str
    other: str
    people: int
    one_messages: int
    other_messages: int
    wins: str


class ApiEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish to let a person in.

    Attributes:
        profile: id of the person.
        key: the same key lets in once, however often it is sent.
        properties: what templates read as ``trigger``.
    """

    profile: str
    key: str = ""
    properties: dict[str, Any] = {}


class LogReader(Protocol):
    """The log as a journey follows it; `app` implements it on events and their copy.

    What it gives is also in the copy that conditions are asked of.
    """

    def position(self) -> int:
        """Return the last position that may be read."""
        ...

    def read(
        self, first: int, last: int, types: Collection[str] | None
    ) -> Sequence[SequencedEvent]:
        """Return the events at positions first..last of some types (None: all), in order."""
        ...

    def read_at(self, positions: Collection[int]) -> Sequence[SequencedEvent]:
        """Return the events at some positions; those of people who were erased are missing."""
        ...

    def read_since(
        self, numbers: Collection[int], types: Collection[str] | None, *, since: datetime, last: int
    ) -> Sequence[SequencedEvent]:
        """Return events of these numbers that happened later than `since`, up to a position."""
        ...


class People(Protocol):
    """Who is who; `app` implements it on profiles."""

    def resolve(self, numbers: Collection[int]) -> Mapping[int, int]:
        """Return who these numbers are now; those erased are missing."""
        ...

    def numbers_of(self, people: Collection[int]) -> Mapping[int, int]:
        """Return every number of these people (canonical numbers), each with its canonical one."""
        ...

    def list_restricted(self, people: Collection[int]) -> Collection[int]:
        """Return those whose data must not be used."""
        ...

    def zones(self, people: Collection[int]) -> Mapping[int, str]:
        """Return the IANA time zone of each whose own is known."""
        ...


class BestHours(Protocol):
    """When people are likely to look; `app` implements it on what they did."""

    def find(self, zones: Mapping[int, str], *, workspace_id: int) -> Mapping[int, int]:
        """Return the local hour of each person (by number, with their zone) who has a habit."""
        ...


class Announcements(Protocol):
    """Makes a segment tell who enters and leaves; `segments.Memberships` is one."""

    def set_announces(self, segment_id: str, *, announces: bool) -> object:
        """Turn it on or off.

        Raises:
            NotFoundError: the segment is not followed.
        """
        ...
