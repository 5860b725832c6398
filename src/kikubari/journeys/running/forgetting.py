"""What people may ask of journeys: a copy of their ways, and that these be forgotten.

Figures, which name nobody, stay.
"""

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete

from kikubari.journeys.running import _enrolments as rows
from kikubari.journeys.running import _repository as repository
from kikubari.journeys.running._tables import enrolments, journey_notices, journey_refusals
from kikubari.journeys.running.contracts import EnrolmentState
from kikubari.journeys.running.paths import decode_path
from kikubari.kit.instants import from_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE


class WayGone(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a person into a journey, and the way they went.

    Attributes:
        journey: its id.
        state: ``active``, ``ended`` or ``held_out``.
        outcome: how it ended, empty while it has not.
        steps: (step, way out of it, when), in order.
    """

    journey: str
    entered_at: datetime
    ended_at: datetime | None
    state: str
    outcome: str
    steps: list[tuple[str, str, datetime]]


def list_ways(
    connection: Connection, numbers: Collection[int], *, workspace_id: int = DEFAULT_WORKSPACE
) -> list[WayGone]:
    """Return everything that journeys hold of the person these numbers are, oldest first."""
    journeys = {row.no: row for row in repository.list_journeys(connection, workspace_id)}
    names = {no: repository.decode_names(row.names) for no, row in journeys.items()}
    return [
        WayGone(
            journey=journeys[row.journey_no].id,
            entered_at=from_micros(row.entered_us),
            ended_at=None if row.ended_us is None else from_micros(row.ended_us),
            state=EnrolmentState(row.state).name.lower(),
            outcome="" if row.outcome is None else names[row.journey_no][row.outcome],
            steps=[
                (names[row.journey_no][step], names[row.journey_no][way], at)
                for step, way, at in decode_path(bytes(row.path))
            ],
        )
        for row in rows.list_of_people(connection, workspace_id, numbers)
    ]


def forget_ways(
    connection: Connection, numbers: Collection[int], *, workspace_id: int = DEFAULT_WORKSPACE
) -> None:
    """Delete what journeys hold of the person these numbers are, in the caller's transaction."""
    for table in (enrolments, journey_notices, journey_refusals):
        connection.execute(
            delete(table).where(
                table.c.workspace_id == workspace_id, table.c.number.in_(sorted(numbers))
            )
        )
