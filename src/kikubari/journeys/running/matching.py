"""Which events a trigger means."""

from collections.abc import Collection
from typing import Protocol, assert_never

from kikubari.events import SequencedEvent, find_consent_assertion
from kikubari.journeys.definition import (
    ApiTrigger,
    ConsentTrigger,
    DateTrigger,
    EventTrigger,
    FormTrigger,
    MessageTrigger,
    OnceTrigger,
    ProductTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    Trigger,
)
from kikubari.spec.conditions import Events
from kikubari.spec.topics import (
    BACK_IN_STOCK,
    CONSENT_CHANGED,
    EMAIL_BOUNCED,
    EMAIL_LINK_CLICKED,
    EMAIL_OPENED,
    EMAIL_REPLIED,
    FORM_ANSWERED,
    JOURNEY_REQUESTED,
    LOW_STOCK,
    NEW_ARRIVAL,
    PRICE_DROPPED,
    SEGMENT_ENTERED,
    SEGMENT_LEFT,
    UNSUBSCRIBED,
)

_PRODUCT_NEWS = {
    "price_dropped": PRICE_DROPPED,
    "low_stock": LOW_STOCK,
    "back_in_stock": BACK_IN_STOCK,
    "new_arrival": NEW_ARRIVAL,
}
# What a trigger chooses among; whom a product fits by purchase or taste is never left out.
_CHOSEN_TIES = ("favourite", "cart", "view")
_MESSAGE_ACTS = {
    "clicked": EMAIL_LINK_CLICKED,
    "opened": EMAIL_OPENED,
    "replied": EMAIL_REPLIED,
    "bounced": EMAIL_BOUNCED,
    "unsubscribed": UNSUBSCRIBED,
}


class Tests(Protocol):
    """Reads events as segments do; `segments.EventTests` is one."""

    def holds(self, events: Events, item: SequencedEvent) -> bool:
        """Say whether an event is one of these."""
        ...

    def value_minor(self, item: SequencedEvent) -> int:
        """Return what an event is worth, in minor units."""
        ...


def trigger_types(trigger: Trigger) -> Collection[str] | None:
    """Return the types of the events that a trigger may mean; None: any.

    Every journey can be asked for by API and by other journeys.
    """
    match trigger:
        case EventTrigger(events=events):
            own = events.event
            return None if own is None else {own, JOURNEY_REQUESTED}
        case SegmentTrigger(change=change):
            own = SEGMENT_ENTERED if change == "entered" else SEGMENT_LEFT
        case ProductTrigger(change=change):
            own = _PRODUCT_NEWS[change]
        case FormTrigger(events=events):
            own = events.event or FORM_ANSWERED
        case MessageTrigger(act=act):
            own = _MESSAGE_ACTS[act]
        case ConsentTrigger():
            own = CONSENT_CHANGED
        case DateTrigger() | ScheduleTrigger() | OnceTrigger() | ApiTrigger():
            return {JOURNEY_REQUESTED}
        case _:
            assert_never(trigger)
    return {own, JOURNEY_REQUESTED}


def is_meant(journey_id: str, trigger: Trigger, item: SequencedEvent, tests: Tests) -> bool:
    """Say whether an event lets its person into a journey, as far as the trigger goes."""
    event, properties = item.event, item.event.properties
    if event.type == JOURNEY_REQUESTED:
        return properties.get("journey_id") == journey_id
    types = trigger_types(trigger)
    if types is not None and event.type not in types:
        return False
    match trigger:
        case EventTrigger(events=events):
            is_one = tests.holds(events, item)
        case SegmentTrigger(segment=segment):
            # Members of a new definition did not come in; the definition came to them.
            is_one = properties.get("segment_id") == segment and properties.get("cause") != "edited"
        case ProductTrigger():
            is_one = _is_product_news(trigger, properties)
        case FormTrigger(form=form, events=events):
            is_form = form in (properties.get("form_id"), properties.get("form"))
            is_one = is_form and tests.holds(Events(event.type, events.where), item)
        case MessageTrigger():
            is_one = _is_message_act(trigger, properties)
        case ConsentTrigger():
            is_one = _is_consent(trigger, item)
        case _:
            is_one = False
    return is_one


def _is_product_news(trigger: ProductTrigger, properties: dict[str, object]) -> bool:
    tie = properties.get("connection")
    is_via = tie not in _CHOSEN_TIES or tie in trigger.via
    drop = properties.get("drop_percent", 0)
    return is_via and (not isinstance(drop, int | float) or drop >= trigger.min_drop_percent)


def _is_message_act(trigger: MessageTrigger, properties: dict[str, object]) -> bool:
    if properties.get("is_machine") is True:
        return False
    if trigger.channel is not None and properties.get("channel") != trigger.channel:
        return False
    if trigger.origin is None:
        return True
    # A journey's messages come from "<journey>/<version>/<step>/<entry>".
    journey = str(properties.get("journey_id", "")).partition("/")[0]
    return trigger.origin in (properties.get("broadcast_id"), journey)


def _is_consent(trigger: ConsentTrigger, item: SequencedEvent) -> bool:
    consent = find_consent_assertion(item.event)
    if consent is None or consent.purpose != trigger.purpose:
        return False
    is_status = (
        consent.status == "granted"
        if trigger.status == "granted"
        else consent.status in ("withdrawn", "denied")
    )
    return is_status and (trigger.channel is None or consent.channel in ("", trigger.channel))
