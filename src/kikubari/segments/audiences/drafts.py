"""A tree as it is being edited: parts of it may not be conditions yet."""

from collections.abc import Iterator
from typing import Any

import msgspec

from kikubari.segments.audiences.contracts import DraftProblem, NodeKind
from kikubari.spec.conditions import (
    MAX_DEPTH,
    MAX_NODES,
    AllOf,
    AnyOf,
    Condition,
    LeafCondition,
    Not,
    convert_condition,
)
from kikubari.spec.errors import InvalidInputError

_GROUPS: dict[str, NodeKind] = {"all": "all", "any": "any", "not": "not"}


class DraftNode(msgspec.Struct, frozen=True):
    """One node of an edited tree.

    Attributes:
        path: of the node as edited; incomplete neighbours keep theirs.
        kind: what the node is.
        leaf: the condition; None for groups and for what is incomplete.
        of: the nodes below.
    """

    path: str
    kind: NodeKind
    leaf: LeafCondition | None = None
    of: tuple["DraftNode", ...] = ()

    def condition(self) -> Condition | None:
        """Return what of this node is complete; None if nothing is."""
        if self.kind == "leaf":
            return self.leaf
        inner = tuple(one for node in self.of if (one := node.condition()) is not None)
        if not inner:
            return None
        if self.kind == "not":
            return Not(inner[0])
        return AllOf(inner) if self.kind == "all" else AnyOf(inner)

    def walk(self) -> Iterator["DraftNode"]:
        """Yield this node and those below, outer before inner, in order."""
        yield self
        for node in self.of:
            yield from node.walk()


class Draft(msgspec.Struct, frozen=True):
    """An edited tree, and what of it is not complete."""

    root: DraftNode
    problems: tuple[DraftProblem, ...]


def read_draft(value: Any) -> Draft:
    """Read an edited tree; whatever is no condition becomes a problem, never an error.

    Raises:
        InvalidInputError: it nests too deep or has too many parts.
    """
    reading = _Reading()
    root = reading.node(value, "$", 1)
    return Draft(root, tuple(reading.problems))


class _Reading:
    def __init__(self) -> None:
        self.problems: list[DraftProblem] = []
        self._n_nodes = 0

    def node(self, value: Any, path: str, depth: int) -> DraftNode:
        self._n_nodes += 1
        if depth > MAX_DEPTH:
            raise InvalidInputError(f"conditions nest at most {MAX_DEPTH} deep")
        if self._n_nodes > MAX_NODES:
            raise InvalidInputError(f"a tree has at most {MAX_NODES} conditions")
        kind = _GROUPS.get(str(value.get("type"))) if isinstance(value, dict) else None
        return self._leaf(value, path) if kind is None else self._group(kind, value, path, depth)

    def _group(self, kind: NodeKind, value: dict[str, Any], path: str, depth: int) -> DraftNode:
        inner = value.get("of")
        if kind == "not":
            if inner is None:
                return self._incomplete(path, kind, "nothing to negate yet")
            return DraftNode(path, kind, of=(self.node(inner, f"{path}.of", depth + 1),))
        if not isinstance(inner, list) or not inner:
            return self._incomplete(path, kind, "the group is empty")
        nodes = (self.node(one, f"{path}.of[{i}]", depth + 1) for i, one in enumerate(inner))
        return DraftNode(path, kind, of=tuple(nodes))

    def _leaf(self, value: Any, path: str) -> DraftNode:
        try:
            leaf = convert_condition(value)
        except InvalidInputError as error:
            return self._incomplete(path, "leaf", error.message)
        return DraftNode(path, "leaf", leaf)  # type: ignore[arg-type]  # groups were asked before

    def _incomplete(self, path: str, kind: NodeKind, message: str) -> DraftNode:
        self.problems.append(DraftProblem(path, "incomplete", message))
        return DraftNode(path, kind)
