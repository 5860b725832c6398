"""Every query on journeys, their versions and their figures."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from kikubari.journeys.running._tables import (
    journey_counts,
    journey_days,
    journey_lanes,
    journey_marks,
    journey_versions,
    journey_winners,
    journeys,
)
from kikubari.journeys.running.contracts import JourneyState
from kikubari.journeys.running.paths import ENTERED
from kikubari.storage import insert_or_ignore

Found = Row[*tuple[Any, ...]]

_encode = msgspec.json.encode
_names_decoder = msgspec.json.Decoder(list[str])
_COUNT_KEY = ("workspace_id", "journey_no", "version", "step", "way", "shard")


def decode_names(body: bytes) -> list[str]:
    """Return a journey's names by number."""
    return _names_decoder.decode(body)


def insert_journey(
    connection: Connection, workspace_id: int, journey_id: str, draft: bytes, now_us: int
) -> None:
    """Write a new journey that has a draft only."""
    connection.execute(
        insert(journeys).values(
            workspace_id=workspace_id,
            id=journey_id,
            state=JourneyState.DRAFT.value,
            drains=0,
            version=0,
            draft=draft,
            draft_no=1,
            names=b"[]",
            created_us=now_us,
            drafted_us=now_us,
        )
    )


def find_journey(
    connection: Connection, workspace_id: int, journey_id: str, *, is_locked: bool = False
) -> Found | None:
    """Return a journey; locked, nobody else changes it before the transaction ends."""
    query = select(journeys).where(
        journeys.c.workspace_id == workspace_id, journeys.c.id == journey_id
    )
    return connection.execute(query.with_for_update() if is_locked else query).one_or_none()


def list_journeys(
    connection: Connection, workspace_id: int, *, states: Iterable[JourneyState] | None = None
) -> Sequence[Found]:
    """Return journeys, newest first."""
    query = select(journeys).where(journeys.c.workspace_id == workspace_id)
    if states is not None:
        query = query.where(journeys.c.state.in_([state.value for state in states]))
    return connection.execute(query.order_by(journeys.c.no.desc())).all()


def list_journeys_behind(
    connection: Connection, workspace_id: int, no: int | None, *, limit: int
) -> Sequence[Found]:
    """Return journeys behind one (None: from the newest on), newest first."""
    query = select(journeys).where(journeys.c.workspace_id == workspace_id)
    if no is not None:
        query = query.where(journeys.c.no < no)
    return connection.execute(query.order_by(journeys.c.no.desc()).limit(limit)).all()


def change_journey(connection: Connection, no: int, **values: object) -> None:
    """Write columns of a journey."""
    connection.execute(update(journeys).where(journeys.c.no == no).values(**values))


def find_state(connection: Connection, no: int) -> JourneyState:
    """Return whether a journey runs."""
    state = connection.execute(select(journeys.c.state).where(journeys.c.no == no)).scalar_one()
    return JourneyState(state)


def add_version(
    connection: Connection,
    workspace_id: int,
    journey_no: int,
    version: int,
    *,
    definition: bytes,
    now_us: int,
    by: str,
) -> None:
    """Write a version."""
    connection.execute(
        insert(journey_versions).values(
            workspace_id=workspace_id,
            journey_no=journey_no,
            version=version,
            definition=definition,
            published_us=now_us,
            published_by=by,
        )
    )


def list_versions(
    connection: Connection, workspace_id: int, journey_nos: Iterable[int] | None = None
) -> Sequence[Found]:
    """Return versions of some journeys, or all, in order."""
    query = select(journey_versions).where(journey_versions.c.workspace_id == workspace_id)
    if journey_nos is not None:
        query = query.where(journey_versions.c.journey_no.in_(list(journey_nos)))
    order = (journey_versions.c.journey_no, journey_versions.c.version)
    return connection.execute(query.order_by(*order)).all()


def list_live_versions(
    connection: Connection, workspace_id: int, journey_nos: Sequence[int]
) -> Sequence[Found]:
    """Return the version of each journey that lets people in, where there is one."""
    is_live = (journeys.c.no == journey_versions.c.journey_no) & (
        journeys.c.version == journey_versions.c.version
    )
    return connection.execute(
        select(journey_versions)
        .join(journeys, is_live)
        .where(
            journey_versions.c.workspace_id == workspace_id,
            journey_versions.c.journey_no.in_(journey_nos),
        )
    ).all()


def find_version(
    connection: Connection, workspace_id: int, journey_no: int, version: int
) -> Found | None:
    """Return one version."""
    return connection.execute(
        select(journey_versions).where(
            journey_versions.c.workspace_id == workspace_id,
            journey_versions.c.journey_no == journey_no,
            journey_versions.c.version == version,
        )
    ).one_or_none()


def find_first_published(connection: Connection, workspace_id: int, journey_no: int) -> int:
    """Return when the first version of a journey was published; 0 if none was."""
    versions = journey_versions.c
    found: int | None = connection.execute(
        select(func.min(versions.published_us)).where(
            versions.workspace_id == workspace_id, versions.journey_no == journey_no
        )
    ).scalar()
    return found or 0


def add_lanes(
    connection: Connection, workspace_id: int, journey_no: int, steps: Iterable[int]
) -> None:
    """Make workers look for people at these steps."""
    rows = [{"workspace_id": workspace_id, "journey_no": journey_no, "step": s} for s in steps]
    if rows:
        connection.execute(insert_or_ignore(connection, journey_lanes), rows)


def add_counts(
    connection: Connection,
    workspace_id: int,
    journey_no: int,
    passed: Mapping[tuple[int, int, int], int],
    *,
    shard: int,
    column: Literal["n", "converted"] = "n",
) -> None:
    """Add to how often ways were taken, or converted, by (version, step, way)."""
    if not passed:
        return
    keys = [
        dict(zip(_COUNT_KEY, (workspace_id, journey_no, *key, shard), strict=True))
        for key in sorted(passed)
    ]
    connection.execute(
        insert_or_ignore(connection, journey_counts),
        [{**key, "n": 0, "converted": 0} for key in keys],
    )
    columns = journey_counts.c
    matches = [columns[name] == bindparam(f"b_{name}") for name in _COUNT_KEY]
    connection.execute(
        update(journey_counts).where(*matches).values({column: columns[column] + bindparam("b_n")}),
        [
            {**{f"b_{name}": value for name, value in key.items()}, "b_n": passed[one]}
            for key, one in zip(keys, sorted(passed), strict=True)
        ],
    )


def list_counts(
    connection: Connection, workspace_id: int, journey_nos: Sequence[int]
) -> Sequence[Found]:
    """Return (journey_no, version, step, way, n, converted) over all shards."""
    c = journey_counts.c
    return connection.execute(
        select(
            c.journey_no,
            c.version,
            c.step,
            c.way,
            func.sum(c.n).label("n"),
            func.sum(c.converted).label("converted"),
        )
        .where(c.workspace_id == workspace_id, c.journey_no.in_(journey_nos))
        .group_by(c.journey_no, c.version, c.step, c.way)
    ).all()


def count_entered(
    connection: Connection, workspace_id: int, journey_nos: Sequence[int]
) -> dict[int, int]:
    """Return how often people entered, over all versions and shards, by journey."""
    c = journey_counts.c
    rows = connection.execute(
        select(c.journey_no, func.sum(c.n).label("n"))
        .where(
            c.workspace_id == workspace_id,
            c.journey_no.in_(journey_nos),
            c.step == 0,
            c.way == ENTERED,
        )
        .group_by(c.journey_no)
    )
    return {row.journey_no: int(row.n) for row in rows}


def list_winners(connection: Connection, workspace_id: int, journey_no: int) -> dict[int, Found]:
    """Return (part, decided_us, tallies) of experiments that are decided, by their step."""
    c = journey_winners.c
    found = connection.execute(
        select(c.step, c.part, c.decided_us, c.tallies).where(
            c.workspace_id == workspace_id, c.journey_no == journey_no
        )
    )
    return {row.step: row for row in found}


def save_winner(
    connection: Connection,
    workspace_id: int,
    journey_no: int,
    *,
    step: int,
    part: int,
    decided_us: int,
    tallies: bytes,
) -> None:
    """Write down which part everybody takes from now on; the first decision stands."""
    connection.execute(
        insert_or_ignore(connection, journey_winners),
        {
            "workspace_id": workspace_id,
            "journey_no": journey_no,
            "step": step,
            "part": part,
            "decided_us": decided_us,
            "tallies": tallies,
        },
    )


def take_from_day(
    connection: Connection, workspace_id: int, journey_no: int, day: int, *, wanted: int, limit: int
) -> int:
    """Return how many of those wanted may enter on a day, and count them."""
    key = {"workspace_id": workspace_id, "journey_no": journey_no, "day": day}
    connection.execute(insert_or_ignore(connection, journey_days).values(**key, n=0))
    is_day = [journey_days.c[name] == value for name, value in key.items()]
    taken = connection.execute(
        select(journey_days.c.n).where(*is_day).with_for_update()
    ).scalar_one()
    given = max(0, min(wanted, limit - taken))
    connection.execute(update(journey_days).where(*is_day).values(n=taken + given))
    return int(given)


def find_mark(connection: Connection, workspace_id: int) -> int | None:
    """Return how far the log was followed, None if it never was."""
    return connection.execute(
        select(journey_marks.c.position).where(journey_marks.c.workspace_id == workspace_id)
    ).scalar()


def lock_mark(connection: Connection, workspace_id: int) -> int:
    """Return how far the log was followed and keep others from following it meanwhile."""
    return int(
        connection.execute(
            select(journey_marks.c.position)
            .where(journey_marks.c.workspace_id == workspace_id)
            .with_for_update()
        ).scalar_one()
    )


def begin_mark(connection: Connection, workspace_id: int, position: int) -> None:
    """Begin to follow the log behind a position, unless that has begun."""
    connection.execute(
        insert_or_ignore(connection, journey_marks).values(
            workspace_id=workspace_id, position=position
        )
    )


def move_mark(connection: Connection, workspace_id: int, position: int) -> None:
    """Write down how far the log was followed."""
    connection.execute(
        update(journey_marks)
        .where(journey_marks.c.workspace_id == workspace_id)
        .values(position=position)
    )
