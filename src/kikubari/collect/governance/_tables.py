"""Tables of the catalogue of attributes and of the tracking plan."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from kikubari.storage import metadata

# What was counted last, as JSON: the columnar copy is asked once, readers never wait for it.
attributes = Table(
    "attributes",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("event", Text, primary_key=True),  # empty for traits
    Column("name", Text, primary_key=True),
    Column("guess", LargeBinary, nullable=False),  # JSON of Classification
    Column("figures", LargeBinary, nullable=False),  # JSON of AttributeFigures
)

catalogued_events = Table(
    "catalogued_events",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("figures", LargeBinary, nullable=False),  # JSON of EventFigures
)

catalogue_states = Table(
    "catalogue_states",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("version", BigInteger, nullable=False),  # grows with every count and every edit
    Column("state", LargeBinary),  # JSON of CatalogueState; none before the first count
)

# What people decided about attributes, also those not seen yet; the sum of `attribute_edits`.
attribute_notes = Table(
    "attribute_notes",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("event", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("note", LargeBinary, nullable=False),  # JSON of AttributeEdit
)

attribute_edits = Table(
    "attribute_edits",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("workspace_id", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("edit", LargeBinary, nullable=False),  # JSON of AttributeEdit
    Index("ix_attribute_edits", "workspace_id", "kind", "event", "name", "id"),
    sqlite_autoincrement=True,
)

# Append-only: going back to an earlier plan is a new version.
plan_versions = Table(
    "plan_versions",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at_us", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("plan", LargeBinary, nullable=False),  # JSON of TrackingPlan
)

# Live in the intake store, as rejected events do: counted in the commit that takes the batch.
plan_violations = Table(
    "plan_violations",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),  # days since 1970, UTC
    Column("source_id", Integer, primary_key=True, autoincrement=False),
    Column("subject", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("mode", Text, primary_key=True),
    Column("n", BigInteger, nullable=False),
    Column("last_us", BigInteger, nullable=False),
)

plan_violation_samples = Table(
    "plan_violation_samples",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("workspace_id", Integer, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("expected", Text, nullable=False),
    Column("found", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Index("ix_plan_violation_samples", "workspace_id", "subject", "id"),
    sqlite_autoincrement=True,
)
