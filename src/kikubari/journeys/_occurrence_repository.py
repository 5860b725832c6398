"""Every query on recurring broadcasts and their occurrences."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from kikubari.journeys import _repository as repository
from kikubari.journeys._tables import broadcast_occurrences, broadcasts

_kept = broadcast_occurrences.c


def plan(
    connection: Connection,
    workspace_id: int,
    broadcast_id: str,
    *,
    occurs_us: int,
    begins_us: int,
) -> None:
    """Write down when a recurring broadcast goes next, and when that sending begins."""
    _set(
        connection,
        workspace_id,
        broadcast_id,
        phase=repository.REPEATING,
        occurs_us=occurs_us,
        begins_us=begins_us,
        problem=None,
    )


def permit(
    connection: Connection,
    workspace_id: int,
    broadcast_id: str,
    *,
    n_permitted: int,
    permitted_by: str,
) -> None:
    """Write down for about how many people a recurring broadcast was permitted, and who asked."""
    _set(
        connection,
        workspace_id,
        broadcast_id,
        n_permitted=n_permitted,
        permitted_by=permitted_by,
    )


def leave(
    connection: Connection,
    workspace_id: int,
    broadcast_id: str,
    *,
    phase: str,
    problem: str | None = None,
) -> None:
    """Let a recurring broadcast go no more for now; `problem` says why nobody wished that."""
    _set(
        connection,
        workspace_id,
        broadcast_id,
        phase=phase,
        occurs_us=None,
        begins_us=None,
        problem=problem,
    )


def put_back(connection: Connection, workspace_id: int, broadcast_id: str, *, problem: str) -> None:
    """Make it a draft again, which keeps the occurrence that could not begin."""
    _set(
        connection,
        workspace_id,
        broadcast_id,
        phase=repository.DRAFT,
        begins_us=None,
        problem=problem,
    )


def lock(
    connection: Connection, workspace_id: int, broadcast_id: str
) -> Row[*tuple[Any, ...]] | None:
    """Return (phase, version, occurs_us) of a broadcast; keep others away meanwhile."""
    return connection.execute(
        select(broadcasts.c.phase, broadcasts.c.version, broadcasts.c.occurs_us)
        .where(*_is(workspace_id, broadcast_id))
        .with_for_update()
    ).one_or_none()


def list_due(connection: Connection, workspace_id: int, *, now_us: int) -> list[str]:
    """Return recurring broadcasts of which an occurrence is to begin."""
    return list(
        connection.execute(
            select(broadcasts.c.id).where(
                broadcasts.c.workspace_id == workspace_id,
                broadcasts.c.phase == repository.REPEATING,
                broadcasts.c.begins_us <= now_us,
            )
        ).scalars()
    )


def note_sent(
    connection: Connection, workspace_id: int, broadcast_id: str, occurs_us: int, sent_as: str
) -> None:
    """Write down as which broadcast an occurrence is sent.

    The key refuses a second sending of it.
    """
    connection.execute(
        insert(broadcast_occurrences).values(
            workspace_id=workspace_id,
            broadcast_id=broadcast_id,
            occurs_us=occurs_us,
            sent_as=sent_as,
        )
    )
    connection.execute(
        update(broadcasts)
        .where(*_is(workspace_id, sent_as))
        .values(recurring_id=broadcast_id, occurs_us=occurs_us)
    )


def note_skipped(
    connection: Connection,
    workspace_id: int,
    broadcast_id: str,
    occurs: Iterable[int],
    why: str,
) -> None:
    """Write down why occurrences do not go."""
    rows = [
        {
            "workspace_id": workspace_id,
            "broadcast_id": broadcast_id,
            "occurs_us": occurs_us,
            "skipped": why,
        }
        for occurs_us in occurs
    ]
    if rows:
        connection.execute(insert(broadcast_occurrences), rows)


def find_last(connection: Connection, workspace_id: int, broadcast_id: str) -> int | None:
    """Return the latest occurrence that was dealt with."""
    return connection.execute(
        select(func.max(_kept.occurs_us)).where(*_belongs(workspace_id, broadcast_id))
    ).scalar()


def count_sent(connection: Connection, workspace_id: int, broadcast_id: str) -> int:
    """Return how often a recurring broadcast has gone."""
    return connection.execute(
        select(func.count()).where(
            *_belongs(workspace_id, broadcast_id), _kept.sent_as.is_not(None)
        )
    ).scalar_one()


def list_kept(
    connection: Connection, workspace_id: int, broadcast_id: str, *, limit: int | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return (occurs_us, sent_as, skipped) of what was dealt with, the latest first."""
    return connection.execute(
        select(_kept.occurs_us, _kept.sent_as, _kept.skipped)
        .where(*_belongs(workspace_id, broadcast_id))
        .order_by(_kept.occurs_us.desc())
        .limit(limit)
    ).all()


def _set(connection: Connection, workspace_id: int, broadcast_id: str, **values: Any) -> None:
    connection.execute(update(broadcasts).where(*_is(workspace_id, broadcast_id)).values(**values))


def _is(workspace_id: int, broadcast_id: str) -> tuple[Any, ...]:
    return (broadcasts.c.workspace_id == workspace_id, broadcasts.c.id == broadcast_id)


def _belongs(workspace_id: int, broadcast_id: str) -> tuple[Any, ...]:
    return (_kept.workspace_id == workspace_id, _kept.broadcast_id == broadcast_id)
