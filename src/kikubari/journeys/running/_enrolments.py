"""Every query on enrolments."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from pyroaring import BitMap
from sqlalchemy import (
    Connection,
    LargeBinary,
    Row,
    Text,
    bindparam,
    cast,
    exists,
    func,
    literal,
    select,
    update,
)

from kikubari.journeys.running._tables import enrolments, journey_lanes, journeys
from kikubari.journeys.running.contracts import EnrolmentState, JourneyState
from kikubari.journeys.running.paths import MOVED
from kikubari.journeys.running.travellers import Traveller
from kikubari.storage import bulk_insert, bulk_update

Found = Row[*tuple[Any, ...]]

# SQLite allows 32,766 parameters in one statement.
_KEYS_PER_QUERY = 5_000
_E = enrolments.c
_TRAVELLER = (
    _E.id, _E.version, _E.number, _E.ordinal, _E.step, _E.began_us, _E.at_us, _E.due_us,
    _E.trigger_position, _E.path,
)  # fmt: skip
_MOVED = ("state", "step", "at_us", "due_us", "ended_us", "outcome", "path")
_NEW = (
    "workspace_id", "journey_no", "version", "number", "ordinal", "state", "step", "began_us",
    "at_us", "due_us", "entered_us", "ended_us", "outcome", "trigger_position", "value_minor",
    "path",
)  # fmt: skip


# Looked at many times a second: put together once.
_DUE = (
    _E.workspace_id == bindparam("workspace_id"),
    _E.journey_no == bindparam("journey_no"),
    _E.step == bindparam("step"),
    _E.due_us <= bindparam("now_us"),
)
_PEEK = (
    select(_E.version, _E.ordinal, _E.number)
    .where(*_DUE)
    .order_by(_E.due_us)
    .limit(bindparam("limit"))
)
_CLAIM = (
    select(*_TRAVELLER)
    .where(*_DUE)
    .order_by(_E.due_us)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_DUE_LANES = (
    select(journey_lanes.c.journey_no, journey_lanes.c.step)
    .join(journeys, journeys.c.no == journey_lanes.c.journey_no)
    .where(
        journey_lanes.c.workspace_id == bindparam("workspace_id"),
        journeys.c.state.in_([JourneyState.RUNNING.value, JourneyState.DRAINING.value]),
        exists().where(
            _E.workspace_id == bindparam("workspace_id"),
            _E.journey_no == journey_lanes.c.journey_no,
            _E.step == journey_lanes.c.step,
            _E.due_us <= bindparam("now_us"),
        ),
    )
    .order_by(journey_lanes.c.journey_no, journey_lanes.c.step)
)


def list_due_lanes(
    connection: Connection, workspace_id: int, now_us: int
) -> Sequence[tuple[int, int]]:
    """Return (journey, step) wherever somebody is due in a journey that goes on."""
    rows = connection.execute(_DUE_LANES, {"workspace_id": workspace_id, "now_us": now_us})
    return [(row.journey_no, row.step) for row in rows]


def find_next_due(connection: Connection, workspace_id: int, *, after_us: int) -> int | None:
    """Return when the next person who is not due yet will be, None if nobody will."""
    found: int | None = connection.scalar(
        select(func.min(_E.due_us)).where(_E.workspace_id == workspace_id, _E.due_us > after_us)
    )
    return found


def peek(
    connection: Connection, workspace_id: int, lane: tuple[int, int], now_us: int, *, limit: int
) -> list[tuple[int, int, int]]:
    """Return (version, ordinal, number) of those who are due first at a step."""
    rows = connection.execute(_PEEK, _place(workspace_id, lane, now_us, limit))
    return [(row.version, row.ordinal, row.number) for row in rows]


def claim(
    connection: Connection, workspace_id: int, lane: tuple[int, int], now_us: int, *, limit: int
) -> list[Traveller]:
    """Return those who are due first at a step; until the transaction ends they are the caller's.

    Rows that another worker has are passed over.
    """
    rows = connection.execute(_CLAIM, _place(workspace_id, lane, now_us, limit))
    return [traveller_of(row) for row in rows]


def _place(workspace_id: int, lane: tuple[int, int], now_us: int, limit: int) -> dict[str, int]:
    journey_no, step = lane
    return {
        "workspace_id": workspace_id,
        "journey_no": journey_no,
        "step": step,
        "now_us": now_us,
        "limit": limit,
    }


def save(connection: Connection, people: Iterable[Traveller]) -> None:
    """Write where people are now."""
    bulk_update(
        connection,
        enrolments,
        "id",
        _MOVED,
        [
            (
                one.id,
                int(one.state),
                one.step,
                one.at_us,
                one.due_us,
                one.ended_us,
                one.outcome,
                one.path,
            )
            for one in people
        ],
    )


def add(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write new enrolments; values in the order of `_NEW`."""
    bulk_insert(connection, enrolments, _NEW, rows)


def list_of_people(
    connection: Connection,
    workspace_id: int,
    numbers: Collection[int],
    *,
    journey_nos: Collection[int] | None = None,
    is_locked: bool = False,
) -> list[Found]:
    """Return all enrolments of these numbers, in order of id."""
    query = select(enrolments).where(_E.workspace_id == workspace_id)
    if journey_nos is not None:
        query = query.where(_E.journey_no.in_(sorted(journey_nos)))
    wanted = sorted(numbers)
    found: list[Found] = []
    for start in range(0, len(wanted), _KEYS_PER_QUERY):
        chunk = query.where(_E.number.in_(wanted[start : start + _KEYS_PER_QUERY]))
        chunk = chunk.order_by(_E.id)
        found += connection.execute(chunk.with_for_update() if is_locked else chunk)
    return found


def last_id(connection: Connection) -> int:
    """Return the id of the enrolment that was added last, 0 if there is none."""
    return connection.execute(select(func.max(_E.id))).scalar() or 0


def list_after(
    connection: Connection, workspace_id: int, journey_no: int, *, after: int, position: int
) -> Sequence[Found]:
    """Return the enrolments of a journey added since, by events behind a position, in order."""
    return connection.execute(
        select(enrolments)
        .where(
            # By id alone: SQLite would read all who were ever in the journey.
            _E.workspace_id + 0 == workspace_id,
            _E.journey_no + 0 == journey_no,
            _E.id > after,
            _E.trigger_position > position,
        )
        .order_by(_E.id)
    ).all()


def set_conversions(connection: Connection, rows: Sequence[tuple[int, int, int]]) -> None:
    """Write (id, converted_us, value_minor)."""
    bulk_update(connection, enrolments, "id", ("converted_us", "value_minor"), rows)


def traveller_of(row: Found) -> Traveller:
    """Return a whole row as a traveller."""
    return Traveller(
        row.id,
        row.version,
        row.number,
        row.ordinal,
        row.step,
        row.began_us,
        row.at_us,
        row.due_us,
        row.trigger_position,
        bytes(row.path),
    )


def count_at_steps(
    connection: Connection, workspace_id: int, journey_no: int
) -> list[tuple[int, int, int]]:
    """Return (version, step, how many) of those on the way."""
    rows = connection.execute(
        select(_E.version, _E.step, func.count().label("n"))
        .where(
            _E.workspace_id == workspace_id,
            _E.journey_no == journey_no,
            _E.step > 0,
        )
        .group_by(_E.version, _E.step)
    )
    return [(row.version, row.step, row.n) for row in rows]


def count_active(
    connection: Connection, workspace_id: int, journey_nos: Sequence[int]
) -> dict[int, int]:
    """Return how many are on the way, by journey."""
    rows = connection.execute(
        select(_E.journey_no, func.count().label("n"))
        .where(_E.workspace_id == workspace_id, _E.journey_no.in_(journey_nos), _E.step > 0)
        .group_by(_E.journey_no)
    )
    return {row.journey_no: row.n for row in rows}


def list_at_step(
    connection: Connection,
    workspace_id: int,
    lane: tuple[int, int],
    *,
    after: tuple[int, int],
    limit: int,
) -> Sequence[Found]:
    """Return people at a step in the order in which they are due."""
    due_us, id_ = after
    return connection.execute(
        select(enrolments)
        .where(
            _E.workspace_id == workspace_id,
            _E.journey_no == lane[0],
            _E.step == lane[1],
            _E.due_us >= due_us,
            (_E.due_us > due_us) | (_E.id > id_),
        )
        .order_by(_E.due_us, _E.id)
        .limit(limit)
    ).all()


def find_due(connection: Connection, enrolment_id: int) -> int:
    """Return when an enrolment is due, 0 when it is gone or has ended."""
    return connection.execute(select(_E.due_us).where(_E.id == enrolment_id)).scalar() or 0


def count_ends(
    connection: Connection, workspace_id: int, journey_no: int, *, version: int | None
) -> Sequence[Found]:
    """Return (is_held_out, outcome, n, converted, value_minor) of all who ever entered.

    `outcome` is the number of its name; None of those on the way or held out. Every enrolment of
    the journey is read, once.
    """
    is_held_out = (_E.state == int(EnrolmentState.HELD_OUT)).label("is_held_out")
    wanted = [_E.workspace_id == workspace_id, _E.journey_no == journey_no]
    if version is not None:
        wanted.append(_E.version == version)
    return connection.execute(
        select(
            is_held_out,
            _E.outcome,
            func.count().label("n"),
            func.count(_E.converted_us).label("converted"),
            func.sum(_E.value_minor).label("value_minor"),
        )
        .where(*wanted)
        .group_by(is_held_out, _E.outcome)
    ).all()


def list_travellers(
    connection: Connection, workspace_id: int, journey_nos: Sequence[int]
) -> dict[int, BitMap]:
    """Return the numbers of those on the way, by journey; journeys with nobody are left out.

    Of a journey one line comes: a row for each person would take several times as long.
    """
    numbers = func.aggregate_strings(cast(_E.number, Text), ",").label("numbers")
    rows = connection.execute(
        select(_E.journey_no, numbers)
        .where(_E.workspace_id == workspace_id, _E.journey_no.in_(journey_nos), _E.step > 0)
        .group_by(_E.journey_no)
    )
    return {row.journey_no: BitMap(map(int, row.numbers.split(","))) for row in rows}


def move_people(
    connection: Connection,
    workspace_id: int,
    lane: tuple[int, int],
    *,
    from_version: int,
    to_version: int,
    to_step: int,
    suffix: bytes,
    now_us: int,
) -> int:
    """Move those at one step of one version to a step of another (0: its end); return how many."""
    if to_step == 0:
        place = {
            "state": int(EnrolmentState.ENDED),
            "due_us": None,
            "ended_us": now_us,
            "outcome": MOVED,
        }
    elif to_step == lane[1]:
        place = {"due_us": now_us}
    else:
        place = {"due_us": now_us, "at_us": now_us}
    done = connection.execute(
        update(enrolments)
        .where(
            _E.workspace_id == workspace_id,
            _E.journey_no == lane[0],
            _E.step == lane[1],
            _E.version == from_version,
        )
        .values(
            version=to_version,
            step=to_step,
            # SQLite calls the two together a text.
            path=cast(_E.path.op("||")(literal(suffix, LargeBinary)), LargeBinary),
            **place,
        )
    )
    return done.rowcount


def list_some_active(
    connection: Connection, workspace_id: int, journey_no: int, *, limit: int
) -> list[Traveller]:
    """Return some who are still on the way, locked."""
    rows = connection.execute(
        select(*_TRAVELLER)
        .where(_E.workspace_id == workspace_id, _E.journey_no == journey_no, _E.step > 0)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [traveller_of(row) for row in rows]
