"""Erasing a person from journeys: their ways and refusals go; figures, which name nobody, stay."""

from collections.abc import Collection

from sqlalchemy import Connection, delete

from kikubari.journeys.running._tables import enrolments, journey_refusals
from kikubari.spec.envelope import DEFAULT_WORKSPACE


def forget_ways(
    connection: Connection, numbers: Collection[int], *, workspace_id: int = DEFAULT_WORKSPACE
) -> None:
    """Delete what journeys hold of the person these numbers are, in the caller's transaction."""
    for table in (enrolments, journey_refusals):
        connection.execute(
            delete(table).where(
                table.c.workspace_id == workspace_id, table.c.number.in_(sorted(numbers))
            )
        )
