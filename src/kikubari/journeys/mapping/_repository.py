"""Queries over the enrolments of all journeys; what they count never comes to this process."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CTE, Connection, Row, case, func, literal, select

from kikubari.journeys.running._tables import enrolments
from kikubari.journeys.running.contracts import EnrolmentState

Found = Row[*tuple[Any, ...]]
# Of journeys that belong to no stage.
NO_PLACE = -1


def count_people(connection: Connection, workspace_id: int, *, since_us: int) -> int:
    """Return how many people entered any journey from then on, each once."""
    people = _entries(workspace_id, since_us)
    n: int = connection.execute(select(func.count(func.distinct(people.c.number)))).scalar_one()
    return n


def sum_by_journey(connection: Connection, workspace_id: int, *, since_us: int) -> Sequence[Found]:
    """Return (journey_no, people, reached_goal, value_minor) of who entered from then on."""
    people = _entries(workspace_id, since_us)
    return connection.execute(
        select(
            people.c.journey_no,
            func.count().label("people"),
            func.count(people.c.converted_us).label("reached_goal"),
            func.sum(people.c.value_minor).label("value_minor"),
        ).group_by(people.c.journey_no)
    ).all()


def sum_by_stage(
    connection: Connection, workspace_id: int, places: Mapping[int, int], *, since_us: int
) -> Sequence[Found]:
    """Return (place, people, reached_goal, went_on) of who entered journeys from then on.

    Args:
        connection: to the state store.
        workspace_id: whose.
        places: of journeys in the life-cycle, by number; those without one are told as place -1.
        since_us: earlier entries do not count.
    """
    people = _entries(workspace_id, since_us)
    place = case(dict(places), value=people.c.journey_no, else_=NO_PLACE)
    placed = select(people, (place if places else literal(NO_PLACE)).label("place")).cte("placed")
    staged = (
        select(
            placed.c.place,
            placed.c.number,
            func.min(placed.c.began_us).label("first_us"),
            func.max(placed.c.began_us).label("last_us"),
            func.max(placed.c.converted_us).label("converted_us"),
        )
        .group_by(placed.c.place, placed.c.number)
        .cte("staged")
    )
    # A person has one row a stage: those before it, from the last stage down, are of later ones.
    later_us = func.max(staged.c.last_us).over(
        partition_by=staged.c.number, order_by=staged.c.place.desc(), rows=(None, -1)
    )
    seen = select(staged, later_us.label("later_us")).cte("seen")
    return connection.execute(
        select(
            seen.c.place,
            func.count().label("people"),
            func.count(seen.c.converted_us).label("reached_goal"),
            func.count(case((seen.c.later_us > seen.c.first_us, 1))).label("went_on"),
        ).group_by(seen.c.place)
    ).all()


def _entries(workspace_id: int, since_us: int) -> CTE:
    """Return one row for each person in a journey: when they first entered, and what came of it."""
    c = enrolments.c
    return (
        select(
            c.journey_no,
            c.number,
            func.min(c.began_us).label("began_us"),
            func.max(c.converted_us).label("converted_us"),
            func.sum(c.value_minor).label("value_minor"),
        )
        .where(
            c.workspace_id == workspace_id,
            c.began_us >= since_us,
            c.state != int(EnrolmentState.HELD_OUT),
        )
        .group_by(c.journey_no, c.number)
        .cte("entries")
    )
