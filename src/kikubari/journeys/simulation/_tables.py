"""Table of simulations."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, Table, Text

from kikubari.storage import metadata

simulations = Table(
    "journey_simulations",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("journey_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("since_us", BigInteger, nullable=False),
    Column("until_us", BigInteger, nullable=False),
    Column("started_us", BigInteger, nullable=False),
    Column("touched_us", BigInteger, nullable=False),  # by the process that runs it
    Column("progress", Float, nullable=False),
    Column("definition", LargeBinary, nullable=False),  # JSON of JourneyDefinition
    Column("result", LargeBinary),  # JSON of SimulationResult
    Column("problem", Text, nullable=False),
    Index("ix_journey_simulations_journey", "workspace_id", "journey_id", "started_us"),
)
