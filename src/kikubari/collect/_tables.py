"""Tables of sources and of refused messages."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from kikubari.storage import metadata

sources = Table(
    "sources",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    # Counts from 1 in each workspace; 0 is this product itself.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key_hash", LargeBinary, nullable=False, unique=True),
    Column("key_end", Text, nullable=False),  # its last characters, to tell keys apart
    Column("sealed_key", LargeBinary),  # of sources whose key is shown again
    Column("previous_key_hash", LargeBinary),
    Column("previous_until_us", BigInteger),
    Column("allowed_origins", Text, nullable=False),  # separated by one space
    Column("allowed_events", Text, nullable=False),  # one a line
    Column("events_per_minute", Integer),  # none: as many as come
    Column("created_us", BigInteger, nullable=False),
)

rejected_events = Table(
    "rejected_events",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("workspace_id", Integer, nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("message_id", Text),
    Column("excerpt", Text, nullable=False),
    Index("ix_rejected_events_source", "workspace_id", "source_id", "code", "id"),
    sqlite_autoincrement=True,
)
