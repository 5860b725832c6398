"""What both languages need: clauses, and the tree brought into the shape that is said best."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from kikubari.segments.explanation.contracts import Joint
from kikubari.spec.conditions import (
    AllOf,
    AnyOf,
    Condition,
    CountRange,
    EventCount,
    Events,
    LeafCondition,
    Not,
)

# A sentence of more conditions than these is read twice; lines are not.
MAX_IN_SENTENCE = 5


class Term(msgspec.Struct, frozen=True):
    """A leaf as it stands, or turned into its opposite."""

    leaf: LeafCondition
    is_negated: bool = False


class Grammar(Protocol):
    """One language: what it says of a leaf, and how it joins."""

    def line(self, term: Term) -> str:
        """Return a leaf as a line of its own."""
        ...

    def joint(self, joint: Joint) -> str:
        """Return what a group does to the lines below it."""
        ...

    def sentence(self, group: "Simple") -> str:
        """Return a simple tree as one sentence."""
        ...

    def heading(self, joint: Joint, n: int) -> str:
        """Return the sentence above the lines of a tree that is not simple."""
        ...

    def event(self, events: Events) -> str:
        """Return one of some events."""
        ...


class Simple(msgspec.Struct, frozen=True):
    """A tree that one sentence holds.

    Attributes:
        joint: how the terms are joined.
        terms: conditions side by side.
        either: one group of alternatives that must hold too; only in an `all`.
        but_not: one group that must not hold; only in an `all`.
    """

    joint: Joint
    terms: tuple[Term, ...]
    either: tuple[Term, ...] = ()
    but_not: tuple[Joint, tuple[Term, ...]] | None = None


def as_term(node: Condition) -> Term | None:
    """Return a leaf or a negated leaf; None for groups."""
    if isinstance(node, Not):
        inner = as_term(node.of)
        return inner and _turned(inner)
    return None if isinstance(node, AllOf | AnyOf) else Term(node)


def simplify(tree: Condition) -> Simple | None:
    """Return a tree in the shape of a sentence; None if it is too much for one."""
    single = as_term(tree)
    if single is not None:
        return Simple("all", (single,))
    if isinstance(tree, Not):
        inner = _flat(tree.of)
        return Simple("all", (), but_not=inner) if inner and _fits(inner[1]) else None
    flat = _flat(tree)
    if flat is not None:
        return Simple(flat[0], flat[1]) if _fits(flat[1]) else None
    return _mixed(tree) if isinstance(tree, AllOf) else None


def _mixed(tree: AllOf) -> Simple | None:
    terms = tuple(one for node in tree.of if (one := as_term(node)))
    groups = [node for node in tree.of if as_term(node) is None]
    either = [found[1] for node in groups if isinstance(node, AnyOf) and (found := _flat(node))]
    but_not = [found for node in groups if isinstance(node, Not) and (found := _flat(node.of))]
    n_said = len(either) + len(but_not)
    if n_said < len(groups) or len(either) > 1 or len(but_not) > 1 or not terms:
        return None
    everything = (*terms, *(either[0] if either else ()), *(but_not[0][1] if but_not else ()))
    if not _fits(everything):
        return None
    return Simple("all", terms, either[0] if either else (), but_not[0] if but_not else None)


def _flat(tree: Condition) -> tuple[Joint, tuple[Term, ...]] | None:
    if not isinstance(tree, AllOf | AnyOf):
        return None
    terms = [as_term(node) for node in tree.of]
    found = tuple(one for one in terms if one)
    joint: Joint = "all" if isinstance(tree, AllOf) else "any"
    return (joint, found) if len(found) == len(terms) else None


def _fits(terms: Sequence[Term]) -> bool:
    return len(terms) <= MAX_IN_SENTENCE


def _turned(term: Term) -> Term:
    """Return the opposite; of a count it is a count again, which reads best."""
    leaf = term.leaf
    if isinstance(leaf, EventCount) and not term.is_negated:
        opposite = _opposite(leaf.count)
        if opposite is not None:
            return Term(msgspec.structs.replace(leaf, count=opposite))
    return Term(leaf, not term.is_negated)


def _opposite(count: CountRange) -> CountRange | None:
    low, high = count.at_least or 0, count.at_most
    if low and high is None:
        return CountRange(at_most=low - 1)
    return CountRange(at_least=high + 1) if not low and high is not None else None
