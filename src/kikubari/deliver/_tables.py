"""The outbox, the suppression list and the sandbox inbox."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, text

from kikubari.storage import metadata

# Written as literals wherever these rows are looked for: neither engine uses a partial index
# when the state is a parameter.
QUEUED = text("state = 'queued'")
NOT_LEFT = text("state IN ('queued', 'sending')")
IN_FLIGHT = text("state IN ('sending', 'committing')")
ON_ITS_WAY = text("state IN ('queued', 'sending', 'committing')")
_HAS_ADDRESS = text("address_key IS NOT NULL")

_SERIAL = BigInteger().with_variant(Integer, "sqlite")

dispatches = Table(
    "dispatches",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("workspace_id", Integer, nullable=False),
    Column("origin_kind", Text, nullable=False),
    Column("origin_id", Text, nullable=False),
    # Which of several letters of the origin; empty where it has one.
    Column("variant", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("at_best_hour", Integer, nullable=False),
    Column("resends_unknown", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("gives_way", Integer, nullable=False),
    # Something of use, rather than asking: the guard looks at the balance of the last few.
    Column("gives", Integer, nullable=False),
    # Links are counted and a pixel is put in, for those who let that be: opens can be known.
    Column("has_tracking", Integer, nullable=False),
    Column("letter_key", LargeBinary, nullable=False),
    Column("letter", LargeBinary, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Index(
        "ix_dispatches_origin",
        "workspace_id",
        "origin_kind",
        "origin_id",
        "variant",
        unique=True,
    ),
    Index("ix_dispatches_priority", "workspace_id", "priority"),
    sqlite_autoincrement=True,
)

# id = dispatch id * 2**32 + profile number: one message per person and dispatch by construction,
# and rows of one dispatch lie together.
messages = Table(
    "messages",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("dispatch_id", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("due_us", BigInteger, nullable=False),
    Column("worker", Text),
    Column("lease_us", BigInteger),
    Column("address_key", LargeBinary),
    Column("smtp_code", Integer),
    Column("smtp_text", Text),
    Column("queued_us", BigInteger, nullable=False),
    Column("sent_us", BigInteger),
    # First made to wait for a better time; the limit on waiting counts from here.
    Column("held_us", BigInteger),
    # The shop's, where a person's own zone was not known and the message was judged by it.
    Column("assumed_zone", Text),
    Index(
        "ix_messages_due",
        "workspace_id",
        "dispatch_id",
        "due_us",
        "id",
        sqlite_where=QUEUED,
        postgresql_where=QUEUED,
    ),
    Index(
        "ix_messages_leased",
        "workspace_id",
        "lease_us",
        sqlite_where=IN_FLIGHT,
        postgresql_where=IN_FLIGHT,
    ),
    Index(
        "ix_messages_address",
        "workspace_id",
        "dispatch_id",
        "address_key",
        sqlite_where=_HAS_ADDRESS,
        postgresql_where=_HAS_ADDRESS,
    ),
    Index("ix_messages_number", "workspace_id", "number"),
    sqlite_with_rowid=False,
)

# What was said and from which facts, sealed with the person's key.
message_records = Table(
    "message_records",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# Keyed hashes of addresses: outlives the erasure of the person. The latest word per reason
# counts; a lifted entry stays as a row, so that an older word that arrives late is recognised.
suppressions = Table(
    "suppressions",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("address_key", LargeBinary, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("is_active", Integer, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Index("ix_suppressions_at", "workspace_id", "at_us"),
)

# A person's latest word on each matter: pause, rhythm, topic:ID, use:ATTRIBUTE.
wishes = Table(
    "wishes",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("about", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Marketing messages that left or may have left, as caps count them: written by the transaction
# that lets one go, deleted when it certainly did not arrive.
contact_slots = Table(
    "contact_slots",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at_us", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Asked for by a form, and confirmed from the mailbox or not. The address itself stands only in the
# sealed event that asked.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("address_key", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("number", BigInteger),
    Column("wish", LargeBinary, nullable=False),  # JSON of SubscriptionWish, without the address
    Column("asked_us", BigInteger, nullable=False),
    Index("ix_subscriptions_state", "workspace_id", "state", "asked_us"),
    Index("ix_subscriptions_address", "workspace_id", "address_key"),
    Index("ix_subscriptions_number", "workspace_id", "number", unique=True),
)

own_requests = Table(
    "own_requests",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("act", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Index("ix_own_requests_number", "workspace_id", "number"),
)

topics = Table(
    "topics",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name_ja", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("description_ja", Text, nullable=False),
    Column("description_en", Text, nullable=False),
    Column("is_retired", Integer, nullable=False),
    Column("created_us", BigInteger, nullable=False),
)

# A row to hold while it is decided whether a person is written to.
contact_turns = Table(
    "contact_turns",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

frequency_policies = Table(
    "frequency_policies",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("policy", LargeBinary, nullable=False),  # JSON of FrequencyPolicy
    Column("at_us", BigInteger, nullable=False),
    Column("changed_by", Text, nullable=False),
)

broadcast_defaults = Table(
    "broadcast_defaults",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("policy", LargeBinary, nullable=False),  # JSON of BroadcastDefaults
    Column("at_us", BigInteger, nullable=False),
    Column("changed_by", Text, nullable=False),
)

tracking_policies = Table(
    "tracking_policies",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("policy", LargeBinary, nullable=False),  # JSON of TrackingPolicy
    Column("at_us", BigInteger, nullable=False),
    Column("changed_by", Text, nullable=False),
)

# One a message: five of them over two weeks, and the address is taken for dead.
soft_bounces = Table(
    "soft_bounces",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("address_key", LargeBinary, primary_key=True),
    Column("message_key", Text, primary_key=True),
    Column("at_us", BigInteger, nullable=False),
)

complaints = Table(
    "complaints",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("dispatch_id", BigInteger, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Index("ix_complaints_at", "workspace_id", "at_us"),
)

sandbox_messages = Table(
    "sandbox_messages",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("workspace_id", Integer, nullable=False),
    Column("received_us", BigInteger, nullable=False),
    Column("mail_from", Text, nullable=False),
    Column("rcpt_to", Text, nullable=False),  # addresses, one a line
    Column("subject", Text, nullable=False),
    Column("n_bytes", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # zstd of the message as received
    Index("ix_sandbox_messages_received", "workspace_id", "received_us"),
    sqlite_autoincrement=True,
)

# The latest alarm of a broadcast or a sender's domain; kept when somebody resumed it.
spam_alarms = Table(
    "spam_alarms",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("level", Text, nullable=False),
    Column("n_complaints", BigInteger, nullable=False),
    Column("n_sent", BigInteger, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("resumed_us", BigInteger),
    Column("resumed_by", Text),
)

# Reports of providers that were taken in: the same one again changes nothing.
webhook_receipts = Table(
    "webhook_receipts",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("provider", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at_us", BigInteger, nullable=False),
)
