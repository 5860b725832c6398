"""The note that nothing may leave."""

from sqlalchemy import BigInteger, Column, Integer, Table

from kikubari.storage import metadata

# Stands in every back-up from the moment it is taken, so that a copy sends nothing until it was
# restored. Never in an installation at work.
sending_holds = Table(
    "sending_holds",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("since_us", BigInteger, nullable=False),
)
