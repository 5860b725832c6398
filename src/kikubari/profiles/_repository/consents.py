"""The consent ledger: appended to, never changed."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from kikubari.profiles._repository.chunked import Rows, select_in
from kikubari.profiles._tables import consents
from kikubari.storage import bulk_insert

CONSENT_COLUMNS = (
    "workspace_id", "number", "purpose", "channel", "at_us", "source_id", "message_key", "status",
    "wording_version", "source", "proof", "received_us", "position",
)  # fmt: skip


def insert_consents(connection: Connection, rows: Sequence[tuple[object, ...]]) -> None:
    """Append entries, in the order of `CONSENT_COLUMNS`."""
    bulk_insert(connection, consents, CONSENT_COLUMNS, rows)


def list_entries(
    connection: Connection,
    workspace_id: int,
    numbers: Collection[int],
    *,
    purpose: str | None = None,
    channels: Collection[str] | None = None,
    until_us: int,
    received_until_us: int,
) -> Rows:
    """Return the entries of numbers, in the order of what they say."""
    c = consents.c
    conditions = [c.at_us <= until_us, c.received_us <= received_until_us]
    if purpose is not None:
        conditions.append(c.purpose == purpose)
    if channels is not None:
        conditions.append(c.channel.in_(channels))
    found = select_in(
        connection, workspace_id, list(c), where=c.number, among=numbers, also=conditions
    )
    return sorted(found, key=lambda row: (row.at_us, row.source_id, bytes(row.message_key)))
