"""The table of the shop's own strictness."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from kikubari.storage import metadata

# Every version stays: which policy a message was judged by can be told later.
guard_policies = Table(
    "guard_policies",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("policy", LargeBinary, nullable=False),  # JSON of GuardPolicy
    Column("at_us", BigInteger, nullable=False),
    Column("changed_by", Text, nullable=False),
)
