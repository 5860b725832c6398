"""What differs between two versions of a journey, by the places of its steps and rules."""

from typing import Any

import msgspec

from kikubari.journeys.definition import JourneyDefinition
from kikubari.journeys.running.contracts import StepChange


def diff(before: JourneyDefinition | None, after: JourneyDefinition) -> list[StepChange]:
    """Return the differences: fields of the journey first, then its steps in their order."""
    old = {} if before is None else _parts(before)
    new = _parts(after)
    return [
        StepChange(path=path, kind=_kind(path, old, new), before=old.get(path), after=new.get(path))
        for path in dict.fromkeys([*new, *old])
        if old.get(path) != new.get(path)
    ]


def _kind(path: str, old: dict[str, Any], new: dict[str, Any]) -> Any:
    if path not in old:
        return "added"
    return "changed" if path in new else "removed"


def _parts(definition: JourneyDefinition) -> dict[str, Any]:
    whole: dict[str, Any] = msgspec.to_builtins(definition)
    steps = whole.pop("steps", [])
    rules = whole.pop("rules", {})
    return {
        **whole,
        **{f"rules.{name}": value for name, value in rules.items()},
        **{f"steps.{step['id']}": step for step in steps},
    }
