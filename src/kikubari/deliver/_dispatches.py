"""Every query on dispatches."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, select, update

from kikubari.deliver._tables import dispatches
from kikubari.deliver.contracts import (
    EMAIL,
    Dispatch,
    DispatchState,
    Letter,
    Origin,
)
from kikubari.storage import insert_or_ignore, look_up

_encode_letter = msgspec.msgpack.Encoder().encode
_letter_decoder = msgspec.msgpack.Decoder(Letter)


def encode_letter(letter: Letter) -> bytes:
    """Return a letter as it is stored and travels to render workers."""
    return _encode_letter(letter)


def decode_letter(body: bytes) -> Letter:
    """Return the letter of `encode_letter`."""
    return _letter_decoder.decode(body)


def insert_dispatch(connection: Connection, row: dict[str, object]) -> None:
    """Write a dispatch unless its origin has one."""
    connection.execute(insert_or_ignore(connection, dispatches).values(row))


def find_dispatch_id(
    connection: Connection, workspace_id: int, origin: Origin, variant: str
) -> int | None:
    """Return the id of the dispatch of one of an origin's letters."""
    return connection.execute(
        select(dispatches.c.id).where(
            *_of_origin(workspace_id, origin), dispatches.c.variant == variant
        )
    ).scalar()


def list_dispatch_ids(connection: Connection, workspace_id: int, origin: Origin) -> dict[str, int]:
    """Return the ids of an origin's dispatches by variant, in their order."""
    rows = connection.execute(
        select(dispatches.c.variant, dispatches.c.id)
        .where(*_of_origin(workspace_id, origin))
        .order_by(dispatches.c.id)
    )
    return {row.variant: row.id for row in rows}


def find_dispatch_state(connection: Connection, workspace_id: int, origin: Origin) -> str | None:
    """Return the state of an origin's dispatches, which all have the same."""
    return connection.execute(
        select(dispatches.c.state).where(*_of_origin(workspace_id, origin)).limit(1)
    ).scalar()


def list_dispatches(
    connection: Connection, workspace_id: int, ids: Iterable[int]
) -> dict[int, Dispatch]:
    """Return dispatches with their letters."""
    rows = connection.execute(
        select(dispatches).where(
            dispatches.c.workspace_id == workspace_id, dispatches.c.id.in_(list(ids))
        )
    )
    return {
        row.id: Dispatch(
            id=row.id,
            workspace_id=workspace_id,
            origin=Origin(row.origin_kind, row.origin_id),
            state=DispatchState(row.state),
            letter=decode_letter(row.letter),
            letter_key=bytes(row.letter_key),
        )
        for row in rows
    }


_GATES = (
    select(
        dispatches.c.id,
        dispatches.c.state,
        dispatches.c.purpose,
        dispatches.c.channel,
        dispatches.c.origin_kind,
        dispatches.c.origin_id,
        dispatches.c.variant,
        dispatches.c.topic,
        dispatches.c.at_best_hour,
        dispatches.c.resends_unknown,
        dispatches.c.priority,
        dispatches.c.gives_way,
    )
    .where(
        dispatches.c.workspace_id == bindparam("b_workspace"),
        dispatches.c.id.in_(bindparam("b_ids", expanding=True)),
    )
    .with_for_update(read=True)
)


def list_gates(
    connection: Connection, workspace_id: int, ids: Iterable[int]
) -> dict[int, Row[*tuple[Any, ...]]]:
    """Return dispatches by id, without their letters.

    Rows stay as they are until the transaction ends: a pause or cancel comes before or after.
    """
    rows = look_up(connection, _GATES, {"b_workspace": workspace_id, "b_ids": list(ids)})
    return {row.id: row for row in rows}


def set_dispatch_state(
    connection: Connection,
    workspace_id: int,
    origin: Origin,
    *,
    to: DispatchState,
    unless: DispatchState,
) -> bool:
    """Change whether an origin's messages may leave; False when it has none, or it may not."""
    done = connection.execute(
        update(dispatches)
        .where(*_of_origin(workspace_id, origin), dispatches.c.state != unless.value)
        .values(state=to.value)
    )
    return done.rowcount > 0


def set_states_below(
    connection: Connection,
    workspace_id: int,
    origin_kind: str,
    prefix: str,
    *,
    to: DispatchState,
    unless: DispatchState,
) -> None:
    """Change whether messages may leave whose origin's id begins so."""
    connection.execute(
        update(dispatches)
        .where(
            dispatches.c.workspace_id == workspace_id,
            dispatches.c.origin_kind == origin_kind,
            dispatches.c.origin_id.startswith(prefix, autoescape=True),
            dispatches.c.state != unless.value,
        )
        .values(state=to.value)
    )


def _of_origin(workspace_id: int, origin: Origin) -> tuple[Any, ...]:
    return (
        dispatches.c.workspace_id == workspace_id,
        dispatches.c.origin_kind == origin.kind,
        dispatches.c.origin_id == origin.id,
    )


def dispatch_row(
    workspace_id: int,
    origin: Origin,
    letter: Letter,
    *,
    variant: str,
    letter_key: bytes,
    now_us: int,
) -> dict[str, object]:
    """Return the row of a new dispatch."""
    return {
        "workspace_id": workspace_id,
        "origin_kind": origin.kind,
        "origin_id": origin.id,
        "variant": variant,
        "state": DispatchState.RUNNING.value,
        "purpose": letter.purpose.value,
        "channel": EMAIL,
        "topic": letter.topic,
        "at_best_hour": int(letter.at_best_hour),
        "resends_unknown": int(letter.resends_unknown),
        "priority": letter.priority,
        "gives_way": int(letter.gives_way),
        "gives": int(letter.gives),
        "has_tracking": int(letter.has_tracking),
        "letter_key": letter_key,
        "letter": encode_letter(letter),
        "created_us": now_us,
    }
