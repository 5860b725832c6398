"""The consent ledger: appended to, never changed."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from kikubari.profiles._repository.chunked import Rows, chunks
from kikubari.profiles._tables import consents
from kikubari.storage import bulk_insert, look_up

CONSENT_COLUMNS = (
    "workspace_id", "number", "purpose", "channel", "at_us", "source_id", "message_key", "status",
    "wording_version", "source", "proof", "received_us", "position",
)  # fmt: skip


def insert_consents(connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Append entries, in the order of `CONSENT_COLUMNS`."""
    bulk_insert(connection, consents, CONSENT_COLUMNS, rows)


_ENTRIES = select(*consents.c).where(
    consents.c.workspace_id == bindparam("b_workspace"),
    consents.c.number.in_(bindparam("b_numbers", expanding=True)),
    consents.c.at_us <= bindparam("b_until"),
    consents.c.received_us <= bindparam("b_received_until"),
)
_ENTRIES_ABOUT = _ENTRIES.where(
    consents.c.purpose.in_(bindparam("b_purposes", expanding=True)),
    consents.c.channel.in_(bindparam("b_channels", expanding=True)),
)


def list_entries(
    connection: Connection,
    workspace_id: int,
    numbers: Collection[int],
    *,
    about: tuple[Collection[str], Collection[str]] | None = None,
    until_us: int,
    received_until_us: int,
) -> Rows:
    """Return the entries of numbers, in the order of what they say.

    Args:
        connection: a snapshot or a transaction.
        workspace_id: whose ledger.
        numbers: thousands at once.
        about: purposes and channels, to see only what was said about those.
        until_us: entries about later instants are left out.
        received_until_us: so are those that arrived later.
    """
    values: dict[str, Any] = {
        "b_workspace": workspace_id,
        "b_until": until_us,
        "b_received_until": received_until_us,
    }
    if about is not None:
        values |= {"b_purposes": list(about[0]), "b_channels": list(about[1])}
    found: Rows = []
    for chunk in chunks(numbers):
        query = _ENTRIES if about is None else _ENTRIES_ABOUT
        found += look_up(connection, query, {**values, "b_numbers": chunk})
    return sorted(found, key=lambda row: (row.at_us, row.source_id, bytes(row.message_key)))


def count_grants(connection: Connection, workspace_id: int) -> Rows:
    """Return (wording_version, purpose, channel, source, n_people, last_us) of consents given."""
    told = (consents.c.wording_version, consents.c.purpose, consents.c.channel, consents.c.source)
    n_people = func.count(consents.c.number.distinct())
    return list(
        connection.execute(
            select(*told, n_people.label("n_people"), func.max(consents.c.at_us).label("last_us"))
            .where(consents.c.workspace_id == workspace_id, consents.c.status == "granted")
            .group_by(*told)
            .order_by(n_people.desc(), *told)
        ).all()
    )
