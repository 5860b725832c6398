"""Tables of the columnar copy: numbers, typed columns and properties that name nobody.

Every row carries `profile_arrived` (the number as the log has it, for ever) and `profile` (who
that number was when the row was last folded). Queries read `{PROFILE}`: who it is now. Ties at
one instant are broken by (source_id, message_key), as everywhere.
"""

import re

# Who a number is now. Only numbers that moved since the rows were folded are in the dictionary.
PROFILE = "dictGetOrDefault('profile_of', 'profile', toUInt64(profile), profile)"

# Parts that others replaced still hold the rows of who was erased; they leave the disk within half
# a minute. By itself the engine seldom looks for them. Should the machine fail before what replaced
# them is on the disk, the copy is made anew from the log.
_LEAVING = """old_parts_lifetime = 10, cleanup_delay_period = 5,
  max_cleanup_delay_period = 10, cleanup_delay_period_random_add = 0
"""

# What is said to be from before 2000 is together: one insert must touch fewer partitions than the
# deduplication window holds, else its repetition after a crash would double rows.
EVENTS = (
    """
CREATE TABLE IF NOT EXISTS {name} (
  workspace_id UInt16,
  type LowCardinality(String),
  profile UInt32,
  profile_arrived UInt32,
  at DateTime64(6, 'UTC'),
  received_at DateTime64(6, 'UTC'),
  position UInt64,
  source_id UInt32,
  message_key UInt64,
  value_minor Int64,
  currency LowCardinality(String),
  quantity Int32,
  order_id String,
  cart_id String,
  product_id LowCardinality(String),
  category LowCardinality(String),
  brand LowCardinality(String),
  coupon LowCardinality(String),
  query String,
  page_path String,
  store LowCardinality(String),
  country LowCardinality(String),
  region LowCardinality(String),
  device LowCardinality(String),
  os LowCardinality(String),
  browser LowCardinality(String),
  app LowCardinality(String),
  acquisition_channel LowCardinality(String),
  utm_source LowCardinality(String),
  utm_medium LowCardinality(String),
  utm_campaign LowCardinality(String),
  message_id String,
  broadcast_id LowCardinality(String),
  is_machine UInt8,
  item_product_ids Array(LowCardinality(String)),
  item_categories Array(LowCardinality(String)),
  item_quantities Array(Int32),
  item_prices_minor Array(Int64),
  properties String CODEC(ZSTD(1))
) ENGINE = MergeTree
PARTITION BY (workspace_id, toYYYYMM(greatest(at, toDateTime64('2000-01-01', 6, 'UTC'))))
ORDER BY (workspace_id, type, profile, at)
SETTINGS non_replicated_deduplication_window = 1000, """
    + _LEAVING
)

TRAITS = (
    """
CREATE TABLE IF NOT EXISTS {name} (
  workspace_id UInt16,
  name LowCardinality(String),
  profile UInt32,
  profile_arrived UInt32,
  at DateTime64(6, 'UTC'),
  received_at DateTime64(6, 'UTC'),
  position UInt64,
  source_id UInt32,
  message_key UInt64,
  text String,
  number Nullable(Float64),
  instant Nullable(DateTime64(6, 'UTC')),
  texts Array(String),
  is_set UInt8,
  provenance LowCardinality(String),
  confidence Float32
) ENGINE = MergeTree
ORDER BY (workspace_id, name, profile, at)
SETTINGS non_replicated_deduplication_window = 1000, """
    + _LEAVING
)

CONSENTS = (
    """
CREATE TABLE IF NOT EXISTS {name} (
  workspace_id UInt16,
  purpose LowCardinality(String),
  channel LowCardinality(String),
  profile UInt32,
  profile_arrived UInt32,
  at DateTime64(6, 'UTC'),
  received_at DateTime64(6, 'UTC'),
  position UInt64,
  source_id UInt32,
  message_key UInt64,
  status LowCardinality(String)
) ENGINE = MergeTree
ORDER BY (workspace_id, purpose, channel, profile, at)
SETTINGS non_replicated_deduplication_window = 1000, """
    + _LEAVING
)

PRODUCTS = """
CREATE TABLE IF NOT EXISTS {name} (
  workspace_id UInt16,
  product_id String,
  at DateTime64(6, 'UTC'),
  received_at DateTime64(6, 'UTC'),
  position UInt64,
  title String,
  category LowCardinality(String),
  brand LowCardinality(String),
  price_minor Int64,
  currency LowCardinality(String),
  stock Nullable(Int64)
) ENGINE = MergeTree
ORDER BY (workspace_id, product_id, at)
SETTINGS non_replicated_deduplication_window = 1000
"""

# Who a number became, for the few numbers that are somebody else by now: merges and unmerges
# append a row with a higher version, history is never rewritten.
PROFILE_NUMBERS = """
CREATE TABLE IF NOT EXISTS profile_numbers (
  workspace_id UInt16,
  number UInt32,
  profile UInt32,
  version UInt64
) ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, number)
SETTINGS non_replicated_deduplication_window = 1000
"""

PROFILE_OF = """
CREATE DICTIONARY IF NOT EXISTS profile_of (number UInt64, profile UInt32)
PRIMARY KEY number
SOURCE(CLICKHOUSE(QUERY
  'SELECT toUInt64(number) AS number, profile FROM {database}.profile_numbers FINAL
   WHERE number != profile' {credentials}))
LAYOUT(FLAT(INITIAL_ARRAY_SIZE 100000 MAX_ARRAY_SIZE 1000000000))
LIFETIME(0)
"""

LOG_TABLES = {"events": EVENTS, "traits": TRAITS, "consents": CONSENTS, "products": PRODUCTS}


def list_definitions(database: str, credentials: str, *, replaces: bool = False) -> list[str]:
    """Return the statements that define the copy in `database`.

    Args:
        database: of the columnar engine.
        credentials: with which the dictionary reads its own server, see
            `ColumnarStore.dictionary_access`.
        replaces: whether what exists is exchanged for empty tables, each in one step, so that
            nobody who reads meanwhile finds a table missing; otherwise it is left as it is.
    """
    definitions = [
        *(ddl.format(name=name) for name, ddl in LOG_TABLES.items()),
        PROFILE_NUMBERS,
        PROFILE_OF.format(database=database, credentials=credentials),
    ]
    if not replaces:
        return definitions
    return [
        re.sub("CREATE (TABLE|DICTIONARY) IF NOT EXISTS", r"CREATE OR REPLACE \1", one, count=1)
        for one in definitions
    ]
