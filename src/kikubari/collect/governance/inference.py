"""A first tracking plan made from what was seen. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from kikubari.collect.governance.contracts import (
    Attribute,
    AttributeKind,
    Mode,
    PlanRule,
    TrackingPlan,
)

# Rarer types are taken for mistakes, not for part of the plan.
_COMMON = 0.01
# Fewer events than this prove nothing about what is always there.
_ENOUGH = 100
_ALWAYS = 0.9999
_JSON_TYPES = {
    "text": ["string"],
    "number": ["number"],
    "boolean": ["boolean"],
    "object": ["object"],
    "list": ["array"],
    "null": ["null"],
}
# The catalogue reads traits as conditions do, where text that is a number counts as a number.
_TRAIT_TYPES = {
    **_JSON_TYPES,
    "number": ["number", "string"],
    "instant": ["string"],
    "protected": ["string", "number", "object", "array"],
}


def infer_plan(
    attributes: Iterable[Attribute],
    events: Sequence[str],
    *,
    mode: Mode = Mode.FLAG,
    unknown: Mode = Mode.FLAG,
) -> TrackingPlan:
    """Return the plan that what was seen keeps to, but for rare types.

    Args:
        attributes: of the catalogue.
        events: every event name seen.
        mode: what becomes of messages that do not fit.
        unknown: what becomes of events, and properties of events, never seen.
    """
    traits: list[Attribute] = []
    by_event: dict[str, list[Attribute]] = defaultdict(list)
    for one in attributes:
        if one.kind is AttributeKind.TRAIT:
            traits.append(one)
        else:
            by_event[one.event].append(one)
    return TrackingPlan(
        unknown_events=unknown,
        events={
            name: PlanRule(
                schema=_schema(by_event[name], _JSON_TYPES),
                mode=mode,
                unknown_properties=unknown,
            )
            for name in sorted(events)
        },
        traits=PlanRule(schema=_schema(traits, _TRAIT_TYPES), mode=mode) if traits else None,
    )


def _schema(attributes: list[Attribute], json_types: dict[str, list[str]]) -> dict[str, Any]:
    root: dict[str, Any] = {"type": "object", "properties": {}}
    # A trait's name may hold dots of its own; only properties are paths.
    is_flat = bool(attributes) and attributes[0].kind is AttributeKind.TRAIT
    nodes: dict[str, dict[str, Any]] = {"": root}
    for one in sorted(attributes, key=_depth):
        node = _node(one, json_types)
        parent, name = ("", one.name) if is_flat else _place(one.name)
        holder = nodes.get(parent)
        if holder is None:
            continue
        nodes[one.name] = node
        if name == "[]":
            holder["items"] = node
        else:
            holder.setdefault("properties", {})[name] = node
            if one.figures.of >= _ENOUGH and one.figures.fill_rate >= _ALWAYS and not is_flat:
                holder.setdefault("required", []).append(name)
    return root


def _depth(one: Attribute) -> int:
    return one.name.count(".") + one.name.count("[]")


def _place(path: str) -> tuple[str, str]:
    """Return where a path's parent is, and its own name there."""
    if path.endswith("[]"):
        return path.removesuffix("[]"), "[]"
    parent, _, name = path.rpartition(".")
    return parent, name


def _node(one: Attribute, json_types: dict[str, list[str]]) -> dict[str, Any]:
    names: list[str] = []
    for share in one.figures.types:
        if share.share >= _COMMON:
            names += [name for name in json_types[share.type] if name not in names]
    node: dict[str, Any] = {}
    if names:
        node["type"] = names[0] if len(names) == 1 else names
    if one.description:
        node["description"] = one.description
    return node
