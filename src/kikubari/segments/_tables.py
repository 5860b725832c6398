"""Tables of stored segments."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

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
