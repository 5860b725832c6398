"""Tables of the access room. Secrets are stored as hashes only."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text, UniqueConstraint

from kikubari.storage import metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # space-separated
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("created_us", BigInteger, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    UniqueConstraint("workspace_id", "email"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("token_hash", LargeBinary, primary_key=True),
    Column("member_id", Text, nullable=False),
    Column("csrf_token", Text, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
)
