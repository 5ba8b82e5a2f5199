-- Lines of a source and invoice month whose postings are not those that the line asks for: missing, other amounts, or of
-- no line at all.
SELECT COALESCE(l.line_id, p.line_id) AS line_id
FROM (
  SELECT * FROM lines WHERE cost_exact IS NOT NULL AND IFNULL(invoice.month, '') = @month
) AS l
FULL OUTER JOIN (
  SELECT
    line_id,
    COUNTIF(entry IN ('charge', 'reject')) AS charges,
    COUNT(*) - COUNT(DISTINCT id) AS repeated,
    SUM(CASE WHEN entry IN ('charge', 'reject') THEN cost_exact ELSE 0 END) AS cost,
    SUM(CASE WHEN entry IN ('charge', 'reject') THEN credits_exact ELSE 0 END) AS credits,
    SUM(CASE WHEN entry = 'credit' THEN cost_exact ELSE 0 END) AS given_back,
    SUM(CASE WHEN entry = 'credit' THEN credits_exact ELSE 0 END) AS credits_given_back,
    SUM(CASE WHEN entry IN ('split', 'reversal') THEN cost_exact ELSE 0 END) AS split,
    SUM(CASE WHEN entry IN ('split', 'reversal') THEN credits_exact ELSE 0 END) AS credits_split,
    SUM(CASE WHEN entry = 'reversal' THEN cost_exact ELSE 0 END) AS reversed
  FROM ledger
  WHERE run_id IS NOT NULL AND source = @source AND IFNULL(invoice.month, '') = @month
  GROUP BY line_id
) AS p ON p.line_id = l.line_id
WHERE l.line_id IS NULL OR p.line_id IS NULL
  OR p.charges <> 1 OR p.repeated <> 0 OR p.cost <> l.cost_exact OR p.credits <> l.credits_exact
  OR p.given_back <> CASE WHEN l.against IS NULL THEN 0 ELSE -l.cost_exact END
  OR p.credits_given_back <> CASE WHEN l.against IS NULL THEN 0 ELSE -l.credits_exact END
  OR p.split <> 0 OR p.credits_split <> 0
  OR p.reversed <> CASE WHEN l.map_no IS NULL THEN 0 ELSE -l.cost_exact END
