"""Versioned traits, and the names people are found by."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    func,
    select,
)

from kikubari.profiles._repository.chunked import Rows, chunks, select_in
from kikubari.profiles._repository.identity import ALIKE
from kikubari.profiles._tables import profile_names, trait_versions
from kikubari.storage import bulk_insert

TRAIT_COLUMNS = (
    "workspace_id", "number", "name", "at_us", "source_id", "message_key", "value", "provenance",
    "confidence", "is_verified", "is_simulated", "received_us", "position",
)  # fmt: skip


def insert_traits(connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Append versions, in the order of `TRAIT_COLUMNS`."""
    bulk_insert(connection, trait_versions, TRAIT_COLUMNS, rows)


def insert_names(connection: Connection, rows: Sequence[tuple[int, str, int]]) -> None:
    """Note (workspace, term, number) for searches."""
    columns = ("workspace_id", "term", "number")
    bulk_insert(connection, profile_names, columns, rows, ignore_existing=True)


def list_standing_traits(
    connection: Connection,
    workspace_id: int,
    numbers: Collection[int],
    *,
    names: Collection[str] | None,
) -> Rows:
    """Return each source's latest statement on each trait of each number.

    What is verified and what is not are kept apart: the one never hides the other.
    """
    query = _STANDING if names is None else _STANDING_NAMED
    values: dict[str, Any] = {"b_workspace": workspace_id, "b_names": list(names or ())}
    found: Rows = []
    for chunk in chunks(numbers):
        found += connection.execute(query, {**values, "b_numbers": chunk}).all()
    return found


def _standing(ranked: Select[Any]) -> Select[Any]:
    statements = ranked.subquery()
    return select(*[column for column in statements.c if column.name != "age"]).where(
        statements.c.age == 1
    )


_RANKED = select(
    trait_versions,
    func.row_number()
    .over(
        partition_by=(
            trait_versions.c.number,
            trait_versions.c.name,
            trait_versions.c.source_id,
            trait_versions.c.is_verified,
        ),
        order_by=(trait_versions.c.at_us.desc(), trait_versions.c.message_key.desc()),
    )
    .label("age"),
).where(
    trait_versions.c.workspace_id == bindparam("b_workspace"),
    trait_versions.c.number.in_(bindparam("b_numbers", expanding=True)),
)
# Made once: SQLAlchemy takes longer to put a statement together than the database to answer it.
_STANDING = _standing(_RANKED)
_STANDING_NAMED = _standing(
    _RANKED.where(trait_versions.c.name.in_(bindparam("b_names", expanding=True)))
)


def list_versions(connection: Connection, workspace_id: int, numbers: Collection[int]) -> Rows:
    """Return every statement about these numbers in the order in which they hold."""
    found = select_in(
        connection,
        workspace_id,
        list(trait_versions.c),
        where=trait_versions.c.number,
        among=numbers,
    )
    return sorted(found, key=lambda row: (row.at_us, row.source_id, bytes(row.message_key)))


def search_names(
    connection: Connection, workspace_id: int, *, prefixes: Sequence[str], limit: int
) -> list[int]:
    """Return numbers with a name that starts with each of the prefixes, the longest first."""
    first, *others = prefixes
    query = select(profile_names.c.number).where(_has_term(workspace_id, profile_names, first))
    for place, prefix in enumerate(others):
        other = profile_names.alias(f"other_{place}")
        query = query.where(
            select(other.c.number)
            .where(other.c.number == profile_names.c.number, _has_term(workspace_id, other, prefix))
            .exists()
        )
    query = query.order_by(profile_names.c.term, profile_names.c.number).limit(limit * ALIKE)
    return list(dict.fromkeys(connection.execute(query).scalars()))[:limit]


def _has_term(workspace_id: int, names: Any, prefix: str) -> ColumnElement[bool]:
    n = names.c
    return and_(n.workspace_id == workspace_id, n.term >= prefix, n.term < prefix + "\U0010ffff")


def delete_traits(connection: Connection, workspace_id: int, numbers: Collection[int]) -> int:
    """Delete all versions and names of these numbers; return how many rows went."""
    total = 0
    for table in (trait_versions, profile_names):
        for chunk in chunks(numbers):
            total += connection.execute(
                delete(table).where(table.c.workspace_id == workspace_id, table.c.number.in_(chunk))
            ).rowcount
    return total
