-- Conditions of segment_questions.py as SQL for PostgreSQL, whose rows carry the people they are now.
-- $now: the instant of the evaluation.

-- bought in 90 days
SELECT DISTINCT profile
FROM events
WHERE type = 'Order Completed' AND at > $now - INTERVAL '90 days' AND at <= $now;

-- bought three times in a year
SELECT profile
FROM events
WHERE type = 'Order Completed' AND at > $now - INTERVAL '365 days' AND at <= $now
GROUP BY profile
HAVING count(*) >= 3;

-- spent 50,000 in a year
SELECT profile
FROM events
WHERE type = 'Order Completed' AND at > $now - INTERVAL '365 days' AND at <= $now
GROUP BY profile
HAVING sum(value_minor) >= 50000;

-- last bought 180 days ago
SELECT profile
FROM events
WHERE type = 'Order Completed' AND at <= $now
GROUP BY profile
HAVING max(at) <= $now - INTERVAL '180 days';

-- viewed lamps three times in 30 days
SELECT profile
FROM events
WHERE type = 'Product Viewed' AND category = 'lamp'
AND at > $now - INTERVAL '30 days' AND at <= $now
GROUP BY profile
HAVING count(*) >= 3;

-- viewed something dear in 90 days
SELECT DISTINCT profile
FROM events
WHERE type = 'Product Viewed' AND at > $now - INTERVAL '90 days' AND at <= $now
AND (properties->>'price')::numeric >= 18000;

-- bought tea in a year
SELECT DISTINCT profile
FROM events
WHERE type = 'Order Completed' AND at > $now - INTERVAL '365 days' AND at <= $now
AND 'tea' = ANY(item_categories);

-- among the best tenth by spending
WITH totals AS (SELECT profile, sum(value_minor) AS total
FROM events
WHERE type = 'Order Completed' AND at > $now - INTERVAL '365 days' AND at <= $now
GROUP BY profile)
SELECT profile
FROM totals
WHERE total >= (SELECT total FROM totals ORDER BY total DESC
OFFSET (SELECT ceil(count(*) * 0.1)::int - 1 FROM totals) LIMIT 1);

-- viewed, added, bought within a week
SELECT DISTINCT o.profile
FROM events o
WHERE o.type = 'Order Completed' AND o.at > $now - INTERVAL '90 days' AND o.at <= $now
AND EXISTS (SELECT 1 FROM events a
WHERE a.type = 'Product Added' AND a.profile = o.profile AND a.at < o.at
AND a.at >= o.at - INTERVAL '7 days' AND a.at > $now - INTERVAL '90 days'
AND EXISTS (SELECT 1 FROM events v
WHERE v.type = 'Product Viewed' AND v.profile = o.profile AND v.at < a.at
AND v.at >= o.at - INTERVAL '7 days' AND v.at > $now - INTERVAL '90 days'));

-- lives in Tokyo
SELECT profile
FROM (SELECT DISTINCT ON (profile) profile, text
FROM traits
WHERE name = 'prefecture' AND at <= $now
ORDER BY profile, at DESC) AS latest
WHERE text = 'Tokyo';

-- agreed to e-mail
SELECT profile
FROM (SELECT DISTINCT ON (profile) profile, status
FROM consents
WHERE purpose = 'marketing' AND channel IN ('', 'email') AND at <= $now
ORDER BY profile, at DESC) AS latest
WHERE status = 'granted';
