"""Tables of the catalogue."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from kikubari.storage import metadata

# One row per statement about a product, in the order that decides which of two holds:
# (at, source, message key), never the order of arrival.
product_versions = Table(
    "product_versions",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("product_id", Text, primary_key=True),
    Column("at_us", BigInteger, primary_key=True, autoincrement=False),
    Column("source_id", Integer, primary_key=True, autoincrement=False),
    Column("message_key", LargeBinary, primary_key=True),
    Column("fields", Text, nullable=False),  # JSON object: what this statement says
)

# The statements of each product folded into one row.
products = Table(
    "products",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("product_id", Text, primary_key=True),
    Column("updated_us", BigInteger, nullable=False),
    Column("category", Text),
    Column("search_text", Text, nullable=False),
    Column("body", Text, nullable=False),  # JSON of Product
    Index("ix_products_category", "workspace_id", "category", "product_id"),
)

# Which product a variant belongs to: events and orders may name either.
product_variants = Table(
    "product_variants",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("variant_id", Text, primary_key=True),
    Column("product_id", Text, nullable=False),
)

# What the news of a product were last told from, and products that changed since.
product_watch = Table(
    "product_watch",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("product_id", Text, primary_key=True),
    Column("changed_position", BigInteger),  # of the log; null when nothing changed since
    Column("seen", Text),  # JSON: item id → its price, stock and whether it was for sale
    Index("ix_product_watch_changed", "workspace_id", "changed_position"),
)

# News about products, and how far those who watch them were told.
product_news = Table(
    "product_news",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("news_id", Text, primary_key=True),
    Column("event", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),  # of the log, of the statement behind it
    Column("body", Text, nullable=False),  # JSON: properties of the event
    Column("state", Text, nullable=False),  # telling, told, overtaken
    Column("after_number", BigInteger, nullable=False),  # people up to this number were told
    Column("n_told", Integer, nullable=False),
    Column("told", LargeBinary),  # roaring bitmap of the numbers told, for the cool-down
    Index("ix_product_news_state", "workspace_id", "state", "at_us"),
    Index("ix_product_news_product", "workspace_id", "product_id", "at_us"),
)

# The shop's own thresholds for news.
news_rules = Table(
    "product_news_rules",
    metadata,
    Column("workspace_id", Integer, primary_key=True),
    Column("body", Text, nullable=False),  # JSON of NewsRules
)
