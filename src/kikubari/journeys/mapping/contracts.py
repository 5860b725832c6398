"""What is seen of all journeys at once."""

from datetime import datetime
from typing import Literal

import msgspec

from kikubari.journeys.definition import Stage

Advice = Literal["give_priority", "loser_waits", "spread", "exclude", "watch"]


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """What sends to people: a journey, or a broadcast."""

    id: str
    kind: Literal["journey", "broadcast"]
    name: str


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """Two flows that compete for the same people.

    Attributes:
        one, other: ids of the flows.
        together: people on the way in both now.
        close: people who got messages of both within 24 hours.
        one_capped: messages of `one` that a cap stopped after one of `other` had come.
        other_capped: the other way round.
        wins: the journey with the higher priority; empty: neither.
        advice: what to do: give one of two journeys priority; let the one that loses anyway wait
            longer; spread their messages; keep people who are in one out of the other; or watch.
    """

    one: str
    other: str
    together: int
    close: int
    one_capped: int
    other_capped: int
    wins: str
    advice: Advice


class ConflictMap(msgspec.Struct, frozen=True, kw_only=True):
    """Every pair that meets, the worst first, and the flows they are pairs of."""

    since: datetime
    flows: list[Flow]
    conflicts: list[Conflict]


class StageJourney(msgspec.Struct, frozen=True, kw_only=True):
    """A journey within a stage: people of the time looked at."""

    id: str
    name: str
    state: str
    people: int
    reached_goal: int
    target_percent: float | None


class Friction(msgspec.Struct, frozen=True, kw_only=True):
    """A step at which many stop: `lost` of `arrived` left the journey there or did nothing.

    `how` is what most of them did: ``timeout``, or the code of an exit.
    """

    journey_id: str
    step: str
    label: str
    arrived: int
    lost: int
    how: str


class StageView(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of the life-cycle.

    Attributes:
        people: who entered a journey of it, each once.
        reached_goal: of these, who reached the goal of one.
        went_on: of these, who later entered a journey of a later stage.
        value_minor: that the goals came to.
        journeys: of the stage, the most people first.
    """

    stage: Stage
    people: int
    reached_goal: int
    went_on: int
    value_minor: int
    journeys: list[StageJourney]


class JourneyMap(msgspec.Struct, frozen=True, kw_only=True):
    """The life-cycle as the journeys see it: stages in order, and where people are lost.

    `people` are those of all stages, each once.
    """

    since: datetime
    people: int
    stages: list[StageView]
    frictions: list[Friction]
