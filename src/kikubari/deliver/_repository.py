"""Every query that moves messages through their states."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    Text,
    bindparam,
    func,
    literal_column,
    select,
    update,
)

from kikubari.deliver._execute_many import execute_many
from kikubari.deliver._tables import IN_FLIGHT, QUEUED, dispatches, message_records, messages
from kikubari.deliver.contracts import (
    Claimed,
    DispatchState,
    MessageState,
)
from kikubari.kit.instants import from_micros
from kikubari.storage import insert_or_ignore, look_up, upsert

_NUMBER_BITS = 32
# SQLite allows 32,766 parameters in one statement.
_IDS_PER_QUERY = 5_000


def message_id_of(dispatch_id: int, number: int) -> int:
    """Return the id of the message of a dispatch to a person."""
    return dispatch_id << _NUMBER_BITS | number


def dispatch_of(message_id: int) -> int:
    """Return the id of the dispatch that a message is of."""
    return message_id >> _NUMBER_BITS


def insert_messages(
    connection: Connection,
    workspace_id: int,
    dispatch_id: int,
    numbers: Sequence[int],
    *,
    now_us: int,
    due_us: int,
) -> None:
    """Queue a message per number, leaving those alone that exist."""
    if not numbers:
        return
    common = {
        "workspace_id": workspace_id,
        "dispatch_id": dispatch_id,
        "state": MessageState.QUEUED.value,
        "attempts": 0,
        "fence": 0,
        "due_us": due_us,
        "queued_us": now_us,
    }
    connection.execute(
        insert_or_ignore(connection, messages),
        [{**common, "id": message_id_of(dispatch_id, n), "number": n} for n in numbers],
    )


def list_queued_dispatches(connection: Connection, workspace_id: int) -> list[int]:
    """Return the dispatches that have queued messages, by skipping through the index."""
    found: list[int] = []
    last = -1
    while True:
        following = connection.execute(
            select(func.min(messages.c.dispatch_id)).where(
                messages.c.workspace_id == workspace_id, QUEUED, messages.c.dispatch_id > last
            )
        ).scalar()
        if following is None:
            return found
        found.append(following)
        last = following


def find_next_due(connection: Connection, workspace_id: int, *, after_us: int) -> int | None:
    """Return when the next queued message that is not due yet will be, None if there is none."""
    found: int | None = connection.scalar(
        select(func.min(messages.c.due_us)).where(
            messages.c.workspace_id == workspace_id, QUEUED, messages.c.due_us > after_us
        )
    )
    return found


def claim_due(
    connection: Connection,
    workspace_id: int,
    dispatch_id: int,
    *,
    now_us: int,
    worker: str,
    lease_us: int,
    limit: int,
) -> list[Claimed]:
    """Give due messages of a dispatch to a worker; two workers never get the same."""
    rows = connection.execute(
        select(
            messages.c.id,
            messages.c.number,
            messages.c.fence,
            messages.c.attempts,
            messages.c.queued_us,
            messages.c.held_us,
        )
        .where(
            messages.c.workspace_id == workspace_id,
            messages.c.dispatch_id == dispatch_id,
            QUEUED,
            messages.c.due_us <= now_us,
        )
        .order_by(messages.c.due_us, messages.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    if rows:
        connection.execute(
            update(messages)
            .where(messages.c.workspace_id == workspace_id, _is_any(row.id for row in rows))
            .values(
                state=MessageState.SENDING.value,
                fence=messages.c.fence + 1,
                worker=worker,
                lease_us=lease_us,
                reason=None,
            )
        )
    return [
        Claimed(
            row.id,
            dispatch_id,
            row.number,
            row.fence + 1,
            row.attempts,
            from_micros(row.queued_us),
            None if row.held_us is None else from_micros(row.held_us),
        )
        for row in rows
    ]


def renew_leases(
    connection: Connection, workspace_id: int, ids: Iterable[int], *, worker: str, lease_us: int
) -> None:
    """Prolong claims of a worker."""
    connection.execute(
        update(messages)
        .where(
            messages.c.workspace_id == workspace_id,
            IN_FLIGHT,
            messages.c.worker == worker,
            _is_any(ids),
        )
        .values(lease_us=lease_us)
    )


def list_claimed(connection: Connection, workspace_id: int, *, worker: str) -> Sequence[int]:
    """Return messages that a worker has and that have not passed the last gate."""
    return (
        connection.execute(
            select(messages.c.id)
            .where(
                messages.c.workspace_id == workspace_id,
                IN_FLIGHT,
                messages.c.worker == worker,
                messages.c.state == MessageState.SENDING.value,
            )
            .with_for_update()
        )
        .scalars()
        .all()
    )


def list_lost(
    connection: Connection, workspace_id: int, *, before_us: int | None, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return (id, dispatch_id, state) in flight whose lease ended, or all with None."""
    query = select(messages.c.id, messages.c.dispatch_id, messages.c.state).where(
        messages.c.workspace_id == workspace_id, IN_FLIGHT
    )
    if before_us is not None:
        query = query.where(messages.c.lease_us < before_us)
    return connection.execute(
        query.order_by(messages.c.lease_us).limit(limit).with_for_update(skip_locked=True)
    ).all()


def move(
    connection: Connection,
    workspace_id: int,
    ids: Sequence[int],
    *,
    to: MessageState,
    reason: str | None,
    due_us: int | None = None,
) -> None:
    """Take messages out of flight into another state."""
    values: dict[str, object] = {
        "state": to.value,
        "reason": reason,
        "worker": None,
        "lease_us": None,
    }
    if due_us is not None:
        values["due_us"] = due_us
    for start in range(0, len(ids), _IDS_PER_QUERY):
        connection.execute(
            update(messages)
            .where(
                messages.c.workspace_id == workspace_id,
                _is_any(ids[start : start + _IDS_PER_QUERY]),
            )
            .values(values)
        )


def list_queued_of_cancelled(connection: Connection, workspace_id: int, *, limit: int) -> list[int]:
    """Return queued messages of cancelled dispatches."""
    queued = list_queued_dispatches(connection, workspace_id)
    cancelled = connection.execute(
        select(dispatches.c.id).where(
            dispatches.c.workspace_id == workspace_id,
            dispatches.c.id.in_(queued),
            dispatches.c.state == DispatchState.CANCELLED.value,
        )
    ).scalars()
    ids: list[int] = []
    for dispatch_id in cancelled:
        ids += connection.execute(
            select(messages.c.id)
            .where(
                messages.c.workspace_id == workspace_id,
                messages.c.dispatch_id == dispatch_id,
                QUEUED,
            )
            .limit(limit - len(ids))
            .with_for_update(skip_locked=True)
        ).scalars()
    return ids


# The statements of every commit are made once: SQLAlchemy takes longer to put one together than
# the database to answer it.
_LOCKED = (
    select(messages.c.id, messages.c.state, messages.c.fence)
    .where(
        messages.c.workspace_id == bindparam("b_workspace"),
        messages.c.id.in_(bindparam("b_ids", expanding=True)),
    )
    .order_by(messages.c.id)
    .with_for_update()
)
_ADDRESS_HOLDERS = select(messages.c.address_key, messages.c.id).where(
    messages.c.workspace_id == bindparam("b_workspace"),
    messages.c.dispatch_id == bindparam("b_dispatch"),
    messages.c.address_key.in_(bindparam("b_keys", expanding=True)),
)


def lock_messages(
    connection: Connection, workspace_id: int, ids: Iterable[int]
) -> dict[int, Row[*tuple[Any, ...]]]:
    """Return (id, state, fence) by id and keep others from changing the rows meanwhile.

    In order of id, so that two such transactions cannot wait for each other.
    """
    rows = look_up(connection, _LOCKED, {"b_workspace": workspace_id, "b_ids": list(ids)})
    return {row.id: row for row in rows}


def list_address_holders(
    connection: Connection, workspace_id: int, dispatch_id: int, address_keys: Sequence[bytes]
) -> dict[bytes, int]:
    """Return the message of a dispatch that already passed the gate for each address."""
    rows = look_up(
        connection,
        _ADDRESS_HOLDERS,
        {"b_workspace": workspace_id, "b_dispatch": dispatch_id, "b_keys": list(address_keys)},
    )
    return {bytes(row.address_key): row.id for row in rows}


_COMMITTING = (
    update(messages)
    .where(messages.c.workspace_id == bindparam("b_workspace"), messages.c.id == bindparam("b_id"))
    .values(
        state=literal_column("'committing'"),
        address_key=bindparam("b_address_key"),
        assumed_zone=bindparam("b_assumed_zone"),
    )
)


def set_committing(
    connection: Connection, workspace_id: int, leaving: Sequence[tuple[int, bytes, str]]
) -> None:
    """Write down that messages are about to leave: (id, address key, assumed zone or empty)."""
    execute_many(
        connection,
        _COMMITTING,
        [
            {
                "b_workspace": workspace_id,
                "b_id": message_id,
                "b_address_key": key,
                "b_assumed_zone": assumed_zone or None,
            }
            for message_id, key, assumed_zone in leaving
        ],
    )


_SETTLE = (
    update(messages)
    .where(messages.c.workspace_id == bindparam("b_workspace"), messages.c.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"),
        reason=bindparam("b_reason"),
        attempts=bindparam("b_attempts"),
        due_us=func.coalesce(bindparam("b_due_us"), messages.c.due_us),
        sent_us=bindparam("b_sent_us"),
        smtp_code=bindparam("b_smtp_code"),
        smtp_text=bindparam("b_smtp_text"),
        held_us=func.coalesce(messages.c.held_us, bindparam("b_held_us", type_=BigInteger)),
        assumed_zone=func.coalesce(
            bindparam("b_assumed_zone", type_=Text), messages.c.assumed_zone
        ),
        worker=None,
        lease_us=None,
    )
)


def settle(connection: Connection, rows: list[dict[str, object]]) -> None:
    """Write down what became of attempts; keys are the ``b_`` parameters."""
    # Of two words about one message in a unit, the later one.
    execute_many(connection, _SETTLE, list({row["b_id"]: row for row in rows}.values()))


def save_records(
    connection: Connection,
    workspace_id: int,
    records: Sequence[tuple[int, int, bytes]],
) -> None:
    """Keep (message id, number, sealed record); a later attempt replaces an earlier one's."""
    execute_many(
        connection,
        upsert(connection, message_records, key=["workspace_id", "message_id"], update=["body"]),
        [
            {"workspace_id": workspace_id, "message_id": i, "number": n, "body": b}
            for i, n, b in records
        ],
    )


def _is_any(ids: Iterable[int]) -> Any:
    return messages.c.id.in_(list(ids))
