"""What happens to a person on the way, step by step.

Every step has an id that is unique in its journey and never used for anything else in it, so that
figures and people in flight survive an edit. `next` names the step that follows; None ends the
journey there.
"""

from datetime import time
from typing import Annotated, Any, Literal

from msgspec import Meta

from kikubari.decide.personalise import EmailTemplateSource
from kikubari.deliver import Purpose, Sender
from kikubari.journeys.clocks import Weekday
from kikubari.journeys.contracts import CouponChoice
from kikubari.journeys.definition.matches import Matches
from kikubari.journeys.definition.triggers import Id
from kikubari.spec.conditions import Channel, Duration, Events
from kikubari.spec.conditions.values import Closed, Text

MAX_WAYS = 20
Label = Annotated[str, Meta(max_length=200)]
Next = Id | None
# A segment by its id, or a condition tree in its JSON form; ways and exits may ask in it about what
# let the person in: see `asked`.
Who = str | dict[str, Any]


class Step(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """Base of all steps. `label` is for people; without, the console makes one."""

    id: Id
    label: Label = ""


class MessageStep(Step, frozen=True, tag="message"):
    """Queues a message; the person goes on at once, whatever becomes of it.

    Attributes:
        template: subject and body in each language; it may read what let the person in as
            ``trigger`` (its properties) and the journey's offers as ``coupon``.
        sender: who it is from; without, the shop's own.
        channel: where it goes.
        fallback: channels that are tried instead, in order, where the person cannot be reached.
        purpose: marketing needs consent at the last gate.
        topic: what it is about, for the preference page.
        coupon: which offer's code each person gets.
        has_tracking, at_best_hour: as of a broadcast; left open, as the shop's defaults say.
        gives: as of a broadcast.
        only_with: paths of what the message is about, such as ``trigger.products``: to whom nothing
            is left of one of them, it is not sent.
        cost_minor: what one message costs, in minor units of the shop's currency; left open, as
            the shop's settings say.
    """

    template: EmailTemplateSource
    sender: Sender | None = None
    channel: Channel = "email"
    fallback: Annotated[tuple[Channel, ...], Meta(max_length=5)] = ()
    purpose: Purpose = Purpose.MARKETING
    topic: str = ""
    coupon: CouponChoice | None = None
    has_tracking: bool | None = None
    at_best_hour: bool | None = None
    gives: bool = False
    only_with: Annotated[tuple[Text, ...], Meta(max_length=5)] = ()
    cost_minor: Annotated[int, Meta(ge=0)] | None = None
    next: Next = None


class WaitStep(Step, frozen=True, tag="wait"):
    """Waits a length of time; a day is 24 hours."""

    duration: Duration
    next: Next = None


class WaitUntilStep(Step, frozen=True, tag="wait_until"):
    """Waits for the next time the clock shows `at`, on one of these weekdays.

    Attributes:
        at: wall clock. A time that daylight saving skips counts as the first instant after it;
            one that comes twice counts the first time.
        weekdays: none given means any.
        zone: each person's own, the shop's where that is unknown; or the shop's for all.
    """

    at: time
    weekdays: tuple[Weekday, ...] = ()
    zone: Literal["person", "shop"] = "person"
    next: Next = None


class WaitForStep(Step, frozen=True, tag="wait_for"):
    """Waits for an event, at most so long. Only events after the step was reached count.

    `matches` is what the event has in common with the one that let the person in.
    """

    events: Events
    timeout: Duration
    matches: Matches = ()
    next: Next = None
    on_timeout: Next = None


class WaitBestTimeStep(Step, frozen=True, tag="wait_best_time"):
    """Waits for the hour the person is likely to look, at most so long; goes on if unknown."""

    within: Duration = Duration(days=1)
    next: Next = None


class Way(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """One way out of a branch."""

    id: Id
    when: Who
    label: Label = ""
    next: Next = None


class BranchStep(Step, frozen=True, tag="branch"):
    """Takes the first way whose condition holds, else `otherwise`."""

    ways: Annotated[tuple[Way, ...], Meta(min_length=1, max_length=MAX_WAYS)]
    otherwise: Next = None


class Part(Closed, frozen=True, omit_defaults=True, kw_only=True):
    """One part of a split. `percent` of all parts come to 100."""

    id: Id
    percent: Annotated[int, Meta(ge=1, le=100)]
    label: Label = ""
    next: Next = None


Parts = Annotated[tuple[Part, ...], Meta(min_length=2, max_length=MAX_WAYS)]


class SplitStep(Step, frozen=True, tag="split"):
    """Sends people different ways by lot; the same person draws the same lot in every entry."""

    parts: Parts


class ExperimentStep(Step, frozen=True, tag="experiment"):
    """A split whose parts are compared by the journey's goal; the first part is the control.

    Attributes:
        decides_winner: once one part is proven best, everybody after goes that way.
    """

    parts: Parts
    decides_winner: bool = False


class SetTraitStep(Step, frozen=True, tag="set_trait"):
    """States traits of the person, as observed by the shop; None takes one back."""

    traits: Annotated[dict[Text, str | float | bool | None], Meta(min_length=1, max_length=20)]
    next: Next = None


class PauseStep(Step, frozen=True, tag="pause"):
    """Sends the person no marketing for so long, as if they had asked for it themselves.

    It stands on their preference page, where they end it. The newest word on a pause counts.
    """

    duration: Duration
    next: Next = None


class ListStep(Step, frozen=True, tag="list"):
    """Puts the person on a list, or takes them off it."""

    list: Id
    act: Literal["add", "remove"] = "add"
    next: Next = None


class OfferStep(Step, frozen=True, tag="offer"):
    """Issues a code of an offer, for the messages that follow as ``coupon``.

    `on_none` is the way on when none is left or the person may not have it.
    """

    offer: Id
    next: Next = None
    on_none: Next = None


class WebhookStep(Step, frozen=True, tag="webhook"):
    """Tells an endpoint that the person is here; signed, and repeated until it is taken.

    It is told the person's id, the journey, the step, the entry, and what let the person in.
    """

    endpoint: Id
    next: Next = None


class NotifyStep(Step, frozen=True, tag="notify"):
    """Writes an e-mail about the person to staff: to members, or addresses of the shop's domain.

    `subject` and `text` are Liquid, and read what a message to the person could. An address gets
    so many an hour; the person goes on either way.
    """

    to: Annotated[tuple[str, ...], Meta(min_length=1, max_length=20)]
    subject: Annotated[str, Meta(min_length=1, max_length=500)]
    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    next: Next = None


class EnterStep(Step, frozen=True, tag="enter"):
    """Lets the person into another journey, by that one's own rules, and goes on."""

    journey: Id
    next: Next = None


class EndStep(Step, frozen=True, tag="end"):
    """The end of the way."""


AnyStep = (
    MessageStep
    | WaitStep
    | WaitUntilStep
    | WaitForStep
    | WaitBestTimeStep
    | BranchStep
    | SplitStep
    | ExperimentStep
    | SetTraitStep
    | PauseStep
    | ListStep
    | OfferStep
    | WebhookStep
    | NotifyStep
    | EnterStep
    | EndStep
)


def ways_out(step: AnyStep) -> list[tuple[str, Next]]:
    """Return the ways out of a step: their names within it, and where each leads."""
    match step:
        case BranchStep(ways=ways, otherwise=otherwise):
            return [*((way.id, way.next) for way in ways), ("otherwise", otherwise)]
        case SplitStep(parts=parts) | ExperimentStep(parts=parts):
            return [(part.id, part.next) for part in parts]
        case WaitForStep(next=onward, on_timeout=on_timeout):
            return [("next", onward), ("timeout", on_timeout)]
        case OfferStep(next=onward, on_none=on_none):
            return [("next", onward), ("none", on_none)]
        case EndStep():
            return []
        case _:
            return [("next", step.next)]
