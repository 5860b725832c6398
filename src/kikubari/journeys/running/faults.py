"""All that keeps a definition from being published."""

from collections.abc import Callable

from kikubari.deliver import Sender
from kikubari.journeys.definition import Fault, JourneyDefinition, MessageStep, NotifyStep
from kikubari.journeys.definition import list_faults as list_faults_between
from kikubari.journeys.running.notices import write_notice
from kikubari.spec.errors import KikubariError

# Refuses, by raising, a step whose message cannot be made.
CheckMessage = Callable[[MessageStep], None]
# Returns what is wrong with what a definition refers to: segments, lists, offers.
CheckReferences = Callable[[JourneyDefinition], list[Fault]]
_NOBODY = Sender(from_address="nobody@shop.example")


def list_faults(
    definition: JourneyDefinition, check_message: CheckMessage, check_references: CheckReferences
) -> list[Fault]:
    """Return what is wrong between the parts, with what they refer to, and with the letters."""
    faults = list_faults_between(definition)
    if definition.rules.goal is None:
        faults.append(
            Fault(path="rules.goal", code="no_goal", message="say what the journey is for")
        )
    faults += check_references(definition)
    for step in definition.steps:
        try:
            if isinstance(step, MessageStep):
                check_message(step)
            elif isinstance(step, NotifyStep):
                write_notice(step, _NOBODY)
        except KikubariError as error:
            field = "template" if isinstance(step, MessageStep) else "text"
            path = f"steps.{step.id}.{field}"
            faults.append(Fault(path=path, code=error.code, message=error.message))
    return faults
