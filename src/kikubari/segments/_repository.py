"""Queries on stored segments."""

from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from kikubari.kit.instants import from_micros, to_micros
from kikubari.segments._tables import segment_versions, segments
from kikubari.segments.contracts import Segment
from kikubari.spec.conditions import decode_condition, encode_condition


def find(connection: Connection, workspace_id: int, segment_id: str) -> Segment | None:
    """Return a segment as it is now."""
    query = select(segments).where(
        segments.c.workspace_id == workspace_id, segments.c.id == segment_id
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else _segment(row)


def list_all(connection: Connection, workspace_id: int) -> list[Segment]:
    """Return all segments by name."""
    query = (
        select(segments)
        .where(segments.c.workspace_id == workspace_id)
        .order_by(segments.c.name, segments.c.id)
    )
    return [_segment(row) for row in connection.execute(query).mappings()]


def list_versions(connection: Connection, workspace_id: int) -> list[tuple[str, int]]:
    """Return id and version of all segments."""
    query = (
        select(segments.c.id, segments.c.version)
        .where(segments.c.workspace_id == workspace_id)
        .order_by(segments.c.id)
    )
    return [(row.id, row.version) for row in connection.execute(query)]


def add(connection: Connection, workspace_id: int, segment: Segment) -> None:
    """Store a new segment with its first version."""
    connection.execute(insert(segments), {"workspace_id": workspace_id, **_values(segment)})
    _add_version(connection, workspace_id, segment)


def replace(connection: Connection, workspace_id: int, segment: Segment) -> bool:
    """Store the next version; False if another writer stored it first."""
    statement = (
        update(segments)
        .where(
            segments.c.workspace_id == workspace_id,
            segments.c.id == segment.id,
            segments.c.version == segment.version - 1,
        )
        .values(_values(segment))
    )
    if connection.execute(statement).rowcount == 0:
        return False
    _add_version(connection, workspace_id, segment)
    return True


def _add_version(connection: Connection, workspace_id: int, segment: Segment) -> None:
    values = _values(segment)
    row = {
        "workspace_id": workspace_id,
        "segment_id": values.pop("id"),
        "created_us": values.pop("updated_us"),
        **values,
    }
    connection.execute(insert(segment_versions), row)


def _values(segment: Segment) -> dict[str, Any]:
    return {
        "id": segment.id,
        "version": segment.version,
        "name": segment.name,
        "description": segment.description,
        "definition": encode_condition(segment.definition).decode(),
        "updated_us": to_micros(segment.updated_at),
    }


def _segment(row: RowMapping) -> Segment:
    return Segment(
        id=row["id"],
        version=row["version"],
        name=row["name"],
        description=row["description"],
        definition=decode_condition(row["definition"]),
        updated_at=from_micros(row["updated_us"]),
    )
