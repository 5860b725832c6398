"""What kinds of steps and triggers there are, for those who wrote another."""

import re
from typing import get_args

from kikubari.journeys.definition.steps import AnyStep
from kikubari.journeys.definition.triggers import Trigger

_UNKNOWN = re.compile(r"Invalid value '[^']*'.*?\b(steps\[\d+\]|trigger)\.type\b", re.DOTALL)


def list_step_kinds() -> list[str]:
    """Return the types a step may have, as documents name them."""
    return sorted(str(one.__struct_config__.tag) for one in get_args(AnyStep))


def list_trigger_kinds() -> list[str]:
    """Return the types a trigger may have."""
    return sorted(str(one.__struct_config__.tag) for one in get_args(Trigger))


def hint_at_kind(refusal: str) -> str:
    """Return what may stand at the place of an unknown type; empty for any other refusal.

    Args:
        refusal: what was said of a document: first what is wrong, then where.
    """
    found = _UNKNOWN.search(refusal)
    if found is None:
        return ""
    if found[1] == "trigger":
        return f"Triggers are: {', '.join(list_trigger_kinds())}."
    return f"Steps are: {', '.join(list_step_kinds())}."
