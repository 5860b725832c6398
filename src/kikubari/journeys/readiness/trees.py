"""What a condition on people, or a choice of events, looks at."""

from collections.abc import Callable, Iterator
from typing import Any

from kikubari.journeys.readiness.contracts import Reading
from kikubari.spec.conditions import (
    Age,
    Anniversary,
    AnyElementFilter,
    AnyItemFilter,
    Cart,
    ColumnFilter,
    Condition,
    ConsentIs,
    Events,
    EveryElementFilter,
    EveryItemFilter,
    InSegment,
    Is,
    Near,
    Place,
    PropertyFilter,
    PropertyMeasure,
    Reachable,
    RunsLow,
    TraitIs,
    walk,
)
from kikubari.spec.errors import KikubariError
from kikubari.spec.topics import ORDER_COMPLETED, PRODUCT_ADDED, RESERVED_PREFIX, RUNS_LOW

# Typed columns that are a property of the same name; what others are made of differs by event.
_OWN_COLUMNS = frozenset(
    {"order_id", "cart_id", "product_id", "category", "brand", "coupon", "query", "store"}
)
_DEEPEST = 2  # levels of a path that are counted
TreeOf = Callable[[str], Condition]


def read_events(path: str, events: Any, or_else: tuple[str, ...] = ()) -> Iterator[Reading]:
    """Yield an event and its properties that are looked at.

    Args:
        path: of the part of the journey.
        events: anything that chooses events: `Events`, or a leaf that has its fields.
        or_else: it is enough that one of these comes.
    """
    name = events.event
    if name == RUNS_LOW:
        # Forecast from orders.
        yield Reading(path=path, kind="event", name=ORDER_COMPLETED)
    if name is None or name.startswith(RESERVED_PREFIX):
        return
    yield Reading(path=path, kind="event", name=name, or_else=or_else)
    filters = [*getattr(events, "where", ()), *getattr(events, "among", ())]
    named = [found for one in filters if (found := _property_of(one))]
    measured = getattr(events, "of", None)
    if isinstance(measured, PropertyMeasure):
        named.append((_spelt(measured.path), None))
    for property_name, value in named:
        yield Reading(path=path, kind="property", name=property_name, event=name, value=value)


def read_condition(path: str, tree: Condition, tree_of: TreeOf) -> Iterator[Reading]:
    """Yield what a condition looks at, with the segments that it is made of.

    Args:
        path: of the part of the journey.
        tree: the condition.
        tree_of: returns a stored segment's condition.
    """
    waiting, seen = [tree], set[str]()
    while waiting:
        for _, node in walk(waiting.pop()):
            yield from _read_leaf(path, node)
            if isinstance(node, InSegment) and node.segment not in seen:
                seen.add(node.segment)
                try:
                    waiting.append(tree_of(node.segment))
                except KikubariError:
                    continue  # a fault, not a warning


def _read_leaf(path: str, node: Any) -> Iterator[Reading]:
    match node:
        case TraitIs(trait=name) | Anniversary(trait=name) | Age(trait=name):
            yield Reading(path=path, kind="trait", name=name)
        case ConsentIs(purpose=purpose, status="granted"):
            yield Reading(path=path, kind="consent", name=purpose)
        case Reachable():
            yield Reading(path=path, kind="consent", name="marketing")
        case Cart():
            yield Reading(path=path, kind="event", name=PRODUCT_ADDED)
        case RunsLow():
            yield Reading(path=path, kind="event", name=ORDER_COMPLETED)
        case Near():
            for name in ("latitude", "longitude"):
                yield Reading(path=path, kind="trait", name=name)
        case Place(field=field, source="trait"):
            yield Reading(path=path, kind="trait", name=field)
        case _:
            yield from _read_parts(path, node)


def _read_parts(path: str, node: Any) -> Iterator[Reading]:
    """Yield what leaves look at that have the fields of `Events`, or hold some."""
    fields = getattr(node, "__struct_fields__", ())
    if "event" in fields:
        yield from read_events(path, node)
    for name in fields:
        value = getattr(node, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Events):
                yield from read_events(path, part)


def _property_of(one: Any) -> tuple[str, object] | None:
    match one:
        case PropertyFilter(path=path, test=test):
            return _spelt(path), test.value if isinstance(test, Is) else None
        case ColumnFilter(column=column, test=test) if column in _OWN_COLUMNS:
            return column, test.value if isinstance(test, Is) else None
        case AnyItemFilter(where=(first, *_)) | EveryItemFilter(where=(first, *_)):
            field = first.field.removesuffix("_minor")
            return f"products[].{field}", None
        case AnyElementFilter(path=path) | EveryElementFilter(path=path):
            return _spelt(path), None
        case _:
            return None


def _spelt(path: tuple[str, ...]) -> str:
    """Return a path as the catalogue of attributes spells it, as far down as that goes."""
    return ".".join(path[:_DEEPEST])
