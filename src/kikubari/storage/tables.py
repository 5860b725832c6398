"""The one MetaData on which rooms declare their tables, and the tables storage itself owns."""

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    # Grows by one with every change of holder: a fencing token that a late holder cannot forge.
    Column("token", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
)
