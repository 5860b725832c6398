"""Every query on why people were not let in."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, func, select

from kikubari.journeys.running._tables import journey_refusals
from kikubari.journeys.running.refusing import add_refusals
from kikubari.storage import look_up, upsert

# SQLite allows 32,766 parameters in one statement.
_KEYS_PER_QUERY = 5_000


def save_refusals(
    connection: Connection,
    workspace_id: int,
    journey_no: int,
    refused: Mapping[int, Sequence[tuple[str, int]]],
) -> None:
    """Write down why people were not let in: reasons and when, the newest last, by number."""
    if not refused:
        return
    earlier = _list_latest(connection, workspace_id, journey_no, sorted(refused))
    statement = upsert(
        connection,
        journey_refusals,
        key=["workspace_id", "journey_no", "number"],
        update=["reason", "at_us", "latest"],
    )
    connection.execute(
        statement,
        [
            {
                "workspace_id": workspace_id,
                "journey_no": journey_no,
                "number": number,
                "reason": own[-1][0],
                "at_us": own[-1][1],
                "latest": add_refusals(earlier.get(number, b""), own),
            }
            for number, own in sorted(refused.items())
        ],
    )


_LATEST = (
    select(journey_refusals.c.number, journey_refusals.c.latest)
    .where(
        journey_refusals.c.workspace_id == bindparam("b_workspace"),
        journey_refusals.c.journey_no == bindparam("b_journey"),
        journey_refusals.c.number.in_(bindparam("b_numbers", expanding=True)),
    )
    .with_for_update()
)


def _list_latest(
    connection: Connection, workspace_id: int, journey_no: int, numbers: Sequence[int]
) -> dict[int, bytes]:
    """Return what is kept of people's refusals, by number; nobody else adds to it meanwhile."""
    values = {"b_workspace": workspace_id, "b_journey": journey_no}
    found: dict[int, bytes] = {}
    for start in range(0, len(numbers), _KEYS_PER_QUERY):
        chunk = list(numbers[start : start + _KEYS_PER_QUERY])
        rows = look_up(connection, _LATEST, {**values, "b_numbers": chunk})
        found |= {row.number: bytes(row.latest) for row in rows}
    return found


def list_refusals(
    connection: Connection, workspace_id: int, journey_no: int, numbers: Sequence[int]
) -> list[bytes]:
    """Return what is kept of the refusals of each of these numbers, as `refusing` reads it."""
    c = journey_refusals.c
    rows = connection.execute(
        select(c.latest).where(
            c.workspace_id == workspace_id, c.journey_no == journey_no, c.number.in_(numbers)
        )
    )
    return [bytes(row.latest) for row in rows]


def count_refusals(connection: Connection, workspace_id: int, journey_no: int) -> dict[str, int]:
    """Return how many people were last not let in, by reason."""
    c = journey_refusals.c
    rows = connection.execute(
        select(c.reason, func.count().label("n"))
        .where(c.workspace_id == workspace_id, c.journey_no == journey_no)
        .group_by(c.reason)
    )
    return {row.reason: row.n for row in rows}
