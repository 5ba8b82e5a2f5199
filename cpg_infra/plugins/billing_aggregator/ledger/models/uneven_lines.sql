-- Lines whose postings do not sum to them; there must be none.
SELECT l.invoice.month AS invoice_month, IFNULL(l.currency, '') AS currency, COUNT(*) AS lines, MIN(l.line_id) AS example
FROM lines AS l
LEFT JOIN (
  SELECT
    line_id,
    SUM(CASE WHEN entry = 'credit' THEN 0 ELSE cost_exact END) AS cost,
    SUM(CASE WHEN entry = 'credit' THEN 0 ELSE credits_exact END) AS credits,
    SUM(CASE WHEN entry = 'credit' THEN cost_exact ELSE 0 END) AS given_back
  FROM ledger
  WHERE usage_end_time BETWEEN @first_usage AND @last_usage AND export_time BETWEEN @first_export AND @last_export
  GROUP BY line_id
) AS p ON p.line_id = l.line_id
WHERE l.cost_exact IS NOT NULL
  AND (p.cost IS NULL OR p.cost <> l.cost_exact OR p.credits <> l.credits_exact
    OR p.given_back <> CASE WHEN l.against IS NULL THEN 0 ELSE -l.cost_exact END)
GROUP BY l.invoice.month, l.currency
