"""What lets a person into a journey."""

from datetime import date, time
from typing import Annotated, Literal

from msgspec import Meta

from kikubari.spec.conditions import Channel, Events
from kikubari.spec.conditions.values import Closed, Text

Id = Annotated[str, Meta(min_length=1, max_length=100, pattern="^[A-Za-z0-9_.:-]+$")]
February29 = Literal["feb_28", "mar_1", "leap_years_only"]
# What becomes of people whose day ended while nothing ran: they are passed over, or enter late.
IfMissed = Literal["skip", "send"]


class EventTrigger(Closed, frozen=True, tag="event"):
    """An event of this type with all of these properties; what else happens is `segment`'s."""

    events: Events


class SegmentTrigger(Closed, frozen=True, tag="segment", omit_defaults=True):
    """Entering or leaving a followed segment; who is in it already does not enter."""

    segment: Id
    change: Literal["entered", "left"] = "entered"


class DateTrigger(Closed, frozen=True, tag="date", omit_defaults=True):
    """The yearly return of a trait's date, or the date itself, in the person's own zone.

    Attributes:
        trait: holds a date, such as ``birthday``.
        days: from the date: -14 is two weeks before, 0 the day itself.
        at: wall clock in the person's zone, the shop's where that is unknown.
        is_yearly: each year; else only on the date itself.
        february_29: when 29 February returns in a common year.
        if_missed: an hour that was missed is made up for on the same day; this is for after it.
    """

    trait: Text
    days: Annotated[int, Meta(ge=-180, le=180)] = 0
    at: time = time(9)
    is_yearly: bool = True
    february_29: February29 = "feb_28"
    if_missed: IfMissed = "skip"


class ScheduleTrigger(Closed, frozen=True, tag="schedule", omit_defaults=True):
    """Everybody in the journey's `segment`, each time the schedule comes round.

    Attributes:
        cron: five fields; ``0 10 * * MON`` is Mondays at ten. The 31st is of months that have
            one; ``L`` is the last day of every month.
        zone: whose wall clock: each person's own, or the shop's.
    """

    cron: Annotated[str, Meta(min_length=9, max_length=100)]
    zone: Literal["person", "shop"] = "shop"


class OnceTrigger(Closed, frozen=True, tag="once", omit_defaults=True):
    """Everybody in the journey's `segment`, on one day.

    Attributes:
        on: the date.
        at: wall clock.
        zone: whose calendar and clock: each person's own, or the shop's.
        if_missed: as of `DateTrigger`.
    """

    on: date
    at: time = time(9)
    zone: Literal["person", "shop"] = "shop"
    if_missed: IfMissed = "skip"


class ProductTrigger(Closed, frozen=True, tag="product", omit_defaults=True):
    """Something changed about a product the person has a favourite, in the cart or looked at.

    Something new comes to those who saved or looked at goods of its category or brand, and,
    whatever `via` is, to those who bought such goods or are learned to lean to its category.

    Attributes:
        change: of price or stock.
        via: how the person must be connected with the product, any of these.
        min_drop_percent: of the price; smaller drops do not count.
    """

    change: Literal["price_dropped", "low_stock", "back_in_stock", "new_arrival"]
    via: Annotated[
        tuple[Literal["favourite", "cart", "view"], ...], Meta(min_length=1, max_length=3)
    ] = ("favourite", "cart")
    min_drop_percent: Annotated[int, Meta(ge=0, le=99)] = 0


class FormTrigger(Closed, frozen=True, tag="form"):
    """A form or survey was answered, with all of these properties."""

    form: Text
    events: Events = Events()


class MessageTrigger(Closed, frozen=True, tag="message", omit_defaults=True):
    """The person did something with a message of ours.

    Attributes:
        act: opens only where tracking was agreed to.
        origin: id of a broadcast or a journey; without, any message.
        channel: only messages of this channel.
    """

    act: Literal["clicked", "opened", "replied", "bounced", "unsubscribed"] = "clicked"
    origin: Id | None = None
    channel: Channel | None = None


class ConsentTrigger(Closed, frozen=True, tag="consent", omit_defaults=True):
    """A consent or preference was given or taken back."""

    status: Literal["granted", "withdrawn"] = "granted"
    purpose: Literal["marketing", "tracking", "profiling", "enrichment"] = "marketing"
    channel: Channel | None = None


class ApiTrigger(Closed, frozen=True, tag="api"):
    """Only ``POST /api/journeys/{id}/enrolments`` lets people in."""


Trigger = (
    EventTrigger
    | SegmentTrigger
    | DateTrigger
    | ScheduleTrigger
    | OnceTrigger
    | ProductTrigger
    | FormTrigger
    | MessageTrigger
    | ConsentTrigger
    | ApiTrigger
)
