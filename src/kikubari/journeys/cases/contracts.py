"""What a test of a journey says, and what came of it.

Instants without a zone are by the clock of the file's zone. In `ExpectedEntry` and what it holds,
whatever is left out is not compared; what was found is told in the same form, whole.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from kikubari.deliver import FrequencyPolicy
from kikubari.journeys.definition import Fault
from kikubari.journeys.definition.triggers import Id
from kikubari.spec.conditions.values import Closed

Name = Annotated[str, Meta(min_length=1, max_length=100)]
# ISO 8601, to the minute or finer, with or without an offset.
_AT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$"
At = Annotated[str, Meta(pattern=_AT)]


class StatedConsent(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """A consent that somebody gives or takes back."""

    status: Literal["granted", "denied", "withdrawn"]
    purpose: Literal["marketing", "tracking", "profiling", "enrichment"] = "marketing"
    channel: str = "email"


class Happening(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """One thing that happens to a person: an event, traits that are stated, or a consent."""

    at: At
    event: Annotated[str, Meta(min_length=1)] | None = None
    properties: dict[str, Any] = msgspec.field(default_factory=dict)
    traits: dict[str, Any] | None = None
    consent: StatedConsent | None = None

    def __post_init__(self) -> None:
        """Ask for one of the three.

        Raises:
            ValueError: none or several are given, or properties of no event.
        """
        if sum(one is not None for one in (self.event, self.traits, self.consent)) != 1:
            raise ValueError("give one of `event`, `traits` and `consent`")
        if self.properties and self.event is None:
            raise ValueError("only an event has `properties`")


class ExpectedStep(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """A step that was passed: by which way, when, and what became of its message.

    `message` is ``sent``, ``queued``, or the code of what stopped it.
    """

    step: Id
    way: str | None = None
    at: At | None = None
    message: str | None = None


class ExpectedMessage(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """A message of a step, when it left, or what became of it instead."""

    step: Id
    at: At | None = None
    became: str = "sent"


class ExpectedEntry(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """One entry of a person into the journey.

    Attributes:
        entered: when what let them in happened.
        path: the steps that were passed, in order; a name alone is the step's id.
        messages: of them, in order; a name alone is a message of that step that was sent.
        waiting_at: the step where the person still is at the end.
        ended: when the way ended.
        outcome: why: ``completed``, ``goal``, ``exit:<id>``.
    """

    entered: At | None = None
    path: tuple[str | ExpectedStep, ...] | None = None
    messages: tuple[str | ExpectedMessage, ...] | None = None
    waiting_at: str | None = None
    ended: At | None = None
    outcome: str | None = None


class CasePerson(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """Somebody to whom things happen.

    Attributes:
        traits: known since before the test begins.
        reachable: has an e-mail address and agreed to marketing mail before the test begins.
        segments: in these all the time, whatever their definitions say; others of the case, who
            do not name them, are not.
        lists: on these all the time.
        lots: the part that is drawn at splits and experiments, by step.
        timeline: what happens, in any order; what is not after `from` is the past.
        expect: the entries, in order; empty: never enters. Without it nothing is compared.
    """

    traits: dict[str, Any] = msgspec.field(default_factory=dict)
    reachable: bool = True
    segments: tuple[Id, ...] = ()
    lists: tuple[Id, ...] = ()
    lots: dict[str, str] = msgspec.field(default_factory=dict)
    timeline: tuple[Happening, ...] = ()
    expect: tuple[ExpectedEntry, ...] | None = None


class Case(Closed, frozen=True, omit_defaults=True, kw_only=True, rename={"since": "from"}):
    """People, a stretch of time, and what must come of it.

    Attributes:
        since: the journey is switched on.
        until: nothing happens after.
        people: by name.
        frequency: caps and quiet hours; none by default.
        refused: people who were not let in, by the reason's code.
    """

    name: Name
    since: At
    until: At
    people: Annotated[dict[Name, CasePerson], Meta(min_length=1, max_length=100)]
    frequency: FrequencyPolicy = FrequencyPolicy()
    refused: dict[str, int] | None = None

    def __post_init__(self) -> None:
        """Ask for something that can fail.

        Raises:
            ValueError: nothing is expected.
        """
        if self.refused is None and all(one.expect is None for one in self.people.values()):
            raise ValueError("nothing is expected: give somebody an `expect`")


class CaseFile(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """The tests of one journey.

    Attributes:
        zone: the shop's, IANA; that of the settings if not given.
        currency: of amounts that name none; that of the settings if not given.
    """

    cases: Annotated[tuple[Case, ...], Meta(min_length=1)]
    zone: str = ""
    currency: str = ""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Something that did not come as expected; `path` is a place in the case."""

    path: str
    expected: str
    found: str


class CaseOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a case.

    Attributes:
        found: everybody's entries as they really were.
        refused: people who were not let in, by the reason's code.
        problem: why it could not be run; empty if it was.
    """

    case: str
    is_passed: bool
    differences: tuple[Difference, ...] = ()
    found: dict[str, tuple[ExpectedEntry, ...]] = {}
    refused: dict[str, int] = {}
    problem: str = ""


class JourneyOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a journey's cases; with faults none is run."""

    journey: str
    faults: tuple[Fault, ...] = ()
    cases: tuple[CaseOutcome, ...] = ()

    @property
    def is_passed(self) -> bool:
        """Say whether the journey can run, and all came as expected."""
        return not self.faults and all(one.is_passed for one in self.cases)
