"""Changed copies of a tree; the tree itself never changes."""

import re

from kikubari.spec.conditions import AllOf, AnyOf, Condition, Not

_STEP = re.compile(r"\.of(?:\[(\d+)\])?")


def node_at(tree: Condition, path: str) -> Condition:
    """Return the node at a path of this tree."""
    node = tree
    for step in _STEP.finditer(path):
        if isinstance(node, Not):
            node = node.of
        elif isinstance(node, AllOf | AnyOf):
            node = node.of[int(step[1])]
    return node


def replaced(tree: Condition, path: str, new: Condition) -> Condition:
    """Return the tree with another node at a path."""
    found = _changed(tree, _steps(path), new)
    return tree if found is None else found


def without(tree: Condition, path: str) -> Condition | None:
    """Return the tree without the node at a path; None if nothing is left.

    A group left with one condition becomes that condition.
    """
    return _changed(tree, _steps(path), None)


def _steps(path: str) -> list[int | None]:
    return [None if step[1] is None else int(step[1]) for step in _STEP.finditer(path)]


def _changed(node: Condition, steps: list[int | None], new: Condition | None) -> Condition | None:
    if not steps:
        return new
    step, rest = steps[0], steps[1:]
    if isinstance(node, Not):
        inner = _changed(node.of, rest, new)
        return None if inner is None else Not(inner)
    if not isinstance(node, AllOf | AnyOf) or step is None:
        return node
    changed = _changed(node.of[step], rest, new)
    kept: tuple[Condition, ...] = () if changed is None else (changed,)
    of: tuple[Condition, ...] = (*node.of[:step], *kept, *node.of[step + 1 :])
    if len(of) == 1 and changed is None:
        return of[0]
    if not of:
        return None
    return AllOf(of) if isinstance(node, AllOf) else AnyOf(of)
