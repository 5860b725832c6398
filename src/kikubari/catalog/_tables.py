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
