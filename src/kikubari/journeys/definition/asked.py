"""What a branch or an exit asks: of the person, of what let them in, or of both together.

A condition of a journey is one of segments, in which a leaf ``trigger`` may stand too. Segments
know of no journey: a tree is taken apart here into the largest parts that do not ask about the
trigger, which are asked of segments as a whole, and those that the event itself answers.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from kikubari.journeys.definition.steps import Who
from kikubari.spec.conditions import MAX_DEPTH, EventFilter
from kikubari.spec.conditions.filters import MAX_FILTERS
from kikubari.spec.conditions.values import Closed
from kikubari.spec.errors import InvalidInputError


class TriggerIs(Closed, frozen=True, tag="trigger"):
    """What let the person in has all of these properties; of nothing known, it has none."""

    where: Annotated[tuple[EventFilter, ...], Meta(min_length=1, max_length=MAX_FILTERS)]


class Whoever(NamedTuple):
    """A part that is asked of segments: one by its id, or a condition tree."""

    who: Who


class Group(NamedTuple):
    """Parts of which all, any, or none have to hold."""

    kind: Literal["all", "any", "not"]
    parts: "tuple[Asked, ...]"


Asked = Whoever | TriggerIs | Group


def read_asked(who: Who) -> Asked:
    """Return a condition, taken apart where it asks about the trigger.

    Raises:
        InvalidInputError: such a part is not as it should be, or nests too deep; the others are
            not looked at.
    """
    return _read(who, depth=1)


def list_whoever(asked: Asked) -> Iterator[Who]:
    """Yield what is asked of segments."""
    match asked:
        case Whoever(who=who):
            yield who
        case Group(parts=parts):
            for part in parts:
                yield from list_whoever(part)
        case _:
            pass


def asks_trigger(asked: Asked) -> bool:
    """Say whether any part asks about what let the person in."""
    match asked:
        case Group(parts=parts):
            return any(asks_trigger(part) for part in parts)
        case _:
            return isinstance(asked, TriggerIs)


def _read(who: Any, *, depth: int) -> Asked:
    if depth > MAX_DEPTH:
        raise InvalidInputError(f"conditions nest at most {MAX_DEPTH} deep")
    kind, inner = _look_into(who)
    if kind == "trigger":
        try:
            return msgspec.convert(who, TriggerIs)
        except msgspec.ValidationError as error:
            raise InvalidInputError(
                f"not a condition on the trigger: {error}",
                hint="docs/journeys.md shows what may be asked of what let the person in.",
            ) from error
    parts = [_read(one, depth=depth + 1) for one in inner]
    if not any(asks_trigger(part) for part in parts):
        return Whoever(who)
    return Group(kind, tuple(_joined(kind, parts)))


def _look_into(who: Any) -> tuple[Any, list[Any]]:
    """Return what kind of condition it is, and the conditions it is made of."""
    if not isinstance(who, dict):
        return "", []
    kind, inner = who.get("type"), who.get("of")
    if kind in ("all", "any") and isinstance(inner, list):
        return kind, inner
    return kind, [inner] if kind == "not" else []


def _joined(kind: str, parts: list[Asked]) -> Iterator[Asked]:
    """Yield the parts, with those that segments answer as one."""
    asked = [part.who for part in parts if isinstance(part, Whoever)]
    if len(asked) == 1:
        yield Whoever(asked[0])
    elif asked:
        yield Whoever({"type": kind, "of": [_as_tree(one) for one in asked]})
    yield from (part for part in parts if not isinstance(part, Whoever))


def _as_tree(who: Who) -> dict[str, Any]:
    return {"type": "segment", "segment": who} if isinstance(who, str) else who
