"""The last day on which each person opened a message: one date a person, and nothing beside it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    Row,
    Select,
    Table,
    Text,
    case,
    delete,
    func,
    select,
)

from kikubari.deliver._tables import dispatches, messages
from kikubari.deliver.contracts import MessageState, Purpose
from kikubari.storage import metadata, upsert

open_days = Table(
    "open_days",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Text, nullable=False),  # such as 2026-11-20, of the shop's zone; overwritten
    Index("ix_open_days_day", "workspace_id", "day"),
)
_c = open_days.c
_AT_ONCE = 5_000
_Rows = Sequence[Row[*tuple[Any, ...]]]


def find_days(
    connection: Connection, workspace_id: int, numbers: Collection[int]
) -> dict[int, date]:
    """Return the days that are known, by number."""
    found: dict[int, date] = {}
    wanted = list(numbers)
    for start in range(0, len(wanted), _AT_ONCE):
        rows = connection.execute(
            select(_c.number, _c.day).where(
                _c.workspace_id == workspace_id, _c.number.in_(wanted[start : start + _AT_ONCE])
            )
        )
        found |= {row.number: date.fromisoformat(row.day) for row in rows}
    return found


def keep_day(
    connection: Connection, workspace_id: int, number: int, others: Collection[int], day: date
) -> None:
    """Write a person's day over the one before, under one number alone."""
    delete_days(connection, workspace_id, set(others) - {number})
    row = {"workspace_id": workspace_id, "number": number, "day": day.isoformat()}
    statement = upsert(connection, open_days, key=["workspace_id", "number"], update=["day"])
    connection.execute(statement, row)


def delete_days(connection: Connection, workspace_id: int, numbers: Collection[int]) -> None:
    """Forget the days of numbers."""
    wanted = list(numbers)
    for start in range(0, len(wanted), _AT_ONCE):
        connection.execute(
            delete(open_days).where(
                _c.workspace_id == workspace_id, _c.number.in_(wanted[start : start + _AT_ONCE])
            )
        )


def count_by_day(connection: Connection, workspace_id: int) -> Mapping[date, int]:
    """Return for how many numbers each day was the last."""
    rows = connection.execute(
        select(_c.day, func.count()).where(_c.workspace_id == workspace_id).group_by(_c.day)
    )
    return {date.fromisoformat(row.day): row[1] for row in rows}


def list_numbers(connection: Connection, workspace_id: int, *, after: int, limit: int) -> list[int]:
    """Return numbers of which a day is kept, from the one behind `after` on."""
    return list(
        connection.execute(
            select(_c.number)
            .where(_c.workspace_id == workspace_id, _c.number > after)
            .order_by(_c.number)
            .limit(limit)
        ).scalars()
    )


def list_written_to(
    connection: Connection,
    workspace_id: int,
    *,
    before_us: int,
    at_least: int,
    after: int,
    limit: int,
) -> list[int]:
    """Return numbers that got marketing mail before an instant, and some of it since.

    Only mail counts of which an open could have been seen.

    Args:
        connection: a snapshot.
        workspace_id: whose people.
        before_us: the instant.
        at_least: how many messages since.
        after: go on behind this number.
        limit: how many at most.
    """
    query = _written_to(workspace_id, before_us, at_least).where(messages.c.number > after)
    return list(connection.execute(query.limit(limit)).scalars())


def find_written_to(
    connection: Connection,
    workspace_id: int,
    numbers: Collection[int],
    *,
    before_us: int,
    at_least: int,
) -> set[int]:
    """Return those of the numbers that `list_written_to` lists."""
    query, wanted = _written_to(workspace_id, before_us, at_least), sorted(numbers)
    found: set[int] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        some = query.where(messages.c.number.in_(wanted[start : start + _AT_ONCE]))
        found |= set(connection.execute(some).scalars())
    return found


def _written_to(workspace_id: int, before_us: int, at_least: int) -> Select[int]:
    m = messages.c
    n_since = func.sum(case((m.sent_us >= before_us, 1), else_=0))
    return (
        select(m.number)
        .join(dispatches, dispatches.c.id == m.dispatch_id)
        .where(
            m.workspace_id == workspace_id,
            m.state == MessageState.SENT.value,
            m.sent_us.is_not(None),
            dispatches.c.purpose == Purpose.MARKETING.value,
            dispatches.c.has_tracking == 1,
        )
        .group_by(m.number)
        .having((func.min(m.sent_us) < before_us) & (n_since >= at_least))
        .order_by(m.number)
    )
