"""Tables of webhooks out."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, text

from kikubari.storage import metadata

# Written as literals wherever these rows are looked for: neither engine uses a partial index
# when the state is a parameter. 0 is queued, 1 is being sent, 3 is a dead letter.
OPEN = text("state <= 1")
DEAD = text("state = 3")
ENDED = text("ended_us IS NOT NULL")

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("types", Text, nullable=False),  # one a line
    Column("secret", LargeBinary, nullable=False),  # sealed
    Column("old_secret", LargeBinary),  # sealed; signs too until old_secret_us
    Column("old_secret_us", BigInteger),
    Column("state", Text, nullable=False),
    Column("disabled_because", Text),
    Column("disabled_us", BigInteger),
    Column("failing_us", BigInteger),  # first failure since it last took a call
    Column("created_us", BigInteger, nullable=False),
)

webhook_calls = Table(
    "webhook_calls",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("endpoint_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("number", BigInteger, nullable=False),  # whom it is about, 0 for nobody
    Column("body", LargeBinary),  # sealed with the person's key; none once it was delivered
    Column("state", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_us", BigInteger, nullable=False),  # while it is sent: when its lease ends
    Column("status", Integer),
    Column("said", Text, nullable=False),
    Column("queued_us", BigInteger, nullable=False),
    Column("ended_us", BigInteger),
)
Index(
    "ix_webhook_calls_open",
    webhook_calls.c.workspace_id,
    webhook_calls.c.endpoint_id,
    webhook_calls.c.due_us,
    sqlite_where=OPEN,
    postgresql_where=OPEN,
)
Index(
    "ix_webhook_calls_dead",
    webhook_calls.c.workspace_id,
    webhook_calls.c.endpoint_id,
    webhook_calls.c.state,  # one and the same in all: SQLite prefers what fits more closely
    webhook_calls.c.queued_us,
    webhook_calls.c.id,
    sqlite_where=DEAD,
    postgresql_where=DEAD,
)
# Calls of all endpoints that ended long ago are forgotten together.
Index(
    "ix_webhook_calls_ended",
    webhook_calls.c.workspace_id,
    webhook_calls.c.ended_us,
    sqlite_where=ENDED,
    postgresql_where=ENDED,
)
Index(
    "ix_webhook_calls_queued",
    webhook_calls.c.workspace_id,
    webhook_calls.c.endpoint_id,
    webhook_calls.c.queued_us,
    webhook_calls.c.id,
)
Index("ix_webhook_calls_number", webhook_calls.c.workspace_id, webhook_calls.c.number)

# Who was told of whom by calls that are forgotten: whoever was is told of an erasure, too.
webhook_told = Table(
    "webhook_told",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("endpoint_id", Text, primary_key=True),
    sqlite_with_rowid=False,
)

# What endpoints are told of a person's rights: the receipts name them for ever.
webhook_notices = Table(
    "webhook_notices",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("receipt_id", Text, primary_key=True),
    Column("type", Text, primary_key=True),
    Column("endpoint_id", Text, primary_key=True),
    Column("call_id", Text, nullable=False),
    Column("name", Text, nullable=False),  # of the endpoint, at the time
    Column("queued_us", BigInteger, nullable=False),
    Column("taken_us", BigInteger),
)
Index("ix_webhook_notices_call", webhook_notices.c.workspace_id, webhook_notices.c.call_id)
