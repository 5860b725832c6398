"""Tables of the access room. Secrets are stored as hashes, or sealed where needed again."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from kikubari.storage import metadata

api_keys = Table(
    "api_keys",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # space-separated
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("requests_per_minute", Integer, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("last_used_us", BigInteger),
)

members = Table(
    "members",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text),  # none until an invitation is taken up
    Column("totp_secret", LargeBinary),  # sealed
    Column("totp_confirmed", Boolean, nullable=False),
    Column("totp_step", BigInteger, nullable=False),  # of the last code taken: none works twice
    Column("created_us", BigInteger, nullable=False),
    Column("last_seen_us", BigInteger),
    UniqueConstraint("workspace_id", "email"),
)

# One-time links: an invitation, or a new password.
member_links = Table(
    "member_links",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("token_hash", LargeBinary, primary_key=True),
    Column("member_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Column("code_hash", LargeBinary, primary_key=True),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("member_id", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("host", Text, nullable=False),  # a passkey belongs to one host name
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("last_used_us", BigInteger),
)

# What was begun and waits for its second half: a log-in, or a ceremony with a passkey.
tickets = Table(
    "access_tickets",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("token_hash", LargeBinary, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("member_id", Text),
    Column("challenge", LargeBinary),
    Column("tries", Integer, nullable=False),
    Column("expires_us", BigInteger, nullable=False, index=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("token_hash", LargeBinary, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("member_id", Text, nullable=False, index=True),
    Column("csrf_token", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("confirmed_us", BigInteger, nullable=False),  # when the member last proved who they are
    Column("last_seen_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),  # however busy it is
)

policies = Table(
    "access_policies",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("requires_second_factor", Boolean, nullable=False),
    Column("idle_minutes", Integer, nullable=False),
    Column("admin_idle_minutes", Integer, nullable=False),
    Column("longest_hours", Integer, nullable=False),
)

# Append-only: each entry's mark covers the one before it.
audit_entries = Table(
    "audit_entries",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("mark", LargeBinary, nullable=False),
)

# The newest entry of each audit log, so that cutting off its end shows.
audit_heads = Table(
    "audit_heads",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("mark", LargeBinary, nullable=False),
)

# Answers to requests that came with a key of their own, to be given again. What names and opens
# them is the request's key, of which nothing is stored.
kept_answers = Table(
    "kept_answers",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("key_hash", LargeBinary, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("answer", LargeBinary),  # sealed; none while the first request is under way
    Column("at_us", BigInteger, nullable=False, index=True),
)

# What needs a second member, asked for and answered.
approvals = Table(
    "approvals",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("action", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("n_people", BigInteger, nullable=False),
    Column("reasons", Text, nullable=False),  # space-separated
    Column("title", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("asker", Text, nullable=False),  # the id of a member or of a key
    Column("asked_by", Text, nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_us", BigInteger),
    Column("answer", Text, nullable=False),
    Index("ix_approvals_target", "workspace_id", "target"),
)

approval_policies = Table(
    "approval_policies",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("over_people", BigInteger),
    Column("on_guard", Boolean, nullable=False),
    Column("on_unchecked", Boolean, nullable=False),
    Column("valid_hours", Integer, nullable=False),
)
