-- What each topic should carry of a source and invoice month, worked out from the lines one by one, against what is
-- booked. Nothing here is read from a posting but what is booked, and no model that makes postings has a part in it.
WITH told AS (
  SELECT
    l.line_id, IFNULL(l.currency, '') AS currency,
    CASE WHEN l.fault NOT IN ('unknown-dataset', 'no-map') THEN 'unallocated' ELSE l.topic END AS topic,
    l.against, l.map_no, l.cost_exact AS cost, l.credits_exact AS credits, l.credits AS each_credit
  FROM lines AS l
  WHERE l.cost_exact IS NOT NULL AND IFNULL(l.invoice.month, '') = @month
    AND (@all_lines OR l.line_id IN (SELECT line_id FROM differing_lines))
),
measures AS (
  SELECT line_id, currency, map_no, -1 AS place, UNITS(cost) AS units FROM told WHERE map_no IS NOT NULL
  UNION ALL
  -- The offset has a name that nothing else has: an emulator of BigQuery counts everything of that name from 1.
  SELECT t.line_id, t.currency, t.map_no, nth AS place, UNITS(CAST(c.amount AS NUMERIC)) AS units
  FROM told AS t, UNNEST(t.each_credit) AS c WITH OFFSET AS nth
  WHERE t.map_no IS NOT NULL AND c.amount IS NOT NULL
),
parts AS (
  SELECT
    m.line_id, m.currency, m.place, m.units, w.topic,
    DIV(ABS(m.units), w.total) * w.weight + DIV(MOD(ABS(m.units), w.total) * w.weight, w.total) AS part,
    MOD(MOD(ABS(m.units), w.total) * w.weight, w.total) AS remainder
  FROM measures AS m
  JOIN weights AS w ON w.map_no = m.map_no
),
shares AS (
  SELECT
    currency, topic, place,
    SIGN(units) * (part + CASE
      WHEN ROW_NUMBER() OVER (PARTITION BY line_id, place ORDER BY remainder DESC, topic)
        <= ABS(units) - SUM(part) OVER (PARTITION BY line_id, place) THEN 1 ELSE 0 END) AS units
  FROM parts
),
entries AS (
  SELECT currency, topic, 1 AS lines, cost, credits FROM told
  UNION ALL
  SELECT currency, against AS topic, 0 AS lines, -cost AS cost, -credits AS credits FROM told WHERE against IS NOT NULL
  UNION ALL
  SELECT currency, topic, 0 AS lines, -cost AS cost, -credits AS credits FROM told WHERE map_no IS NOT NULL
  UNION ALL
  SELECT
    currency, topic, 0 AS lines,
    CASE WHEN place = -1 THEN EXACT(units) ELSE 0 END AS cost,
    CASE WHEN place = -1 THEN 0 ELSE EXACT(units) END AS credits
  FROM shares
),
expected AS (
  SELECT currency, topic, SUM(lines) AS lines, SUM(cost) AS cost, SUM(credits) AS credits
  FROM entries
  GROUP BY currency, topic
),
booked AS (
  SELECT
    IFNULL(currency, '') AS currency, topic, COUNTIF(entry IN ('charge', 'reject')) AS lines,
    SUM(cost_exact) AS cost, SUM(credits_exact) AS credits
  FROM ledger
  WHERE run_id IS NOT NULL AND source = @source AND IFNULL(invoice.month, '') = @month
    AND (@all_lines OR line_id IN (SELECT line_id FROM differing_lines))
  GROUP BY currency, topic
)
SELECT
  COALESCE(e.currency, b.currency) AS currency,
  COALESCE(e.topic, b.topic) AS topic,
  CAST(IFNULL(e.lines, 0) AS NUMERIC) AS expected_lines,
  CAST(IFNULL(b.lines, 0) AS NUMERIC) AS booked_lines,
  IFNULL(e.cost, 0) AS expected_cost,
  IFNULL(b.cost, 0) AS booked_cost,
  IFNULL(e.credits, 0) AS expected_credits,
  IFNULL(b.credits, 0) AS booked_credits
FROM expected AS e
FULL OUTER JOIN booked AS b ON b.currency = e.currency AND b.topic = e.topic
WHERE IFNULL(e.lines, 0) <> IFNULL(b.lines, 0)
  OR IFNULL(e.cost, 0) <> IFNULL(b.cost, 0)
  OR IFNULL(e.credits, 0) <> IFNULL(b.credits, 0)
ORDER BY currency, topic
