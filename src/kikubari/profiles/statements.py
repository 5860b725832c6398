"""Who says what about a person, since when, and why one of them stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from kikubari.events import Sealing
from kikubari.kit.instants import from_micros
from kikubari.profiles._repository import identity
from kikubari.profiles._repository import traits as rows
from kikubari.profiles.contracts import Trait, TraitFact
from kikubari.profiles.freshness import Freshness, judge_freshness
from kikubari.spec.envelope import DEFAULT_WORKSPACE


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A source's last word on a trait.

    Attributes:
        fact: what it says.
        since: of the first of its unbroken row of statements with this value.
        n_statements: how often it spoke of the trait.
        freshness: of the fact.
    """

    fact: TraitFact
    since: datetime
    n_statements: int
    freshness: Freshness


class ExplainedTrait(msgspec.Struct, frozen=True, kw_only=True):
    """A trait with everything that is said about it.

    Attributes:
        name: of the trait.
        standing: the word that stands.
        others: sources that say something else.
        reason: why the first stands: ``only`` (nobody else speaks), ``agreed`` (all say so),
            ``verified`` (another is not), ``latest``, or ``source_order`` (said at one instant).
    """

    name: str
    standing: Voice
    others: tuple[Voice, ...]
    reason: str


class TraitStatement(msgspec.Struct, frozen=True):
    """One version of a trait as one event stated it."""

    fact: TraitFact
    received_at: datetime


class TraitStatements:
    """Reads every version of a person's traits."""

    def __init__(self, sealing: Sealing, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._sealing = sealing
        self._workspace_id = workspace_id

    def list_all(self, connection: Connection, profile: int) -> list[TraitStatement]:
        """Return every statement about one person, oldest first."""
        numbers = identity.list_numbers_of(connection, self._workspace_id, [profile])
        found = rows.list_versions(connection, self._workspace_id, numbers.keys())
        opened = self._sealing.open(
            connection, [row.number for row in found], [row.value for row in found]
        )
        return [
            TraitStatement(
                TraitFact(
                    name=row.name,
                    value=msgspec.json.decode(payload),
                    at=from_micros(row.at_us),
                    source_id=row.source_id,
                    provenance=row.provenance,
                    confidence=row.confidence,
                    is_verified=bool(row.is_verified),
                    is_simulated=bool(row.is_simulated),
                ),
                from_micros(row.received_us),
            )
            for row, payload in zip(found, opened, strict=True)
            if payload is not None
        ]


def explain_traits(
    traits: dict[str, Trait], statements: Sequence[TraitStatement], *, now: datetime
) -> list[ExplainedTrait]:
    """Return standing traits with who says what since when, in order of name.

    Args:
        traits: as they stand.
        statements: all there are, oldest first.
        now: to judge age by.
    """
    said: dict[tuple[str, int, bool], list[TraitFact]] = {}
    for one in statements:
        said.setdefault(_speaker(one.fact), []).append(one.fact)
    n_sources: dict[str, int] = {}
    for name, _, _ in said:
        n_sources[name] = n_sources.get(name, 0) + 1

    def voice(fact: TraitFact) -> Voice:
        history = said.get(_speaker(fact), [fact])
        return Voice(
            fact=fact,
            since=_since(history, fact.value),
            n_statements=len(history),
            freshness=judge_freshness(fact, now=now),
        )

    return [
        ExplainedTrait(
            name=name,
            standing=voice(trait.fact),
            others=tuple(voice(fact) for fact in trait.disagreements),
            reason=_reason(trait, n_sources.get(name, 1)),
        )
        for name, trait in sorted(traits.items())
    ]


def _speaker(fact: TraitFact) -> tuple[str, int, bool]:
    return (fact.name, fact.source_id, fact.is_verified)


def _since(history: Sequence[TraitFact], value: Any) -> datetime:
    since = history[-1].at
    for fact in reversed(history):
        if fact.value != value:
            break
        since = fact.at
    return since


def _reason(trait: Trait, n_speakers: int) -> str:
    if not trait.disagreements:
        return "only" if n_speakers == 1 else "agreed"
    rival = trait.disagreements[0]
    if trait.fact.is_verified and not rival.is_verified:
        return "verified"
    return "latest" if trait.fact.at > rival.at else "source_order"
