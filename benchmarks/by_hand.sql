-- The conditions of segment_questions.py as an expert would write them by hand, merges resolved.
-- $p: who a row's number is now; $now: the instant of the evaluation; $base: this workspace, not
-- later than now.

-- bought in 90 days
SELECT DISTINCT $p AS p
FROM events
WHERE $base
AND type = 'Order Completed'
AND at > $now - INTERVAL 90 DAY;

-- bought three times in a year
SELECT $p AS p
FROM events
WHERE $base
AND type = 'Order Completed'
AND at > $now - INTERVAL 365 DAY
GROUP BY p
HAVING count() >= 3;

-- never bought
SELECT $p AS p
FROM events
WHERE $base
GROUP BY p
HAVING countIf(type = 'Order Completed') = 0;

-- spent 50,000 in a year
SELECT $p AS p
FROM events
WHERE $base
AND type = 'Order Completed'
AND at > $now - INTERVAL 365 DAY
GROUP BY p
HAVING sum(value_minor) >= 50000;

-- orders of 20,000 on average
SELECT $p AS p
FROM events
WHERE $base
AND type = 'Order Completed'
GROUP BY p
HAVING sum(value_minor) >= 20000 * count();

-- last bought 180 days ago
SELECT $p AS p
FROM events
WHERE $base
AND type = 'Order Completed'
GROUP BY p
HAVING max(at) <= $now - INTERVAL 180 DAY;

-- viewed lamps three times in 30 days
SELECT $p AS p
FROM events
WHERE $base
AND type = 'Product Viewed'
AND category = 'lamp'
AND at > $now - INTERVAL 30 DAY
GROUP BY p
HAVING count() >= 3;

-- viewed something dear in 90 days
SELECT DISTINCT $p AS p
FROM events
WHERE $base
AND type = 'Product Viewed'
AND at > $now - INTERVAL 90 DAY
AND JSONExtractFloat(properties, 'price') >= 18000;

-- bought tea in a year
SELECT DISTINCT $p AS p
FROM events
WHERE $base
AND type = 'Order Completed'
AND at > $now - INTERVAL 365 DAY
AND has(item_categories, 'tea');

-- among the best tenth by spending
WITH totals AS (SELECT $p AS p, sum(value_minor) AS total
FROM events
WHERE $base
AND type = 'Order Completed'
AND at > $now - INTERVAL 365 DAY
GROUP BY p) SELECT p
FROM totals
WHERE total >= (SELECT arrayReverseSort(groupArray(total))[intDiv(count() * 1000 + 9999, 10000)]
FROM totals);

-- a cart lies for an hour
SELECT p
FROM (SELECT p, cart_id, max(if(type = 'Product Added', at, NULL)) AS added, max(if(type = 'Order Completed', at, NULL)) AS ordered, max(at) AS touched
FROM (SELECT $p AS p, type, at, cart_id
FROM events
WHERE $base
AND type IN ('Product Added', 'Order Completed')
AND at > $now - INTERVAL 7 DAY)
GROUP BY p, cart_id)
GROUP BY p
HAVING argMax(added > ifNull(ordered, toDateTime64(0, 6)), added)
AND maxIf(added, added IS NOT NULL) <= $now - INTERVAL 1 HOUR;

-- viewed, added, bought within a week
SELECT $p AS p
FROM events
WHERE $base
AND at > $now - INTERVAL 90 DAY
AND type IN ('Product Viewed', 'Product Added', 'Order Completed')
GROUP BY p
HAVING windowFunnel(604800000000, 'strict_increase')(toUInt64(toUnixTimestamp64Micro(at)), type = 'Product Viewed', type = 'Product Added', type = 'Order Completed') = 3;

-- added and did not buy in two days
SELECT p
FROM (SELECT $p AS p, groupArrayIf(at, type = 'Product Added'
AND at <= $now - INTERVAL 2 DAY) AS added, arraySort(groupArrayIf(at, type = 'Order Completed')) AS ordered
FROM events
WHERE $base
AND type IN ('Product Added', 'Order Completed')
AND at > $now - INTERVAL 30 DAY
GROUP BY p)
WHERE arrayExists(a -> NOT arrayExists(o -> o > a
AND o <= a + INTERVAL 2 DAY, ordered), added);

-- opened a mail in 90 days
SELECT DISTINCT $p AS p
FROM events
WHERE $base
AND type = 'Email Opened'
AND is_machine = 0
AND at > $now - INTERVAL 90 DAY;

-- searched for lamps in 90 days
SELECT DISTINCT $p AS p
FROM events
WHERE $base
AND type = 'Products Searched'
AND positionCaseInsensitive(query, 'lamp') > 0
AND at > $now - INTERVAL 90 DAY;

-- came by a search engine first
SELECT $p AS p
FROM events
WHERE $base
AND acquisition_channel != ''
GROUP BY p
HAVING argMin(acquisition_channel, at) = 'organic_search';

-- used a phone in 90 days
SELECT DISTINCT $p AS p
FROM events
WHERE $base
AND device = 'mobile'
AND at > $now - INTERVAL 90 DAY;

-- lives in Tokyo
SELECT $p AS p
FROM traits
WHERE $base
AND name = 'prefecture'
GROUP BY p
HAVING argMax(text, at) = 'Tokyo';

-- is a woman
SELECT $p AS p
FROM traits
WHERE $base
AND name = 'gender'
GROUP BY p
HAVING argMax(text, at) = 'female';

-- birthday in the coming week
SELECT p
FROM (SELECT $p AS p, argMaxIf(substring(text, 6, 5), at, name = 'birthday') AS day, toDate(formatDateTime($now, '%F', argMaxIf(text, at, name = 'timezone'))) AS today
FROM traits
WHERE $base
AND name IN ('birthday', 'timezone')
GROUP BY p)
WHERE has(arrayMap(i -> formatDateTime(today + i, '%m-%d'), range(8)), day);

-- agreed to e-mail
SELECT $p AS p
FROM consents
WHERE $base
AND purpose = 'marketing'
AND channel IN ('', 'email')
GROUP BY p
HAVING argMax(status, at) = 'granted';

-- aged 25 to 34
SELECT p
FROM (SELECT $p AS p, argMaxIf(instant, at, name = 'birthday') AS born, toDate32(formatDateTime($now, '%F', argMaxIf(text, at, name = 'timezone'))) AS today
FROM traits
WHERE $base
AND name IN ('birthday', 'timezone')
GROUP BY p)
WHERE age('year', toDate32(assumeNotNull(born)), today) BETWEEN 25 AND 34;

-- every second order with a coupon
SELECT $p AS p
FROM events
WHERE $base
AND type = 'Order Completed'
AND at > $now - INTERVAL 365 DAY
GROUP BY p
HAVING 2 * countIf(coupon != '') >= count();

-- viewed three products in 30 days
SELECT $p AS p
FROM events
WHERE $base
AND type = 'Product Viewed'
AND at > $now - INTERVAL 30 DAY
GROUP BY p
HAVING uniqExact(product_id) >= 3;

-- bought a product again
SELECT DISTINCT p
FROM (SELECT $p AS p, arrayJoin(arrayDistinct(item_product_ids)) AS product
FROM events
WHERE $base
AND type = 'Order Completed'
AND at > $now - INTERVAL 365 DAY)
GROUP BY p, product
HAVING count() >= 2;

-- due to buy again
SELECT $p AS p
FROM events
WHERE $base
AND type = 'Order Completed'
GROUP BY p
HAVING count() >= 3
AND max(at) > min(at)
AND dateDiff('microsecond', max(at), $now) * (count() - 1) >= dateDiff('microsecond', min(at), max(at));

-- spent 5,000 on tea in a year
SELECT $p AS p
FROM events
WHERE $base
AND type = 'Order Completed'
AND at > $now - INTERVAL 365 DAY
GROUP BY p
HAVING sum(arraySum((category, quantity, price) -> if(category = 'tea', quantity * price, 0), item_categories, item_quantities, item_prices_minor)) >= 5000;
