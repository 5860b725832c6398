"""Queries over the enrolments of all journeys."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from kikubari.journeys.running._tables import enrolments
from kikubari.journeys.running.contracts import EnrolmentState

Found = Row[*tuple[Any, ...]]


def list_people(connection: Connection, workspace_id: int, *, since_us: int) -> Sequence[Found]:
    """Return (journey, person, first entry, whether a goal was reached, value) from then on."""
    return connection.execute(
        select(
            enrolments.c.journey_no,
            enrolments.c.number,
            func.min(enrolments.c.began_us).label("began_us"),
            func.max(enrolments.c.converted_us).label("converted_us"),
            func.sum(enrolments.c.value_minor).label("value_minor"),
        )
        .where(
            enrolments.c.workspace_id == workspace_id,
            enrolments.c.began_us >= since_us,
            enrolments.c.state != int(EnrolmentState.HELD_OUT),
        )
        .group_by(enrolments.c.journey_no, enrolments.c.number)
    ).all()
