"""What a tree proves of itself: parts that cannot hold, and parts that say nothing new."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from kikubari.segments.advice.facts import Count, Fact, Itself, excludes, facts_of, implies
from kikubari.segments.explanation import Term, as_term
from kikubari.spec.conditions import AllOf, AnyOf, Condition, Not, digest_of

Kind = Literal["contradictory", "contradictory_branch", "always_true", "implied", "repeated",
               "double_negation"]  # fmt: skip


class Proof(msgspec.Struct, frozen=True):
    """Something a tree proves: of the node at `path`, because of the one at `other_path`."""

    kind: Kind
    path: str
    other_path: str | None = None


class _Known(msgspec.Struct, frozen=True):
    """A condition with what it says, and what follows from it."""

    path: str
    facts: Sequence[Fact]
    consequences: Sequence[Fact]


def _known(path: str, term: Term) -> _Known:
    facts = facts_of(term)
    return _Known(path, facts, [*facts, Itself(digest_of(term.leaf), term.is_negated)])


def prove(tree: Condition) -> Iterator[Proof]:
    """Yield what the tree proves of itself."""
    yield from _prove(tree, "$", ())


def _prove(node: Condition, path: str, given: tuple[_Known, ...]) -> Iterator[Proof]:
    match node:
        case AllOf(of=of):
            yield from _all(of, path, given)
        case AnyOf(of=of):
            yield from _any(of, path, given)
        case Not(of=Not()):
            yield Proof("double_negation", path)
        case Not(of=inner):
            # What holds outside holds inside too, but "says nothing new" turns round.
            yield from _prove(inner, f"{path}.of", ())
        case _:
            own = _known(path, Term(node))
            if _exclude(own, own):
                yield Proof("contradictory", path)


def _all(of: Sequence[Condition], path: str, given: tuple[_Known, ...]) -> Iterator[Proof]:
    known = list(given)
    n_given = len(given)
    groups = []
    for i, node in enumerate(of):
        here = f"{path}.of[{i}]"
        term = as_term(node)
        if term is None:
            groups.append((node, here))
            continue
        own = _known(here, term)
        yield from _alone(node, own)
        yield from _beside(own, known, n_given)
        known.append(own)
    for node, here in groups:
        yield from _prove(node, here, tuple(known))


def _alone(node: Condition, own: _Known) -> Iterator[Proof]:
    if isinstance(node, Not) and isinstance(node.of, Not):
        yield Proof("double_negation", own.path)
    if _exclude(own, own):
        yield Proof("contradictory", own.path)


def _beside(own: _Known, known: Sequence[_Known], n_given: int) -> Iterator[Proof]:
    """Compare a condition with those that must hold too; one proof is enough."""
    for i, other in enumerate(known):
        if _exclude(own, other):
            kind: Kind = "contradictory" if i >= n_given else "contradictory_branch"
            yield Proof(kind, own.path, other.path)
            return
        if _follows(own, other):
            yield Proof("repeated" if _follows(other, own) else "implied", own.path, other.path)
            return
        if i >= n_given and _follows(other, own):
            yield Proof("implied", other.path, own.path)
            return


def _any(of: Sequence[Condition], path: str, given: tuple[_Known, ...]) -> Iterator[Proof]:
    before: list[_Known] = []
    for i, node in enumerate(of):
        here = f"{path}.of[{i}]"
        term = as_term(node)
        if term is None:
            yield from _prove(node, here, given)
            continue
        own = _known(here, term)
        yield from _alternative(own, before, given)
        before.append(own)


def _alternative(own: _Known, before: Sequence[_Known], given: Sequence[_Known]) -> Iterator[Proof]:
    """Compare an alternative with those before it, and with what must hold anyway."""
    for other in given:
        if _exclude(own, other):
            yield Proof("contradictory_branch", own.path, other.path)
            return
    for other in before:
        if _is_opposite(own.facts, other.facts):
            yield Proof("always_true", own.path, other.path)
            return
        if _follows(other, own):
            yield Proof("repeated" if _follows(own, other) else "implied", own.path, other.path)
            return
        if _follows(own, other):
            yield Proof("implied", other.path, own.path)
            return


def _exclude(one: _Known, other: _Known) -> bool:
    """Say whether nobody can satisfy both."""
    return any(excludes(a, b) for a in one.consequences for b in other.consequences)


def _follows(one: _Known, other: _Known) -> bool:
    """Say whether whoever satisfies the other satisfies the one."""
    return all(any(implies(b, a) for b in other.consequences) for a in one.facts)


def _is_opposite(facts: Sequence[Fact], others: Sequence[Fact]) -> bool:
    """Say whether one of two single facts must hold: they are each other's opposite."""
    if len(facts) != 1 or len(others) != 1:
        return False
    match facts[0], others[0]:
        case Itself() as one, Itself() as other:
            return one.digest == other.digest and one.is_negated != other.is_negated
        case Count() as one, Count() as other if one.is_least != other.is_least:
            least, most = (one, other) if one.is_least else (other, one)
            return msgspec.structs.replace(most, n=most.n + 1, is_least=True) == least
    return False
