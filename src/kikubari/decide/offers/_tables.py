"""Tables of offers, their codes and what became of them."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, text

from kikubari.storage import metadata

# Written as a literal: no engine uses a partial index when the value is a parameter.
TO_TELL = text("news > 0")

# The row of an offer is locked by whoever hands out its codes: its counts are what limits hold by.
offers = Table(
    "offers",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("definition", LargeBinary, nullable=False),  # JSON of OfferDefinition
    Column("is_ended", Integer, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("n_issued", BigInteger, nullable=False),
    Column("n_free", BigInteger, nullable=False),
    Column("n_applied", BigInteger, nullable=False),
    Column("n_redeemed", BigInteger, nullable=False),
    Column("revenue_minor", BigInteger, nullable=False),
    Column("discount_minor", BigInteger, nullable=False),
)

offer_codes = Table(
    "offer_codes",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("code_key", Text, primary_key=True),  # as customers may type it, see `code_key`
    Column("offer_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("claim", Text),  # what it was handed out for
    Column("number", BigInteger, nullable=False),  # who has it; 0: nobody, or erased since
    Column("issued_us", BigInteger, nullable=False),  # 0: not yet
    Column("expires_us", BigInteger),
    Column("news", Integer, nullable=False),  # a CodeNews: what is to be told of it
    Column("told_in", Text),  # key of the call that told of it
    Index("ix_offer_codes_claim", "workspace_id", "claim", unique=True),
    Index("ix_offer_codes_state", "workspace_id", "offer_id", "state", "code_key"),
    Index("ix_offer_codes_issued", "workspace_id", "offer_id", "issued_us", "code_key"),
    Index("ix_offer_codes_number", "workspace_id", "number", "offer_id"),
    Index(
        "ix_offer_codes_news",
        "workspace_id",
        "news",
        "offer_id",
        "code_key",
        sqlite_where=TO_TELL,
        postgresql_where=TO_TELL,
    ),
)

# Orders with a code, and baskets it was put into: one row each, by the latest word on it in the
# order of (at, source, message key).
offer_uses = Table(
    "offer_uses",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("code_key", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # redeemed | applied
    Column("use_key", Text, primary_key=True),  # id of the order or basket
    Column("offer_id", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("source_id", Integer, nullable=False),
    Column("message_key", LargeBinary, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("revenue_minor", BigInteger, nullable=False),
    Column("discount_minor", BigInteger, nullable=False),
    Index("ix_offer_uses_offer", "workspace_id", "offer_id", "kind", "at_us"),
    Index("ix_offer_uses_number", "workspace_id", "number"),
)
