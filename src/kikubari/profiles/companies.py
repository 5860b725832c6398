"""The companies a person belongs to and their role there, from `group` calls."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from kikubari.events import Sealing, SequencedEvent, message_key
from kikubari.kit.instants import from_micros, to_micros
from kikubari.profiles._kept_tables import company_statements
from kikubari.profiles._repository import identity
from kikubari.profiles._repository import kept as rows
from kikubari.spec.envelope import DEFAULT_WORKSPACE, EventKind

MAX_STATEMENTS = 2_000
_MAX_TRAITS = 100
_ROLE_TRAITS = ("role", "job_title", "jobTitle", "title")
_encoder = msgspec.json.Encoder()


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """A company a person belongs to, as the latest statements have it.

    Attributes:
        id: the `groupId`.
        name: of the company, empty if nobody said.
        role: the person's there, empty if nobody said.
        traits: of the company, all of them.
        since: of the first statement.
        at: of the latest.
    """

    id: str
    name: str
    role: str
    traits: dict[str, Any]
    since: datetime
    at: datetime


class CompanyProjection:
    """Keeps `group` calls in step with the log. Order of arrival does not matter to it."""

    def __init__(self, sealing: Sealing, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._sealing = sealing
        self._workspace_id = workspace_id

    def apply(self, connection: Connection, events: Sequence[SequencedEvent]) -> None:
        """Append what events say about people's companies."""
        said = [
            item
            for item in events
            if item.event.kind is EventKind.GROUP and item.number and item.event.group_id
        ]
        if not said:
            return
        bodies = self._sealing.seal(
            connection,
            [item.number for item in said],
            [
                _encoder.encode(
                    (item.event.group_id, dict(list(item.event.traits.items())[:_MAX_TRAITS]))
                )
                for item in said
            ],
        )
        rows.insert_statements(
            connection,
            company_statements,
            [
                (
                    self._workspace_id,
                    item.number,
                    to_micros(item.event.occurred_at),
                    item.event.source_id,
                    message_key(item.event.message_id),
                    body,
                )
                for item, body in zip(said, bodies, strict=True)
            ],
        )


class Companies:
    """Reads people's companies, on any connection."""

    def __init__(self, sealing: Sealing, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._sealing = sealing
        self._workspace_id = workspace_id

    def load(
        self, connection: Connection, people: Collection[int]
    ) -> dict[int, tuple[Company, ...]]:
        """Return people's companies, the latest named first, by canonical number."""
        profile_of = identity.list_numbers_of(connection, self._workspace_id, people)
        found = rows.list_statements(
            connection,
            company_statements,
            self._workspace_id,
            profile_of.keys(),
            limit=MAX_STATEMENTS * max(1, len(people)),
        )
        opened = self._sealing.open(
            connection, [row.number for row in found], [row.body for row in found]
        )
        said: dict[int, list[tuple[datetime, str, dict[str, Any]]]] = {}
        for row, body in zip(found, opened, strict=True):
            if body is not None:
                group_id, traits = msgspec.json.decode(body)
                said.setdefault(profile_of[row.number], []).append(
                    (from_micros(row.at_us), group_id, traits)
                )
        return {person: fold_companies(said.get(person, ())) for person in people}


def fold_companies(
    statements: Iterable[tuple[datetime, str, dict[str, Any]]],
) -> tuple[Company, ...]:
    """Return the companies after all statements, given in the order in which they hold.

    Each trait has its latest value; null withdraws it.
    """
    found: dict[str, Company] = {}
    for at, group_id, traits in statements:
        known = found.get(group_id)
        merged = {**(known.traits if known else {}), **traits}
        standing = {name: value for name, value in merged.items() if value is not None}
        found[group_id] = Company(
            id=group_id,
            name=_text(standing, ("name", "company_name")),
            role=_text(standing, _ROLE_TRAITS),
            traits=standing,
            since=known.since if known else at,
            at=at,
        )
    return tuple(sorted(found.values(), key=lambda company: (company.at, company.id))[::-1])


def _text(traits: dict[str, Any], names: Iterable[str]) -> str:
    return next((traits[name] for name in names if isinstance(traits.get(name), str)), "")
