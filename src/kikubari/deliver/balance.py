"""Of the last messages to people, how many gave something rather than asked: for rule R15."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from kikubari.deliver import _contacts as rows
from kikubari.spec.envelope import DEFAULT_WORKSPACE

LOOKED_AT = 5


def count_gives(
    connection: Connection,
    people: Mapping[int, Collection[int]],
    *,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> dict[int, int]:
    """Return how many of each person's last five messages gave; who had fewer is missing.

    Marketing that left or may have left counts, as it does for caps, for as long as that is
    remembered: what came more seldom is no burden.

    Args:
        connection: a snapshot.
        people: all numbers of each, by any key.
        workspace_id: whose people.
    """
    key_of = {number: key for key, own in people.items() for number in own}
    latest: dict[int, list[tuple[int, int]]] = {}
    for row in rows.list_latest(connection, workspace_id, key_of, each=LOOKED_AT):
        latest.setdefault(key_of[row.number], []).append((row.at_us, row.message_id))
    # What came under two numbers that are one person now came to that person.
    last = {key: sorted(own)[-LOOKED_AT:] for key, own in latest.items() if len(own) >= LOOKED_AT}
    giving = rows.find_giving(
        connection, workspace_id, {message for own in last.values() for _, message in own}
    )
    return {key: sum(message in giving for _, message in own) for key, own in last.items()}
