"""The log's tables."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from kikubari.storage import metadata

# Acknowledged batches that wait for the sequencer. Lives in the intake store and in the state
# store (internal events, written in the transaction that causes them).
inbox = Table(
    "inbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("workspace_id", Integer, nullable=False),
    Column("n_events", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # zstd of a JSON array of Event
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("message_key", LargeBinary, nullable=False),  # BLAKE2b-128 of the messageId
    Column("type", Text, nullable=False),
    Column("occurred_us", BigInteger, nullable=False),
    Column("received_us", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),  # sealed JSON of the Event
)

# Two indexes of the log, of what it holds up to `log_marks.indexed`.
message_keys = Table(
    "message_keys",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("source_id", Integer, primary_key=True),
    Column("message_key", LargeBinary, primary_key=True),
    sqlite_with_rowid=False,
)

event_places = Table(
    "event_places",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("occurred_us", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

log_marks = Table(
    "log_marks",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    # Highest position whose transaction has committed: consumers read up to here, never up to
    # the highest row they can see.
    Column("position", BigInteger, nullable=False),
    Column("duplicates", BigInteger, nullable=False),
    # Highest position that the indexes hold; behind `position`, never before it.
    Column("indexed", BigInteger, nullable=False, server_default="0"),
)

copy_ranges = Table(
    "copy_ranges",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("is_done", Integer, nullable=False),
)
