"""Traits: every statement is kept; which one stands is decided when it is read."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from kikubari.events import Sealing, SequencedEvent, list_trait_assertions, message_key
from kikubari.kit.instants import from_micros, to_micros
from kikubari.profiles._repository import identity
from kikubari.profiles._repository import traits as rows
from kikubari.profiles.contracts import Trait, TraitFact
from kikubari.spec.envelope import DEFAULT_WORKSPACE

# Traits people are searched by.
NAME_TRAITS = frozenset(
    {
        "name", "full_name", "first_name", "firstName", "last_name", "lastName",
        "first_name_kana", "last_name_kana", "name_kana",
    }
)  # fmt: skip
MAX_TRAIT_NAME = 200
_MAX_TERM = 64
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()


class TraitProjection:
    """Keeps trait versions in step with the log. Order of arrival does not matter to it."""

    def __init__(self, sealing: Sealing, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._sealing = sealing
        self._workspace_id = workspace_id

    def apply(self, connection: Connection, events: Sequence[SequencedEvent]) -> None:
        """Append the traits that events assert about somebody."""
        numbers: list[int] = []
        values: list[bytes] = []
        heads: list[tuple[object, ...]] = []
        tails: list[tuple[object, ...]] = []
        names: set[tuple[int, str, int]] = set()
        for item in events:
            assertions = list_trait_assertions(item.event) if item.number else []
            if not assertions:
                continue
            event = item.event
            place = (to_micros(event.occurred_at), event.source_id, message_key(event.message_id))
            received = (to_micros(event.received_at), item.position)
            for one in assertions:
                if not _is_storable(one.name):
                    continue
                numbers.append(item.number)
                values.append(_encoder.encode(one.value))
                heads.append((self._workspace_id, item.number, one.name, *place))
                marks = (one.provenance, one.confidence, one.is_verified, one.is_simulated)
                tails.append((*marks[:2], int(one.is_verified), int(one.is_simulated), *received))
                if one.name in NAME_TRAITS and isinstance(one.value, str):
                    names |= {(self._workspace_id, t, item.number) for t in list_terms(one.value)}
        sealed = self._sealing.seal(connection, numbers, values) if numbers else []
        rows.insert_traits(
            connection,
            [(*head, value, *tail) for head, value, tail in zip(heads, sealed, tails, strict=True)],
        )
        rows.insert_names(connection, sorted(names))


def load_traits(
    connection: Connection,
    sealing: Sealing,
    workspace_id: int,
    profiles: Collection[int],
    *,
    names: Collection[str] | None = None,
) -> tuple[dict[int, dict[str, Trait]], dict[int, str]]:
    """Return people's traits by name, and their verified addresses, by canonical number."""
    profile_of = identity.list_numbers_of(connection, workspace_id, profiles)
    found = rows.list_standing_traits(connection, workspace_id, profile_of.keys(), names=names)
    opened = sealing.open(connection, [row.number for row in found], [row.value for row in found])
    said: dict[tuple[int, str], list[tuple[Any, bytes]]] = {}
    for row, payload in zip(found, opened, strict=True):
        if payload is not None:
            said.setdefault((profile_of[row.number], row.name), []).append((row, payload))
    traits: dict[int, dict[str, Trait]] = {profile: {} for profile in profiles}
    emails: dict[int, str] = {}
    for (profile, name), statements in said.items():
        trait = _read_trait(statements)
        if trait is not None:
            traits[profile][name] = trait
            if name == "email" and trait.fact.is_verified and isinstance(trait.value, str):
                emails[profile] = trait.value.strip()
    return traits, emails


def _read_trait(statements: Sequence[tuple[Any, bytes]]) -> Trait | None:
    if len(statements) > 1:
        return settle_trait([_statement(row, payload) for row, payload in statements])
    ((row, payload),) = statements
    fact = _fact(row, payload)
    return None if fact.value is None else Trait(fact)


class _Statement(msgspec.Struct, frozen=True):
    order: tuple[bool, int, int, bytes]
    fact: TraitFact


def settle_trait(statements: Iterable[_Statement]) -> Trait | None:
    """Return the trait that stands, None when the latest statement withdraws it.

    What is verified goes before what is not; then the latest by (time, source, message) stands,
    never the latest to arrive. Sources that last said something else are shown as disagreeing.
    """
    latest: dict[tuple[int, bool], _Statement] = {}
    for one in statements:
        key = (one.fact.source_id, one.fact.is_verified)
        if key not in latest or one.order > latest[key].order:
            latest[key] = one
    standing = sorted(latest.values(), key=lambda one: one.order, reverse=True)
    if not standing or standing[0].fact.value is None:
        return None
    first, *others = [one.fact for one in standing]
    return Trait(
        first,
        tuple(one for one in others if one.value is not None and one.value != first.value),
    )


def list_terms(text: str) -> set[str]:
    """Return what a name is found by: all of it without spaces, and each of its words."""
    words = [word[:_MAX_TERM] for word in normalise_term(text).split()]
    return {word for word in [*words, "".join(words)[:_MAX_TERM]] if word.isprintable() and word}


def normalise_term(text: str) -> str:
    """Return text as names are compared: NFKC, case-folded."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _is_storable(name: str) -> bool:
    return 0 < len(name) <= MAX_TRAIT_NAME and name.isprintable()


def _statement(row: Any, payload: bytes) -> _Statement:
    fact = _fact(row, payload)
    return _Statement((fact.is_verified, row.at_us, row.source_id, bytes(row.message_key)), fact)


def _fact(row: Any, payload: bytes) -> TraitFact:
    return TraitFact(
        name=row.name,
        value=_decoder.decode(payload),
        at=from_micros(row.at_us),
        source_id=row.source_id,
        provenance=row.provenance,
        confidence=row.confidence,
        is_verified=bool(row.is_verified),
        is_simulated=bool(row.is_simulated),
    )
