"""Whose events these are: the dense number of each event's strongest identifier."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import Connection

from kikubari.events import Move, message_key
from kikubari.kit.instants import to_micros
from kikubari.profiles._repository import counters
from kikubari.profiles._repository import identity as rows
from kikubari.profiles._repository.identity import Decision
from kikubari.profiles._settlement import LinkKey, NewEvidence, Settlement, is_better
from kikubari.profiles._stamped import RecentMap, Stamp
from kikubari.profiles.decisions import list_decided
from kikubari.profiles.identifiers import (
    ANONYMOUS_ID,
    DEVICE_RANK,
    USER_ID,
    USER_RANK,
    Identifier,
    IdentifierRules,
    Reference,
    list_references,
    rank_of,
)
from kikubari.profiles.resolution import NEVER, Evidence, Limits, LinkKind
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event, EventKind, Trust
from kikubari.spec.errors import UnavailableError
from kikubari.spec.topics import PROFILES_MERGED, PROFILES_UNMERGED

NUMBERS = "numbers"
_DECISION_TYPES = frozenset({PROFILES_MERGED, PROFILES_UNMERGED})
# Entries of each cache, at some 300 bytes each.
_CACHE_SIZE = 100_000


class _Known(msgspec.Struct, gc=False):
    """An identifier with its number; number 0 is a value that names nobody."""

    number: int
    rank: int
    key: bytes
    first: Evidence


_NOBODY = _Known(0, 0, b"", NEVER)


class _Reading(msgspec.Struct, gc=False):
    """The identifiers of an event: those it appears under, and those it only mentions."""

    seen: list[Reference]
    mentioned: list[Reference]


_NOTHING = _Reading([], [])


class IdentityNumbering:
    """Implements `events.Numbering` and `events.Moves`.

    For use in the sequencer's transactions only: one writer per workspace at a time. What is
    cached survives a rollback correctly, see `_stamped`.

    Args:
        limits: how many identifiers one person may have.
        rules: how identifier values are read.
        workspace_id: whose events these are.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        rules: IdentifierRules | None = None,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._limits = limits or Limits()
        self._rules = rules or IdentifierRules()
        self._workspace_id = workspace_id
        self._known: RecentMap[Reference, _Known] = RecentMap(_CACHE_SIZE)
        self._links: RecentMap[LinkKey, Evidence] = RecentMap(_CACHE_SIZE)
        self._stamp = Stamp(f"identity:{workspace_id}")

    def number(self, connection: Connection, events: Sequence[Event]) -> list[int]:
        """Return the number of each event's strongest identifier, 0 for nobody.

        An event that the product itself addressed keeps the number it carries.
        """
        if not self._stamp.is_current(connection):
            self._known.clear()
            self._links.clear()
        readings = [_read(event) for event in events]
        evidence = NewEvidence()
        known, uncached = self._find_known(connection, readings, evidence)
        batch = _Batch(known, self._links, evidence)
        numbers = [
            batch.take_in(event, reading) for event, reading in zip(events, readings, strict=True)
        ]
        if evidence:
            # First of all: what is cached from here on is only true if this commits.
            self._stamp.change(connection)
            rows.insert_decisions(connection, self._workspace_id, batch.decisions)
            Settlement(connection, self._workspace_id, self._limits).run(evidence)
            self._remember(known.values(), evidence)
        for reference in uncached:
            self._known[reference] = known[reference]
        return numbers

    def list_moves(self, connection: Connection, *, after_version: int, limit: int) -> list[Move]:
        """Return moves with a higher version, in order of version."""
        return [
            Move(number=row.number, profile=row.profile, version=row.version)
            for row in rows.list_moves(
                connection, self._workspace_id, after_version=after_version, limit=limit
            )
        ]

    def _find_known(
        self, connection: Connection, readings: Iterable[_Reading], evidence: NewEvidence
    ) -> tuple[dict[Reference, _Known], Iterable[Reference]]:
        """Return every identifier of a batch, and which of them are not cached yet.

        Those never seen before get their numbers.
        """
        known: dict[Reference, _Known] = {}
        unknown: dict[Reference, Identifier] = {}
        for reading in readings:
            for reference in chain(reading.seen, reading.mentioned):
                if reference in known or reference in unknown:
                    continue
                cached = self._known.get(reference)
                if cached is not None:
                    known[reference] = cached
                    continue
                identifier = self._rules.find(*reference)
                if identifier is None:
                    known[reference] = self._known[reference] = _NOBODY
                else:
                    unknown[reference] = identifier
        if unknown:
            known.update(self._look_up(connection, unknown, evidence))
        return known, unknown.keys()

    def _look_up(
        self,
        connection: Connection,
        unknown: Mapping[Reference, Identifier],
        evidence: NewEvidence,
    ) -> dict[Reference, _Known]:
        wanted = {item.key(self._workspace_id): item for item in unknown.values()}
        found: dict[Identifier, _Known] = {}
        for row in rows.list_by_keys(connection, self._workspace_id, wanted.keys()):
            key = bytes(row.key)
            first = (row.first_us, row.first_source_id, bytes(row.first_message_key))
            found[wanted[key]] = _Known(row.number, rank_of(row.kind), key, first)
        fresh = [(key, item) for key, item in wanted.items() if item not in found]
        if fresh:
            start = counters.take(connection, NUMBERS, len(fresh))
            if start + len(fresh) > rows.MAX_NUMBER:
                raise UnavailableError(
                    "this installation has handed out every profile number there is",
                    hint="Split the workspaces over several installations.",
                )
            for number, (key, item) in enumerate(fresh, start=start):
                evidence.created[number] = item
                found[item] = _Known(number, item.rank, key, NEVER)
        return {reference: found[item] for reference, item in unknown.items()}

    def _remember(self, known: Iterable[_Known], evidence: NewEvidence) -> None:
        for one in known:
            first = evidence.firsts.get(one.number)
            if first is not None:
                one.first = first
        for links in (evidence.people, evidence.devices):
            for key, said in links.items():
                self._links[key] = said


class _Batch:
    """Reads what one batch of events says about identity, the best of each kind only."""

    def __init__(
        self,
        known: Mapping[Reference, _Known],
        links: RecentMap[LinkKey, Evidence],
        evidence: NewEvidence,
    ) -> None:
        self._known = known
        self._links = links
        self._evidence = evidence
        self.decisions: list[Decision] = []

    def take_in(self, event: Event, reading: _Reading) -> int:
        """Note what an event says; return its number."""
        seen = self._usable(reading.seen)
        at_us = to_micros(event.occurred_at)
        for one in seen:
            # Only an event as early as the earliest needs the comparison in full.
            if at_us <= one.first[0]:
                self._take_first(one, _evidence(event, at_us))
        kind = LinkKind.PUBLIC if event.trust is Trust.PUBLIC else LinkKind.SEEN
        for other in seen[1:]:
            self._take_link((seen[0], other), kind, event, at_us)
        if reading.mentioned:
            self._take_mentions(event, seen, self._usable(reading.mentioned), at_us)
        if event.number is not None and event.trust is Trust.INTERNAL:
            return event.number
        return seen[0].number if seen else 0

    def _usable(self, references: Iterable[Reference]) -> list[_Known]:
        known = self._known
        return [one for one in [known[reference] for reference in references] if one.number]

    def _take_first(self, one: _Known, said: Evidence) -> None:
        if said < self._evidence.firsts.get(one.number, one.first):
            self._evidence.firsts[one.number] = said

    def _take_link(
        self, ends: tuple[_Known, _Known], kind: LinkKind, event: Event, at_us: int
    ) -> None:
        strong, weak = ends
        if (strong.rank, strong.key) > (weak.rank, weak.key):
            strong, weak = weak, strong
        if strong.number == weak.number or strong.rank == DEVICE_RANK:
            return  # two devices without a person say nothing about a person
        key = (strong.number, weak.number, kind)
        cached = self._links.get(key)
        if cached is not None and kind <= LinkKind.ALIAS and at_us > cached[0]:
            return
        said = _evidence(event, at_us)
        is_device = weak.rank == DEVICE_RANK
        links = self._evidence.devices if is_device else self._evidence.people
        best = links.get(key, cached)
        if best is None or is_better(kind, said, best):
            links[key] = said

    def _take_mentions(
        self, event: Event, seen: Sequence[_Known], mentioned: Sequence[_Known], at_us: int
    ) -> None:
        if event.type in _DECISION_TYPES:
            if len(mentioned) == 2:  # noqa: PLR2004 - a decision is about two
                self._take_decision(event, (mentioned[0], mentioned[1]), at_us)
        elif seen and seen[0].rank == USER_RANK:
            is_public = event.trust is Trust.PUBLIC
            for previous in mentioned:
                kind = LinkKind.PUBLIC if is_public else LinkKind.SEEN
                if previous.rank == USER_RANK:
                    kind = LinkKind.ALIAS
                self._take_link((seen[0], previous), kind, event, at_us)

    def _take_decision(self, event: Event, ends: tuple[_Known, _Known], at_us: int) -> None:
        is_merge = event.type == PROFILES_MERGED
        self._take_link(ends, LinkKind.MERGED if is_merge else LinkKind.APART, event, at_us)
        self.decisions.append(
            Decision(
                evidence=_evidence(event, at_us),
                is_merge=is_merge,
                left=ends[0].number,
                right=ends[1].number,
                by=_text(event.properties.get("by")),
                explanation=_text(event.properties.get("explanation")),
            )
        )


def _read(event: Event) -> _Reading:
    if event.trust is Trust.INTERNAL and event.type in _DECISION_TYPES:
        return _Reading([], list_decided(event))
    if event.number is not None and event.trust is Trust.INTERNAL:
        return _NOTHING
    seen = list_references(event)
    if event.kind is EventKind.ALIAS and event.previous_id:
        return _Reading(seen, _list_previous(event.previous_id, event.trust))
    return _Reading(seen, [])


def _list_previous(previous_id: str, trust: Trust) -> list[Reference]:
    """Return what a previousId may be: nobody says which, so it stands for both.

    A public key may say which device was whose, never that two user ids are one person.
    """
    device = (ANONYMOUS_ID, previous_id)
    return [device] if trust is Trust.PUBLIC else [(USER_ID, previous_id), device]


def _evidence(event: Event, at_us: int) -> Evidence:
    return (at_us, event.source_id, message_key(event.message_id))


def _text(value: Any) -> str:
    return value.replace("\0", "") if isinstance(value, str) else ""
