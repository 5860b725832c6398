"""What a journey refers to, and whether it is there."""

from collections.abc import Callable, Iterator

from kikubari.journeys.cron import parse_cron
from kikubari.journeys.definition import (
    BranchStep,
    EnterStep,
    Fault,
    JourneyDefinition,
    ListStep,
    NotifyStep,
    OfferStep,
    OnceTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    WebhookStep,
    Who,
    list_whoever,
    read_asked,
)
from kikubari.spec.errors import KikubariError

# Raises what is wrong with a choice of people: no such segment, not a condition tree.
CheckWho = Callable[[Who], object]
# Returns whether a thing exists: a ``list``, ``offer``, ``journey``, ``endpoint``, ``followed
# segment`` by its id, a ``member of staff`` by their address.
Exists = Callable[[str, str], bool]


class References:
    """Finds what is referred to and is not there.

    Args:
        check_who: refuses a choice of people that cannot be asked.
        exists: looks things up.
    """

    def __init__(self, check_who: CheckWho, exists: Exists) -> None:
        self._check_who = check_who
        self._exists = exists

    def list_faults(self, journey: JourneyDefinition) -> list[Fault]:
        """Return a fault for each thing that is missing, with its place."""
        return [*self._list_people(journey), *self._list_things(journey)]

    def _list_people(self, journey: JourneyDefinition) -> Iterator[Fault]:
        for path, who in _choices(journey):
            try:
                for one in [who] if path == "segment" else list_whoever(read_asked(who)):
                    self._check_who(one)
            except KikubariError as error:
                yield Fault(path=path, code=error.code, message=error.message)
        yield from _list_times(journey)

    def _list_things(self, journey: JourneyDefinition) -> Iterator[Fault]:
        for path, kind, id_ in _things(journey):
            if not self._exists(kind, id_):
                yield Fault(path=path, code="not_found", message=f"there is no {kind} {id_!r}")


def _list_times(journey: JourneyDefinition) -> Iterator[Fault]:
    match journey.trigger:
        case ScheduleTrigger(cron=cron):
            try:
                parse_cron(cron)
            except ValueError as error:
                yield Fault(path="trigger.cron", code="not_a_schedule", message=str(error))
        case _:
            pass
    if isinstance(journey.trigger, ScheduleTrigger | OnceTrigger) and journey.segment is None:
        yield Fault(path="segment", code="no_segment", message="say who it is for")


def _choices(journey: JourneyDefinition) -> Iterator[tuple[str, Who]]:
    if journey.segment is not None:
        yield "segment", journey.segment
    for one in journey.rules.exits:
        if one.when is not None:
            yield f"rules.exits.{one.id}.when", one.when
    for step in journey.steps:
        if isinstance(step, BranchStep):
            for way in step.ways:
                yield f"steps.{step.id}.ways.{way.id}", way.when


def _things(journey: JourneyDefinition) -> Iterator[tuple[str, str, str]]:
    if isinstance(journey.trigger, SegmentTrigger):
        yield "trigger.segment", "followed segment", journey.trigger.segment
    for step in journey.steps:
        match step:
            case WebhookStep(endpoint=endpoint):
                yield f"steps.{step.id}.endpoint", "endpoint", endpoint
            case NotifyStep(to=addresses):
                for address in addresses:
                    yield f"steps.{step.id}.to", "member of staff", address
            case ListStep(list=list_id):
                yield f"steps.{step.id}.list", "list", list_id
            case OfferStep(offer=offer_id):
                yield f"steps.{step.id}.offer", "offer", offer_id
            case EnterStep(journey=journey_id):
                yield f"steps.{step.id}.journey", "journey", journey_id
            case _:
                pass
