"""The consent ledger: appended to, never changed."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from kikubari.profiles._repository.chunked import Rows, chunks
from kikubari.profiles._tables import consents, identifiers
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
    profiles: Collection[int],
    *,
    purpose: str | None = None,
    channels: Collection[str] | None = None,
    until_us: int,
    received_until_us: int,
) -> Rows:
    """Return the entries of people, with their `profile`, in the order of what they say."""
    c = consents.c
    found: Rows = []
    for chunk in chunks(profiles):
        entries = (
            select(consents, identifiers.c.profile)
            .join(
                identifiers,
                (identifiers.c.workspace_id == c.workspace_id) & (identifiers.c.number == c.number),
            )
            .where(
                identifiers.c.workspace_id == workspace_id,
                identifiers.c.profile.in_(chunk),
                c.at_us <= until_us,
                c.received_us <= received_until_us,
            )
            .order_by(c.at_us, c.source_id, c.message_key)
        )
        if purpose is not None:
            entries = entries.where(c.purpose == purpose)
        if channels is not None:
            entries = entries.where(c.channel.in_(channels))
        found.extend(connection.execute(entries))
    return found
