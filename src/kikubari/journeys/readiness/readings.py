"""What each part of a journey looks at: trigger, conditions, waits, exits, goal, messages."""

from collections.abc import Iterator

from kikubari.decide.personalise import Coupon, Products, walk
from kikubari.deliver import Purpose
from kikubari.journeys.definition import (
    AnyStep,
    BranchStep,
    ConsentTrigger,
    DateTrigger,
    EventTrigger,
    FormTrigger,
    JourneyDefinition,
    MessageStep,
    MessageTrigger,
    OfferStep,
    ProductTrigger,
    SegmentTrigger,
    Trigger,
    WaitForStep,
    Who,
    list_whoever,
    read_asked,
)
from kikubari.journeys.readiness.contracts import Reading
from kikubari.journeys.readiness.trees import TreeOf, read_condition, read_events
from kikubari.journeys.running.matching import trigger_types
from kikubari.spec.conditions import Condition, Events, convert_condition
from kikubari.spec.errors import KikubariError
from kikubari.spec.topics import (
    FORM_ANSWERED,
    JOURNEY_REQUESTED,
    PRODUCT_ADDED,
    PRODUCT_ADDED_TO_WISHLIST,
    PRODUCT_VIEWED,
)

# What ties people to a product that news are about.
_TIES = {
    "favourite": PRODUCT_ADDED_TO_WISHLIST,
    "cart": PRODUCT_ADDED,
    "view": PRODUCT_VIEWED,
}


def list_readings(journey: JourneyDefinition, tree_of: TreeOf) -> list[Reading]:
    """Return what a journey looks at, in the order of its parts.

    Args:
        journey: whole or not.
        tree_of: returns a stored segment's condition; raises for one that is not there.
    """
    return [
        *_read_trigger(journey.trigger, tree_of),
        *_read_audience("segment", journey.segment, tree_of),
        *_read_rules(journey, tree_of),
        *(one for step in journey.steps for one in _read_step(step, journey, tree_of)),
    ]


def _read_trigger(trigger: Trigger, tree_of: TreeOf) -> Iterator[Reading]:
    path = "trigger"
    match trigger:
        case EventTrigger(events=events):
            yield from read_events(path, events)
        case FormTrigger(events=events):
            yield from read_events(path, Events(event=events.event or FORM_ANSWERED))
        case SegmentTrigger(segment=segment):
            yield from _read_audience(path, segment, tree_of)
        case DateTrigger(trait=trait):
            yield Reading(path=path, kind="trait", name=trait)
        case ConsentTrigger(purpose=purpose, status="granted"):
            yield Reading(path=path, kind="consent", name=purpose)
        case ProductTrigger(via=via):
            yield Reading(path=path, kind="catalogue", name="products")
            ties = tuple(_TIES[one] for one in via)
            for name in ties:
                yield Reading(path=path, kind="event", name=name, or_else=ties)
        case MessageTrigger():
            for name in set(trigger_types(trigger) or ()) - {JOURNEY_REQUESTED}:
                yield Reading(path=path, kind="event", name=name)
        case _:
            return


def _read_audience(path: str, who: Who | None, tree_of: TreeOf) -> Iterator[Reading]:
    """Yield a choice of people and what it looks at."""
    if who is None:
        return
    name = who if isinstance(who, str) else ""
    yield Reading(path=path, kind="segment", name=name, value=who)
    yield from _read_who(path, who, tree_of)


def _read_who(path: str, who: Who, tree_of: TreeOf) -> Iterator[Reading]:
    """Yield what a condition looks at, but for what let the person in: that is known of them."""
    try:
        trees: list[Condition] = [
            tree_of(one) if isinstance(one, str) else convert_condition(one)
            for one in list_whoever(read_asked(who))
        ]
    except KikubariError:
        return  # a fault, not a warning
    for tree in trees:
        yield from read_condition(path, tree, tree_of)


def _read_rules(journey: JourneyDefinition, tree_of: TreeOf) -> Iterator[Reading]:
    if journey.rules.goal is not None:
        yield from read_events("rules.goal", journey.rules.goal.events)
    for one in journey.rules.exits:
        path = f"rules.exits.{one.id}"
        if one.events is not None:
            yield from read_events(path, one.events)
        if one.when is not None:
            yield from _read_who(path, one.when, tree_of)


def _read_step(step: AnyStep, journey: JourneyDefinition, tree_of: TreeOf) -> Iterator[Reading]:
    path = f"steps.{step.id}"
    match step:
        case WaitForStep(events=events):
            yield from read_events(path, events)
        case BranchStep(ways=ways):
            for way in ways:
                yield from _read_who(f"{path}.ways.{way.id}", way.when, tree_of)
        case MessageStep():
            gives_codes = any(isinstance(one, OfferStep) for one in journey.steps)
            yield from _read_message(path, step, gives_codes=gives_codes)
        case _:
            return


def _read_message(path: str, step: MessageStep, *, gives_codes: bool) -> Iterator[Reading]:
    if step.purpose is Purpose.MARKETING:
        yield Reading(path=path, kind="consent", name="marketing")
    blocks = [
        block
        for variant in step.template.variants.values()
        if variant.blocks is not None
        for block in walk(variant.blocks)
    ]
    if any(isinstance(one, Products) for one in blocks):
        yield Reading(path=path, kind="catalogue", name="products")
    has_code = step.coupon is not None or gives_codes
    if not has_code and any(isinstance(one, Coupon) and not one.code for one in blocks):
        yield Reading(path=path, kind="offer", name="coupon")
    for channel in dict.fromkeys((step.channel, *step.fallback)):
        if channel != "email":
            yield Reading(path=path, kind="channel", name=channel)
