"""Table of models: what each learned from, and how far it has been told."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table

from kikubari.storage import metadata

prediction_models = Table(
    "prediction_models",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),  # counted from 1
    Column("as_of_us", BigInteger, nullable=False),  # what lies after it was not looked at
    Column("told_us", BigInteger),  # when everybody's forecast was in the log; none before
    Column("n_told", BigInteger, nullable=False),
    Column("card", LargeBinary),  # JSON of PurchaseCard; none before it is learned
    Column("others", LargeBinary),  # JSON of OtherCards, likewise
)
