"""Which facts chose the people: the guard judges them as it does those that are printed."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from kikubari.decide.guard.contracts import FactOfUse
from kikubari.decide.personalise import Lineage, Provenance
from kikubari.segments import is_worked_out
from kikubari.spec.conditions import (
    Age,
    AllOf,
    Anniversary,
    AnyOf,
    Condition,
    ConsentIs,
    Everyone,
    InList,
    InSegment,
    Near,
    Not,
    Place,
    Prediction,
    Reachable,
    RunsLow,
    Suppressed,
    TraitIs,
    walk,
)

_NOT_NAMES = frozenset({"type", "op", "unit", "within", "during", "on", "timezone"})
# These hold other conditions, which are looked at one by one, or ask for what allows a message,
# which its reason says anyway.
_WITHOUT_FACTS = (
    *(AllOf, AnyOf, Not, Everyone, InSegment),
    *(ConsentIs, Reachable, Suppressed),
)


def list_selecting(tree: Condition) -> tuple[FactOfUse, ...]:
    """Return the facts a segment's conditions look at.

    A trait's provenance is each person's own matter: `with_lineage` fills it in. What people did
    is observed, and named by the events and values looked for, because these may give more away
    than they say; a prediction is a guess, and so is a list that was worked out. Who stands on
    another list was put there by name, for no fact that is known here.
    """
    facts: dict[str, FactOfUse] = {}
    for _, node in walk(tree):
        for fact in _facts_of(node):
            facts.setdefault(fact.attribute, fact)
    return tuple(facts.values())


def with_lineage(
    facts: tuple[FactOfUse, ...], lineage: Mapping[str, Lineage]
) -> tuple[FactOfUse, ...]:
    """Return the facts that hold for one person, traits with their provenance and confidence.

    A trait the person does not have says nothing about them.
    """
    known = ((one, lineage.get(f"customer.{one.attribute}")) for one in facts)
    return tuple(
        one
        if trait is None
        else msgspec.structs.replace(
            one,
            provenance=trait.provenance,
            confidence=trait.confidence,
            sources_agree=trait.sources_agree,
        )
        for one, trait in known
        if trait is not None or one.provenance is not None
    )


def _facts_of(node: Condition) -> Iterator[FactOfUse]:
    if isinstance(node, TraitIs | Anniversary | Age):
        yield FactOfUse(attribute=node.trait)
        return
    if isinstance(node, Place) and node.source == "trait":
        yield FactOfUse(attribute=node.field)
        return
    if isinstance(node, Near):
        yield from (FactOfUse(attribute="latitude"), FactOfUse(attribute="longitude"))
        return
    if isinstance(node, InList):
        if is_worked_out(node.list_id):
            kind = node.list_id.partition("-")[0]
            yield FactOfUse(
                attribute=f"list:{kind}", provenance=Provenance.INFERRED, confidence=1.0
            )
        return
    if isinstance(node, _WITHOUT_FACTS):
        return
    plain = msgspec.to_builtins(node)
    kind = plain["type"]
    is_guess = isinstance(node, Prediction | RunsLow)
    provenance = Provenance.INFERRED if is_guess else Provenance.OBSERVED
    words = list(_words({key: one for key, one in plain.items() if key not in _NOT_NAMES}))
    yield FactOfUse(attribute=f"{kind}:{' '.join(words)}", provenance=provenance, confidence=1.0)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in _NOT_NAMES:
                yield from _words(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _words(one)
