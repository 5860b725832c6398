"""Broadcasts and the versions of their definitions."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from kikubari.storage import metadata

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    # draft, scheduled, enqueuing, watching or started; pause and cancel stand with the messages.
    # Of a recurring one: draft, repeating, paused, cancelled or ended.
    Column("phase", Text, nullable=False),
    # Fixed when the send begins, so that a resumed one queues the same people.
    Column("audience", LargeBinary),
    Column("n_audience", BigInteger, nullable=False),
    Column("n_enqueued", BigInteger, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    # Of a scheduled one: when it begins, for how many people it was permitted, and who asked.
    Column("begins_us", BigInteger),
    Column("n_permitted", BigInteger),
    Column("permitted_by", Text),
    Column("started_us", BigInteger),
    Column("problem", Text),  # why a scheduled one is a draft again
    # Of a recurring one its next occurrence; of an occurrence its own, and which one recurs.
    Column("occurs_us", BigInteger),
    Column("recurring_id", Text),
    # Of an experiment that tests first: when the last message of the test is due, and the letter
    # that the rest gets, since when, why, and the counts that it rests on.
    Column("last_due_us", BigInteger),
    Column("chosen", Text),
    Column("chosen_us", BigInteger),
    Column("chosen_because", Text),
    Column("tallies", LargeBinary),  # JSON list of LetterTally
    Index("ix_broadcasts_phase", "workspace_id", "phase"),
)

broadcast_versions = Table(
    "broadcast_versions",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("broadcast_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("definition", LargeBinary, nullable=False),  # JSON of BroadcastDefinition
    Column("created_us", BigInteger, nullable=False),
)

# Occurrences of recurring broadcasts that were dealt with: sent as a broadcast, or skipped and why.
broadcast_occurrences = Table(
    "broadcast_occurrences",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("broadcast_id", Text, primary_key=True),
    Column("occurs_us", BigInteger, primary_key=True, autoincrement=False),
    Column("sent_as", Text),
    Column("skipped", Text),  # missed or by_hand
)

saved_blocks = Table(
    "saved_blocks",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("blocks", LargeBinary, nullable=False),  # JSON list of blocks
    Column("changed_us", BigInteger, nullable=False),
)

# Which saved blocks the current version of a broadcast names.
saved_block_uses = Table(
    "saved_block_uses",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("saved_id", Text, primary_key=True),
    Column("broadcast_id", Text, primary_key=True),
    Index("ix_saved_block_uses_broadcast", "workspace_id", "broadcast_id"),
)
