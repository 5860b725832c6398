"""Every query on simulations."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from kikubari.journeys.running._tables import enrolments, journeys
from kikubari.journeys.simulation._tables import simulations

Found = Row[*tuple[Any, ...]]


def add(connection: Connection, **values: object) -> None:
    """Write a simulation that begins."""
    connection.execute(insert(simulations).values(values))


def change(
    connection: Connection,
    workspace_id: int,
    simulation_id: str,
    *,
    while_in: str,
    **values: object,
) -> bool:
    """Write how far a simulation has come; False if it is in another state by now."""
    done = connection.execute(
        update(simulations)
        .where(
            simulations.c.workspace_id == workspace_id,
            simulations.c.id == simulation_id,
            simulations.c.state == while_in,
        )
        .values(values)
    )
    return done.rowcount > 0


def find(connection: Connection, workspace_id: int, simulation_id: str) -> Found | None:
    """Return a simulation."""
    return connection.execute(
        select(simulations).where(
            simulations.c.workspace_id == workspace_id, simulations.c.id == simulation_id
        )
    ).one_or_none()


def list_newest(
    connection: Connection, workspace_id: int, journey_id: str, *, limit: int
) -> Sequence[Found]:
    """Return the newest simulations of a journey."""
    return connection.execute(
        select(simulations)
        .where(simulations.c.workspace_id == workspace_id, simulations.c.journey_id == journey_id)
        .order_by(simulations.c.started_us.desc(), simulations.c.id)
        .limit(limit)
    ).all()


def list_real_entries(
    connection: Connection, workspace_id: int, journey_id: str, *, since_us: int, until_us: int
) -> Sequence[Found]:
    """Return the real enrolments of a journey that began in a stretch, with its names."""
    return connection.execute(
        select(enrolments, journeys.c.names)
        .join(journeys, journeys.c.no == enrolments.c.journey_no)
        .where(
            journeys.c.workspace_id == workspace_id,
            journeys.c.id == journey_id,
            enrolments.c.workspace_id == workspace_id,
            enrolments.c.began_us >= since_us,
            enrolments.c.began_us < until_us,
        )
    ).all()
