"""What is told of one person in one journey: why they entered or not, which way, what next."""

from datetime import datetime
from typing import Protocol

import msgspec

from kikubari.journeys.definition import Who
from kikubari.journeys.running.contracts import Waiting
from kikubari.spec.conditions import Events


class InWords(msgspec.Struct, frozen=True):
    """The same in both languages of the product."""

    ja: str
    en: str


class JudgedCondition(msgspec.Struct, frozen=True):
    """One condition, and whether it held for the person."""

    text: InWords
    holds: bool


class JudgedWay(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a way is for, and whether the person was one of them.

    Attributes:
        way: id of the way of a branch, or of an exit; empty: whom the journey is for.
        text: the whole in words.
        conditions: each single one in it; empty where there is only one.
    """

    way: str
    holds: bool
    text: InWords
    conditions: list[JudgedCondition] = []


class Judge(Protocol):
    """Answers about one person, whose history was read once."""

    def judge(self, way: str, who: Who, *, as_of: datetime | None) -> JudgedWay:
        """Say whether the person was one of those, as far as is known today.

        Args:
            way: for the answer.
            who: a segment by its id, or a condition tree.
            as_of: the instant; None: now.
        """
        ...


class Judges(Protocol):
    """Answers about people one by one; `app` implements it on the log and on segments."""

    def about(self, person: int) -> Judge:
        """Return what answers about a person (canonical number)."""
        ...

    def say(self, who: Who) -> InWords:
        """Return in words who is meant."""
        ...

    def say_events(self, events: Events) -> InWords:
        """Return in words which event is meant."""
        ...


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the person, and its place in the log."""

    event: str
    at: datetime
    position: int


class MessageFate(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message that a step queued.

    Attributes:
        state: such as ``queued``, ``sent``, ``skipped``.
        reason: why it waits or did not leave, a stable code; empty: there is none.
        text: the reason in words.
        due_at: when it is tried, while it waits.
    """

    id: str
    state: str
    reason: str = ""
    text: InWords | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None


class PassedStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a way that was gone: when it was left, by which way, and why.

    Attributes:
        message_id: of a message step: what was queued there.
        message: what became of it.
        reason: why that way, where the step has a reason to give: of an offer, why there was no
            code; a stable code.
        asked: of a branch: its ways up to the one that was taken, each as of that instant; of an
            exit by who somebody is: that one.
        differs: as is known today another way would have been taken: something arrived later.
        by: the event that ended a wait, reached the goal or let the person out.
    """

    step: str
    way: str
    at: datetime
    message_id: str = ""
    message: MessageFate | None = None
    reason: str = ""
    asked: list[JudgedWay] = []
    differs: bool = False
    by: Deed | None = None


class AheadStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step that is still to come, if the person does nothing that changes their way.

    Attributes:
        at: when it is come to; of the first, since when the person is there.
        until: when it is left, at the latest.
        way: by which way; empty: nobody can know yet. Of a branch, as things are now.
        asked: of a branch: its ways up to that one, as of now.
        ends: the journey ends there.
    """

    step: str
    at: datetime
    until: datetime
    way: str = ""
    asked: list[JudgedWay] = []
    ends: bool = False


class EnrolmentStory(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a person: why, the way they went, and what comes next.

    Attributes:
        began_at: when what let them in happened.
        entered_at: since when the entry counts: never later than a step.
        trigger: the type of the event that let them in; empty: no event did.
        trigger_position: its place in the log.
        may: whom the journey is for, as of entering; None: everybody.
        outcome: ``completed``, ``goal``, ``exit:<id>``, ``cancelled``…; empty: still on the way.
        waiting: where they stand, and why.
        upcoming: the step they stand at, empty at the end.
        ahead: from there on, up to where nobody can know how it goes on.
        leaves_by: an exit that holds now: they go by it at the next step.
    """

    enrolment: int
    version: int
    ordinal: int
    state: str
    began_at: datetime
    entered_at: datetime
    ended_at: datetime | None
    outcome: str
    trigger: str
    trigger_position: int
    may: JudgedWay | None = None
    path: list[PassedStep]
    upcoming: str
    waiting: Waiting | None
    ahead: list[AheadStep] = []
    leaves_by: JudgedWay | None = None
    converted_at: datetime | None
    value_minor: int


class RefusalTold(msgspec.Struct, frozen=True):
    """Why the trigger did not let the person in, and when that happened which it means."""

    reason: str
    at: datetime


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What lets people in, and what the person has of it.

    Attributes:
        text: what the trigger means, in words.
        since: nothing that was read before lets anybody in; None: never published.
        may: whom the journey is for, as of now; None: everybody.
        seen: what the person did that the trigger means, newest first.
    """

    text: InWords
    since: datetime | None
    may: JudgedWay | None
    seen: list["WantedSeen"]


class WantedSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the trigger means, and what came of it.

    `became` is ``entered``, a reason of refusal, ``before_publication``, ``not_read`` (the log is
    not followed so far yet), or empty: nobody wrote it down.
    """

    event: str
    at: datetime
    position: int
    became: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of one person in one journey.

    Attributes:
        zone: of the person, the shop's where it is unknown; steps ahead are reckoned in it.
        entries: newest first.
        refused, refused_at: why the trigger last did not let them in, and when.
        refusals: the latest of them, newest first.
        wanted: None where only what is written down was asked for.
    """

    journey_id: str
    number: int
    zone: str
    entries: list[EnrolmentStory]
    refused: str
    refused_at: datetime | None
    refusals: list[RefusalTold]
    wanted: Wanted | None = None
