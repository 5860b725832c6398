"""Table of what the shop has defined."""

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from kikubari.storage import metadata

life_stages = Table(
    "life_stages",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    # JSON of LifeStages; none once it is removed, until what it told is withdrawn.
    Column("definition", LargeBinary),
)
