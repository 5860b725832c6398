"""Every query of the reports, on the columnar copy."""

from kikubari.events import PROFILE

# One pass over broadcasts' outcome events; a message counts once per outcome.
OUTCOMES = """
SELECT broadcast_id,
  uniqExactIf(message_id, type = {sent:String}),
  uniqExactIf(message_id, type = {sent:String} AND JSONExtractBool(properties, 'is_tracked')),
  uniqExactIf(message_id, type = {opened:String} AND NOT is_machine),
  uniqExactIf(message_id, type = {clicked:String} AND NOT is_machine),
  uniqExactIf(message_id, type = {unsubscribed:String}),
  uniqExactIf(message_id, type = {bounced:String}),
  uniqExactIf(message_id, type = {complained:String}),
  uniqExactIf(message_id, type = {replied:String}),
  uniqExactIf(message_id, type IN ({sent:String}, {bounced:String}))
FROM events
WHERE workspace_id = {workspace:UInt16} AND broadcast_id IN {broadcasts:Array(String)}
  AND type IN ({sent:String}, {opened:String}, {clicked:String}, {unsubscribed:String},
               {bounced:String}, {complained:String}, {replied:String})
GROUP BY broadcast_id
"""

# Messages that only machines opened or clicked.
MACHINE_ONLY = """
SELECT broadcast_id,
  countIf(human_opens = 0 AND opens > 0), countIf(human_clicks = 0 AND clicks > 0)
FROM (
  SELECT broadcast_id, message_id,
    countIf(type = {opened:String}) AS opens,
    countIf(type = {opened:String} AND NOT is_machine) AS human_opens,
    countIf(type = {clicked:String}) AS clicks,
    countIf(type = {clicked:String} AND NOT is_machine) AS human_clicks
  FROM events
  WHERE workspace_id = {workspace:UInt16} AND broadcast_id IN {broadcasts:Array(String)}
    AND type IN ({opened:String}, {clicked:String})
  GROUP BY broadcast_id, message_id
)
GROUP BY broadcast_id
"""

LINKS = """
SELECT JSONExtractString(properties, 'url') AS url,
  countIf(NOT is_machine), uniqExactIf(message_id, NOT is_machine), countIf(is_machine)
FROM events
WHERE workspace_id = {workspace:UInt16} AND broadcast_id IN {broadcasts:Array(String)}
  AND type = {clicked:String}
GROUP BY url
ORDER BY 3 DESC, url
LIMIT 500
"""

# What the guard said of messages that were settled, by rule.
GUARD = """
SELECT rule, uniqExactIf(message_id, type = {skipped:String}),
  uniqExactIf(message_id, type = {sent:String})
FROM (
  SELECT message_id, type,
    arrayJoin(JSONExtract(properties, 'guard_rules', 'Array(String)')) AS rule
  FROM events
  WHERE workspace_id = {workspace:UInt16} AND broadcast_id IN {broadcasts:Array(String)}
    AND type IN ({sent:String}, {skipped:String})
)
GROUP BY rule
ORDER BY 2 DESC, 3 DESC, rule
"""

# Each order looks back to its person's last touch by any broadcast; it counts for that one only.
# An order reported twice under one id counts once.
ATTRIBUTION = f"""
SELECT currency, count(), uniqExact(who), sum(value)
FROM (
  SELECT orders.who AS who, orders.order_key AS order_key, any(orders.currency) AS currency,
    argMax(orders.value_minor, orders.at) AS value
  FROM (
    SELECT {PROFILE} AS who, at, value_minor, currency,
      if(order_id = '', toString(position), order_id) AS order_key
    FROM events
    WHERE workspace_id = {{workspace:UInt16}} AND type = {{ordered:String}}
      AND at >= (
        SELECT min(at) FROM events
        WHERE workspace_id = {{workspace:UInt16}} AND type = {{touch:String}}
          AND broadcast_id IN {{broadcasts:Array(String)}}
      )
  ) AS orders
  ASOF INNER JOIN (
    SELECT {PROFILE} AS who, at, broadcast_id
    FROM events
    WHERE workspace_id = {{workspace:UInt16}} AND type = {{touch:String}}
      AND broadcast_id != '' AND NOT is_machine
  ) AS touches
  ON orders.who = touches.who AND orders.at >= touches.at
  WHERE touches.broadcast_id IN {{broadcasts:Array(String)}}
    AND orders.at < touches.at + toIntervalDay({{days:UInt16}})
  GROUP BY who, order_key
)
GROUP BY currency
ORDER BY currency
"""  # noqa: S608 - PROFILE is a constant of the copy's schema

RECIPIENTS = """
SELECT message_id, any(profile_arrived),
  multiIf(countIf(type = {bounced:String}) > 0, 'bounced',
          countIf(type = {sent:String}) > 0, 'sent',
          countIf(type = {failed:String}) > 0, 'failed', 'skipped') AS outcome,
  anyIf(JSONExtractString(properties, 'reason'),
        type IN ({failed:String}, {skipped:String}, {bounced:String})),
  minOrNullIf(at, type = {sent:String}),
  minOrNullIf(at, type = {opened:String} AND NOT is_machine),
  minOrNullIf(at, type = {clicked:String} AND NOT is_machine),
  minOrNullIf(at, type = {unsubscribed:String})
FROM events
WHERE workspace_id = {workspace:UInt16} AND broadcast_id IN {broadcasts:Array(String)}
  AND message_id != '' AND message_id > {after:String}
GROUP BY message_id
ORDER BY message_id
LIMIT {limit:UInt32}
"""
