"""Every query on simulations."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, case, func, insert, select, update

from kikubari.journeys.running._tables import enrolments
from kikubari.journeys.running.contracts import EnrolmentState
from kikubari.journeys.simulation._tables import simulations

Found = Row[*tuple[Any, ...]]
_E = enrolments.c


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


def sum_real_entries(
    connection: Connection, workspace_id: int, journey_no: int, *, since_us: int, until_us: int
) -> Found:
    """Return (entries, people, held_out, reached_goal, value_minor) of a stretch."""
    is_held_out = _E.state == int(EnrolmentState.HELD_OUT)
    entered = case((is_held_out, None), else_=_E.number)
    return connection.execute(
        select(
            func.count(entered).label("entries"),
            func.count(func.distinct(entered)).label("people"),
            func.count(case((is_held_out, 1))).label("held_out"),
            func.count(case((~is_held_out, _E.converted_us))).label("reached_goal"),
            func.coalesce(func.sum(case((is_held_out, 0), else_=_E.value_minor)), 0).label(
                "value_minor"
            ),
        ).where(
            _E.workspace_id == workspace_id,
            _E.journey_no == journey_no,
            _E.began_us >= since_us,
            _E.began_us < until_us,
        )
    ).one()


def list_real_paths(
    connection: Connection,
    workspace_id: int,
    journey_no: int,
    *,
    since_us: int,
    until_us: int,
    after: int,
    limit: int,
) -> Sequence[Found]:
    """Return (id, path) of those who entered in a stretch, behind an id, in order."""
    return connection.execute(
        select(_E.id, _E.path)
        .where(
            # Not by the index of the journey's people: they would be sorted for each page.
            _E.workspace_id + 0 == workspace_id,
            _E.journey_no + 0 == journey_no,
            _E.began_us >= since_us,
            _E.began_us < until_us,
            _E.state != int(EnrolmentState.HELD_OUT),
            _E.id > after,
        )
        .order_by(_E.id)
        .limit(limit)
    ).all()
