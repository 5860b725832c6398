"""Tables of stored segments."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, Table, Text

from kikubari.storage import metadata

segments = Table(
    "segments",
    metadata,
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("definition", Text, nullable=False),
    Column("updated_us", BigInteger, nullable=False),
)

# What every version said; a version is never rewritten.
segment_versions = Table(
    "segment_versions",
    metadata,
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("segment_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("definition", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
)

# Where each followed segment stands: one small row, written with every change of its members.
segment_states = Table(
    "segment_states",
    metadata,
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("segment_id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False),  # of the tree with what it refers to
    Column("change", BigInteger, nullable=False),  # number of the last change
    Column("size", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("as_of_us", BigInteger, nullable=False),
    Column("announces", Integer, nullable=False),  # 1: entered and left are events of the log
    Column("first_us", BigInteger, nullable=False),  # followed since
)

# All members at one change; with the changes after it, all members now.
segment_checkpoints = Table(
    "segment_checkpoints",
    metadata,
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("segment_id", Text, primary_key=True),
    Column("change", BigInteger, nullable=False),
    Column("members", LargeBinary, nullable=False),  # portable roaring bitmap
)

# Who entered and who left, change by change.
segment_changes = Table(
    "segment_changes",
    metadata,
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("segment_id", Text, primary_key=True),
    Column("change", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("cause", Text, nullable=False),
    Column("as_of_us", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("size", Integer, nullable=False),
    Column("n_entered", Integer, nullable=False),
    Column("n_left", Integer, nullable=False),
    Column("entered", LargeBinary, nullable=False),
    Column("left", LargeBinary, nullable=False),
    # People whose events are not written yet: those who entered in ascending order, then those
    # who left. A change of more people than one transaction should write is finished by later ones.
    Column("n_unannounced", Integer, nullable=False),
    Index("ix_segment_changes_unannounced", "workspace_id", "n_unannounced"),
)

# The size over time, one row an hour; kept when the changes are gone.
segment_sizes = Table(
    "segment_sizes",
    metadata,
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("segment_id", Text, primary_key=True),
    Column("hour_us", BigInteger, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("n_entered", Integer, nullable=False),
    Column("n_left", Integer, nullable=False),
)

# How far all followed segments are, together.
segment_progress = Table(
    "segment_progress",
    metadata,
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("as_of_us", BigInteger, nullable=False),  # the instant members hold for
    Column("through_us", BigInteger, nullable=False),  # all that had arrived by then is in them
)

# What ready-made segments compare with, version by version; the newest counts.
segment_thresholds = Table(
    "segment_thresholds",
    metadata,
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("computed", Float, nullable=True),  # from the shop's own distribution
    Column("chosen", Float, nullable=True),  # by a member; null: none
    Column("changed_us", BigInteger, nullable=False),
)

# How the shop's own values lie, as computed last.
segment_distributions = Table(
    "segment_distributions",
    metadata,
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("body", Text, nullable=False),  # JSON
    Column("computed_us", BigInteger, nullable=False),
)

# People somebody (or a computation) put on a list, version by version; the newest counts.
segment_lists = Table(
    "segment_lists",
    metadata,
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name_ja", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("made_us", BigInteger, nullable=False),
    Column("members", LargeBinary, nullable=False),  # portable roaring bitmap
)

# Personas as they were assigned, version by version.
persona_sets = Table(
    "persona_sets",
    metadata,
    Column("workspace_id", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, primary_key=True),  # found | defined
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),  # JSON
)
