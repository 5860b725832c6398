"""A journey as its author writes it: one document, typed, versioned, the same in files and API."""

from typing import Annotated, Literal

from msgspec import Meta

from kikubari.journeys.definition.matches import Matches
from kikubari.journeys.definition.steps import AnyStep, Next, Who
from kikubari.journeys.definition.triggers import Id, Trigger
from kikubari.spec.conditions import Duration, Events
from kikubari.spec.conditions.values import Closed

MAX_STEPS = 500
Stage = Literal["", "awareness", "consideration", "purchase", "onboarding", "loyalty", "winback"]


class Goal(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """What the journey is for.

    Attributes:
        events: reaching it is one of these, after entering.
        within: counted from entering.
        value: the event's number that is summed, such as ``value_minor``; none: people count.
        target_percent: of those who enter; what the marketer hopes for.
        ends_journey: who reaches it leaves, at whatever step.
    """

    events: Events
    within: Duration = Duration(days=30)
    value: Literal["value_minor", ""] = "value_minor"
    target_percent: Annotated[float, Meta(ge=0, le=100)] | None = None
    ends_journey: bool = True


class Exit(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """What takes a person out at whatever step: an event, or being who `when` says.

    `matches` is what the event has in common with the one that let the person in.
    """

    id: Id
    events: Events | None = None
    matches: Matches = ()
    when: Who | None = None
    label: str = ""

    def __post_init__(self) -> None:
        """Ask for one of the two.

        Raises:
            ValueError: none or both are given, or matches without events.
        """
        if (self.events is None) == (self.when is None):
            raise ValueError("an exit needs `events` or `when`, and only one of them")
        if self.matches and self.events is None:
            raise ValueError("`matches` is about `events`; `when` may ask about the trigger")


class Reentry(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """Whether a person may enter again; never while they are still in it.

    Attributes:
        allowed: after an earlier entry has ended.
        after: counted from the earlier entry's start.
        limit: entries a person may have in all.
    """

    allowed: bool = False
    after: Duration | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] | None = None


class Rules(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """What holds on the whole way.

    Attributes:
        goal: asked for at activation.
        exits: looked at with every event that comes and before every step.
        reentry: whether once is enough.
        entry_limit_per_day: people who may enter in a day of the shop; the rest do not enter.
        holdout_percent: who go no step and are counted, so that the rest can be compared.
        priority: when several journeys want to write to a person within a cap, the higher wins;
            broadcasts have 50.
        loser: what becomes of the message that lost: it waits, as long as any message may wait
            for a better time, or is dropped.
    """

    goal: Goal | None = None
    exits: Annotated[tuple[Exit, ...], Meta(max_length=10)] = ()
    reentry: Reentry = Reentry()
    entry_limit_per_day: Annotated[int, Meta(ge=1)] | None = None
    holdout_percent: Annotated[int, Meta(ge=0, le=50)] = 0
    priority: Annotated[int, Meta(ge=0, le=100)] = 50
    loser: Literal["waits", "dropped"] = "waits"


class JourneyDefinition(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """A journey: what lets people in, who may, the steps, the rules.

    Attributes:
        name: for people.
        description: what it is for, in the author's words.
        stage: of the customer's way, for the journey map: ``awareness`` … ``loyalty``.
        trigger: lets people in.
        segment: only people who are in it when the trigger comes; for a schedule, all of them.
        start: the first step; None is a journey of no step, as while it is being written.
        steps: in any order; every one can be reached from `start`, and no way leads back.
        rules: goal, exits, re-entry, limits.
        recipe: which recipe it was made from.
    """

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    description: Annotated[str, Meta(max_length=2_000)] = ""
    stage: Stage = ""
    trigger: Trigger
    segment: Who | None = None
    start: Next = None
    steps: Annotated[tuple[AnyStep, ...], Meta(max_length=MAX_STEPS)] = ()
    rules: Rules = Rules()
    recipe: str = ""
