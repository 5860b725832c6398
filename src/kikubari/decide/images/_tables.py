"""Table of the image library."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from kikubari.storage import metadata

# Images lie with the state, not in files beside it: one transaction, one back-up, and every
# process of a larger installation serves them. The content is last: other columns are read without.
images = Table(
    "images",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("alt", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("is_animated", Integer, nullable=False),
    Column("n_bytes", Integer, nullable=False),
    Column("added_us", BigInteger, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Index("ix_images_added", "workspace_id", "added_us", "id"),
)
