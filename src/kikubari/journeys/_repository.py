"""Every query on broadcasts."""

from collections.abc import Sequence
from typing import Any

from pyroaring import BitMap
from sqlalchemy import Connection, Row, case, func, insert, select, update

from kikubari.journeys._tables import broadcast_versions, broadcasts

DRAFT, SCHEDULED, ENQUEUING, WATCHING, STARTED = (
    "draft", "scheduled", "enqueuing", "watching", "started",
)  # fmt: skip
# Of recurring ones alone.
REPEATING, PAUSED, CANCELLED, ENDED = "repeating", "paused", "cancelled", "ended"

_VIEW = (
    broadcasts.c.workspace_id,
    broadcasts.c.id,
    broadcasts.c.version,
    broadcasts.c.phase,
    broadcasts.c.n_audience,
    broadcasts.c.n_enqueued,
    broadcasts.c.created_us,
    broadcasts.c.begins_us,
    broadcasts.c.n_permitted,
    broadcasts.c.permitted_by,
    broadcasts.c.started_us,
    broadcasts.c.problem,
    broadcasts.c.occurs_us,
    broadcasts.c.recurring_id,
    broadcasts.c.last_due_us,
    broadcasts.c.chosen,
    broadcasts.c.chosen_us,
    broadcasts.c.chosen_because,
    broadcasts.c.tallies,
    broadcast_versions.c.definition,
)


def insert_draft(
    connection: Connection, workspace_id: int, broadcast_id: str, body: bytes, now_us: int
) -> None:
    """Write a new draft."""
    connection.execute(
        insert(broadcasts).values(
            workspace_id=workspace_id,
            id=broadcast_id,
            version=0,
            phase=DRAFT,
            n_audience=0,
            n_enqueued=0,
            created_us=now_us,
        )
    )
    add_version(connection, workspace_id, broadcast_id, body, version=1, now_us=now_us)


def add_version(
    connection: Connection,
    workspace_id: int,
    broadcast_id: str,
    body: bytes,
    *,
    version: int,
    now_us: int,
) -> None:
    """Write a definition and make it the current one."""
    connection.execute(
        insert(broadcast_versions).values(
            workspace_id=workspace_id,
            broadcast_id=broadcast_id,
            version=version,
            definition=body,
            created_us=now_us,
        )
    )
    connection.execute(
        update(broadcasts).where(*_is(workspace_id, broadcast_id)).values(version=version)
    )


def find(
    connection: Connection, workspace_id: int, broadcast_id: str
) -> Row[*tuple[Any, ...]] | None:
    """Return a broadcast with its current definition."""
    return connection.execute(
        _views(workspace_id).where(broadcasts.c.id == broadcast_id)
    ).one_or_none()


def list_newest(
    connection: Connection, workspace_id: int, *, limit: int, ids: Sequence[str] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return broadcasts, of all or by some ids, with their current definitions, newest first."""
    query = _views(workspace_id).order_by(broadcasts.c.created_us.desc(), broadcasts.c.id.desc())
    if ids is not None:
        query = query.where(broadcasts.c.id.in_(ids))
    return connection.execute(query.limit(limit)).all()


def lock(
    connection: Connection, workspace_id: int, broadcast_id: str
) -> Row[*tuple[Any, ...]] | None:
    """Return where a broadcast stands; keep others away meanwhile."""
    return connection.execute(
        select(
            broadcasts.c.phase,
            broadcasts.c.version,
            broadcasts.c.n_enqueued,
            broadcasts.c.started_us,
            broadcasts.c.chosen,
        )
        .where(*_is(workspace_id, broadcast_id))
        .with_for_update()
    ).one_or_none()


def start(
    connection: Connection,
    workspace_id: int,
    broadcast_id: str,
    *,
    audience: BitMap,
    now_us: int,
) -> None:
    """Fix the audience."""
    connection.execute(
        update(broadcasts)
        .where(*_is(workspace_id, broadcast_id))
        .values(
            phase=ENQUEUING,
            audience=audience.serialize(),
            n_audience=len(audience),
            begins_us=None,
            started_us=now_us,
            problem=None,
        )
    )


def schedule(
    connection: Connection,
    workspace_id: int,
    broadcast_id: str,
    *,
    begins_us: int,
    n_permitted: int,
    permitted_by: str,
) -> None:
    """Let a draft begin by itself, for about as many people as it was permitted for."""
    connection.execute(
        update(broadcasts)
        .where(*_is(workspace_id, broadcast_id))
        .values(
            phase=SCHEDULED,
            begins_us=begins_us,
            n_permitted=n_permitted,
            permitted_by=permitted_by,
            problem=None,
        )
    )


def unschedule(
    connection: Connection, workspace_id: int, broadcast_id: str, *, problem: str | None = None
) -> None:
    """Make a scheduled broadcast a draft again; `problem` says why it was not the author."""
    connection.execute(
        update(broadcasts)
        .where(*_is(workspace_id, broadcast_id), broadcasts.c.phase == SCHEDULED)
        .values(phase=DRAFT, begins_us=None, problem=problem)
    )


def list_beginning(connection: Connection, workspace_id: int, *, now_us: int) -> list[str]:
    """Return scheduled broadcasts whose time has come."""
    return list(
        connection.execute(
            select(broadcasts.c.id).where(
                broadcasts.c.workspace_id == workspace_id,
                broadcasts.c.phase == SCHEDULED,
                broadcasts.c.begins_us <= now_us,
            )
        ).scalars()
    )


def list_in_phase(connection: Connection, workspace_id: int, phase: str) -> list[str]:
    """Return broadcasts that are in a phase, such as those whose messages are not all queued."""
    return list(
        connection.execute(
            select(broadcasts.c.id).where(
                broadcasts.c.workspace_id == workspace_id, broadcasts.c.phase == phase
            )
        ).scalars()
    )


def get_audience(connection: Connection, workspace_id: int, broadcast_id: str) -> BitMap:
    """Return the fixed audience of a started broadcast; nobody before that."""
    body = connection.execute(
        select(broadcasts.c.audience).where(*_is(workspace_id, broadcast_id))
    ).scalar_one()
    return BitMap() if body is None else BitMap.deserialize(bytes(body))


def set_enqueued(
    connection: Connection,
    workspace_id: int,
    broadcast_id: str,
    *,
    n_enqueued: int,
    phase: str,
    last_due_us: int,
) -> None:
    """Write down how much of the audience is queued, what comes now, and what came due last."""
    before = func.coalesce(broadcasts.c.last_due_us, 0)
    connection.execute(
        update(broadcasts)
        .where(*_is(workspace_id, broadcast_id))
        .values(
            n_enqueued=n_enqueued,
            phase=phase,
            last_due_us=case((before < last_due_us, last_due_us), else_=before),
        )
    )


def choose(
    connection: Connection,
    workspace_id: int,
    broadcast_id: str,
    *,
    letter: str,
    because: str,
    tallies: bytes,
    now_us: int,
) -> None:
    """Write down which letter the rest of a watched broadcast gets, and go on queueing."""
    connection.execute(
        update(broadcasts)
        .where(*_is(workspace_id, broadcast_id), broadcasts.c.phase == WATCHING)
        .values(
            phase=ENQUEUING,
            chosen=letter,
            chosen_because=because,
            chosen_us=now_us,
            tallies=tallies,
        )
    )


def _views(workspace_id: int) -> Any:
    return (
        select(*_VIEW)
        .join(
            broadcast_versions,
            (broadcast_versions.c.workspace_id == broadcasts.c.workspace_id)
            & (broadcast_versions.c.broadcast_id == broadcasts.c.id)
            & (broadcast_versions.c.version == broadcasts.c.version),
        )
        .where(broadcasts.c.workspace_id == workspace_id)
    )


def _is(workspace_id: int, broadcast_id: str) -> tuple[Any, ...]:
    return (broadcasts.c.workspace_id == workspace_id, broadcasts.c.id == broadcast_id)


def list_versions(
    connection: Connection, workspace_id: int, broadcast_id: str
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return (version, created_us) of a broadcast's definitions, newest first."""
    versions = broadcast_versions.c
    return connection.execute(
        select(versions.version, versions.created_us)
        .where(versions.workspace_id == workspace_id, versions.broadcast_id == broadcast_id)
        .order_by(versions.version.desc())
    ).all()


def find_version(
    connection: Connection, workspace_id: int, broadcast_id: str, version: int
) -> bytes | None:
    """Return one definition."""
    versions = broadcast_versions.c
    return connection.execute(
        select(versions.definition).where(
            versions.workspace_id == workspace_id,
            versions.broadcast_id == broadcast_id,
            versions.version == version,
        )
    ).scalar()
