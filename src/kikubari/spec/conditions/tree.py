"""The tree: groups, the union of all conditions, its JSON form and its limits."""

import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from kikubari.spec.conditions import leaves
from kikubari.spec.conditions.values import Closed
from kikubari.spec.errors import InvalidInputError

MAX_DEPTH = 32
MAX_NODES = 500
# A level of the tree is an object and its list; a leaf itself nests at most twelve deep.
_MAX_BRACKETS = 2 * MAX_DEPTH + 12
_MAX_BYTES = 1_000_000
_JSON_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')


class AllOf(Closed, frozen=True, tag="all"):
    """Everyone for whom all of these hold."""

    of: Annotated[tuple["Condition", ...], Meta(min_length=1, max_length=MAX_NODES)]


class AnyOf(Closed, frozen=True, tag="any"):
    """Everyone for whom at least one of these holds."""

    of: Annotated[tuple["Condition", ...], Meta(min_length=1, max_length=MAX_NODES)]


class Not(Closed, frozen=True, tag="not"):
    """Everyone known (with an event by then) for whom this does not hold."""

    of: "Condition"


class Everyone(Closed, frozen=True, tag="everyone"):
    """Everybody with at least one event by then."""


LeafCondition = (
    Everyone
    | leaves.TraitIs
    | leaves.EventCount
    | leaves.EventAggregate
    | leaves.DistinctCount
    | leaves.Repeated
    | leaves.EventRatio
    | leaves.Recency
    | leaves.Due
    | leaves.FirstEvent
    | leaves.LastEvent
    | leaves.Sequence
    | leaves.NotFollowed
    | leaves.Percentile
    | leaves.Cart
    | leaves.Anniversary
    | leaves.Age
    | leaves.ConsentIs
    | leaves.Suppressed
    | leaves.Reachable
    | leaves.InSegment
    | leaves.InList
    | leaves.Prediction
    | leaves.RunsLow
    | leaves.Place
    | leaves.Near
    | leaves.Technology
    | leaves.Searched
    | leaves.Acquired
)
Condition = AllOf | AnyOf | Not | LeafCondition

_decoder: msgspec.json.Decoder[Condition] = msgspec.json.Decoder(Condition)
_encoder = msgspec.json.Encoder(order="deterministic")


def decode_condition(text: bytes | str) -> Condition:
    """Read a tree from JSON.

    Raises:
        InvalidInputError: not JSON, not a tree, or beyond a limit; names the path.
    """
    body = text.encode() if isinstance(text, str) else text
    if len(body) > _MAX_BYTES:
        raise InvalidInputError(f"a definition has at most {_MAX_BYTES} bytes")
    _check_brackets(body)
    try:
        return checked(_decoder.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(
            f"not a condition: {error}", hint="docs/segments.md shows every condition."
        ) from error


def convert_condition(value: Any) -> Condition:
    """Read a tree from plain dicts and lists (a YAML file, a request's body).

    Raises:
        InvalidInputError: as `decode_condition`.
    """
    _check_nesting(value)
    try:
        return decode_condition(msgspec.json.encode(value))
    except (TypeError, OverflowError, UnicodeEncodeError) as error:
        raise InvalidInputError(f"not a condition: {error}") from error


def encode_condition(condition: Condition) -> bytes:
    """Return the canonical JSON: the same condition always gives the same bytes."""
    return _encoder.encode(condition)


def digest_of(condition: Condition) -> str:
    """Return what names this condition in caches."""
    return blake2b(encode_condition(condition), digest_size=16).hexdigest()


def walk(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """Yield every node with its path, outer before inner, in order."""
    waiting: list[tuple[str, Condition]] = [("$", condition)]
    while waiting:
        path, node = waiting.pop()
        yield path, node
        inner = children(node)
        if isinstance(node, Not):
            waiting.append((f"{path}.of", node.of))
        else:
            waiting.extend((f"{path}.of[{i}]", inner[i]) for i in range(len(inner) - 1, -1, -1))


def children(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions a group is made of, none for a leaf."""
    if isinstance(condition, AllOf | AnyOf):
        return condition.of
    return (condition.of,) if isinstance(condition, Not) else ()


def checked(condition: Condition) -> Condition:
    """Return the tree if it is within the limits.

    Raises:
        InvalidInputError: deeper than `MAX_DEPTH` or more than `MAX_NODES` nodes.
    """
    level: Sequence[Condition] = [condition]
    depth = nodes = 0
    while level:
        depth += 1
        nodes += len(level)
        if depth > MAX_DEPTH:
            raise InvalidInputError(f"conditions nest at most {MAX_DEPTH} deep")
        if nodes > MAX_NODES:
            raise InvalidInputError(f"a tree has at most {MAX_NODES} conditions")
        level = [inner for node in level for inner in children(node)]
    return condition


def _check_brackets(body: bytes) -> None:
    """Bound the nesting before a recursive decoder sees it."""
    depth = 0
    for byte in _JSON_TEXT.sub(b"", body):
        if byte in b"[{":
            depth += 1
            if depth > _MAX_BRACKETS:
                raise InvalidInputError(f"conditions nest at most {MAX_DEPTH} deep")
        elif byte in b"]}":
            depth -= 1


def _check_nesting(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > _MAX_BRACKETS:
            raise InvalidInputError(f"conditions nest at most {MAX_DEPTH} deep")
        level = [inner for node in level for inner in _inside(node)]


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else ()
