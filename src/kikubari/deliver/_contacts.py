"""Every query on people's wishes and on when they were written to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)

from kikubari.deliver._execute_many import execute_many
from kikubari.deliver._open_day_rows import open_days
from kikubari.deliver._repository import dispatch_of
from kikubari.deliver._tables import (
    QUEUED,
    contact_slots,
    contact_turns,
    dispatches,
    messages,
    wishes,
)
from kikubari.deliver._visit_rows import mail_visits
from kikubari.deliver.contracts import DispatchState, Purpose
from kikubari.deliver.reasons import EXPIRED
from kikubari.storage import insert_or_ignore, look_up, upsert

_IDS_PER_QUERY = 5_000
_WAITING = tuple(reason.value for reason in EXPIRED)

_WISHES = select(wishes.c.number, wishes.c.about, wishes.c.value, wishes.c.at_us).where(
    wishes.c.workspace_id == bindparam("b_workspace"),
    wishes.c.number.in_(bindparam("b_numbers", expanding=True)),
)
_TURNS = (
    select(contact_turns.c.number)
    .where(
        contact_turns.c.workspace_id == bindparam("b_workspace"),
        contact_turns.c.number.in_(bindparam("b_numbers", expanding=True)),
    )
    .order_by(contact_turns.c.number)
    .with_for_update()
)
_SLOTS = (
    select(
        contact_slots.c.number,
        contact_slots.c.at_us,
        contact_slots.c.channel,
        contact_slots.c.message_id,
    )
    .where(
        contact_slots.c.workspace_id == bindparam("b_workspace"),
        contact_slots.c.number.in_(bindparam("b_numbers", expanding=True)),
        contact_slots.c.at_us > bindparam("b_since"),
    )
    .order_by(contact_slots.c.at_us)
)
_PLACED = (
    select(
        contact_slots.c.number,
        contact_slots.c.at_us,
        contact_slots.c.message_id,
        func.row_number()
        .over(
            partition_by=contact_slots.c.number,
            order_by=(contact_slots.c.at_us.desc(), contact_slots.c.message_id.desc()),
        )
        .label("place"),
    )
    .where(
        contact_slots.c.workspace_id == bindparam("b_workspace"),
        contact_slots.c.number.in_(bindparam("b_numbers", expanding=True)),
    )
    .subquery()
)
_LATEST = select(_PLACED.c.number, _PLACED.c.at_us, _PLACED.c.message_id).where(
    _PLACED.c.place <= bindparam("b_each")
)
_ANY_ABOVE = (
    select(dispatches.c.id)
    .where(
        dispatches.c.workspace_id == bindparam("b_workspace"),
        dispatches.c.priority > bindparam("b_above"),
    )
    .limit(1)
)
_RIVALS = (
    select(
        messages.c.number,
        messages.c.id.label("message_id"),
        dispatches.c.priority,
        dispatches.c.channel,
        dispatches.c.topic,
    )
    .join(dispatches, dispatches.c.id == messages.c.dispatch_id)
    .where(
        messages.c.workspace_id == bindparam("b_workspace"),
        messages.c.number.in_(bindparam("b_numbers", expanding=True)),
        (
            (messages.c.state == literal_column("'queued'"))
            & (messages.c.due_us <= bindparam("b_due"))
        )
        | (messages.c.state == literal_column("'sending'")),
        dispatches.c.priority > bindparam("b_above"),
        dispatches.c.state == literal_column(f"'{DispatchState.RUNNING.value}'"),
        dispatches.c.purpose == literal_column(f"'{Purpose.MARKETING.value}'"),
    )
)
_SAVE_SLOT = insert(contact_slots)
_RELEASE = delete(contact_slots).where(
    contact_slots.c.workspace_id == bindparam("b_workspace"),
    contact_slots.c.number == bindparam("b_number"),
    contact_slots.c.message_id == bindparam("b_message"),
)

_Rows = Sequence[Row[*tuple[Any, ...]]]


def list_wishes(connection: Connection, workspace_id: int, numbers: Collection[int]) -> _Rows:
    """Return (number, about, value, at_us) of numbers."""
    return _select(connection, _WISHES, workspace_id, numbers)


def save_latest(
    connection: Connection,
    workspace_id: int,
    latest: Mapping[tuple[int, str], tuple[int, str]],
) -> None:
    """Keep (at_us, value) by (number, about) where it is later than what is kept."""
    if not latest:
        return
    known = {
        (row.number, row.about): (row.at_us, row.value)
        for row in list_wishes(connection, workspace_id, {number for number, _ in latest})
    }
    newer = [
        {"workspace_id": workspace_id, "number": n, "about": about, "at_us": at, "value": value}
        for (n, about), (at, value) in sorted(latest.items())
        if (at, value) > known.get((n, about), (-(2**62), ""))
    ]
    if newer:
        connection.execute(
            upsert(
                connection,
                wishes,
                key=["workspace_id", "number", "about"],
                update=["value", "at_us"],
            ),
            newer,
        )


def take_turns(connection: Connection, workspace_id: int, people: Iterable[int]) -> None:
    """Make everybody else who would write to these people wait until this transaction ends.

    In order of number, so that two such transactions cannot wait for each other. In SQLite one
    transaction writes at a time: it has everybody's turn.
    """
    if connection.dialect.name == "sqlite":
        return
    wanted = sorted(people)
    held = {row.number for row in _select(connection, _TURNS, workspace_id, wanted)}
    missing = [number for number in wanted if number not in held]
    if missing:
        execute_many(
            connection,
            insert_or_ignore(connection, contact_turns),
            [{"workspace_id": workspace_id, "number": number} for number in missing],
        )
        _select(connection, _TURNS, workspace_id, missing)


def list_slots(
    connection: Connection, workspace_id: int, numbers: Collection[int], *, since_us: int
) -> _Rows:
    """Return (number, at_us, channel, message_id) of what left or may have, in order of time."""
    return _select(connection, _SLOTS, workspace_id, numbers, b_since=since_us)


def list_latest(
    connection: Connection, workspace_id: int, numbers: Collection[int], *, each: int
) -> _Rows:
    """Return (number, at_us, message_id) of the last that left to each number, or may have."""
    return _select(connection, _LATEST, workspace_id, numbers, b_each=each)


def find_giving(
    connection: Connection, workspace_id: int, message_ids: Collection[int]
) -> set[int]:
    """Return those of the messages whose letters give."""
    found = connection.execute(
        select(dispatches.c.id).where(
            dispatches.c.workspace_id == workspace_id,
            dispatches.c.id.in_({dispatch_of(one) for one in message_ids}),
            dispatches.c.gives == 1,
        )
    )
    giving = set(found.scalars())
    return {one for one in message_ids if dispatch_of(one) in giving}


def list_rivals(
    connection: Connection,
    workspace_id: int,
    numbers: Collection[int],
    *,
    above: int,
    due_us: int,
) -> _Rows:
    """Return (number, message_id, priority, channel, topic) of what matters more and is due.

    Marketing that may leave and has not yet, to these numbers; also what a worker has.
    """
    if not look_up(connection, _ANY_ABOVE, {"b_workspace": workspace_id, "b_above": above}):
        return ()
    return _select(connection, _RIVALS, workspace_id, sorted(numbers), b_above=above, b_due=due_us)


def find_topics(
    connection: Connection, workspace_id: int, message_ids: Collection[int]
) -> dict[int, str]:
    """Return the topic of each message, empty for those on none."""
    rows = connection.execute(
        select(dispatches.c.id, dispatches.c.topic).where(
            dispatches.c.workspace_id == workspace_id,
            dispatches.c.id.in_({dispatch_of(one) for one in message_ids}),
        )
    )
    topics = {row.id: row.topic for row in rows}
    return {one: topics.get(dispatch_of(one), "") for one in message_ids}


def save_slots(
    connection: Connection, workspace_id: int, slots: Sequence[tuple[int, int, str]], *, at_us: int
) -> None:
    """Write down that (number, message id, channel) are about to leave."""
    execute_many(
        connection,
        _SAVE_SLOT,
        [
            {
                "workspace_id": workspace_id,
                "number": number,
                "at_us": at_us,
                "message_id": message_id,
                "channel": channel,
            }
            for number, message_id, channel in slots
        ],
    )


def release_slots(
    connection: Connection, workspace_id: int, slots: Sequence[tuple[int, int]]
) -> None:
    """Give back the slots of (number, message id) that certainly did not arrive."""
    if slots:
        connection.execute(
            _RELEASE,
            [
                {"b_workspace": workspace_id, "b_number": number, "b_message": message_id}
                for number, message_id in slots
            ],
        )


def delete_old_slots(
    connection: Connection, workspace_id: int, *, after: int, before_us: int, limit: int
) -> int | None:
    """Delete slots older than an instant, of the next so many numbers after `after`.

    Returns:
        The last number looked at, None when there was none left.
    """
    mine = contact_slots.c.workspace_id == workspace_id
    following = (
        select(contact_slots.c.number)
        .where(mine, contact_slots.c.number > after)
        .distinct()
        .order_by(contact_slots.c.number)
        .limit(limit)
        .subquery()
    )
    last = connection.execute(select(func.max(following.c.number))).scalar()
    if last is not None:
        connection.execute(
            delete(contact_slots).where(
                mine,
                contact_slots.c.number > after,
                contact_slots.c.number <= last,
                contact_slots.c.at_us < before_us,
            )
        )
    return last


def wake(
    connection: Connection, workspace_id: int, numbers: Collection[int], *, now_us: int
) -> None:
    """Make due what waits because of a person's wishes or a cap; the gate judges it anew."""
    connection.execute(
        update(messages)
        .where(
            messages.c.workspace_id == workspace_id,
            messages.c.number.in_(list(numbers)),
            QUEUED,
            messages.c.reason.in_(_WAITING),
            messages.c.due_us > now_us,
        )
        .values(due_us=now_us)
    )


def delete_people(connection: Connection, workspace_id: int, numbers: Collection[int]) -> None:
    """Delete all that is kept of numbers."""
    for table in (wishes, contact_turns, contact_slots, mail_visits, open_days):
        connection.execute(
            delete(table).where(
                table.c.workspace_id == workspace_id, table.c.number.in_(list(numbers))
            )
        )


def _select(
    connection: Connection,
    query: Any,
    workspace_id: int,
    numbers: Collection[int],
    **values: int,
) -> list[Row[*tuple[Any, ...]]]:
    wanted = list(numbers)
    found: list[Row[*tuple[Any, ...]]] = []
    for start in range(0, len(wanted), _IDS_PER_QUERY):
        some = wanted[start : start + _IDS_PER_QUERY]
        found += look_up(
            connection, query, {"b_workspace": workspace_id, "b_numbers": some, **values}
        )
    return found
