"""Tables of what is kept about people from their events: saved things, companies, sharing."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text

from kikubari.storage import metadata

# What one event says about favourites, compare lists, carts and saved searches. Folded on
# reading: so neither order nor merges matter to what is stored.
saved_statements = Table(
    "saved_statements",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at_us", BigInteger, primary_key=True, autoincrement=False),
    Column("source_id", Integer, primary_key=True, autoincrement=False),
    Column("message_key", LargeBinary, primary_key=True),
    Column("body", LargeBinary, nullable=False),  # sealed: searches are people's own words
    sqlite_with_rowid=False,
)

# What `group` calls say about a person's companies.
company_statements = Table(
    "company_statements",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at_us", BigInteger, primary_key=True, autoincrement=False),
    Column("source_id", Integer, primary_key=True, autoincrement=False),
    Column("message_key", LargeBinary, primary_key=True),
    Column("body", LargeBinary, nullable=False),  # sealed
    sqlite_with_rowid=False,
)

# Who was signed in on which device, from when to when.
device_uses = Table(
    "device_uses",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("device", LargeBinary, primary_key=True),  # key of the device's identifier
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("first_us", BigInteger, nullable=False),
    Column("last_us", BigInteger, nullable=False),
    Index("ix_device_uses_number", "workspace_id", "number"),
    sqlite_with_rowid=False,
)

# Keyed hashes of what people of one household have in common, the latest of each number.
household_marks = Table(
    "household_marks",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("field", SmallInteger, primary_key=True, autoincrement=False),
    Column("at_us", BigInteger, nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("message_key", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # empty: withdrawn
    Index("ix_household_marks_digest", "workspace_id", "digest"),
    sqlite_with_rowid=False,
)

# The words under which people are asked for consent.
consent_wordings = Table(
    "consent_wordings",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("ja", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    # From then on nobody can agree under these words.
    Column("retired_us", BigInteger),
    Column("retired_by", Text),
)

# Exports of everything about one person: what was handed out, to be proved later.
data_exports = Table(
    "data_exports",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("receipt_id", Text, primary_key=True),
    Column("profile", BigInteger, nullable=False),
    Column("exported_us", BigInteger, nullable=False),
    Column("exported_by", Text, nullable=False),
    Column("counts", Text, nullable=False),  # JSON object: entries by kind
    Column("digest", Text, nullable=False),  # SHA-256 of the file, in hex
)

# Restrictions and objections: the receipts, which stay when they end.
processing_limits = Table(
    "processing_limits",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("receipt_id", Text, primary_key=True),
    Column("profile", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("placed_us", BigInteger, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("lifted_us", BigInteger),
    Column("lifted_by", Text, nullable=False),
)

# The numbers whose data is kept and not used.
limited_numbers = Table(
    "limited_numbers",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("receipt_id", Text, nullable=False),
)
