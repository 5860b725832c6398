"""Broadcasts: what is sent, to whom, and how far it has come."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Protocol

import msgspec
from pyroaring import BitMap

from kikubari.decide.guard import Words
from kikubari.decide.personalise import EmailTemplateSource, Missing, Problem
from kikubari.deliver import Counts, MessageRecord, Purpose, Reason, Sender
from kikubari.journeys.timing import Timing
from kikubari.journeys.variants import LetterExperiment


class BroadcastState(StrEnum):
    """How far a broadcast has come."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"  # begins by itself at `begins_at`; its audience is fixed then
    REPEATING = "repeating"  # goes again and again, next at `occurs_at`; each time as another one
    ENQUEUING = "enqueuing"  # the audience is fixed; its messages are being queued
    WATCHING = "watching"  # the test went out; the rest waits for its winner
    SENDING = "sending"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"  # no message of it can still leave


_MOST_RULES = 20


class CouponRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An offer for the members of a segment; both by id. Without a segment it is for everybody."""

    offer: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    segment: Annotated[str, msgspec.Meta(max_length=200)] = ""


class CouponChoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose codes a broadcast brings: of the first rule that fits a person, or none.

    Attributes:
        rules: looked at in their order.
        is_required: who an offer is for and gets no code, because none is left, gets no message
            either; else the message comes without.
    """

    rules: tuple[CouponRule, ...]
    is_required: bool = False

    def __post_init__(self) -> None:
        """Count the rules; a bound in the type would hide theirs from the API's description.

        Raises:
            ValueError: none, or too many.
        """
        if not 1 <= len(self.rules) <= _MOST_RULES:
            raise ValueError(f"one rule to {_MOST_RULES} choose a coupon's offer")


class BroadcastDefinition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a marketer writes.

    Attributes:
        name: for people.
        segment: id of a segment, or a condition tree in its JSON form.
        template: subject and body in each language.
        sender: who it is from.
        purpose: marketing needs consent at the last gate.
        topic: what it is about, for the preference page.
        coupon: which offer's code each person gets; templates know it as ``coupon``.
        resends_unknown: transactional only: send again when the answer was lost.
        has_tracking: count links and opens of those who agreed; without, nobody's. What is left
            open is as the shop's defaults say when the draft is saved.
        at_best_hour: marketing only: each waits for the hour its recipient is likely to look;
            left open, likewise.
        gives: it brings something of use and asks for nothing; else marketing counts as asking,
            and one that brings a coupon always does.
        timing: when it goes, and how fast.
        experiment: other letters than `template`, and with whom they are compared.
    """

    name: str
    segment: str | dict[str, Any]
    template: EmailTemplateSource
    sender: Sender
    purpose: Purpose = Purpose.MARKETING
    topic: str = ""
    coupon: CouponChoice | None = None
    resends_unknown: bool = False
    has_tracking: bool | None = None
    at_best_hour: bool | None = None
    gives: bool = False
    timing: Timing = Timing()
    experiment: LetterExperiment | None = None


class LetterTally(msgspec.Struct, frozen=True, kw_only=True):
    """One letter of an experiment: to whom it was sent, and who of these reached the goal.

    Attributes:
        letter: its name, `a` for the broadcast's own template.
        people: it was sent to; where clicks are the goal, those whose clicks can be known.
        reached: of these, within the goal's hours.
    """

    letter: str
    people: int
    reached: int


class ChosenBecause(StrEnum):
    """Why the rest of an audience gets a letter."""

    PROVEN = "proven"  # better than every other
    BEST = "best"  # so far; not proven when the time was over
    FIRST = "first"  # by the author's wish when the time was over, or nobody had reached the goal


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The letter that the rest of an audience gets."""

    letter: str
    because: ChosenBecause
    chosen_at: datetime


class Broadcast(msgspec.Struct, frozen=True, kw_only=True):
    """A broadcast as it stands. `n_audience` and `n_enqueued` are 0 until it has started.

    `begins_at` of a scheduled one; `problem` says why one that was scheduled is a draft again;
    `last_due_at` of its queued messages; `decides_at` while the rest of an experiment waits,
    `choice` when it does no more. `occurs_at` is a recurring one's next occurrence, or the one that
    could not go, or which one of those of `recurring_id` this is.
    """

    id: str
    version: int  # of the definition; grows with each change to the draft
    definition: BroadcastDefinition
    state: BroadcastState
    created_at: datetime
    started_at: datetime | None
    n_audience: int
    n_enqueued: int
    begins_at: datetime | None = None
    problem: str = ""
    last_due_at: datetime | None = None
    decides_at: datetime | None = None
    choice: Choice | None = None
    occurs_at: datetime | None = None
    recurring_id: str = ""

    @property
    def recurs(self) -> bool:
        """Whether it goes again and again."""
        return self.definition.timing.repeat is not None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a broadcast while and after it is sent."""

    state: BroadcastState
    n_audience: int
    n_enqueued: int
    counts: Counts


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """A broadcast as one person would get it, or why they would not.

    Attributes:
        source: the whole message, signed, as it would go out; empty when `stopped_by` is set.
        record: what was rendered from which facts, None when nothing was.
        problem: what the author can mend.
    """

    source: bytes
    record: MessageRecord | None
    stopped_by: Reason | None = None
    problem: str = ""


class TestedAddress(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a test send to one address.

    Attributes:
        is_sent: the next server took it.
        stopped_by: why it was not written, as it would not be for that customer.
        problem: what the author can mend, or what the server said.
    """

    address: str
    is_sent: bool
    stopped_by: Reason | None = None
    problem: str = ""


class Objection(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule of the guard says of a draft's messages.

    Attributes:
        rule: such as ``R05``.
        people: for how many of the messages made.
        stopped: how many of those would not go, or not now, by this rule or another.
        about: the fact or words it means, in one of them.
        reason, mend: why, and what to change.
    """

    rule: str
    people: int
    stopped: int
    about: str
    reason: Words
    mend: Words


class DraftReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a draft, and what some of its audience would miss.

    Attributes:
        problems: errors keep it from being sent, warnings do not.
        missing: facts it looks up that some of the people do not have.
        people: how many messages were made; none while there are errors.
        failed: how many of them could not be made.
        largest_bytes: of the HTML of the largest; some mail clients cut at 102 kB.
        objections: the guard's, most often first.
    """

    problems: list[Problem]
    missing: list[Missing] = []
    people: int = 0
    failed: int = 0
    largest_bytes: int = 0
    objections: list[Objection] = []


class Growth(Protocol):
    """Says when an audience has outgrown what was permitted; `app` implements it on approvals."""

    def is_outgrown(self, n_permitted: int, n_people: int) -> bool:
        """Return whether so many people need a permission of their own."""
        ...

    def ask(self, broadcast: Broadcast, n_people: int, asker: str) -> None:
        """Ask for that permission in the name of who scheduled it."""
        ...


class Audience(Protocol):
    """Says who is in a segment; `app` implements it on `segments`."""

    def evaluate(
        self, segment: str | dict[str, Any], *, as_of: datetime, workspace_id: int
    ) -> BitMap:
        """Return the canonical profile numbers of a segment's members.

        Raises:
            NotFoundError: no segment by that id.
            InvalidInputError: not a condition tree.
        """
        ...
