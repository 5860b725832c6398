"""Queries on messages that may still be taken back."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from kikubari.deliver._tables import NOT_LEFT, dispatches, messages
from kikubari.deliver.contracts import Origin

# SQLite allows 32,766 parameters in one statement.
_IDS_PER_QUERY = 5_000


def list_of_origins(
    connection: Connection, workspace_id: int, origins: Iterable[Origin]
) -> list[Row[*tuple[Any, ...]]]:
    """Return the dispatches of origins, without their letters; nobody is kept from changing them.

    Many have none.
    """
    wanted: dict[str, list[str]] = {}
    for origin in origins:
        wanted.setdefault(origin.kind, []).append(origin.id)
    found: list[Row[*tuple[Any, ...]]] = []
    for kind, ids in wanted.items():
        for start in range(0, len(ids), _IDS_PER_QUERY):
            found += connection.execute(
                select(
                    dispatches.c.id,
                    dispatches.c.purpose,
                    dispatches.c.channel,
                    dispatches.c.origin_kind,
                    dispatches.c.origin_id,
                    dispatches.c.variant,
                ).where(
                    dispatches.c.workspace_id == workspace_id,
                    dispatches.c.origin_kind == kind,
                    dispatches.c.origin_id.in_(ids[start : start + _IDS_PER_QUERY]),
                )
            )
    return found


def lock_not_left(
    connection: Connection, workspace_id: int, ids: Sequence[int]
) -> list[Row[*tuple[Any, ...]]]:
    """Return those of these messages that have not passed the last gate; nobody else has them now.

    In order of id, as `lock_messages`. Whoever lets one of them go has either done so before, or
    finds what became of it meanwhile.
    """
    found: list[Row[*tuple[Any, ...]]] = []
    for start in range(0, len(ids), _IDS_PER_QUERY):
        found += connection.execute(
            select(
                messages.c.id,
                messages.c.dispatch_id,
                messages.c.number,
                messages.c.fence,
                messages.c.attempts,
                messages.c.queued_us,
            )
            .where(
                messages.c.workspace_id == workspace_id,
                messages.c.id.in_(ids[start : start + _IDS_PER_QUERY]),
                NOT_LEFT,
            )
            .order_by(messages.c.id)
            .with_for_update()
        )
    return found
