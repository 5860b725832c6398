# ruff: noqa: S608 - every piece of SQL is written here
"""Events of a shop that never was, each a function of its position: the same ones every time.

The columnar engine makes them: one view gives the columns of the copy and the body of the log
side by side, from the same expressions, so that the two cannot disagree. What the view claims
about derived columns (device, channel, value …) is checked against the product's own row builder
by tests/benchmarks.
"""

from datetime import UTC, datetime

import msgspec

from kikubari.kit.instants import to_micros

# Twenty-five months, the default retention of the log.
FIRST_AT = datetime(2024, 10, 1, tzinfo=UTC)
END_AT = datetime(2026, 11, 1, tzinfo=UTC)
CURRENCY = "JPY"
WEB_SOURCE, SERVER_SOURCE = 1, 2
N_PRODUCTS = 5_000
# One event in twenty says who somebody is, one what they agreed to: at twenty events for each
# profile that makes one of both for everybody.
_CYCLE = 20
# One person in ten has a device whose events came in before it was known whose it is.
DEVICE_EVERY = 10
_SEED = 20_261_101

_CATEGORIES = (
    "lamp", "tea", "bag", "candle", "garden", "kitchen", "paper", "toy", "clock", "glass",
    "textile", "card", "jewellery", "tin", "frame", "ribbon", "soap", "basket", "mug", "cushion",
    "ornament", "stationery", "doormat", "bell",
)  # fmt: skip
_QUERIES = (
    "paper lamp", "tea", "gift for mother", "クリスマス", "red bag", "candle", "誕生日 プレゼント",
    "sale", "glass vase", "kitchen towel", "湯のみ", "clock",
)  # fmt: skip
# (country, prefecture or region, language, time zone); more of the first ones.
_PLACES = (
    ("JP", "Tokyo", "ja", "Asia/Tokyo"), ("JP", "Osaka", "ja", "Asia/Tokyo"),
    ("JP", "Kanagawa", "ja", "Asia/Tokyo"), ("GB", "London", "en", "Europe/London"),
    ("JP", "Aichi", "ja", "Asia/Tokyo"), ("JP", "Hokkaido", "ja", "Asia/Tokyo"),
    ("GB", "Wales", "en", "Europe/London"), ("JP", "Fukuoka", "ja", "Asia/Tokyo"),
    ("FR", "Paris", "en", "Europe/Paris"), ("US", "California", "en", "America/Los_Angeles"),
)  # fmt: skip
# User-Agent; device, system and browser it means.
_AGENTS = (
    (
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
        ),
        "mobile", "iOS", "Mobile Safari",
    ),
    (
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/130.0.0.0 Mobile Safari/537.36"
        ),
        "mobile", "Android", "Chrome Mobile",
    ),
    (
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/130.0.0.0 Safari/537.36"
        ),
        "desktop", "Windows", "Chrome",
    ),
    (
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.1 Safari/605.1.15"
        ),
        "desktop", "Mac OS X", "Safari",
    ),
)  # fmt: skip
_SITE = "https://shop.example"
# (out of a hundred page views, referrer, channel, campaign as source, medium, name)
_ENTRIES = (
    (50, f"{_SITE}/", "", "", "", ""),
    (15, "", "direct", "", "", ""),
    (15, "https://www.google.com/", "organic_search", "", "", ""),
    (6, "https://www.instagram.com/", "social", "", "", ""),
    (8, "", "email", "newsletter", "email", "weekly"),
    (6, "https://www.google.com/", "paid_search", "google", "cpc", "brand"),
)


class Extent(msgspec.Struct, frozen=True):
    """How many events, about how many people (a multiple of ten)."""

    n_events: int
    n_profiles: int

    def scaled(self, scale: float) -> "Extent":
        """Return a fraction of it, at least a hundred people."""
        return Extent(
            max(2_000, round(self.n_events * scale)),
            max(10, round(self.n_profiles * scale / DEVICE_EVERY)) * DEVICE_EVERY,
        )

    @property
    def n_devices(self) -> int:
        """Numbers above those of people; each moved to the person it belongs to."""
        return self.n_profiles // DEVICE_EVERY

    @property
    def n_numbers(self) -> int:
        """All numbers in use, from 1."""
        return self.n_profiles + self.n_devices


def message_id(position: int) -> str:
    """Return the messageId of the event at a position."""
    return f"g{position}"


def user_id(number: int) -> str:
    """Return the userId of a person's number."""
    return f"u{number}"


def anonymous_id(number: int) -> str:
    """Return the anonymousId of a device's number."""
    return f"d{number}"


# (position, first 64 bits of its message key): the only thing the engine cannot make itself.
MESSAGE_KEYS = """
CREATE TABLE message_keys (position UInt64, message_key UInt64) ENGINE = Memory
"""


def view_sql(extent: Extent) -> str:
    """Return the DDL of the view `generated`: every column of the copy, and `body`."""
    return f"CREATE VIEW generated AS SELECT {_COLUMNS}, {_BODY} AS body FROM ({_web(extent)})"


EVENTS_SQL = """
SELECT 1 AS workspace_id, type, who AS profile, who AS profile_arrived, at, received_at,
  position, source_id, message_key, value_minor, 'JPY' AS currency, quantity, order_id, cart_id,
  product_id, category, brand, coupon, query, page_path, '' AS store, country, region, device, os,
  browser, '' AS app, acquisition_channel, utm_source, utm_medium, utm_campaign, message_id,
  broadcast_id, is_machine, item_product_ids, item_categories, item_quantities,
  item_prices_minor, properties
FROM generated
"""
TRAITS_SQL = """
SELECT 1 AS workspace_id, trait.1 AS name, who AS profile, who AS profile_arrived, at,
  received_at, position, source_id, message_key, if(name = 'email', '', trait.2) AS text,
  NULL AS number,
  if(name = 'birthday', parseDateTime64BestEffort(trait.2, 6, 'UTC'), NULL) AS instant,
  if(name = 'email', [], [trait.2]) AS texts, 1 AS is_set, 'declared' AS provenance,
  1 AS confidence
FROM (SELECT *, arrayJoin(trait_pairs) AS trait FROM generated WHERE kind = 'identify')
"""
CONSENTS_SQL = """
SELECT 1 AS workspace_id, 'marketing' AS purpose, 'email' AS channel, who AS profile,
  who AS profile_arrived, at, received_at, position, source_id, message_key,
  consent_status AS status
FROM generated WHERE type = 'Kikubari Consent Changed'
"""
LOG_SQL = """
SELECT who, source_id, toString(type), toUnixTimestamp64Micro(at),
  toUnixTimestamp64Micro(received_at), body
FROM generated ORDER BY position
"""


def _quoted(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{text}'" for text in texts) + "]"


def _column(table: tuple[tuple[str, ...], ...], index: int) -> str:
    return _quoted(tuple(row[index] for row in table))


def _draw(salt: int) -> str:
    """Return SQL of 64 random bits."""
    return f"cityHash64(position, {salt}, {_SEED})"


def _share(salt: str) -> str:
    """Return SQL of a random number from 0 to under 1."""
    return f"least(0.9999999, cityHash64(position, {salt}, {_SEED}) / 18446744073709551616.0)"


def _price(product: str) -> str:
    return f"(300 + ({product} * 7919 % 400) * 50)"


def _category(product: str) -> str:
    return f"{_quoted(_CATEGORIES)}[{product} % {len(_CATEGORIES)} + 1]"


def _draws(extent: Extent) -> str:
    """What happens, to whom, when."""
    step = (to_micros(END_AT) - to_micros(FIRST_AT)) // (extent.n_events + 1)
    people = extent.n_profiles
    # Few people do much: the busiest hundredth does a fifth of everything. Multiplying by a prime
    # scatters the busy ones over all numbers.
    busy = f"(toUInt64({people} * pow({_share('1')}, 3)) * 2654435761 + 7) % {people} + 1"
    return f"""
    SELECT position, message_key,
      multiIf(position % {_CYCLE} = 0, 'Kikubari Identified',
        position % {_CYCLE} = 10, 'Kikubari Consent Changed',
        {_draw(2)} % 1000 AS roll < 500, 'Product Viewed', roll < 660, 'Page Viewed',
        roll < 770, 'Product Added', roll < 830, 'Products Searched', roll < 890, 'Email Delivered',
        roll < 920, 'Email Opened', roll < 935, 'Email Link Clicked', 'Order Completed') AS type,
      multiIf(position % {_CYCLE} = 0, intDiv(position, {_CYCLE}) % {people} + 1,
        position % {_CYCLE} = 10, (intDiv(position, {_CYCLE}) * 48271 + 11) % {people} + 1,
        {busy}) AS person,
      type IN ('Product Viewed', 'Page Viewed', 'Products Searched') AS is_web,
      is_web AND person % {DEVICE_EVERY} = 0 AND {_draw(3)} % 10 < 3 AS is_device,
      toUInt32(if(is_device, {people} + intDiv(person, {DEVICE_EVERY}), person)) AS who,
      toInt64({to_micros(FIRST_AT)} + position * {step}) AS arrived_us,
      arrived_us - if({_draw(4)} % 100 = 0, {_draw(5)} % 259200000000, {_draw(5)} % 4000000)
        AS at_us,
      fromUnixTimestamp64Micro(toInt64(at_us), 'UTC') AS at,
      fromUnixTimestamp64Micro(arrived_us, 'UTC') AS received_at,
      toUInt32({N_PRODUCTS} * pow({_share("6")}, 2)) AS product
    FROM message_keys"""


def _shop(extent: Extent) -> str:
    """What about."""
    items = f"toUInt32({N_PRODUCTS} * pow({_share('100 + k')}, 2))"
    place = f"toUInt32(pow((person * 7 % 1000) / 1000, 2) * {len(_PLACES)})"
    return f"""
    SELECT *,
      type IN ('Product Viewed', 'Product Added') AS is_product,
      type = 'Order Completed' AS is_order,
      startsWith(type, 'Email ') AS is_email,
      if(is_product, concat('p', toString(product)), '') AS product_id,
      if(is_product, {_category("product")}, '') AS category,
      if(is_product, concat('brand-', toString(product % 60)), '') AS brand,
      {_price("product")} AS price,
      if(type = 'Product Added', 1 + {_draw(7)} % 3, 0) AS quantity,
      if(is_order OR type = 'Product Added',
        concat('c', toString(person), '-', toString(intDiv(arrived_us, 604800000000))), '')
        AS cart_id,
      if(is_order, concat('o', toString(position)), '') AS order_id,
      if(is_order AND {_draw(8)} % 5 = 0, 'WELCOME', '') AS coupon,
      if(is_order, arrayMap(k -> {items}, range(1 + {_draw(9)} % 4)), []) AS item_products,
      arrayMap(p -> concat('p', toString(p)), item_products) AS item_product_ids,
      arrayMap(p -> {_category("p")}, item_products) AS item_categories,
      arrayMap(p -> 1 + p % 3, item_products) AS item_quantities,
      arrayMap(p -> {_price("p")}, item_products) AS item_prices_minor,
      arraySum(arrayMap((q, price) -> q * price, item_quantities, item_prices_minor)) AS revenue,
      multiIf(is_order, revenue, type = 'Product Viewed', price, price * quantity) AS value_minor,
      if(type = 'Products Searched', {_quoted(_QUERIES)}[{_draw(10)} % {len(_QUERIES)} + 1], '')
        AS query,
      if(is_email, concat('brd_', toString(intDiv(arrived_us, 604800000000))), '') AS broadcast_id,
      if(is_email, concat('msg_', lower(hex(toUInt64(position)))), '') AS message_id,
      type = 'Email Opened' AND {_draw(11)} % 4 = 0 AS is_machine,
      ['granted', 'granted', 'granted', 'granted', 'granted', 'granted', 'granted', 'denied',
        'denied', 'withdrawn'][{_draw(12)} % 10 + 1] AS consent_status,
      {place} + 1 AS place
    FROM ({_draws(extent)})"""


def _web(extent: Extent) -> str:
    """Where, and on what."""
    entries = [str(i + 1) for i, entry in enumerate(_ENTRIES) for _ in range(entry[0])]
    entry = f"if(type = 'Page Viewed', [{', '.join(entries)}][{_draw(13)} % 100 + 1], 1)"
    agent = f"person % {len(_AGENTS)} + 1"
    texts = tuple(tuple(map(str, row)) for row in _ENTRIES)

    def where_web(value: str) -> str:
        return f"if(is_web, {value}, '')"

    return f"""
    SELECT *,
      {entry} AS entry,
      {agent} AS agent,
      {where_web(f"{_column(_PLACES, 0)}[place]")} AS country,
      {where_web(f"{_column(_PLACES, 1)}[place]")} AS region,
      {where_web(f"{_column(_AGENTS, 1)}[agent]")} AS device,
      {where_web(f"{_column(_AGENTS, 2)}[agent]")} AS os,
      {where_web(f"{_column(_AGENTS, 3)}[agent]")} AS browser,
      {_column(texts, 1)}[entry] AS referrer,
      {_column(texts, 2)}[entry] AS acquisition_channel,
      {_column(texts, 3)}[entry] AS utm_source,
      {_column(texts, 4)}[entry] AS utm_medium,
      {_column(texts, 5)}[entry] AS utm_campaign,
      multiIf(NOT is_web, '', type = 'Product Viewed', concat('/p/', toString(product)),
        type = 'Products Searched', '/search', '/') AS page_path,
      arrayFilter(pair -> pair.2 != '', [
        ('country', {_column(_PLACES, 0)}[place]), ('prefecture', {_column(_PLACES, 1)}[place]),
        ('gender', ['female', 'female', 'male', ''][{_draw(14)} % 4 + 1]),
        ('birthday', toString(toDate32('1940-01-01') + {_draw(15)} % 24000)),
        ('language', {_column(_PLACES, 2)}[place]), ('timezone', {_column(_PLACES, 3)}[place]),
        ('email', concat('u', toString(person), '@example.com'))]) AS trait_pairs
    FROM ({_shop(extent)})"""


_COLUMNS = f"""
  position, message_key, type, who, at, received_at,
  if(is_web, {WEB_SOURCE}, {SERVER_SOURCE}) AS source_id,
  value_minor, quantity, order_id, cart_id, product_id, category, brand, coupon, query, page_path,
  country, region, device, os, browser, acquisition_channel, utm_source, utm_medium,
  utm_campaign, message_id, broadcast_id, is_machine, item_product_ids, item_categories,
  item_quantities, item_prices_minor, trait_pairs, consent_status,
  multiIf(type = 'Kikubari Identified', 'identify', type = 'Page Viewed', 'page', 'track') AS kind,
  multiIf(
    kind = 'identify', '{{}}',
    is_product, concat('{{"product_id":"', product_id, '","category":"', category, '","brand":"',
      brand, '","price":', toString(price), ',"currency":"JPY"',
      if(quantity > 0, concat(',"quantity":', toString(quantity), ',"cart_id":"', cart_id, '"'),
        ''), '}}'),
    is_order, concat('{{"order_id":"', order_id, '","cart_id":"', cart_id, '","revenue":',
      toString(revenue), ',"currency":"JPY"',
      if(coupon != '', concat(',"coupon":"', coupon, '"'), ''), ',"products":[',
      arrayStringConcat(arrayMap((p, c, q, price) -> concat('{{"product_id":"', p,
        '","category":"', c, '","quantity":', toString(q), ',"price":', toString(price), '}}'),
        item_product_ids, item_categories, item_quantities, item_prices_minor), ','), ']}}'),
    is_email, concat('{{"broadcast_id":"', broadcast_id, '","message_id":"', message_id, '"',
      if(is_machine, ',"is_machine":true', ''), '}}'),
    type = 'Products Searched', concat('{{"query":"', query, '"}}'),
    type = 'Page Viewed', '{{"title":"A shop that never was"}}',
    concat('{{"purpose":"marketing","channel":"email","status":"', consent_status,
      '","wording_version":"v1","source":"signup"}}')) AS properties
"""
_BODY = f"""
  concat('{{"messageId":"g', toString(position), '","kind":"', kind, '","type":"', type,
    '","occurredAt":"', replaceOne(toString(at), ' ', 'T'),
    'Z","receivedAt":"', replaceOne(toString(received_at), ' ', 'T'),
    'Z","sourceId":', toString(source_id),
    if(is_device, ',"anonymousId":"d', ',"userId":"u'), toString(who), '"',
    if(kind = 'identify', concat(',"traits":{{', arrayStringConcat(arrayMap(
      pair -> concat('"', pair.1, '":"', pair.2, '"'), trait_pairs), ','), '}}'),
      concat(',"properties":', properties)),
    if(is_web, concat(',"context":{{"page":{{"url":"{_SITE}', page_path, '","path":"', page_path,
      '","referrer":"', referrer, '"}},"userAgent":"', {_column(_AGENTS, 0)}[agent],
      '","location":{{"country":"', country, '","region":"', region, '"}}',
      if(utm_source != '', concat(',"campaign":{{"source":"', utm_source, '","medium":"',
        utm_medium, '","name":"', utm_campaign, '"}}'), ''), '}}'), ''), '}}')
"""
