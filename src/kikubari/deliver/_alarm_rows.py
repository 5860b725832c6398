"""Every query of the alarm on complaints."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from kikubari.deliver._repository import message_id_of
from kikubari.deliver._tables import complaints, dispatches, messages, spam_alarms
from kikubari.deliver.contracts import DispatchState, MessageState
from kikubari.storage import upsert


def find_newest_complaint(connection: Connection, workspace_id: int) -> tuple[int, int]:
    """Return (instant, number of all) of complaints; what changes when one comes in."""
    row = connection.execute(
        select(func.coalesce(func.max(complaints.c.at_us), 0), func.count()).where(
            complaints.c.workspace_id == workspace_id
        )
    ).one()
    return row[0], row[1]


def list_recent_dispatches(
    connection: Connection, workspace_id: int, since_us: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return dispatches begun since, or complained about since."""
    complained = select(complaints.c.dispatch_id).where(
        complaints.c.workspace_id == workspace_id, complaints.c.at_us >= since_us
    )
    return connection.execute(
        select(
            dispatches.c.id,
            dispatches.c.origin_kind,
            dispatches.c.origin_id,
            dispatches.c.state,
            dispatches.c.purpose,
            dispatches.c.letter,
        )
        .where(
            dispatches.c.workspace_id == workspace_id,
            (dispatches.c.created_us >= since_us) | dispatches.c.id.in_(complained),
        )
        .order_by(dispatches.c.id)
    ).all()


def count_complaints(
    connection: Connection, workspace_id: int, dispatch_ids: Sequence[int], since_us: int
) -> int:
    """Return how many messages of dispatches, sent since, were complained about."""
    return connection.execute(
        select(func.count())
        .select_from(complaints)
        .join(
            messages,
            (messages.c.workspace_id == complaints.c.workspace_id)
            & (messages.c.id == complaints.c.message_id),
        )
        .where(
            complaints.c.workspace_id == workspace_id,
            complaints.c.dispatch_id.in_(dispatch_ids),
            messages.c.sent_us > since_us,
        )
    ).scalar_one()


def count_sent(
    connection: Connection, workspace_id: int, dispatch_ids: Sequence[int], since_us: int
) -> int:
    """Return how many messages of dispatches were sent since."""
    total = 0
    for dispatch_id in dispatch_ids:
        first, last = message_id_of(dispatch_id, 0), message_id_of(dispatch_id + 1, 0) - 1
        total += connection.execute(
            select(func.count()).where(
                messages.c.workspace_id == workspace_id,
                messages.c.id.between(first, last),
                messages.c.state == MessageState.SENT.value,
                messages.c.sent_us > since_us,
            )
        ).scalar_one()
    return total


def list_alarms(connection: Connection, workspace_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return all alarms, newest first."""
    return connection.execute(
        select(spam_alarms)
        .where(spam_alarms.c.workspace_id == workspace_id)
        .order_by(spam_alarms.c.at_us.desc(), spam_alarms.c.id)
    ).all()


def save_alarm(connection: Connection, row: dict[str, object]) -> None:
    """Write an alarm, or what it has become."""
    names = [name for name in row if name not in {"workspace_id", "scope", "id"}]
    connection.execute(
        upsert(connection, spam_alarms, key=["workspace_id", "scope", "id"], update=names), row
    )


def resume(
    connection: Connection, workspace_id: int, scope: str, alarm_id: str, *, at_us: int, by: str
) -> bool:
    """Write down that somebody let go on; False when nothing was held."""
    done = connection.execute(
        update(spam_alarms)
        .where(
            spam_alarms.c.workspace_id == workspace_id,
            spam_alarms.c.scope == scope,
            spam_alarms.c.id == alarm_id,
            spam_alarms.c.resumed_us.is_(None),
        )
        .values(resumed_us=at_us, resumed_by=by)
    )
    return done.rowcount == 1


def set_states(
    connection: Connection,
    workspace_id: int,
    dispatch_ids: Sequence[int],
    *,
    from_: DispatchState,
    to: DispatchState,
) -> None:
    """Pause dispatches that run, or let go on those that are paused."""
    connection.execute(
        update(dispatches)
        .where(
            dispatches.c.workspace_id == workspace_id,
            dispatches.c.id.in_(dispatch_ids),
            dispatches.c.state == from_.value,
        )
        .values(state=to.value)
    )
