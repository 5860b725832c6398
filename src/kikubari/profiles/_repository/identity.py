"""Identifiers, the evidence that links them, and what became of it."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Row,
    Table,
    delete,
    or_,
    select,
)

from kikubari.profiles._repository.chunked import Rows, bulk_update, chunks, select_in
from kikubari.profiles._tables import decisions, device_links, identifiers, moves, person_links
from kikubari.profiles.identifiers import Identifier
from kikubari.profiles.resolution import Evidence, Link, LinkKind, Node
from kikubari.storage import bulk_insert

# Numbers stay below 2**31, so that a pair of them fits a signed 64-bit column.
MAX_NUMBER = 2**31 - 1
# What one person has that begins alike. Of all that begins with a letter, which may be a million,
# no more is read than this for each person asked for.
ALIKE = 8
_NODE_COLUMNS = (
    identifiers.c.number,
    identifiers.c.key,
    identifiers.c.kind,
    identifiers.c.first_us,
    identifiers.c.first_source_id,
    identifiers.c.first_message_key,
    identifiers.c.profile,
    identifiers.c.owner,
    identifiers.c.n_people,
    identifiers.c.n_devices,
)


def pair_of(strong: int, weak: int) -> int:
    """Return the one number that stands for a pair of numbers."""
    return (strong << 31) | weak


def list_by_keys(connection: Connection, workspace_id: int, keys: Collection[bytes]) -> Rows:
    """Return the identifiers with these keys."""
    c = identifiers.c
    return select_in(connection, workspace_id, _NODE_COLUMNS, where=c.key, among=keys)


def list_by_numbers(connection: Connection, workspace_id: int, numbers: Collection[int]) -> Rows:
    """Return the identifiers with these numbers."""
    c = identifiers.c
    return select_in(connection, workspace_id, _NODE_COLUMNS, where=c.number, among=numbers)


def list_by_owners(connection: Connection, workspace_id: int, owners: Collection[int]) -> Rows:
    """Return the devices that belong to these identifiers; 0 is nobody, not an owner."""
    c = identifiers.c
    return select_in(
        connection, workspace_id, _NODE_COLUMNS, where=c.owner, among=owners, also=[c.owner > 0]
    )


_STATE_COLUMNS = (
    "first_us", "first_source_id", "first_message_key", "profile", "owner", "n_people",
    "n_devices",
)  # fmt: skip
State = tuple[int, int, bytes, int, int, int, int]


def insert_identifiers(
    connection: Connection, workspace_id: int, created: Iterable[tuple[Node, str, State]]
) -> None:
    """Write identifiers never seen before, each with its value and its state."""
    columns = ("workspace_id", "number", "key", "kind", "value", *_STATE_COLUMNS)
    rows = [
        (workspace_id, node.number, node.key, node.kind, value, *state)
        for node, value, state in created
    ]
    bulk_insert(connection, identifiers, columns, rows)


def update_identifiers(
    connection: Connection, workspace_id: int, changed: Iterable[tuple[int, State]]
) -> None:
    """Write what changed about identifiers, by number."""
    rows = [(*state, workspace_id, number) for number, state in changed]
    key = ("workspace_id", "number")
    bulk_update(connection, identifiers, changes=_STATE_COLUMNS, key=key, rows=rows)


def list_links_by_pairs(
    connection: Connection, table: Table, workspace_id: int, pairs: Collection[int]
) -> list[Link]:
    """Return the evidence, of every kind, for these pairs."""
    rows = select_in(
        connection, workspace_id, _link_columns(table), where=table.c.pair, among=pairs
    )
    return [_link(row) for row in rows]


def list_links_of_people(
    connection: Connection, workspace_id: int, numbers: Collection[int], *, only_decisions: bool
) -> list[Link]:
    """Return the evidence between people that touches these numbers; some may come twice."""
    c = person_links.c
    return [
        _link(row)
        for column in (c.strong, c.weak)
        for row in select_in(
            connection,
            workspace_id,
            _link_columns(person_links),
            where=column,
            among=numbers,
            also=[c.kind >= int(LinkKind.MERGED)] if only_decisions else [],
        )
    ]


def list_links_of_devices(
    connection: Connection, workspace_id: int, devices: Collection[int], *, only_decisions: bool
) -> list[Link]:
    """Return the evidence whose people these devices may belong to."""
    c = device_links.c
    rows = select_in(
        connection,
        workspace_id,
        _link_columns(device_links),
        where=c.weak,
        among=devices,
        also=[c.kind >= int(LinkKind.MERGED)] if only_decisions else [],
    )
    return [_link(row) for row in rows]


def list_links_towards_devices(
    connection: Connection, workspace_id: int, people: Collection[int]
) -> list[Link]:
    """Return the evidence that connects these people with devices."""
    c = device_links.c
    rows = select_in(
        connection, workspace_id, _link_columns(device_links), where=c.strong, among=people
    )
    return [_link(row) for row in rows]


def list_devices_of_people(
    connection: Connection, workspace_id: int, people: Collection[int]
) -> set[int]:
    """Return the devices that any evidence connects with these people."""
    c = device_links.c
    rows = select_in(connection, workspace_id, [c.weak], where=c.strong, among=people)
    return {row.weak for row in rows}


def insert_links(
    connection: Connection, table: Table, workspace_id: int, links: Iterable[Link]
) -> None:
    """Write new evidence."""
    columns = (
        "workspace_id", "pair", "kind", "strong", "weak",
        "at_us", "source_id", "message_key", "outcome",
    )  # fmt: skip
    rows = [
        (
            workspace_id, pair_of(link.strong, link.weak), int(link.kind), link.strong, link.weak,
            *link.evidence, link.outcome,
        )
        for link in links
    ]  # fmt: skip
    bulk_insert(connection, table, columns, rows)


def update_links(
    connection: Connection, table: Table, workspace_id: int, links: Iterable[Link]
) -> None:
    """Write earlier evidence for a known pair, or what became of it."""
    rows = [
        (
            *link.evidence, link.outcome,
            workspace_id, pair_of(link.strong, link.weak), int(link.kind),
        )
        for link in links
    ]  # fmt: skip
    changes = ("at_us", "source_id", "message_key", "outcome")
    key = ("workspace_id", "pair", "kind")
    bulk_update(connection, table, changes=changes, key=key, rows=rows)


class MadeMove(msgspec.Struct, frozen=True):
    """A number that became somebody else, and the evidence that caused it."""

    number: int
    previous: int
    profile: int
    cause: Evidence


def insert_moves(
    connection: Connection, workspace_id: int, made: Sequence[MadeMove], *, first_version: int
) -> None:
    """Write who numbers have become, under growing versions."""
    columns = (
        "workspace_id", "version", "number", "previous", "profile",
        "at_us", "source_id", "message_key",
    )  # fmt: skip
    rows = [
        (workspace_id, version, one.number, one.previous, one.profile, *one.cause)
        for version, one in enumerate(made, start=first_version)
    ]
    bulk_insert(connection, moves, columns, rows)


class Decision(msgspec.Struct, frozen=True):
    """A merge or an unmerge by a member, about two numbers."""

    evidence: Evidence
    is_merge: bool
    left: int
    right: int
    by: str
    explanation: str


def insert_decisions(
    connection: Connection, workspace_id: int, decided: Sequence[Decision]
) -> None:
    """Write what members decided."""
    columns = (
        "workspace_id", "at_us", "source_id", "message_key", "is_merge", "left", "right",
        "decided_by", "explanation",
    )  # fmt: skip
    rows = [
        (workspace_id, *one.evidence, int(one.is_merge), one.left, one.right, one.by,
         one.explanation)
        for one in decided
    ]  # fmt: skip
    bulk_insert(connection, decisions, columns, rows, ignore_existing=True)


def list_moves(
    connection: Connection, workspace_id: int, *, after_version: int, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return (number, profile, version) of later moves, in order."""
    return connection.execute(
        select(moves.c.number, moves.c.profile, moves.c.version)
        .where(moves.c.workspace_id == workspace_id, moves.c.version > after_version)
        .order_by(moves.c.version)
        .limit(limit)
    ).all()


def list_moves_of(connection: Connection, workspace_id: int, numbers: Collection[int]) -> Rows:
    """Return every move of these numbers, oldest first."""
    rows = select_in(connection, workspace_id, list(moves.c), where=moves.c.number, among=numbers)
    return sorted(rows, key=lambda row: row.version)


def list_decisions_of(connection: Connection, workspace_id: int, numbers: Collection[int]) -> Rows:
    """Return members' decisions about these numbers, oldest first."""
    rows = {
        (row.at_us, row.source_id, bytes(row.message_key)): row
        for column in (decisions.c.left, decisions.c.right)
        for row in select_in(
            connection, workspace_id, list(decisions.c), where=column, among=numbers
        )
    }
    return [rows[key] for key in sorted(rows)]


def list_members(connection: Connection, workspace_id: int, profiles: Collection[int]) -> Rows:
    """Return every identifier of these profiles, value included."""
    c = identifiers.c
    return select_in(
        connection, workspace_id, [*_NODE_COLUMNS, c.value], where=c.profile, among=profiles
    )


def list_numbers_of(
    connection: Connection, workspace_id: int, profiles: Collection[int]
) -> dict[int, int]:
    """Return number → canonical number for all numbers of these people."""
    c = identifiers.c
    rows = select_in(
        connection, workspace_id, [c.number, c.profile], where=c.profile, among=profiles
    )
    return {row.number: row.profile for row in rows}


def list_identifiers(
    connection: Connection, workspace_id: int, numbers: Collection[int]
) -> dict[int, Identifier]:
    """Return number → identifier for those numbers that exist."""
    c = identifiers.c
    rows = select_in(
        connection, workspace_id, [c.number, c.kind, c.value], where=c.number, among=numbers
    )
    return {row.number: Identifier(row.kind, row.value) for row in rows}


def list_profiles_of(
    connection: Connection, workspace_id: int, numbers: Collection[int]
) -> dict[int, int]:
    """Return number → canonical number for those numbers that exist."""
    c = identifiers.c
    rows = select_in(connection, workspace_id, [c.number, c.profile], where=c.number, among=numbers)
    return {row.number: row.profile for row in rows}


def search_values(
    connection: Connection, workspace_id: int, *, prefix: str, limit: int
) -> list[int]:
    """Return profiles one of whose people's identifiers starts with `prefix`."""
    c = identifiers.c
    found = connection.execute(
        select(c.profile)
        .where(
            c.workspace_id == workspace_id,
            c.kind != "anonymous_id",
            c.value >= prefix,
            c.value < prefix + "\U0010ffff",
        )
        .order_by(c.value)
        .limit(limit * ALIKE)
    ).scalars()
    return list(dict.fromkeys(found))[:limit]


def delete_identity(connection: Connection, workspace_id: int, numbers: Sequence[int]) -> int:
    """Delete identifiers and all evidence about them; return how many rows went."""
    total = 0
    for table, columns in (
        (identifiers, (identifiers.c.number,)),
        (person_links, (person_links.c.strong, person_links.c.weak)),
        (device_links, (device_links.c.strong, device_links.c.weak)),
        (decisions, (decisions.c.left, decisions.c.right)),
    ):
        for chunk in chunks(numbers):
            total += connection.execute(
                delete(table).where(
                    table.c.workspace_id == workspace_id,
                    or_(*(column.in_(chunk) for column in columns)),
                )
            ).rowcount
    return total


def node_of(row: Row[*tuple[Any, ...]], rank: int) -> Node:
    """Return a row as resolution sees it."""
    return Node(
        number=row.number,
        key=bytes(row.key),
        kind=row.kind,
        rank=rank,
        first=(row.first_us, row.first_source_id, bytes(row.first_message_key)),
        n_people=row.n_people,
        n_devices=row.n_devices,
    )


def _link_columns(table: Table) -> tuple[Column[Any], ...]:
    c = table.c
    return (c.strong, c.weak, c.kind, c.at_us, c.source_id, c.message_key, c.outcome)


def _link(row: Row[*tuple[Any, ...]]) -> Link:
    return Link(
        strong=row.strong,
        weak=row.weak,
        kind=LinkKind(row.kind),
        evidence=(row.at_us, row.source_id, bytes(row.message_key)),
        outcome=row.outcome,
    )
