"""Every query on simulations."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from kikubari.journeys.simulation._tables import simulations

Found = Row[*tuple[Any, ...]]


def add(connection: Connection, **values: object) -> None:
    """Write a simulation that begins."""
    connection.execute(insert(simulations).values(values))


def change(connection: Connection, workspace_id: int, simulation_id: str, **values: object) -> None:
    """Write how far a simulation has come."""
    connection.execute(
        update(simulations)
        .where(simulations.c.workspace_id == workspace_id, simulations.c.id == simulation_id)
        .values(values)
    )


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
