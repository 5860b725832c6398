"""Every query on the log's indexes: which messages it holds, and where people's events are.

The indexes hold the log up to a mark; what came after it is found by reading that end of the log.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    FromClause,
    Row,
    Select,
    Subquery,
    and_,
    func,
    literal,
    or_,
    select,
    union_all,
    update,
)

from kikubari.events._repository import Mark, list_at_positions
from kikubari.events._tables import event_places, events, log_marks, message_keys
from kikubari.storage import insert_or_ignore

# SQLite allows 32,766 parameters in one statement.
_KEYS_PER_QUERY = 5_000
_HOUR_US = 3_600_000_000


def list_marks(connection: Connection) -> dict[int, Mark]:
    """Return how far each workspace's log and indexes go."""
    rows = connection.execute(select(log_marks))
    return {row.workspace_id: Mark(row.position, row.indexed) for row in rows}


def list_indexed_keys(
    connection: Connection, workspace_id: int, keys: Iterable[tuple[int, bytes]]
) -> set[tuple[int, bytes]]:
    """Return those of the (source, message key) pairs that the index holds."""
    by_source: dict[int, list[bytes]] = {}
    for source_id, key in keys:
        by_source.setdefault(source_id, []).append(key)
    known: set[tuple[int, bytes]] = set()
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    for source_id, wanted in by_source.items():
        for start in range(0, len(wanted), _KEYS_PER_QUERY):
            chunk = wanted[start : start + _KEYS_PER_QUERY]
            # Past SQLAlchemy, which takes 2 µs for each value of an IN list.
            rows = connection.exec_driver_sql(
                f"SELECT message_key FROM message_keys WHERE workspace_id = {mark}"  # noqa: S608 - only marks are put in
                f" AND source_id = {mark} AND message_key IN ({', '.join([mark] * len(chunk))})",
                (workspace_id, source_id, *chunk),
            )
            known.update((source_id, bytes(row.message_key)) for row in rows)
    return known


def list_keys_after(
    connection: Connection, workspace_id: int, *, after: int, last: int
) -> list[tuple[int, int, bytes]]:
    """Return (position, source, message key) of a range of the log, in order."""
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    rows = connection.exec_driver_sql(
        "SELECT position, source_id, message_key FROM events"  # noqa: S608 - only marks are put in
        f" WHERE workspace_id = {mark} AND position > {mark} AND position <= {mark}"
        " ORDER BY position",
        (workspace_id, after, last),
    )
    return [(position, source_id, bytes(key)) for position, source_id, key in rows]


def list_keys_at(
    connection: Connection, workspace_id: int, positions: Collection[int]
) -> dict[int, tuple[int, bytes]]:
    """Return (source, message key) of the events at some positions."""
    wanted = sorted(positions)
    found: dict[int, tuple[int, bytes]] = {}
    for start in range(0, len(wanted), _KEYS_PER_QUERY):
        rows = connection.execute(
            select(events.c.position, events.c.source_id, events.c.message_key).where(
                events.c.workspace_id == workspace_id,
                events.c.position.in_(wanted[start : start + _KEYS_PER_QUERY]),
            )
        )
        found.update((row.position, (row.source_id, bytes(row.message_key))) for row in rows)
    return found


def find_last_number(connection: Connection, workspace_id: int, *, after: int, last: int) -> int:
    """Return the highest number of a range of the log."""
    highest = select(func.coalesce(func.max(events.c.number), 0))
    return int(connection.execute(highest.where(*_between(workspace_id, after, last))).scalar_one())


def index_keys(
    connection: Connection,
    workspace_id: int,
    *,
    after: int,
    last: int,
    keys: tuple[bytes, bytes | None],
) -> None:
    """Take the messages of a range of the log into the index whose key is in a range of keys.

    What is there already stays, so that this may be done again.
    """
    c = events.c
    low, high = keys
    taken = select(c.workspace_id, c.source_id, c.message_key).where(
        *_between(workspace_id, after, last), c.message_key >= low
    )
    if high is not None:
        taken = taken.where(c.message_key < high)
    _take(connection, message_keys, taken.order_by(c.source_id, c.message_key))


def index_places(
    connection: Connection, workspace_id: int, *, after: int, last: int, numbers: range
) -> None:
    """Take a range of the log into the index of people's events, for some numbers.

    What is there already stays, so that this may be done again.
    """
    c = events.c
    taken = select(c.workspace_id, c.number, c.occurred_us, c.position).where(
        *_between(workspace_id, after, last), c.number >= numbers.start, c.number < numbers.stop
    )
    _take(connection, event_places, taken.order_by(c.number, c.occurred_us, c.position))


def move_indexed(connection: Connection, workspace_id: int, *, last: int) -> None:
    """Publish that the indexes hold everything up to a position."""
    c = log_marks.c
    connection.execute(
        update(log_marks)
        .where(c.workspace_id == workspace_id, c.indexed < last)
        .values(indexed=last)
    )


def count_missing(connection: Connection, workspace_id: int, *, indexed: int) -> tuple[int, int]:
    """Return how many events up to a mark each index lacks: that of messages, that of people."""
    e, m, p = events.c, message_keys.c, event_places.c
    # Joined rather than asked for event by event: the log, the longest of the three, is read once,
    # and PostgreSQL may read the indexes in their own order.
    with_key = and_(
        m.workspace_id == e.workspace_id,
        m.source_id == e.source_id,
        m.message_key == e.message_key,
    )
    with_place = and_(
        p.workspace_id == e.workspace_id,
        p.number == e.number,
        p.occurred_us == e.occurred_us,
        p.position == e.position,
    )
    found = connection.execute(
        select(
            func.count().filter(m.message_key.is_(None)).label("n_keys"),
            func.count().filter(p.position.is_(None)).label("n_places"),
        )
        .select_from(events.outerjoin(message_keys, with_key).outerjoin(event_places, with_place))
        .where(*_between(workspace_id, 0, indexed))
    ).one()
    return int(found.n_keys), int(found.n_places)


def list_since(
    connection: Connection,
    workspace_id: int,
    numbers: Collection[int],
    *,
    since_us: int,
    last: int,
    types: Collection[str] | None,
) -> list[Row[*tuple[Any, ...]]]:
    """Return (position, number, sealed body) of people's later events, in order of arrival."""
    wanted = sorted(numbers)
    found: list[Row[*tuple[Any, ...]]] = []
    for start in range(0, len(wanted), _KEYS_PER_QUERY):
        theirs = _places(connection, workspace_id, wanted[start : start + _KEYS_PER_QUERY])
        query = (
            select(events.c.position, events.c.number, events.c.body)
            .select_from(_with_events(theirs, workspace_id))
            .where(theirs.c.occurred_us > since_us, theirs.c.position <= last)
        )
        found += connection.execute(_of_types(query, types))
    return sorted(found, key=lambda row: row.position)


def list_timeline(
    connection: Connection,
    workspace_id: int,
    numbers: Sequence[int],
    *,
    before_us: int,
    limit: int,
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return (position, number, sealed body) of people's events, newest first."""
    theirs = _places(connection, workspace_id, numbers)
    newest = (
        select(theirs.c.position)
        .where(theirs.c.occurred_us < before_us)
        .order_by(theirs.c.occurred_us.desc(), theirs.c.position.desc())
        .limit(limit)
    )
    order = {position: i for i, position in enumerate(connection.execute(newest).scalars())}
    rows: list[Row[*tuple[Any, ...]]] = []
    positions = list(order)
    for start in range(0, len(positions), _KEYS_PER_QUERY):
        chunk = positions[start : start + _KEYS_PER_QUERY]
        rows += list_at_positions(connection, workspace_id, chunk)
    return sorted(rows, key=lambda row: order[row.position])


def list_timeline_places(
    connection: Connection,
    workspace_id: int,
    numbers: Sequence[int],
    *,
    before: tuple[int, int],
    types: Sequence[str],
    excluded: Sequence[str],
    limit: int,
) -> list[tuple[int, int]]:
    """Return (occurred_us, position) of people's newest events before a place, newest first.

    How far back the newest ones reach is read from the index alone; only rows within that span are
    looked at. Where too few of them are of the types asked for, the span is widened fourfold.
    """
    before_us, position = before
    theirs = _places(connection, workspace_id, numbers)
    at_us = theirs.c.occurred_us
    earlier = at_us <= before_us
    wanted = and_(earlier, or_(at_us < before_us, theirs.c.position < position))
    newest = select(at_us, theirs.c.position).order_by(at_us.desc(), theirs.c.position.desc())
    if types or excluded:
        newest = newest.select_from(_with_events(theirs, workspace_id))
        newest = _of_types(newest, types or None).where(events.c.type.not_in(excluded))
    span = limit
    while True:
        reach = select(at_us).where(earlier).order_by(at_us.desc())
        since = connection.execute(reach.offset(span).limit(1)).scalar()
        within = wanted if since is None else and_(wanted, at_us >= since)
        found = connection.execute(newest.where(within).limit(limit)).all()
        if since is None or len(found) == limit:
            return [(row.occurred_us, row.position) for row in found]
        span *= 4


def count_timeline(
    connection: Connection, workspace_id: int, numbers: Sequence[int]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return (type, hour, n) of people's events; hours count from 1970."""
    theirs = _places(connection, workspace_id, numbers)
    hour = (theirs.c.occurred_us // literal(_HOUR_US)).label("hour")
    return connection.execute(
        select(events.c.type, hour, func.count().label("n"))
        .select_from(_with_events(theirs, workspace_id))
        .group_by(events.c.type, hour)
    ).all()


def list_last_seen(
    connection: Connection, workspace_id: int, numbers: Sequence[int]
) -> dict[int, int]:
    """Return when each number's latest event happened, in microseconds."""
    theirs = _places(connection, workspace_id, numbers)
    latest = func.max(theirs.c.occurred_us).label("at_us")
    rows = connection.execute(select(theirs.c.number, latest).group_by(theirs.c.number))
    return {row.number: row.at_us for row in rows}


def _between(workspace_id: int, after: int, last: int) -> tuple[Any, ...]:
    c = events.c
    return (c.workspace_id == workspace_id, c.position > after, c.position <= last)


def _take(connection: Connection, index: Any, taken: Select[*tuple[Any, ...]]) -> None:
    names = [column.name for column in index.columns]
    connection.execute(insert_or_ignore(connection, index).from_select(names, taken))


def _places(connection: Connection, workspace_id: int, numbers: Sequence[int]) -> Subquery:
    """Return (number, occurred_us, position) of all events of some numbers.

    From the index what it holds, and from the end of the log what came after.
    """
    mark = list_marks(connection).get(workspace_id, Mark(0, 0))
    p, e = event_places.c, events.c
    held = select(p.number, p.occurred_us, p.position).where(
        p.workspace_id == workspace_id, p.number.in_(numbers), p.position <= mark.indexed
    )
    if mark.indexed == mark.position:
        return held.subquery("places")
    after = select(e.number, e.occurred_us, e.position).where(
        *_between(workspace_id, mark.indexed, mark.position), e.number.in_(numbers)
    )
    return union_all(held, after).subquery("places")


def _with_events(places: Subquery, workspace_id: int) -> FromClause:
    """Join each place with the event that is there.

    A sum equals nothing but its value: by a bare column SQLite carries bounds of places over to
    events, and then reads the log from its beginning, looking for each event among the places.
    """
    is_there = and_(
        events.c.workspace_id == workspace_id, events.c.position == places.c.position + 0
    )
    return places.join(events, is_there)


def _of_types(
    query: Select[*tuple[Any, ...]], types: Collection[str] | None
) -> Select[*tuple[Any, ...]]:
    return query if types is None else query.where(events.c.type.in_(types))
