"""Table of models: what lists rest on. What was learned itself is a file of each machine."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table

from kikubari.storage import metadata

recommendation_models = Table(
    "recommendation_models",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),  # counted from 1
    Column("as_of_us", BigInteger, nullable=False),  # what lies after it is not looked at
    Column("seed", Integer, nullable=False),
    Column("n_orders", BigInteger, nullable=False),  # statements of orders there were
    Column("learned_us", BigInteger),  # none while it is under way
    Column("card", LargeBinary),  # JSON of ModelCard; none if there was nothing to learn from
)
