"""Every query about endpoints and the calls to them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, delete, exists, func, select, tuple_, update
from sqlalchemy.sql.elements import ColumnElement

from kikubari.deliver.endpoints._tables import DEAD, ENDED, OPEN, webhook_calls, webhook_endpoints
from kikubari.deliver.endpoints.contracts import (
    CallState,
    CallView,
    DisabledBecause,
    Endpoint,
    EndpointDefinition,
    EndpointName,
    EndpointState,
)
from kikubari.deliver.endpoints.queueing import SET_ASIDE
from kikubari.kit.instants import from_micros

_E, _C = webhook_endpoints.c, webhook_calls.c
# Every call is due some time: said so, SQLite uses the index of those that wait or are being sent
# rather than read all calls of an endpoint.
_OPEN_ONES = (OPEN, _C.due_us >= 0)


class Claim(msgspec.Struct, frozen=True):
    """A call to make now. `attempts` counts this one, and tells a late answer from the current."""

    endpoint_id: str
    id: str
    number: int
    attempts: int
    body: bytes  # sealed
    type: str = ""


def list_endpoints(
    connection: Connection, workspace_id: int, *, after: str, limit: int
) -> list[Endpoint]:
    """Return endpoints behind one, oldest first, with how many calls wait and are dead."""
    rows = connection.execute(
        select(webhook_endpoints)
        .where(_E.workspace_id == workspace_id, _E.id > after)
        .order_by(_E.id)
        .limit(limit)
    ).all()
    return _with_counts(connection, workspace_id, rows)


def find_endpoint(connection: Connection, workspace_id: int, endpoint_id: str) -> Endpoint | None:
    """Return one endpoint, with how many calls wait and are dead."""
    row = find_endpoint_row(connection, workspace_id, endpoint_id)
    return None if row is None else _with_counts(connection, workspace_id, [row])[0]


def count_endpoints(connection: Connection, workspace_id: int) -> int:
    """Return how many endpoints there are."""
    n: int = connection.execute(
        select(func.count()).select_from(webhook_endpoints).where(_E.workspace_id == workspace_id)
    ).scalar_one()
    return n


def list_names(connection: Connection, workspace_id: int) -> list[EndpointName]:
    """Return every endpoint by its name, oldest first."""
    rows = connection.execute(
        select(_E.id, _E.name, _E.state).where(_E.workspace_id == workspace_id).order_by(_E.id)
    )
    return [
        EndpointName(id=r.id, name=r.name, is_enabled=r.state == EndpointState.ENABLED)
        for r in rows
    ]


def list_listeners(connection: Connection, workspace_id: int) -> dict[str, list[str]]:
    """Return the enabled endpoints that asked for something, by what they asked for."""
    found = connection.execute(
        select(_E.id, _E.types).where(
            _E.workspace_id == workspace_id,
            _E.state == EndpointState.ENABLED.value,
            _E.types != "",
        )
    )
    listeners: dict[str, list[str]] = {}
    for row in found:
        for one in row.types.splitlines():
            listeners.setdefault(one, []).append(row.id)
    return listeners


def find_endpoint_row(
    connection: Connection, workspace_id: int, endpoint_id: str
) -> Row[*tuple[Any, ...]] | None:
    """Return an endpoint as it is stored."""
    return connection.execute(
        select(webhook_endpoints).where(_is(workspace_id, endpoint_id))
    ).one_or_none()


def list_callable(
    connection: Connection, workspace_id: int, *, now_us: int
) -> list[Row[*tuple[Any, ...]]]:
    """Return the enabled endpoints that have calls due."""
    due = exists().where(
        _C.workspace_id == workspace_id, _C.endpoint_id == _E.id, OPEN, _C.due_us <= now_us
    )
    return list(
        connection.execute(
            select(_E.id, _E.url, _E.secret, _E.old_secret, _E.old_secret_us).where(
                _E.workspace_id == workspace_id, _E.state == EndpointState.ENABLED.value, due
            )
        )
    )


def claim(
    connection: Connection,
    workspace_id: int,
    endpoint_id: str,
    *,
    now_us: int,
    lease_us: int,
    limit: int,
) -> list[Claim]:
    """Take calls that are due, or whose caller is gone; nobody else gets them while it lasts."""
    rows = connection.execute(
        select(_C.endpoint_id, _C.id, _C.number, _C.attempts, _C.body, _C.type)
        .where(*_is_of(workspace_id, endpoint_id), OPEN, _C.due_us <= now_us)
        .order_by(_C.due_us)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    claims = [Claim(r.endpoint_id, r.id, r.number, r.attempts + 1, r.body, r.type) for r in rows]
    if claims:
        connection.execute(
            update(webhook_calls)
            .where(*_is_of(workspace_id, endpoint_id), _C.id.in_([one.id for one in claims]))
            .values(
                state=CallState.SENDING.value,
                attempts=_C.attempts + 1,
                due_us=now_us + lease_us,
            )
        )
    return claims


_SETTLED = update(webhook_calls).where(
    _C.workspace_id == bindparam("_workspace"),
    _C.endpoint_id == bindparam("_endpoint"),
    _C.id == bindparam("_id"),
    _C.state == CallState.SENDING.value,
    _C.attempts == bindparam("_attempts"),
)


def settle(
    connection: Connection, workspace_id: int, one: Claim, values: Mapping[str, object]
) -> None:
    """Record what came of a call, unless it was taken up again meanwhile."""
    connection.execute(
        _SETTLED.values(values),
        {
            "_workspace": workspace_id,
            "_endpoint": one.endpoint_id,
            "_id": one.id,
            "_attempts": one.attempts,
        },
    )


def note_taken(connection: Connection, workspace_id: int, endpoint_ids: Collection[str]) -> None:
    """Forget since when endpoints failed: they took a call."""
    connection.execute(
        update(webhook_endpoints)
        .where(
            _E.workspace_id == workspace_id,
            _E.id.in_(list(endpoint_ids)),
            _E.failing_us.is_not(None),
        )
        .values(failing_us=None)
    )


def note_failure(
    connection: Connection, workspace_id: int, endpoint_id: str, now_us: int
) -> int | None:
    """Note that an endpoint failed; return since when it does, None if it is not called."""
    connection.execute(
        update(webhook_endpoints)
        .where(_is(workspace_id, endpoint_id), _E.failing_us.is_(None))
        .values(failing_us=now_us)
    )
    return connection.execute(
        select(_E.failing_us).where(
            _is(workspace_id, endpoint_id), _E.state == EndpointState.ENABLED.value
        )
    ).scalar()


def disable(
    connection: Connection,
    workspace_id: int,
    endpoint_id: str,
    because: DisabledBecause,
    *,
    now_us: int,
) -> bool:
    """Call an endpoint no more; what waits for it is set aside. False if it was disabled."""
    changed = connection.execute(
        update(webhook_endpoints)
        .where(_is(workspace_id, endpoint_id), _E.state == EndpointState.ENABLED.value)
        .values(
            state=EndpointState.DISABLED.value, disabled_because=because.value, disabled_us=now_us
        )
    )
    connection.execute(
        update(webhook_calls)
        .where(*_is_of(workspace_id, endpoint_id), OPEN)
        .values(state=CallState.DEAD.value, said=SET_ASIDE, ended_us=now_us)
    )
    return changed.rowcount == 1


def revive(
    connection: Connection,
    workspace_id: int,
    endpoint_id: str,
    *,
    ids: Collection[str] | None,
    now_us: int,
) -> int:
    """Queue dead letters again, all or some; return how many."""
    statement = update(webhook_calls).where(*_is_of(workspace_id, endpoint_id), DEAD)
    if ids is not None:
        statement = statement.where(_C.id.in_(list(ids)))
    return connection.execute(
        statement.values(
            state=CallState.QUEUED.value, attempts=0, due_us=now_us, ended_us=None, said=""
        )
    ).rowcount


def list_calls(
    connection: Connection,
    workspace_id: int,
    endpoint_id: str,
    *,
    state: CallState | None,
    after: str,
    limit: int,
) -> list[CallView]:
    """Return calls to an endpoint behind one, newest first; none behind what is not there."""
    is_of = _is_of(workspace_id, endpoint_id)
    statement = (
        select(webhook_calls).where(*is_of).order_by(_C.queued_us.desc(), _C.id.desc()).limit(limit)
    )
    match state:
        case CallState.DEAD:
            statement = statement.where(DEAD)
        case CallState.QUEUED | CallState.SENDING:
            statement = statement.where(*_OPEN_ONES, _C.state == state.value)
        case CallState.DELIVERED:
            statement = statement.where(_C.state == state.value)
    if after:
        last = connection.execute(select(_C.queued_us, _C.id).where(*is_of, _C.id == after)).first()
        if last is None:
            return []
        statement = statement.where(tuple_(_C.queued_us, _C.id) < tuple_(*last))
    return [_view(row) for row in connection.execute(statement)]


def forget_ended(connection: Connection, workspace_id: int, *, before_us: int, limit: int) -> int:
    """Delete some calls that ended long ago; return how many."""
    old = (
        select(_C.endpoint_id, _C.id)
        .where(_C.workspace_id == workspace_id, ENDED, _C.ended_us < before_us)
        .limit(limit)
    )
    return connection.execute(
        delete(webhook_calls).where(
            _C.workspace_id == workspace_id, tuple_(_C.endpoint_id, _C.id).in_(old)
        )
    ).rowcount


def _is(workspace_id: int, endpoint_id: str) -> ColumnElement[bool]:
    return (_E.workspace_id == workspace_id) & (_E.id == endpoint_id)


def _is_of(workspace_id: int, endpoint_id: str) -> Sequence[ColumnElement[bool]]:
    return _C.workspace_id == workspace_id, _C.endpoint_id == endpoint_id


def _with_counts(
    connection: Connection, workspace_id: int, rows: Sequence[Row[*tuple[Any, ...]]]
) -> list[Endpoint]:
    ids = [row.id for row in rows]
    if not ids:
        return []
    in_these = (_C.workspace_id == workspace_id, _C.endpoint_id.in_(ids))
    counted = select(_C.endpoint_id, func.count()).where(*in_these).group_by(_C.endpoint_id)
    waiting = {row[0]: row[1] for row in connection.execute(counted.where(*_OPEN_ONES))}
    dead = {row[0]: row[1] for row in connection.execute(counted.where(DEAD))}
    return [_endpoint(row, waiting.get(row.id, 0), dead.get(row.id, 0)) for row in rows]


def _endpoint(row: Row[*tuple[Any, ...]], n_waiting: int, n_dead: int) -> Endpoint:
    return Endpoint(
        id=row.id,
        definition=EndpointDefinition(
            name=row.name, url=row.url, types=tuple(row.types.splitlines())
        ),
        state=EndpointState(row.state),
        created_at=from_micros(row.created_us),
        failing_since=_instant(row.failing_us),
        disabled_at=_instant(row.disabled_us),
        disabled_because=DisabledBecause(row.disabled_because) if row.disabled_because else None,
        old_secret_until=_instant(row.old_secret_us),
        n_waiting=n_waiting,
        n_dead=n_dead,
    )


def _view(row: Row[*tuple[Any, ...]]) -> CallView:
    state = CallState(row.state)
    return CallView(
        id=row.id,
        endpoint_id=row.endpoint_id,
        type=row.type,
        state=state.name.lower(),
        attempts=row.attempts,
        status=row.status,
        said=row.said,
        queued_at=from_micros(row.queued_us),
        ended_at=_instant(row.ended_us),
        next_at=from_micros(row.due_us) if state is CallState.QUEUED else None,
    )


def _instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
